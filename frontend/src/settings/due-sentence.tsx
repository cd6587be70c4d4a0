import { useEffect, useState } from "react";
import { reason } from "../commands/triage";
import type { CalendarShape, DraftHours, DueAt, DueShape } from "../protocol/types.generated";
import { type Key, t } from "../text/i18n";
import { weekdayName } from "../text/time";
import { wallInstant } from "../text/wall";
import { Icon } from "../ui/icon";
import { useCore } from "../ui/use-core";
import { WEEKDAYS } from "./hours";
import p from "./settings.module.css";
import type { Terms } from "./target-draft";

/** So long after the last keystroke the server is asked. */
const AFTER_MS = 250;

interface Props {
  terms: Terms;
  hours: DraftHours | null;
  calendars: readonly CalendarShape[];
}

/** "A message on Friday 17:50 is due …", by the server, while one types. */
export function DueSentence({ terms, hours, calendars }: Props) {
  const core = useCore();
  const [weekday, setWeekday] = useState<(typeof WEEKDAYS)[number]>("fri");
  const [time, setTime] = useState("17:50");
  const [due, setDue] = useState<DueShape | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const question = JSON.stringify({ policy: terms, weekday, time, ...(hours ? { calendar: hours } : {}) });
  useEffect(() => {
    let over = false;
    const timer = window.setTimeout(() => {
      core.api
        .post<DueShape>("/sla-policies/due", JSON.parse(question))
        .then((answer) => {
          if (over) return;
          setDue(answer);
          setWrong(null);
        })
        .catch((error) => over || setWrong(reason(error)));
    }, AFTER_MS);
    return () => {
      over = true;
      window.clearTimeout(timer);
    };
  }, [core, question]);
  const calendar = calendars.find((one) => one.id === due?.calendar_id);
  const lines: [Key, DueAt | null | undefined, number | null][] = [
    ["targets.first", due?.first_response, terms.first_response_seconds],
    ["targets.next", due?.next_response, terms.next_response_seconds],
    ["targets.resolution", due?.resolution, terms.resolution_seconds],
  ];
  return (
    <div className="banner info">
      <Icon name="alarm" />
      <div className="grow">
        <div className={p.actions}>
          <span>{t("targets.example")}</span>
          <select
            className="input"
            style={{ width: "auto" }}
            aria-label={t("targets.exampleDay")}
            value={weekday}
            onChange={(event) => setWeekday(WEEKDAYS.find((one) => one === event.target.value) ?? "fri")}
          >
            {WEEKDAYS.map((day, at) => (
              <option key={day} value={day}>
                {weekdayName(at, "long")}
              </option>
            ))}
          </select>
          <input
            type="time"
            className="input"
            style={{ width: "auto" }}
            aria-label={t("targets.exampleTime")}
            value={time}
            onChange={(event) => event.target.value && setTime(event.target.value)}
          />
          {due && (
            <span className="muted small">
              {[due.zone, calendar && t("targets.countedIn", { name: calendar.name })].filter(Boolean).join(" · ")}
            </span>
          )}
        </div>
        <div aria-live="polite">
          {wrong ??
            lines
              .filter(([, , seconds]) => seconds !== null)
              .map(([label, at]) => (
                <div key={label}>
                  {t(label)}: <strong>{at ? wallInstant(at.local) : due ? t("targets.never") : "…"}</strong>
                </div>
              ))}
        </div>
      </div>
    </div>
  );
}
