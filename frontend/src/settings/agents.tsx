import { useState } from "react";
import { newKey } from "../http/api";
import type { AgentShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { type Key, languageName, t } from "../text/i18n";
import { AgentFace } from "../ui/face";
import { Load } from "../ui/load";
import { useCore, useSelect } from "../ui/use-core";
import { Abilities, AbilityDrawer, useAbilities } from "./abilities";
import { Collection, Field, FormDrawer } from "./collection";
import { House } from "./house";
import { CopyLine, useAsk, Wrong } from "./page";
import s from "./settings.module.css";
import { Teams } from "./teams";

const ROLES: readonly AgentShape["role"][] = ["agent", "supervisor", "admin", "observer"];

/** An account and the way in: `link` is null where it was mailed, `not_mailed` what the mail server said against that. */
interface WayIn {
  link: string | null;
  not_mailed: string | null;
}

const roleName = (role: AgentShape["role"]) => t(`role.${role}` as Key);

export function AgentsPage() {
  const agents = useSelect((state) => state.agents);
  const teams = useSelect((state) => state.teams);
  const admin = useSelect((state) => can(state, "people"));
  const supervisor = useSelect((state) => can(state, "settings"));
  const all = Object.values(agents).sort((a, b) => Number(b.active) - Number(a.active) || a.name.localeCompare(b.name));
  return (
    <Collection
      title={t("settings.agents")}
      detail={t("agents.count", { n: all.length })}
      items={all}
      may={admin}
      add={t("agents.invite")}
      empty={t("agents.count", { n: 0 })}
      pale={(agent) => !agent.active}
      columns={[
        {
          label: t("agents.person"),
          cell: (agent) => (
            <span className="flex" style={{ gap: 10 }}>
              <AgentFace id={agent.id} size="md" state={agent.active && agent.role !== "observer"} />
              <span>
                <span className="strong" style={{ display: "block" }}>
                  {agent.name}
                </span>
                <span className="tiny muted">{agent.email}</span>
              </span>
            </span>
          ),
        },
        {
          label: t("agents.role"),
          cell: (agent) => (
            <>
              {roleName(agent.role)} {!agent.active && <span className="chip">{t("agents.inactive")}</span>}
            </>
          ),
        },
        {
          label: t("agents.teams"),
          className: "muted",
          cell: (agent) => agent.team_ids.map((id) => teams[id]?.name).join(", "),
        },
        {
          label: t("ability.title"),
          className: "muted",
          cell: (agent) => [...Object.keys(agent.languages).map(languageName), ...agent.skills].join(", "),
        },
        {
          label: t("ability.load"),
          className: "num",
          cell: (agent) => agent.active && agent.role !== "observer" && <Load id={agent.id} />,
        },
      ]}
      mayOpen={supervisor}
      below={
        <>
          <Teams admin={admin} />
          {supervisor && <House />}
        </>
      }
      editor={(agent, close) =>
        agent && !admin ? (
          <AbilityDrawer key={agent.id} agent={agent} close={close} />
        ) : (
          <AgentDrawer key={agent?.id ?? "new"} agent={agent} close={close} />
        )
      }
    />
  );
}

function AgentDrawer({ agent, close }: { agent: AgentShape | null; close: () => void }) {
  const core = useCore();
  const teams = useSelect((state) => state.teams);
  const channels = useSelect((state) => state.channels);
  const { ask, busy, wrong } = useAsk();
  const [email, setEmail] = useState(agent?.email ?? "");
  const [name, setName] = useState(agent?.name ?? "");
  const [role, setRole] = useState<AgentShape["role"]>(agent?.role ?? "agent");
  const [teamIds, setTeamIds] = useState<readonly string[]>(agent?.team_ids ?? []);
  const [channelIds, setChannelIds] = useState<readonly string[] | null>(agent?.channel_ids ?? null);
  const able = useAbilities(agent && role !== "observer" ? agent.id : null, ask);
  const [wayIn, setWayIn] = useState<WayIn | null>(null);
  const put = (next: AgentShape) =>
    core.store.update((state) => ({ ...state, agents: { ...state.agents, [next.id]: next } }));
  const body = { name, role, team_ids: teamIds, channel_ids: channelIds };
  const save = async () => {
    if (agent) {
      if (!(await able.save())) return;
      const moved = email.trim() !== agent.email;
      const next = await ask(() =>
        core.api.patch<AgentShape>(`/agents/${agent.id}`, moved ? { ...body, email: email.trim() } : body),
      );
      if (!next) return;
      put(next);
      if (moved) core.toast(t("agents.moved", { email: agent.email }));
      close();
      return;
    }
    const made = await ask(() =>
      core.api.post<WayIn & { agent: AgentShape }>("/agents", { ...body, email }, { key: newKey() }),
    );
    if (!made) return;
    put(made.agent);
    if (tell(made, made.agent)) close();
  };
  /** Shows the link, or says that it was mailed: whether there is nothing more to be read here. */
  const tell = (made: WayIn, { email: to }: AgentShape) => {
    setWayIn(made.link ? made : null);
    if (!made.link) core.toast(t("agents.mailed", { email: to }));
    return !made.link;
  };
  const reset = async () => {
    const answer = agent && (await ask(() => core.api.post<WayIn>(`/agents/${agent.id}/reset`)));
    if (answer) tell(answer, agent);
  };
  const toggle = async () => {
    if (!agent) return;
    const next = await ask(() => core.api.patch<AgentShape>(`/agents/${agent.id}`, { active: !agent.active }));
    if (!next) return;
    put(next);
    close();
  };
  return (
    <FormDrawer
      title={agent?.name ?? t("agents.invite")}
      wrong={wrong}
      busy={busy}
      close={close}
      // A new one with a link to be handed on is made: once more would be another one.
      save={agent || !wayIn ? () => void save() : undefined}
      remove={
        agent
          ? { label: t(agent.active ? "agents.deactivate" : "agents.activate"), run: () => void toggle() }
          : undefined
      }
      more={
        agent && (
          <button type="button" className="btn" disabled={busy} onClick={() => void reset()}>
            {t("agents.reset")}
          </button>
        )
      }
    >
      {wayIn?.link && (
        <>
          <Wrong text={wayIn.not_mailed} />
          <div className="banner info small">{t("agents.link")}</div>
          <CopyLine text={wayIn.link} label={t("agents.linkLabel")} />
        </>
      )}
      <Field label={t("sign.email")}>
        {(id) => (
          <input
            id={id}
            className="input"
            type="email"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field label={t("link.name")}>
        {(id) => (
          <input id={id} className="input" required value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <Field label={t("agents.role")}>
        {(id) => (
          <select
            id={id}
            className="input"
            value={role}
            onChange={(event) => setRole(ROLES.find((one) => one === event.target.value) ?? "agent")}
          >
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {roleName(one)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Checks label={t("agents.teams")} all={Object.values(teams)} chosen={teamIds} change={setTeamIds} />
      <label className="flex">
        <input
          type="checkbox"
          checked={channelIds === null}
          onChange={(event) => setChannelIds(event.target.checked ? null : [])}
        />
        {t("agents.allChannels")}
      </label>
      {channelIds && (
        <Checks
          label={t("settings.channels")}
          all={Object.values(channels)}
          chosen={channelIds}
          change={setChannelIds}
        />
      )}
      <Abilities able={able} />
    </FormDrawer>
  );
}

function Checks({
  label,
  all,
  chosen,
  change,
}: {
  label: string;
  all: readonly { id: string; name: string }[];
  chosen: readonly string[];
  change: (ids: readonly string[]) => void;
}) {
  if (!all.length) return null;
  return (
    <fieldset className="field">
      <legend className="label">{label}</legend>
      <div className={s.checks}>
        {all.map((one) => (
          <label key={one.id}>
            <input
              type="checkbox"
              checked={chosen.includes(one.id)}
              onChange={(event) =>
                change(event.target.checked ? [...chosen, one.id] : chosen.filter((id) => id !== one.id))
              }
            />
            {one.name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
