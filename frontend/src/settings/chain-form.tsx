import { useState } from "react";
import type { ChainShape, LevelShape } from "../protocol/types.generated";
import { type Key, t } from "../text/i18n";
import { ownZone } from "../text/zone";
import { Icon } from "../ui/icon";
import { useCore, useSelect } from "../ui/use-core";
import { ChainLine } from "./chain-line";
import s from "./chains.module.css";
import { Field, FormDrawer } from "./collection";
import { useAsk } from "./page";
import p from "./settings.module.css";
import { ZoneField } from "./zone-field";

type Draft = Pick<
  ChainShape,
  "name" | "active" | "levels" | "time" | "until" | "repeats" | "repeat_seconds" | "zone" | "workspace" | "team_ids"
>;

const TO = ["assignee", "team", "supervisors", "agents", "on_call"] as const;
const UNTIL = ["acknowledged", "answered", "closed"] as const;

function blank(): Draft {
  return {
    name: "",
    active: true,
    levels: [
      { after_seconds: 0, to: "assignee", agent_ids: [], turn: "week" },
      { after_seconds: 600, to: "team", agent_ids: [], turn: "week" },
      { after_seconds: 1200, to: "supervisors", agent_ids: [], turn: "week" },
    ],
    time: "calendar",
    until: "acknowledged",
    repeats: 0,
    repeat_seconds: 900,
    zone: ownZone(),
    workspace: false,
    team_ids: [],
  };
}

function draftOf(chain: Draft): Draft {
  const { name, active, levels, time, until, repeats, repeat_seconds, zone, workspace, team_ids } = chain;
  return { name, active, levels, time, until, repeats, repeat_seconds, zone, workspace, team_ids };
}

interface Props {
  chain: ChainShape | null;
  close: () => void;
  changed: () => void;
}

/** A chain to be read from above to below like a sentence; what it means stands as a time line above. */
export function ChainForm({ chain, close, changed }: Props) {
  const core = useCore();
  const teams = useSelect((state) => state.teams);
  const { ask, busy, wrong } = useAsk();
  const [draft, setDraft] = useState(() => draftOf(chain ?? blank()));
  const set = (what: Partial<Draft>) => setDraft({ ...draft, ...what });
  const save = () =>
    ask(async () => {
      if (chain) await core.api.patch(`/escalation-chains/${chain.id}`, draft, { etag: chain.version });
      else await core.api.post("/escalation-chains", draft);
      changed();
    });
  const remove = () =>
    ask(async () => {
      await core.api.delete(`/escalation-chains/${chain?.id}`, undefined, { etag: chain?.version });
      changed();
    });
  return (
    <FormDrawer
      title={chain?.name ?? t("chains.add")}
      wrong={wrong}
      busy={busy}
      close={close}
      save={() => void save()}
      clean={chain !== null && JSON.stringify(draftOf(chain)) === JSON.stringify(draft)}
      remove={chain ? { label: t("chains.remove"), run: () => void remove() } : undefined}
    >
      <Field label={t("chains.name")}>
        {(id) => (
          <input
            id={id}
            className="input"
            required
            maxLength={100}
            value={draft.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <div className={s.preview}>
        <ChainLine chain={draft} />
      </div>
      <Levels levels={draft.levels} change={(levels) => set({ levels })} />
      <Repeat draft={draft} set={set} />
      {draft.levels.some((one) => one.to === "on_call") && (
        <ZoneField zone={draft.zone} change={(zone) => set({ zone })} />
      )}
      <Field label={t("chains.until")}>
        {(id) => (
          <select
            id={id}
            className="input"
            value={draft.until}
            onChange={(event) => set({ until: event.target.value as Draft["until"] })}
          >
            {UNTIL.map((one) => (
              <option key={one} value={one}>
                {t(`chains.until.${one}` as Key)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <label className="flex">
        <input
          type="checkbox"
          checked={draft.time === "business"}
          onChange={(event) => set({ time: event.target.checked ? "business" : "calendar" })}
        />
        {t("chains.business")}
      </label>
      <fieldset className={s.use}>
        <legend>{t("chains.useHint")}</legend>
        <div className={p.checks}>
          <label>
            <input
              type="checkbox"
              checked={draft.workspace}
              onChange={(event) => set({ workspace: event.target.checked })}
            />
            {t("chains.everywhere")}
          </label>
          {Object.values(teams).map((team) => (
            <label key={team.id}>
              <input
                type="checkbox"
                checked={draft.team_ids.includes(team.id)}
                onChange={() => set({ team_ids: toggled(draft.team_ids, team.id) })}
              />
              <bdi>{team.name}</bdi>
            </label>
          ))}
        </div>
      </fieldset>
      <label className="flex">
        <input type="checkbox" checked={draft.active} onChange={(event) => set({ active: event.target.checked })} />
        {t("chains.active")}
      </label>
    </FormDrawer>
  );
}

function Levels({ levels, change }: { levels: LevelShape[]; change: (levels: LevelShape[]) => void }) {
  const set = (at: number, what: Partial<LevelShape>) =>
    change(levels.map((one, i) => (i === at ? { ...one, ...what } : one)));
  return (
    <div className={s.levels}>
      {levels.map((level, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a level is its place
        <fieldset key={i} className={s.level}>
          <legend>{t("chains.level", { n: i + 1 })}</legend>
          <div className={s.sentence}>
            <label>
              {t("chains.after")}
              <input
                type="number"
                className={`input ${s.number}`}
                min={0}
                max={43_200}
                required
                value={Math.round(level.after_seconds / 60)}
                onChange={(event) => set(i, { after_seconds: Number(event.target.value) * 60 })}
              />
            </label>
            <label>
              {t("chains.minutes")}
              <select
                className="input"
                value={level.to}
                onChange={(event) => set(i, { to: event.target.value as LevelShape["to"] })}
              >
                {TO.map((one) => (
                  <option key={one} value={one}>
                    {t(`chains.to.${one}` as Key)}
                  </option>
                ))}
              </select>
            </label>
            {levels.length > 1 && (
              <button
                type="button"
                className="btn ghost sm icon-only"
                title={t("chains.removeLevel")}
                aria-label={t("chains.removeLevel")}
                onClick={() => change(levels.filter((_, other) => other !== i))}
              >
                <Icon name="trash" size="s" />
              </button>
            )}
          </div>
          {(level.to === "agents" || level.to === "on_call") && (
            <People level={level} change={(what) => set(i, what)} />
          )}
        </fieldset>
      ))}
      {levels.length < 10 && (
        <button
          type="button"
          className="btn sm"
          onClick={() => change([...levels, { after_seconds: 900, to: "supervisors", agent_ids: [], turn: "week" }])}
        >
          <Icon name="plus" size="s" />
          {t("chains.addLevel")}
        </button>
      )}
    </div>
  );
}

function People({ level, change }: { level: LevelShape; change: (what: Partial<LevelShape>) => void }) {
  const agents = useSelect((state) => state.agents);
  return (
    <>
      {level.to === "on_call" && (
        <select
          className="input"
          aria-label={t("chains.turns")}
          value={level.turn}
          onChange={(event) => change({ turn: event.target.value as LevelShape["turn"] })}
        >
          {(["day", "week"] as const).map((one) => (
            <option key={one} value={one}>
              {t(`chains.turn.${one}` as Key)}
            </option>
          ))}
        </select>
      )}
      <div className={p.checks}>
        {Object.values(agents)
          .filter((one) => one.active)
          .map((one) => (
            <label key={one.id}>
              <input
                type="checkbox"
                checked={level.agent_ids.includes(one.id)}
                onChange={() => change({ agent_ids: toggled(level.agent_ids, one.id) })}
              />
              <bdi>{one.name}</bdi>
            </label>
          ))}
      </div>
    </>
  );
}

function Repeat({ draft, set }: { draft: Draft; set: (what: Partial<Draft>) => void }) {
  return (
    <div className={s.sentence}>
      <label>
        {t("chains.repeat")}
        <input
          type="number"
          className={`input ${s.number}`}
          min={0}
          max={100}
          required
          value={draft.repeats}
          onChange={(event) => set({ repeats: Number(event.target.value) })}
        />
        {t("chains.times")}
      </label>
      {draft.repeats > 0 && (
        <label>
          {t("chains.every")}
          <input
            type="number"
            className={`input ${s.number}`}
            min={1}
            max={10_080}
            required
            value={Math.round(draft.repeat_seconds / 60)}
            onChange={(event) => set({ repeat_seconds: Math.max(60, Number(event.target.value) * 60) })}
          />
          {t("chains.everyMinutes")}
        </label>
      )}
    </div>
  );
}

const toggled = (ids: readonly string[], id: string) =>
  ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id];
