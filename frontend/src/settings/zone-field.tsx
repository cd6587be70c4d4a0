import { useId } from "react";
import { t } from "../text/i18n";
import { clock } from "../text/time";
import { useNow } from "../ui/use-core";

const ZONES: readonly string[] = ["UTC", ...(Intl.supportedValuesOf?.("timeZone") ?? [])];

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone !== "";
  } catch {
    return false;
  }
}

/** A time zone by its name, found by typing any part of it; beside it the time that it is there now. */
export function ZoneField({ zone, change }: { zone: string; change: (zone: string) => void }) {
  const id = useId();
  const now = useNow(60_000);
  const known = isZone(zone);
  const there = known ? clock(now, zone) : null;
  return (
    <div className="field">
      <label htmlFor={id}>{t("calendars.zone")}</label>
      <input
        id={id}
        className="input"
        list={`${id}-list`}
        dir="ltr"
        required
        autoComplete="off"
        spellCheck={false}
        aria-invalid={!known}
        value={zone}
        onChange={(event) => change(event.target.value.trim().replaceAll(" ", "_"))}
      />
      <datalist id={`${id}-list`}>
        {ZONES.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <span className={`hint ${known ? "" : "bad"}`}>
        {there ? t("calendars.thereNow", { time: there }) : t("calendars.badZone")}
      </span>
    </div>
  );
}
