import { ownZone } from "../panes/reports/ask";
import type { CalendarShape, DraftHours } from "../protocol/types.generated";
import { t } from "../text/i18n";
import type { TargetDraft } from "./target-draft";
import { WeekGrid } from "./week-grid";
import { isZone, ZoneField } from "./zone-field";

const OFFICE = ["09:00-17:00"];
const WEEK = { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: OFFICE, sat: [], sun: [] };

/** The hours that a draft counts in now, to begin with: its own calendar's, the workspace's, else office hours. */
export function hoursOfDraft(
  draft: TargetDraft,
  calendars: readonly CalendarShape[],
  hours: DraftHours | null,
): DraftHours {
  const found = calendars.find((one) => one.id === draft.calendar_id) ?? calendars.find((one) => one.workspace);
  if (found) return { zone: found.zone, weekly: found.weekly };
  return hours ?? { zone: ownZone(), weekly: WEEK };
}

interface Props {
  /** Null: it is tried with the hours that hold. */
  hours: DraftHours | null;
  change: (hours: DraftHours | null) => void;
  begin: () => DraftHours;
}

/** Hours that are only tried: what would a target mean if we were here longer? */
export function OtherHours({ hours, change, begin }: Props) {
  return (
    <>
      <label className="flex">
        <input
          type="checkbox"
          checked={hours !== null}
          onChange={(event) => change(event.target.checked ? begin() : null)}
        />
        {t("whatif.otherHours")}
      </label>
      {hours && (
        <>
          <p className="hint">{t("whatif.otherHoursHint")}</p>
          <ZoneField zone={hours.zone} change={(zone) => isZone(zone) && change({ ...hours, zone })} />
          <WeekGrid
            weekly={hours.weekly}
            change={(weekly) => change({ ...hours, weekly: weekly as DraftHours["weekly"] })}
          />
        </>
      )}
    </>
  );
}
