import { useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { CalendarVersionShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { fullDate, instant } from "../text/time";
import { useCore, useNow } from "../ui/use-core";
import s from "./calendars.module.css";
import { Week } from "./openings";
import { Wrong } from "./page";
import p from "./settings.module.css";

/** What held from when on. Nothing here can be changed: results of the past name it. */
export function CalendarVersions({ id }: { id: string }) {
  const core = useCore();
  const now = useNow(60_000);
  const [versions, setVersions] = useState<readonly CalendarVersionShape[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    core.api
      .get<CalendarVersionShape[]>(`/calendars/${id}/versions`)
      .then(setVersions)
      .catch((error) => setWrong(reason(error)));
  }, [core, id]);
  const current = versions?.find((one) => Date.parse(one.valid_from) <= now);
  return (
    <section className={`${p.panel} ${p.block}`} aria-label={t("calendars.versions")}>
      <h2>{t("calendars.versions")}</h2>
      <Wrong text={wrong} />
      <ol className={s.versions}>
        {versions?.map((one) => (
          <li key={one.version}>
            <div className="flex">
              <time className="strong" dateTime={one.valid_from} title={fullDate(one.valid_from)}>
                {t("calendars.since", { time: instant(one.valid_from) })}
              </time>
              {one === current && <span className="chip ok">{t("calendars.inForce")}</span>}
              {Date.parse(one.valid_from) > now && <span className="chip warn">{t("calendars.planned")}</span>}
            </div>
            <div className="muted small">
              {[one.zone, one.holidays, t("calendars.ownDays", { n: Object.keys(one.exceptions).length })]
                .filter(Boolean)
                .join(" · ")}
            </div>
            <div className="small num">
              <Week weekly={one.weekly} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
