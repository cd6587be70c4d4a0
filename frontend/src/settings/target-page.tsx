import { useEffect, useState } from "react";
import { reason } from "../commands/triage";
import { newKey } from "../http/api";
import { ownZone } from "../panes/reports/ask";
import type { CalendarShape, DraftHours, PolicyShape, PresetShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { useCore, useSelect } from "../ui/use-core";
import { useCalendars } from "./calendars";
import { Field, NameField } from "./collection";
import { DueSentence } from "./due-sentence";
import { Back, EditForm } from "./editor";
import { readLasting, writeLasting } from "./lasting";
import { hoursOfDraft, OtherHours } from "./other-hours";
import { Page, useAsk, Wrong } from "./page";
import p from "./settings.module.css";
import { TargetChain } from "./target-chain";
import { Conditions } from "./target-conditions";
import { BLANK, draftOf, hoursOf, type TargetDraft, termsOf, withPreset } from "./target-draft";
import { TargetVersions } from "./target-versions";
import s from "./targets.module.css";
import { useEdited } from "./use-edited";
import { WhatIf } from "./what-if";

/** One policy: for whom, what is promised and how it is counted, and what it would have meant. */
export function TargetPage({ id }: { id: string }) {
  const core = useCore();
  const [policy, setPolicy] = useState<PolicyShape | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    if (id === "new") return;
    core.api
      .get<PolicyShape>(`/sla-policies/${id}`)
      .then(setPolicy)
      .catch((error) => setWrong(reason(error)));
  }, [core, id]);
  if (id === "new") return <Editor policy={null} />;
  if (policy) return <Editor key={policy.id} policy={policy} />;
  return (
    <Page title={t("settings.targets")} action={<Back to="targets" label={t("targets.back")} />}>
      <Wrong text={wrong} />
    </Page>
  );
}

const NAMES = () => ({
  name: t("targets.name"),
  first_response_seconds: t("targets.first"),
  next_response_seconds: t("targets.next"),
  resolution_seconds: t("targets.resolution"),
  warning_seconds: t("targets.warning"),
  time: t("targets.time"),
  calendar_id: t("targets.calendar"),
  clock: t("targets.clock"),
  pauses: t("targets.pauses"),
  chain_id: t("targets.chain"),
  chain_on: t("targets.chainWhen"),
  channel_ids: t("filter.channel"),
  networks: t("filter.network"),
  kinds: t("filter.kind"),
  priorities: t("filter.priority"),
  tag_ids: t("filter.tag"),
  languages: t("filter.language"),
  contact_fields: t("targets.contact"),
});

function Editor({ policy }: { policy: PolicyShape | null }) {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const { calendars, look } = useCalendars();
  const [preset, setPreset] = useState<PresetShape | null>(null);
  const edited = useEdited({ path: "/sla-policies", saved: policy, draftOf, blank: BLANK });
  const { draft, set } = edited;
  const hours = calendars?.length === 0 ? hoursOf(preset, ownZone()) : null;
  const [tried, setOther] = useState<DraftHours | null>(null);
  const other = draft.time === "business" ? tried : null;
  const save = async () => {
    const next = await edited.save();
    if (!next) return;
    core.toast(t("edit.saved"));
    if (!policy) core.go({ page: "settings", section: "targets", item: next.id }, true);
  };
  return (
    <Page title={policy?.name ?? t("targets.add")} action={<Back to="targets" label={t("targets.back")} />}>
      {!policy && (
        <Presets
          choose={(chosen) => {
            setPreset(chosen);
            set(withPreset(draft, chosen));
          }}
        />
      )}
      <EditForm
        edited={edited}
        names={NAMES()}
        may={may}
        save={() => void save()}
        action={policy ? t("save") : t("targets.make")}
        note={<span className="hint">{t("targets.fromNow")}</span>}
        remove={
          policy
            ? {
                path: `/sla-policies/${policy.id}`,
                version: edited.version ?? policy.version,
                section: "targets",
                title: t("targets.removeTitle", { name: policy.name }),
                text: t("targets.removeText"),
              }
            : undefined
        }
      >
        <section className={`${p.panel} ${p.block}`}>
          <Promised draft={draft} set={set} />
          <Counting draft={draft} set={set} calendars={calendars ?? []} />
          {hours && preset && <Missing hours={hours} preset={preset} made={look} />}
          <DueSentence terms={termsOf(draft)} hours={hours} calendars={calendars ?? []} />
        </section>
        <section className={`${p.panel} ${p.block}`}>
          <h2>{t("targets.for")}</h2>
          <Conditions draft={draft} set={set} />
        </section>
      </EditForm>
      <WhatIf
        tried={{
          policies: [termsOf(draft)],
          among: true,
          ...(policy && { in_place_of: policy.id }),
          ...((other ?? hours) && { calendar: other ?? hours ?? undefined }),
        }}
        hint={t("whatif.hint")}
      >
        {draft.time === "business" && (
          <OtherHours hours={other} change={setOther} begin={() => hoursOfDraft(draft, calendars ?? [], hours)} />
        )}
      </WhatIf>
      {policy && <TargetVersions key={edited.version} id={policy.id} />}
    </Page>
  );
}

/** Three ways to begin; what they fill in can be changed. */
function Presets({ choose }: { choose: (preset: PresetShape) => void }) {
  const core = useCore();
  const [presets, setPresets] = useState<readonly PresetShape[]>([]);
  useEffect(() => {
    // Without them one begins with the form as it is.
    core.api.get<PresetShape[]>("/sla-presets").then(setPresets, () => {});
  }, [core]);
  return (
    <section className={s.presets} aria-label={t("targets.presets")}>
      {presets.map((one) => (
        <button key={one.key} type="button" className={s.preset} onClick={() => choose(one)}>
          <span className="strong">{t(`targets.preset.${one.key as "office"}`)}</span>
          <span className="muted small num">
            {t("targets.first")} {writeLasting(one.policy.first_response_seconds)} · {t("targets.resolution")}{" "}
            {writeLasting(one.policy.resolution_seconds)}
          </span>
        </button>
      ))}
    </section>
  );
}

interface PartProps {
  draft: TargetDraft;
  set: (change: Partial<TargetDraft>) => void;
}

function Promised({ draft, set }: PartProps) {
  return (
    <>
      <NameField label={t("targets.name")} value={draft.name} change={(name) => set({ name })} />
      <div className={s.four}>
        <Lasting
          label={t("targets.first")}
          seconds={draft.first_response_seconds}
          change={(first_response_seconds) => set({ first_response_seconds })}
        />
        <Lasting
          label={t("targets.next")}
          seconds={draft.next_response_seconds}
          change={(next_response_seconds) => set({ next_response_seconds })}
        />
        <Lasting
          label={t("targets.resolution")}
          seconds={draft.resolution_seconds}
          change={(resolution_seconds) => set({ resolution_seconds })}
        />
        <Lasting
          label={t("targets.warning")}
          seconds={draft.warning_seconds}
          change={(warning_seconds) => set({ warning_seconds })}
        />
      </div>
      <p className="hint">{t("targets.lastingHint")}</p>
      <TargetChain draft={draft} set={set} />
    </>
  );
}

/** "30m", "2h", "1d"; empty: nothing is promised. What cannot be read stays as it was typed. */
function Lasting(props: { label: string; seconds: number | null; change: (seconds: number | null) => void }) {
  const { label, seconds, change } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const wrong = typed !== null && readLasting(typed) === undefined;
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          className="input num"
          dir="ltr"
          placeholder="–"
          aria-invalid={wrong}
          value={typed ?? writeLasting(seconds)}
          onChange={(event) => {
            setTyped(event.target.value);
            const read = readLasting(event.target.value);
            event.target.setCustomValidity(read === undefined ? t("targets.badLasting") : "");
            if (read !== undefined) change(read);
          }}
          onBlur={() => !wrong && setTyped(null)}
        />
      )}
    </Field>
  );
}

const PAUSES = ["waiting_on_customer", "snoozed_until_reply"] as const;

function Counting({ draft, set, calendars }: PartProps & { calendars: readonly CalendarShape[] }) {
  return (
    <div className={p.two}>
      <fieldset className={s.choice}>
        <legend className="label">{t("targets.time")}</legend>
        {(["business", "calendar"] as const).map((time) => (
          <label key={time} className="flex">
            <input type="radio" name="time" checked={draft.time === time} onChange={() => set({ time })} />
            {t(`targets.time.${time}`)}
          </label>
        ))}
        {draft.time === "business" && (
          <select
            className="input"
            aria-label={t("targets.calendar")}
            value={draft.calendar_id ?? ""}
            onChange={(event) => set({ calendar_id: event.target.value || null })}
          >
            <option value="">{t("targets.anyCalendar")}</option>
            {calendars.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        )}
      </fieldset>
      <fieldset className={s.choice}>
        <legend className="label">{t("targets.clock")}</legend>
        {(["desk", "customer"] as const).map((clock) => (
          <label key={clock} className="flex">
            <input type="radio" name="clock" checked={draft.clock === clock} onChange={() => set({ clock })} />
            {t(`targets.clock.${clock}`)}
          </label>
        ))}
      </fieldset>
      {draft.resolution_seconds !== null && (
        <fieldset className={s.choice}>
          <legend className="label">{t("targets.pauses")}</legend>
          {PAUSES.map((pause) => (
            <label key={pause} className="flex">
              <input
                type="checkbox"
                checked={draft.pauses.includes(pause)}
                onChange={(event) =>
                  set({
                    pauses: event.target.checked
                      ? [...draft.pauses, pause].sort()
                      : draft.pauses.filter((one) => one !== pause),
                  })
                }
              />
              {t(`targets.pause.${pause}`)}
            </label>
          ))}
        </fieldset>
      )}
    </div>
  );
}

/** Business hours are promised, and nobody has said yet what they are. */
function Missing({ hours, preset, made }: { hours: DraftHours; preset: PresetShape; made: () => void }) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const make = () =>
    ask(async () => {
      const name = t(`targets.preset.${preset.key as "office"}`);
      await core.api.post("/calendars", { ...hours, name, workspace: true }, { key: newKey() });
      made();
    });
  return (
    <div className="banner info small">
      <Icon name="clock" />
      <span className="grow">
        {t("targets.noCalendar", { zone: hours.zone })}
        <Wrong text={wrong} />
      </span>
      <button type="button" className="btn sm" disabled={busy} onClick={() => void make()}>
        {t("targets.makeCalendar")}
      </button>
    </div>
  );
}
