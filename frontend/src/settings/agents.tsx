import { useState } from "react";
import { newKey } from "../http/api";
import type { AgentShape, TeamShape } from "../protocol/types.generated";
import { without } from "../store/apply";
import { can } from "../store/select";
import { type Key, t } from "../text/i18n";
import { AgentFace } from "../ui/face";
import { Icon } from "../ui/icon";
import { useCore, useSelect } from "../ui/use-core";
import { CopyLine, Drawer, Page, useAsk, Wrong } from "./page";
import s from "./settings.module.css";

const ROLES: readonly AgentShape["role"][] = ["agent", "supervisor", "admin", "observer"];
const roleName = (role: AgentShape["role"]) => t(`role.${role}` as Key);

export function AgentsPage() {
  const agents = useSelect((state) => state.agents);
  const teams = useSelect((state) => state.teams);
  const admin = useSelect((state) => can(state, "people"));
  const [open, setOpen] = useState<AgentShape | "new" | null>(null);
  const all = Object.values(agents).sort((a, b) => Number(b.active) - Number(a.active) || a.name.localeCompare(b.name));
  return (
    <>
      <Page
        title={t("settings.agents")}
        detail={t("agents.count", { n: all.length })}
        action={
          admin && (
            <button type="button" className="btn primary" onClick={() => setOpen("new")}>
              <Icon name="plus" size="s" />
              {t("agents.invite")}
            </button>
          )
        }
      >
        <div className={s.panel}>
          <table>
            <thead>
              <tr>
                <th>{t("agents.person")}</th>
                <th>{t("agents.role")}</th>
                <th>{t("agents.teams")}</th>
                <th>
                  <span className="sr">{t("more")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {all.map((agent) => (
                <tr key={agent.id} style={agent.active ? undefined : { opacity: 0.6 }}>
                  <td>
                    <span className="flex" style={{ gap: 10 }}>
                      <AgentFace id={agent.id} size="md" />
                      <span>
                        <span className="strong" style={{ display: "block" }}>
                          {agent.name}
                        </span>
                        <span className="tiny muted">{agent.email}</span>
                      </span>
                    </span>
                  </td>
                  <td>
                    {roleName(agent.role)} {!agent.active && <span className="chip">{t("agents.inactive")}</span>}
                  </td>
                  <td className="muted">{agent.team_ids.map((id) => teams[id]?.name).join(", ")}</td>
                  <td className={s.end}>
                    {admin && (
                      <button type="button" className="btn ghost sm" onClick={() => setOpen(agent)}>
                        {t("open")}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <Teams admin={admin} />
      </Page>
      {open && (
        <AgentDrawer
          key={open === "new" ? "new" : open.id}
          agent={open === "new" ? null : open}
          close={() => setOpen(null)}
        />
      )}
    </>
  );
}

function Teams({ admin }: { admin: boolean }) {
  const core = useCore();
  const teams = useSelect((state) => state.teams);
  const { ask, wrong } = useAsk();
  const [name, setName] = useState("");
  const add = async () => {
    const made = await ask(() => core.api.post<TeamShape>("/teams", { name: name.trim() }, { key: newKey() }));
    if (!made) return;
    core.store.update((state) => ({ ...state, teams: { ...state.teams, [made.id]: made } }));
    setName("");
  };
  const remove = (team: TeamShape) =>
    ask(async () => {
      await core.api.delete(`/teams/${team.id}`);
      core.store.update((state) => ({ ...state, teams: without(state.teams, team.id) }));
    });
  return (
    <div className={s.panel}>
      <div className={s.block}>
        <h2>{t("agents.teams")}</h2>
        <Wrong text={wrong} />
        {Object.values(teams).map((team) => (
          <div key={team.id} className="flex">
            <Icon name="users" size="s" />
            <span className="strong">{team.name}</span>
            <span className="muted small">{t("agents.count", { n: team.agent_ids.length })}</span>
            <span className="grow" />
            {admin && (
              <button type="button" className="btn ghost sm danger-quiet" onClick={() => void remove(team)}>
                {t("remove")}
              </button>
            )}
          </div>
        ))}
        {admin && (
          <form
            className="flex"
            onSubmit={(event) => {
              event.preventDefault();
              void add();
            }}
          >
            <input
              className="input"
              style={{ maxWidth: 240 }}
              aria-label={t("agents.teamName")}
              placeholder={t("agents.teamName")}
              required
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <button type="submit" className="btn">
              {t("agents.addTeam")}
            </button>
          </form>
        )}
      </div>
    </div>
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
  const [link, setLink] = useState<string | null>(null);
  const put = (next: AgentShape) =>
    core.store.update((state) => ({ ...state, agents: { ...state.agents, [next.id]: next } }));
  const body = { name, role, team_ids: teamIds, channel_ids: channelIds };
  const save = async () => {
    if (agent) {
      const next = await ask(() => core.api.patch<AgentShape>(`/agents/${agent.id}`, body));
      if (next) put(next);
      if (next) close();
      return;
    }
    const made = await ask(() =>
      core.api.post<{ agent: AgentShape; link: string | null }>("/agents", { ...body, email }, { key: newKey() }),
    );
    if (!made) return;
    put(made.agent);
    if (made.link) setLink(made.link);
    else close();
  };
  const reset = () =>
    agent &&
    ask(() => core.api.post<{ link: string | null }>(`/agents/${agent.id}/reset`)).then(
      (answer) => answer?.link && setLink(answer.link),
    );
  const toggle = async () => {
    if (!agent) return;
    const next = await ask(() => core.api.patch<AgentShape>(`/agents/${agent.id}`, { active: !agent.active }));
    if (!next) return;
    put(next);
    close();
  };
  return (
    <Drawer
      title={agent?.name ?? t("agents.invite")}
      close={close}
      foot={
        <>
          {agent && (
            <button type="button" className="btn danger-quiet" disabled={busy} onClick={() => void toggle()}>
              {agent.active ? t("agents.deactivate") : t("agents.activate")}
            </button>
          )}
          <span className="grow" />
          {agent && (
            <button type="button" className="btn" disabled={busy} onClick={() => void reset()}>
              {t("agents.reset")}
            </button>
          )}
          <button type="submit" form="agent" className="btn primary" disabled={busy}>
            {t("save")}
          </button>
        </>
      }
    >
      <Wrong text={wrong} />
      {link && (
        <>
          <div className="banner info small">{t("agents.link")}</div>
          <CopyLine text={link} label={t("agents.linkLabel")} />
        </>
      )}
      <form
        id="agent"
        style={{ display: "grid", gap: 14 }}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div className="field">
          <label htmlFor="agent-email">{t("sign.email")}</label>
          <input
            id="agent-email"
            className="input"
            type="email"
            required
            disabled={agent !== null}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor="agent-name">{t("link.name")}</label>
          <input
            id="agent-name"
            className="input"
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor="agent-role">{t("agents.role")}</label>
          <select
            id="agent-role"
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
        </div>
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
      </form>
    </Drawer>
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
