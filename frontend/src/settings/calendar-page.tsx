import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import { dateIn, midnight, ownZone, shifted } from "../panes/reports/ask";
import type { CalendarShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { useCore, useNow, useSelect } from "../ui/use-core";
import { Exceptions, Holidays } from "./calendar-days";
import { type CalendarDraft, draftOf } from "./calendar-draft";
import { CalendarVersions } from "./calendar-versions";
import s from "./calendars.module.css";
import { NameField } from "./collection";
import { Back, EditForm } from "./editor";
import { Opening, useOpenings } from "./openings";
import { Page, Wrong } from "./page";
import p from "./settings.module.css";
import { useEdited } from "./use-edited";
import { Checks } from "./webhook-form";
import { WeekGrid } from "./week-grid";
import { type Tried, WhatIf } from "./what-if";
import { isZone, ZoneField } from "./zone-field";

const OFFICE = ["09:00-17:00"];
const blank = (): CalendarDraft => ({
  name: "",
  zone: ownZone(),
  weekly: { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: OFFICE, sat: [], sun: [] },
  holidays: "",
  exceptions: {},
  workspace: false,
  team_ids: [],
  channel_ids: [],
});

/** One calendar: its week, its days off, whom it holds for, and what it said before. */
export function CalendarPage({ id }: { id: string }) {
  const core = useCore();
  const [calendar, setCalendar] = useState<CalendarShape | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const look = useCallback(() => {
    if (id === "new") return;
    core.api
      .get<CalendarShape>(`/calendars/${id}`)
      .then(setCalendar)
      .catch((error) => setWrong(reason(error)));
  }, [core, id]);
  useEffect(look, [look]);
  if (id === "new") return <Editor calendar={null} put={() => {}} />;
  if (calendar) return <Editor key={calendar.id} calendar={calendar} put={setCalendar} />;
  return (
    <Page title={t("settings.calendars")} action={<Back to="calendars" label={t("calendars.back")} />}>
      <Wrong text={wrong} />
    </Page>
  );
}

const NAMES = () => ({
  name: t("calendars.name"),
  zone: t("calendars.zone"),
  weekly: t("calendars.hours"),
  holidays: t("calendars.holidays"),
  exceptions: t("calendars.exceptions"),
  workspace: t("calendars.everybody"),
  team_ids: t("filter.team"),
  channel_ids: t("filter.channel"),
});

function Editor({ calendar, put }: { calendar: CalendarShape | null; put: (calendar: CalendarShape) => void }) {
  const core = useCore();
  const may = useSelect((state) => can(state, "settings"));
  const openings = useOpenings();
  const [from, setFrom] = useState("");
  const edited = useEdited({ path: "/calendars", saved: calendar, draftOf, blank: blank() });
  const { draft, set } = edited;
  const save = async () => {
    const next = await edited.save(from ? { valid_from: midnight(from, draft.zone) } : {});
    if (!next) return;
    setFrom("");
    core.toast(t("edit.saved"));
    if (calendar) put(next);
    else core.go({ page: "settings", section: "calendars", item: next.id }, true);
  };
  return (
    <Page title={calendar?.name ?? t("calendars.add")} action={<Back to="calendars" label={t("calendars.back")} />}>
      <EditForm
        edited={edited}
        names={NAMES()}
        may={may}
        save={() => void save()}
        action={calendar ? t("save") : t("calendars.make")}
        note={<From zone={draft.zone} from={from} change={setFrom} />}
        remove={
          calendar
            ? {
                path: `/calendars/${calendar.id}`,
                version: edited.version ?? calendar.version,
                section: "calendars",
                title: t("calendars.removeTitle", { name: calendar.name }),
                text: t("calendars.removeText"),
              }
            : undefined
        }
      >
        <section className={`${p.panel} ${p.block}`}>
          <div className={p.two}>
            <NameField label={t("calendars.name")} value={draft.name} change={(name) => set({ name })} />
            <ZoneField zone={draft.zone} change={(zone) => set({ zone })} />
          </div>
          {calendar && <Opening opening={openings[calendar.id]} />}
          <WeekGrid weekly={draft.weekly} change={(weekly) => set({ weekly: weekly as CalendarDraft["weekly"] })} />
        </section>
        <section className={`${p.panel} ${p.block}`}>
          <Holidays draft={draft} set={set} />
          <Exceptions draft={draft} set={set} />
        </section>
        <section className={`${p.panel} ${p.block}`}>
          <h2>{t("calendars.for")}</h2>
          <For draft={draft} set={set} />
        </section>
      </EditForm>
      {isZone(draft.zone) && <WhatIf tried={triedOf(draft, calendar)} hint={t("whatif.hintHours")} />}
      {calendar && <CalendarVersions key={edited.version} id={calendar.id} />}
    </Page>
  );
}

/** The draft in place of the calendar, or beside the others, under the targets that hold. */
function triedOf({ name: _none, ...hours }: CalendarDraft, calendar: CalendarShape | null): Tried {
  return { policies: [], among: true, calendar: { ...hours, ...(calendar && { in_place_of: calendar.id }) } };
}

/** From when a change holds: at once, or the beginning of a day to come. */
function From({ zone, from, change }: { zone: string; from: string; change: (from: string) => void }) {
  const now = useNow(60_000);
  const today = dateIn(isZone(zone) ? zone : "UTC", now);
  return (
    <label className={s.from}>
      <span>{t("calendars.from")}</span>
      <input
        type="date"
        className="input"
        min={shifted(today, 1)}
        value={from}
        title={t("calendars.fromHint")}
        onChange={(event) => change(event.target.value)}
      />
      <span className="hint">{from ? "" : t("calendars.atOnce")}</span>
    </label>
  );
}

function For({ draft, set }: { draft: CalendarDraft; set: (change: Partial<CalendarDraft>) => void }) {
  const teams = useSelect((state) => state.teams);
  const channels = useSelect((state) => state.channels);
  return (
    <>
      <label className="flex">
        <input
          type="checkbox"
          checked={draft.workspace}
          onChange={(event) => set({ workspace: event.target.checked })}
        />
        {t("calendars.everybodyHint")}
      </label>
      <Checks
        label={t("filter.team")}
        none={t("calendars.nobody")}
        options={Object.values(teams).map(({ id, name }) => [id, name])}
        chosen={draft.team_ids}
        choose={(team_ids) => set({ team_ids: [...team_ids] })}
      />
      <Checks
        label={t("filter.channel")}
        none={t("calendars.nobody")}
        options={Object.values(channels).map(({ id, name }) => [id, name])}
        chosen={draft.channel_ids}
        choose={(channel_ids) => set({ channel_ids: [...channel_ids] })}
      />
      <p className="hint">{t("calendars.forHint")}</p>
    </>
  );
}
