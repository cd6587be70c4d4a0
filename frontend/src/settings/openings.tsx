import { useEffect, useState } from "react";
import type { OpeningShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { weekdayName } from "../text/time";
import { wallTime } from "../text/wall";
import { Icon } from "../ui/icon";
import { useCore, useNow } from "../ui/use-core";
import s from "./calendars.module.css";
import { runs, WEEKDAYS } from "./hours";
import p from "./settings.module.css";

/** What is open now, by calendar; asked again each minute. */
export function useOpenings(): Readonly<Record<string, OpeningShape>> {
  const core = useCore();
  const minute = useNow(60_000);
  const [openings, setOpenings] = useState<Record<string, OpeningShape>>({});
  // biome-ignore lint/correctness/useExhaustiveDependencies: each minute anew
  useEffect(() => {
    core.api
      .get<OpeningShape[]>("/opening-hours")
      .then((all) => setOpenings(Object.fromEntries(all.map((one) => [one.calendar_id, one]))))
      // The rest of the page does not need it; the next minute asks again.
      .catch(() => setOpenings({}));
  }, [core, minute]);
  return openings;
}

/** "Open until 17:00", "Opens Mon 09:00": on the wall of the calendar's place. */
export function Opening({ opening }: { opening: OpeningShape | undefined }) {
  const now = useNow(60_000);
  if (!opening) return null;
  const { open, changes } = opening;
  const time = changes && wallTime(changes.local, changes.at, now);
  const words = open
    ? time
      ? t("calendars.openUntil", { time })
      : t("calendars.alwaysOpen")
    : time
      ? t("calendars.opensAt", { time })
      : t("calendars.neverOpen");
  return (
    <span className={`${p.health} ${open ? p.ok : "muted"}`}>
      <Icon name={open ? "check" : "moon"} size="s" />
      {words}
    </span>
  );
}

/** The week in a few lines: days with equal hours are one. */
export function Week({ weekly }: { weekly: Readonly<Record<string, readonly string[]>> }) {
  return runs(weekly)
    .filter(([, , shifts]) => shifts.length > 0)
    .map(([first, last, shifts]) => (
      <div key={first} className={s.run}>
        <span className="muted">
          {first === last
            ? weekdayName(WEEKDAYS.indexOf(first))
            : `${weekdayName(WEEKDAYS.indexOf(first))} – ${weekdayName(WEEKDAYS.indexOf(last))}`}
        </span>
        <span dir="ltr">{shifts.join(", ").replaceAll("-", "–")}</span>
      </div>
    ));
}
