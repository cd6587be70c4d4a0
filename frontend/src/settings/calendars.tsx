import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { CalendarShape, OpeningShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { weekdayName } from "../text/time";
import { wallTime } from "../text/wall";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore, useDesk, useNow, useSelect } from "../ui/use-core";
import { CalendarPage } from "./calendar-page";
import s from "./calendars.module.css";
import { runs, WEEKDAYS } from "./hours";
import { Page, Wrong } from "./page";
import p from "./settings.module.css";

/** Business hours: all calendars, or the one that the address names. */
export function CalendarsPage() {
  const item = useDesk(({ route }) => (route.page === "settings" ? route.item : undefined));
  return item ? <CalendarPage key={item} id={item} /> : <AllCalendars />;
}

export function useCalendars() {
  const core = useCore();
  const [calendars, setCalendars] = useState<readonly CalendarShape[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const look = useCallback(() => {
    setWrong(null);
    core.api
      .get<{ items: CalendarShape[] }>("/calendars")
      .then((answer) => setCalendars(answer.items))
      .catch((error) => setWrong(reason(error)));
  }, [core]);
  useEffect(look, [look]);
  return { calendars, wrong, look };
}

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

function AllCalendars() {
  const { calendars, wrong, look } = useCalendars();
  const openings = useOpenings();
  const may = useSelect((state) => can(state, "settings"));
  return (
    <Page
      title={t("settings.calendars")}
      detail={t("calendars.hint")}
      action={
        may && (
          <Link className="btn primary" to={{ page: "settings", section: "calendars", item: "new" }}>
            <Icon name="plus" size="s" />
            {t("calendars.add")}
          </Link>
        )
      }
    >
      <Wrong text={wrong} />
      {wrong && (
        <button type="button" className="btn" onClick={look}>
          {t("attention.look")}
        </button>
      )}
      {calendars && (
        <div className={p.panel}>
          {calendars.length === 0 ? (
            <p className={`muted ${p.none}`}>{t("calendars.none")}</p>
          ) : (
            <table>
              <thead>
                <tr>
                  <th>{t("calendars.name")}</th>
                  <th>{t("calendars.now")}</th>
                  <th>{t("calendars.hours")}</th>
                  <th>{t("calendars.for")}</th>
                </tr>
              </thead>
              <tbody>
                {calendars.map((one) => (
                  <tr key={one.id}>
                    <td>
                      <Link className="strong" to={{ page: "settings", section: "calendars", item: one.id }}>
                        <bdi>{one.name}</bdi>
                      </Link>
                      <div className="muted small">{one.zone}</div>
                    </td>
                    <td>
                      <Opening opening={openings[one.id]} />
                    </td>
                    <td className="small num">
                      <Week weekly={one.weekly} />
                    </td>
                    <td className="muted small">
                      <Holders calendar={one} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </div>
      )}
    </Page>
  );
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

function Holders({ calendar }: { calendar: Pick<CalendarShape, "workspace" | "team_ids" | "channel_ids"> }) {
  const teams = useSelect((state) => state.teams);
  const channels = useSelect((state) => state.channels);
  const names = [
    ...(calendar.workspace ? [t("calendars.everybody")] : []),
    ...calendar.team_ids.map((id) => teams[id]?.name ?? id),
    ...calendar.channel_ids.map((id) => channels[id]?.name ?? id),
  ];
  return names.join(", ") || t("calendars.nobody");
}
