import { useEffect, useState } from "react";
import type { TeamRoutingShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { type Key, t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useCore, useSelect } from "../ui/use-core";
import { Field, FormDrawer } from "./collection";
import { useAsk } from "./page";
import s from "./settings.module.css";

const MODES: readonly TeamRoutingShape["mode"][] = ["off", "pull", "round_robin", "least_loaded"];
const REOPENS: readonly TeamRoutingShape["reopen"][] = ["same", "none", "new"];

interface Props {
  team: { id: string; name: string };
  close: () => void;
}

/** How a team's conversations find their owners. Whoever may not change it sees it. */
export function TeamRouting({ team, close }: Props) {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const { ask, busy, wrong } = useAsk();
  const [terms, setTerms] = useState<TeamRoutingShape | null>(null);
  const [clean, setClean] = useState(true);
  const path = `/teams/${team.id}/routing`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once for each team
  useEffect(() => void ask(() => core.api.get<TeamRoutingShape>(path)).then((found) => found && setTerms(found)), []);
  const save = async () => {
    if (!terms) return;
    const { team_id: _team, version, ...body } = terms;
    body.tag_skills = Object.fromEntries(Object.entries(body.tag_skills).filter(([tag, skill]) => tag && skill.trim()));
    if (await ask(() => core.api.put<TeamRoutingShape>(path, body, { etag: version }))) close();
  };
  const set = (change: Partial<TeamRoutingShape>) => {
    setClean(false);
    setTerms((before) => before && { ...before, ...change });
  };
  return (
    <FormDrawer
      title={t("routing.of", { name: team.name || t("team.none") })}
      wrong={wrong}
      busy={busy}
      close={close}
      save={may ? () => void save() : undefined}
      clean={clean}
    >
      {terms && (
        <fieldset className={s.form} disabled={!may} style={{ border: 0, padding: 0, margin: 0 }}>
          <Mode terms={terms} set={set} />
          {pushes(terms) && <Suited terms={terms} set={set} />}
          {terms.mode !== "off" && <Overflow teamId={team.id} terms={terms} set={set} />}
          <Minutes
            label={t("routing.return")}
            hint={t("routing.returnHint")}
            seconds={terms.return_seconds}
            set={(return_seconds) => set({ return_seconds })}
          />
          <Choose
            label={t("routing.reopen")}
            hint={t("routing.reopenHint")}
            value={terms.reopen}
            all={REOPENS.map((one) => [one, t(`routing.reopen.${one}` as Key)])}
            set={(reopen) => set({ reopen: REOPENS.find((one) => one === reopen) ?? "same" })}
          />
        </fieldset>
      )}
    </FormDrawer>
  );
}

interface Part {
  terms: TeamRoutingShape;
  set: (change: Partial<TeamRoutingShape>) => void;
}

const pushes = (terms: TeamRoutingShape) => terms.mode === "round_robin" || terms.mode === "least_loaded";

function Mode({ terms, set }: Part) {
  return (
    <fieldset className="field">
      <legend className="label">{t("routing.mode")}</legend>
      {MODES.map((mode) => (
        <label key={mode} className="flex" style={{ alignItems: "start" }}>
          <input type="radio" name="mode" checked={terms.mode === mode} onChange={() => set({ mode })} />
          <span>
            <span className="strong">{t(`routing.mode.${mode}` as Key)}</span>
            <span className="hint" style={{ display: "block", fontWeight: "var(--weight-regular)" }}>
              {t(`routing.hint.${mode}` as Key)}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Who is suited: the one before, who speaks the language, who has the skill. */
function Suited({ terms, set }: Part) {
  return (
    <>
      <Field label={t("routing.sticky")} hint={t("routing.stickyHint")}>
        {(id) => (
          <input
            id={id}
            className="input"
            type="number"
            min={0}
            max={366}
            required
            value={terms.sticky_days}
            onChange={(event) => set({ sticky_days: Number(event.target.value) })}
          />
        )}
      </Field>
      <label className="flex">
        <input
          type="checkbox"
          checked={terms.match_language}
          onChange={(event) => set({ match_language: event.target.checked })}
        />
        {t("routing.language")}
      </label>
      {terms.match_language && (
        <Choose
          label={t("routing.level")}
          value={String(terms.language_level)}
          all={[1, 2, 3].map((one) => [String(one), t(`ability.level.${one}` as Key)])}
          set={(level) => set({ language_level: Number(level) })}
        />
      )}
      <Skills terms={terms} set={set} />
      <Minutes
        label={t("routing.fallback")}
        hint={t("routing.fallbackHint")}
        seconds={terms.fallback_seconds}
        set={(fallback_seconds) => set({ fallback_seconds })}
      />
    </>
  );
}

/** Tags that ask for a skill. */
function Skills({ terms, set }: Part) {
  const tags = useSelect((state) => state.tags);
  const known = useSelect((state) => state.agents);
  const skills = [...new Set(Object.values(known).flatMap((agent) => agent.skills))].sort();
  const asked = Object.entries(terms.tag_skills);
  const others = Object.values(tags).filter((tag) => !(tag.id in terms.tag_skills));
  const put = (tag: string, skill: string | null) => {
    const { [tag]: _gone, ...rest } = terms.tag_skills;
    set({ tag_skills: skill === null ? rest : { ...terms.tag_skills, [tag]: skill } });
  };
  return (
    <fieldset className="field">
      <legend className="label">{t("routing.skills")}</legend>
      <datalist id="known-skills">
        {skills.map((skill) => (
          <option key={skill} value={skill} />
        ))}
      </datalist>
      {asked.map(([tag, skill]) => (
        <div key={tag} className="flex">
          <span className="chip clip">{tags[tag]?.name ?? "?"}</span>
          <Icon name="right" size="xs" />
          <input
            className="input grow"
            dir="auto"
            list="known-skills"
            maxLength={60}
            aria-label={t("routing.skillFor", { tag: tags[tag]?.name ?? "?" })}
            value={skill}
            onChange={(event) => put(tag, event.target.value)}
          />
          <button
            type="button"
            className="btn ghost sm icon-only"
            aria-label={t("routing.skillOff", { tag: tags[tag]?.name ?? "?" })}
            onClick={() => put(tag, null)}
          >
            <Icon name="x" size="s" />
          </button>
        </div>
      ))}
      {others.length > 0 && (
        <select
          className="input"
          aria-label={t("routing.addTag")}
          value=""
          onChange={(event) => event.target.value && put(event.target.value, "")}
        >
          <option value="">{t("routing.addTag")}</option>
          {others.map((tag) => (
            <option key={tag.id} value={tag.id}>
              {tag.name}
            </option>
          ))}
        </select>
      )}
    </fieldset>
  );
}

function Overflow({ teamId, terms, set }: Part & { teamId: string }) {
  const teams = useSelect((state) => state.teams);
  const others = Object.values(teams).filter((team) => team.id !== teamId);
  if (!others.length) return null;
  return (
    <div className={s.two}>
      <Choose
        label={t("routing.overflow")}
        value={terms.overflow_team_id ?? ""}
        all={[["", t("routing.overflowNone")], ...others.map((team): [string, string] => [team.id, team.name])]}
        set={(id) => set({ overflow_team_id: id || null })}
      />
      {terms.overflow_team_id && (
        <Minutes
          label={t("routing.overflowAfter")}
          seconds={terms.overflow_seconds}
          required
          set={(seconds) => set({ overflow_seconds: seconds ?? terms.overflow_seconds })}
        />
      )}
    </div>
  );
}

interface ChooseProps {
  label: string;
  hint?: string;
  value: string;
  all: readonly (readonly [string, string])[];
  set: (value: string) => void;
}

function Choose({ label, hint, value, all, set }: ChooseProps) {
  return (
    <Field label={label} hint={hint}>
      {(id) => (
        <select id={id} className="input" value={value} onChange={(event) => set(event.target.value)}>
          {all.map(([one, name]) => (
            <option key={one} value={one}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface MinutesProps {
  label: string;
  hint?: string;
  seconds: number | null;
  required?: boolean;
  set: (seconds: number | null) => void;
}

/** A time in minutes; empty means never, unless it has to be said. */
function Minutes({ label, hint, seconds, required = false, set }: MinutesProps) {
  return (
    <Field label={label} hint={hint} optional={!required}>
      {(id) => (
        <input
          id={id}
          className="input"
          type="number"
          min={required ? 1 : 0}
          max={10_080}
          step="any"
          required={required}
          placeholder={required ? undefined : t("routing.never")}
          value={seconds === null ? "" : seconds / 60}
          onChange={(event) => set(event.target.value === "" ? null : Math.round(Number(event.target.value) * 60))}
        />
      )}
    </Field>
  );
}
