import { useEffect, useState } from "react";
import { reason } from "../commands/triage";
import { currentLanguage, t } from "../text/i18n";
import { wallDate } from "../text/wall";
import { Icon } from "../ui/icon";
import { useCore, useNow } from "../ui/use-core";
import type { CalendarDraft } from "./calendar-draft";
import s from "./calendars.module.css";
import { Wrong } from "./page";
import p from "./settings.module.css";
import { Typed } from "./week-grid";

interface Props {
  draft: CalendarDraft;
  set: (change: Partial<CalendarDraft>) => void;
}

/** Whose public holidays are closed, with the dates of this year and the next; each can be kept open. */
export function Holidays({ draft, set }: Props) {
  const { places, wrong } = usePlaces();
  const [country = "", part = ""] = draft.holidays.split(/-(.*)/);
  const countries = places.filter((one) => !one.includes("-"));
  const parts = places.filter((one) => one.startsWith(`${country}-`));
  return (
    <>
      <h2>{t("calendars.holidays")}</h2>
      <Wrong text={wrong} />
      <div className={p.two}>
        <label className="field">
          <span className="label">{t("calendars.country")}</span>
          <select className="input" value={country} onChange={(event) => set({ holidays: event.target.value })}>
            <option value="">{t("calendars.noHolidays")}</option>
            {/* Until the list is here the one that is chosen stands alone. */}
            {country && !countries.includes(country) && <option value={country}>{regionName(country)}</option>}
            {countries
              .map((code) => [code, regionName(code)] as const)
              .sort((a, b) => a[1].localeCompare(b[1]))
              .map(([code, name]) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
          </select>
        </label>
        {(parts.length > 0 || part) && (
          <label className="field">
            <span className="label">{t("calendars.region")}</span>
            <select
              className="input"
              value={draft.holidays}
              onChange={(event) => set({ holidays: event.target.value })}
            >
              <option value={country}>{t("calendars.wholeCountry")}</option>
              {(parts.length > 0 ? parts : [draft.holidays]).map((code) => (
                <option key={code} value={code}>
                  {code}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {draft.holidays && <Days key={draft.holidays} draft={draft} set={set} />}
    </>
  );
}

function usePlaces() {
  const core = useCore();
  const [places, setPlaces] = useState<readonly string[]>([]);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    core.api
      .get<string[]>("/holidays/places")
      .then(setPlaces)
      .catch((error) => setWrong(reason(error)));
  }, [core]);
  return { places, wrong };
}

function regionName(code: string): string {
  try {
    return new Intl.DisplayNames(currentLanguage(), { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function Days({ draft, set }: Props) {
  const core = useCore();
  const now = useNow(60_000);
  const year = new Date(now).getUTCFullYear();
  const [days, setDays] = useState<Record<string, string> | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const code = draft.holidays;
  useEffect(() => {
    const of = (one: number) => core.api.get<Record<string, string>>("/holidays", { code, year: String(one) });
    Promise.all([of(year), of(year + 1)])
      .then(([first, second]) => setDays({ ...first, ...second }))
      .catch((error) => setWrong(reason(error)));
  }, [core, code, year]);
  const today = new Date(now).toISOString().slice(0, 10);
  const coming = Object.entries(days ?? {}).filter(([day]) => day >= today);
  return (
    <details className={p.fold}>
      <summary>
        <span className="label">{t("calendars.closedDays", { n: coming.length })}</span>
      </summary>
      <div className={p.scrollChecks}>
        <Wrong text={wrong} />
        {coming.map(([day, name]) => (
          <div key={day} className="flex">
            <span className={s.date}>{wallDate(day)}</span>
            <span className={`clip grow ${day in draft.exceptions ? "faint" : ""}`} title={name}>
              {name}
            </span>
            {!(day in draft.exceptions) && (
              <button
                type="button"
                className="btn ghost sm"
                onClick={() => set({ exceptions: { ...draft.exceptions, [day]: ["09:00-17:00"] } })}
              >
                {t("calendars.keepOpen")}
              </button>
            )}
          </div>
        ))}
      </div>
    </details>
  );
}

/** Dates with hours of their own: days off, and days that are open though they would not be. */
export function Exceptions({ draft, set }: Props) {
  const [day, setDay] = useState("");
  const known = Object.entries(draft.exceptions).sort(([a], [b]) => a.localeCompare(b));
  const put = (shifts: readonly string[]) => {
    set({ exceptions: { ...draft.exceptions, [day]: [...shifts] } });
    setDay("");
  };
  const drop = (gone: string) => {
    const { [gone]: _gone, ...exceptions } = draft.exceptions;
    set({ exceptions });
  };
  return (
    <>
      <h2>{t("calendars.exceptions")}</h2>
      {known.map(([date, shifts]) => (
        <div key={date} className="flex">
          <span className={s.date}>{wallDate(date)}</span>
          <Typed
            name={wallDate(date)}
            kept={shifts}
            set={(next) => set({ exceptions: { ...draft.exceptions, [date]: [...next] } })}
          />
          <button
            type="button"
            className="btn ghost sm icon-only"
            aria-label={t("calendars.dropDay", { day: wallDate(date) })}
            onClick={() => drop(date)}
          >
            <Icon name="x" size="s" />
          </button>
        </div>
      ))}
      <div className={p.actions}>
        <input
          type="date"
          className="input"
          style={{ width: "auto" }}
          aria-label={t("calendars.exceptionDay")}
          value={day}
          onChange={(event) => setDay(event.target.value)}
        />
        <button type="button" className="btn" disabled={!day} onClick={() => put([])}>
          {t("calendars.dayOff")}
        </button>
        <button type="button" className="btn" disabled={!day} onClick={() => put(["09:00-17:00"])}>
          {t("calendars.extraDay")}
        </button>
      </div>
    </>
  );
}
