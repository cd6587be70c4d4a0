import { useCallback, useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { CalendarShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { Icon } from "../ui/icon";
import { Link } from "../ui/link";
import { useCore, useDesk, useSelect } from "../ui/use-core";
import { CalendarPage } from "./calendar-page";
import { Opening, useOpenings, Week } from "./openings";
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
            <table className={p.cards}>
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
                    <td data-label={t("calendars.now")}>
                      <Opening opening={openings[one.id]} />
                    </td>
                    <td className="small num" data-label={t("calendars.hours")}>
                      <Week weekly={one.weekly} />
                    </td>
                    <td className="muted small" data-label={t("calendars.for")}>
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
