import { useState } from "react";
import { type Steps, stepsInWords } from "../commands/macros";
import type { MacroShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { type Key, t } from "../text/i18n";
import { useCore, useSelect } from "../ui/use-core";
import { Collection, Field, FormDrawer, NameField } from "./collection";
import { Places } from "./places";
import s from "./settings.module.css";
import { useKept } from "./use-kept";

export function MacrosPage() {
  const core = useCore();
  const macros = useSelect((state) => state.macros);
  const may = useSelect((state) => can(state, "triage"));
  const all = Object.values(macros).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <Collection
      title={t("settings.macros")}
      detail={t("macros.hint")}
      items={all}
      may={may}
      add={t("macros.add")}
      empty={t("macro.none")}
      columns={[
        { label: t("macros.name"), className: "strong", cell: (one) => one.name },
        {
          label: t("canned.shortcut"),
          className: "mono nowrap",
          cell: (one) => one.shortcut && <span style={{ color: "var(--accent-text)" }}>/{one.shortcut}</span>,
        },
        {
          label: t("macros.does"),
          className: `muted ${s.cellWords}`,
          cell: (one) => <div className="clip">{stepsInWords(one, core.state()).join(", ")}</div>,
        },
        { label: t("views.who"), cell: (one) => <span className="chip">{t(`views.${one.scope}`)}</span> },
      ]}
      editor={(one, close) => <Editor key={one?.id ?? "new"} macro={one} close={close} />}
    />
  );
}

interface Draft {
  name: string;
  shortcut: string;
  scope: MacroShape["scope"];
  team_id: string | null;
  steps: Steps;
}

const BLANK: Draft = { name: "", shortcut: "", scope: "mine", team_id: null, steps: {} };

function Editor({ macro, close }: { macro: MacroShape | null; close: () => void }) {
  const { busy, wrong, save, remove } = useKept<MacroShape>({ path: "/macros", one: macro, shelf: "macros", close });
  const shares = useSelect((state) => can(state, "settings"));
  const teams = useSelect((state) => state.teams);
  const [draft, setDraft] = useState<Draft>(macro ? { ...macro, steps: macro.steps as Steps } : BLANK);
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const step = (change: Partial<Steps>) => set({ steps: withoutEmpty({ ...draft.steps, ...change }) });
  const may = macro === null || macro.scope === "mine" || shares;
  const put = () => {
    const { name, shortcut, scope, team_id, steps } = draft;
    return save({ name, shortcut, scope, team_id: scope === "team" ? team_id : null, steps });
  };
  return (
    <FormDrawer
      title={macro?.name ?? t("macros.add")}
      wrong={wrong}
      busy={busy}
      close={close}
      save={may ? () => void put() : undefined}
      clean={Object.keys(draft.steps).length === 0}
      remove={macro && may ? { label: t("remove"), run: () => void remove() } : undefined}
    >
      <div className={s.two}>
        <NameField label={t("macros.name")} value={draft.name} change={(name) => set({ name })} />
        <Field label={t("canned.shortcut")} optional>
          {(id) => (
            <input
              id={id}
              className="input mono"
              pattern="[\p{L}\p{N}_\-]*"
              value={draft.shortcut}
              onChange={(event) => set({ shortcut: event.target.value })}
            />
          )}
        </Field>
      </div>
      <fieldset className="field">
        <legend className="label">{t("views.who")}</legend>
        <div className="flex wrap" style={{ gap: "6px 16px" }}>
          {(["mine", "team", "all"] as const).map((one) => (
            <label key={one} className="flex">
              <input
                type="radio"
                name="macro-scope"
                checked={draft.scope === one}
                disabled={one !== "mine" && !shares}
                onChange={() => set({ scope: one, team_id: draft.team_id ?? Object.keys(teams)[0] ?? null })}
              />
              {t(`views.${one}`)}
            </label>
          ))}
          {draft.scope === "team" && (
            <select
              className="input"
              aria-label={t("filter.team")}
              value={draft.team_id ?? ""}
              onChange={(event) => set({ team_id: event.target.value })}
            >
              {Object.values(teams).map((team) => (
                <option key={team.id} value={team.id}>
                  {team.name}
                </option>
              ))}
            </select>
          )}
        </div>
      </fieldset>
      <AnswerSteps steps={draft.steps} change={step} />
      <OtherSteps steps={draft.steps} change={step} />
    </FormDrawer>
  );
}

interface StepsProps {
  steps: Steps;
  change: (change: Partial<Steps>) => void;
}

/** What is said: prepared words, or own ones; and the note. */
function AnswerSteps({ steps, change }: StepsProps) {
  const canned = useSelect((state) => state.canned);
  return (
    <>
      <Field label={t("macros.answer")} optional>
        {(id) => (
          <select
            id={id}
            className="input"
            value={steps.canned_id ?? ""}
            onChange={(event) => change({ canned_id: event.target.value, reply: "" })}
          >
            <option value="">{t("macros.ownWords")}</option>
            {Object.values(canned).map((one) => (
              <option key={one.id} value={one.id}>
                /{one.shortcut} {one.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {!steps.canned_id && (
        <textarea
          className="input"
          rows={4}
          dir="auto"
          aria-label={t("macros.ownWords")}
          value={steps.reply ?? ""}
          onChange={(event) => change({ reply: event.target.value })}
        />
      )}
      {!steps.canned_id && <Places />}
      {(steps.reply || steps.canned_id) && (
        <label className="flex">
          <input
            type="checkbox"
            checked={steps.ends_wait !== false}
            onChange={(event) => change({ ends_wait: event.target.checked ? undefined : false })}
          />
          {t("canned.endsWait")}
        </label>
      )}
      <Field label={t("note.label")} optional>
        {(id) => (
          <textarea
            id={id}
            className="input"
            rows={2}
            dir="auto"
            value={steps.note ?? ""}
            onChange={(event) => change({ note: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

const HOUR = 3600;
const SNOOZES = [HOUR, 3 * HOUR, 24 * HOUR, 72 * HOUR, 168 * HOUR];

/** Team, owner, labels, status: "leave it" everywhere to begin with. */
function OtherSteps({ steps, change }: StepsProps) {
  const core = useCore();
  const { agents, teams } = core.state();
  const ends = steps.status === "snoozed" ? `snoozed:${steps.snooze_seconds ?? ""}` : (steps.status ?? "");
  const finish = (value: string) => {
    const [status, seconds] = value.split(":");
    change({ status: (status || undefined) as Steps["status"], snooze_seconds: seconds ? Number(seconds) : undefined });
  };
  return (
    <>
      <div className={s.two}>
        <Pick
          label={t("filter.team")}
          value={steps.team}
          choose={(team) => change({ team })}
          options={[["none", t("team.none")], ...Object.values(teams).map((one) => [one.id, one.name] as const)]}
        />
        <Pick
          label={t("filter.assignee")}
          value={steps.assignee}
          choose={(assignee) => change({ assignee })}
          options={[
            ["me", t("macro.me")],
            ["none", t("assign.nobody")],
            ...Object.values(agents)
              .filter((one) => one.active)
              .map((one) => [one.id, one.name] as const),
          ]}
        />
        <Pick
          label={t("cmd.priority")}
          value={steps.priority}
          choose={(priority) => change({ priority })}
          options={(["low", "normal", "high", "urgent"] as const).map((one) => [one, t(`priority.${one}` as Key)])}
        />
        <Pick
          label={t("macros.then")}
          value={ends}
          choose={finish}
          options={[
            ["closed", t("cmd.close")],
            ["open", t("cmd.reopen")],
            ["snoozed:", t("macro.does.snoozeReply")],
            ...SNOOZES.map((n) => [`snoozed:${n}`, t("macro.does.snooze", { time: hours(n) })] as const),
          ]}
        />
      </div>
      <TagSteps label={t("macros.tagsOn")} ids={steps.tags_on} change={(tags_on) => change({ tags_on })} />
      <TagSteps label={t("macros.tagsOff")} ids={steps.tags_off} change={(tags_off) => change({ tags_off })} />
    </>
  );
}

const hours = (seconds: number) =>
  seconds < 24 * HOUR ? t("time.h", { h: seconds / HOUR }) : t("time.d", { d: seconds / (24 * HOUR) });

interface PickProps {
  label: string;
  value: string | undefined;
  options: readonly (readonly [string, string])[];
  choose: (value: string) => void;
}

function Pick({ label, value, options, choose }: PickProps) {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} className="input" value={value ?? ""} onChange={(event) => choose(event.target.value)}>
          <option value="">{t("macros.leave")}</option>
          {options.map(([key, name]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface TagProps {
  label: string;
  ids: string[] | undefined;
  change: (ids: string[]) => void;
}

export function TagSteps({ label, ids = [], change }: TagProps) {
  const tags = useSelect((state) => state.tags);
  const all = Object.values(tags);
  if (!all.length) return null;
  return (
    <fieldset className="field">
      <legend className="label">{label}</legend>
      <div className="flex wrap" style={{ gap: "4px 12px" }}>
        {all.map((tag) => (
          <label key={tag.id} className="flex">
            <input
              type="checkbox"
              checked={ids.includes(tag.id)}
              onChange={(event) =>
                change(event.target.checked ? [...ids, tag.id] : ids.filter((other) => other !== tag.id))
              }
            />
            {tag.name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Steps that do nothing are not sent. */
function withoutEmpty(steps: Steps): Steps {
  const filled = Object.entries(steps).filter(
    ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && !value.length),
  );
  return Object.fromEntries(filled);
}
