import { useState } from "react";
import { reason } from "../../commands/triage";
import { newKey } from "../../http/api";
import type { ChecklistShape, OpenSampleShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { networkName } from "../../text/network-names";
import { Icon } from "../../ui/icon";
import { KIND_NAMES, kindLabel } from "../../ui/marks";
import { useCore, useNow, useSelect } from "../../ui/use-core";
import { dateIn, midnight, ownZone, shifted } from "../reports/ask";
import { useChecklists } from "./ask";
import s from "./work-reviews.module.css";

const MOST = 100;

interface Draft {
  agents: readonly string[];
  teams: readonly string[];
  from: string;
  to: string;
  channel: string;
  network: string;
  kind: string;
  tag: string;
  rating: string;
  breached: boolean;
  again: boolean;
  order: "random" | "newest";
  count: number;
  seed: string;
  checklist: string;
}

/** Whose work, from when, narrowed to what, how many, and in which order. */
export function NewSample({ opened }: { opened: (made: OpenSampleShape) => void }) {
  const lists = useChecklists();
  const { draft, set, busy, wrong, make } = useNewSample(lists, opened);
  return (
    <section className={s.panel} aria-label={t("workReviews.newSample")}>
      <h2>{t("workReviews.newSample")}</h2>
      <form
        className={s.form}
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        {wrong && (
          <div className="banner bad small" role="alert">
            <Icon name="warn" size="s" />
            {wrong}
          </div>
        )}
        <Whose draft={draft} set={set} />
        <When draft={draft} set={set} />
        <Narrow draft={draft} set={set} />
        <How draft={draft} set={set} lists={lists ?? []} />
        <div className="flex">
          <span className="grow" />
          <button type="submit" className="btn primary" disabled={busy}>
            {t("workReviews.draw")}
          </button>
        </div>
      </form>
    </section>
  );
}

function useNewSample(lists: readonly ChecklistShape[] | null, opened: (made: OpenSampleShape) => void) {
  const core = useCore();
  const now = useNow(60_000);
  const zone = ownZone();
  const [draft, setDraft] = useState<Draft>(() => {
    const to = dateIn(zone, now);
    const narrow = { channel: "", network: "", kind: "", tag: "", rating: "", breached: false, again: false };
    return {
      agents: [], teams: [], from: shifted(to, -29), to, ...narrow, order: "random", count: 10, seed: "", checklist: "",
    }; // biome-ignore format: what a sample begins with
  });
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  const shown = { ...draft, checklist: draft.checklist || (lists?.[0]?.id ?? "") };
  const make = async () => {
    setBusy(true);
    setWrong(null);
    try {
      opened(await core.api.post<OpenSampleShape>("/work-samples", bodyOf(shown, zone, now), { key: newKey() }));
    } catch (error) {
      setWrong(reason(error));
      setBusy(false);
    }
  };
  return { draft: shown, set, busy, wrong, make };
}

/** Days as instants: the last one is whole, but does not reach beyond now. */
function bodyOf(draft: Draft, zone: string, now: number) {
  const until = Math.min(Date.parse(midnight(shifted(draft.to, 1), zone)), now);
  const some = (value: string) => (value ? [value] : []);
  return {
    from: midnight(draft.from, zone),
    to: new Date(until).toISOString(),
    agent_ids: draft.agents,
    team_ids: draft.teams,
    channel_ids: some(draft.channel),
    networks: some(draft.network),
    kinds: some(draft.kind),
    tag_ids: some(draft.tag),
    ratings: some(draft.rating).map(Number),
    breached: draft.breached,
    again: draft.again,
    order: draft.order,
    count: draft.count,
    ...(draft.seed ? { seed: Number(draft.seed) } : {}),
    checklist_id: draft.checklist && draft.checklist !== NO_LIST ? draft.checklist : null,
  };
}

const NO_LIST = "none";

interface PartProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
}

function Whose({ draft, set }: PartProps) {
  const me = useSelect((state) => state.me?.agent.id);
  const agents = useSelect((state) => state.agents);
  const teams = useSelect((state) => state.teams);
  const people = Object.values(agents)
    .filter((one) => one.active && one.id !== me)
    .sort((a, b) => a.name.localeCompare(b.name));
  const toggle = (all: readonly string[], id: string) =>
    all.includes(id) ? all.filter((one) => one !== id) : [...all, id];
  return (
    <fieldset className="field">
      <legend className="label">{t("workReviews.whose")}</legend>
      <div className={s.chips}>
        {Object.values(teams).map((one) => (
          <button
            key={one.id}
            type="button"
            className="btn sm"
            aria-pressed={draft.teams.includes(one.id)}
            onClick={() => set({ teams: toggle(draft.teams, one.id) })}
          >
            <Icon name="users" size="s" />
            <bdi>{one.name}</bdi>
          </button>
        ))}
        {people.map((one) => (
          <button
            key={one.id}
            type="button"
            className="btn sm"
            aria-pressed={draft.agents.includes(one.id)}
            onClick={() => set({ agents: toggle(draft.agents, one.id) })}
          >
            <bdi>{one.name}</bdi>
          </button>
        ))}
      </div>
      <span className="hint">{t("workReviews.whoseHint")}</span>
    </fieldset>
  );
}

function When({ draft, set }: PartProps) {
  return (
    <fieldset className="field">
      <legend className="label">{t("workReviews.when")}</legend>
      <div className={s.dates}>
        <input
          type="date"
          className="input"
          required
          aria-label={t("workReviews.from")}
          max={draft.to}
          value={draft.from}
          onChange={(event) => set({ from: event.target.value })}
        />
        <span aria-hidden>–</span>
        <input
          type="date"
          className="input"
          required
          aria-label={t("workReviews.to")}
          min={draft.from}
          value={draft.to}
          onChange={(event) => set({ to: event.target.value })}
        />
      </div>
    </fieldset>
  );
}

function Narrow({ draft, set }: PartProps) {
  const channels = useSelect((state) => state.channels);
  const tags = useSelect((state) => state.tags);
  const all = Object.values(channels);
  const networks = [...new Map(all.map((one) => [one.network, networkName(one)]))];
  const select = (
    name: "channel" | "network" | "kind" | "tag" | "rating",
    options: readonly (readonly [string, string])[],
  ) => (
    <select
      className="input"
      aria-label={t(`filter.${name}`)}
      value={draft[name]}
      onChange={(event) => set({ [name]: event.target.value })}
    >
      <option value="">{t(`workReviews.any.${name}`)}</option>
      {options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
  return (
    <fieldset className="field">
      <legend className="label">{t("workReviews.narrow")}</legend>
      <div className={s.selects}>
        {select(
          "channel",
          all.map((one) => [one.id, one.name]),
        )}
        {select("network", networks)}
        {select(
          "kind",
          KIND_NAMES.map((kind) => [kind, kindLabel(kind)]),
        )}
        {select(
          "tag",
          Object.values(tags).map((one) => [one.id, one.name]),
        )}
        {select(
          "rating",
          [1, 2, 3, 4, 5].map((stars) => [String(stars), `${stars} ★`]),
        )}
      </div>
      <label className="flex">
        <input type="checkbox" checked={draft.breached} onChange={(event) => set({ breached: event.target.checked })} />
        {t("workReviews.breached")}
      </label>
      <label className="flex">
        <input type="checkbox" checked={draft.again} onChange={(event) => set({ again: event.target.checked })} />
        {t("workReviews.again")}
      </label>
    </fieldset>
  );
}

function How({ draft, set, lists }: PartProps & { lists: readonly ChecklistShape[] }) {
  return (
    <>
      <div className={s.two}>
        <label className="field">
          <span className="label">{t("workReviews.count")}</span>
          <input
            type="number"
            className="input"
            required
            min={1}
            max={MOST}
            value={draft.count || ""}
            onChange={(event) => set({ count: event.target.valueAsNumber || 0 })}
          />
        </label>
        <label className="field">
          <span className="label">{t("workReviews.order")}</span>
          <select
            className="input"
            value={draft.order}
            onChange={(event) => set({ order: event.target.value as Draft["order"] })}
          >
            <option value="random">{t("workReviews.random")}</option>
            <option value="newest">{t("workReviews.newest")}</option>
          </select>
        </label>
      </div>
      {draft.order === "random" && (
        <label className="field">
          <span className="label">
            {t("workReviews.seed")} <span className="muted">{t("optional")}</span>
          </span>
          <input
            className="input num"
            inputMode="numeric"
            pattern="[1-9][0-9]{0,5}"
            value={draft.seed}
            onChange={(event) => set({ seed: event.target.value })}
          />
          <span className="hint">{t("workReviews.seedHint")}</span>
        </label>
      )}
      <label className="field">
        <span className="label">{t("workReviews.checklist")}</span>
        <select
          className="input"
          value={draft.checklist || NO_LIST}
          onChange={(event) => set({ checklist: event.target.value })}
        >
          {lists.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
          <option value={NO_LIST}>{t("workReviews.noChecklist")}</option>
        </select>
      </label>
    </>
  );
}
