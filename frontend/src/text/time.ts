/** Times in words: short, exact, the same width from second to second. */

import { armenianFormat } from "./armenian";
import { currentLanguage, t } from "./i18n";
import { chosenZone, wall } from "./zone";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "20 s", "1 m 40 s", "25 m", "3 h 12 m", "4 d 2 h". Seconds are shown under `secondsBelow` ms. */
export function duration(ms: number, secondsBelow = 5 * MINUTE): string {
  const left = Math.max(0, ms);
  if (left < MINUTE) return t("time.s", { s: Math.floor(left / SECOND) });
  if (left < secondsBelow) {
    const seconds = Math.floor((left % MINUTE) / SECOND);
    const minutes = t("time.m", { m: Math.floor(left / MINUTE) });
    return seconds ? `${minutes} ${t("time.s", { s: seconds })}` : minutes;
  }
  if (left < HOUR) return t("time.m", { m: Math.floor(left / MINUTE) });
  if (left < DAY)
    return pair("time.h", "h", Math.floor(left / HOUR), "time.m", "m", Math.floor((left % HOUR) / MINUTE));
  return pair("time.d", "d", Math.floor(left / DAY), "time.h", "h", Math.floor((left % DAY) / HOUR));
}

type Unit = "time.d" | "time.h" | "time.m";

function pair(big: Unit, bigName: string, bigValue: number, small: Unit, smallName: string, value: number): string {
  const first = t(big, { [bigName]: bigValue });
  return value ? `${first} ${t(small, { [smallName]: value })}` : first;
}

type Format = { format: (date: Date) => string };
const formats = new Map<string, Format>();
const SPEAKS_ARMENIAN = Intl.DateTimeFormat.supportedLocalesOf("hy").length > 0;

function formatter(given: Intl.DateTimeFormatOptions): Format {
  const language = currentLanguage();
  const options = { timeZone: chosenZone() || undefined, ...given };
  const key = language + JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  // British order for English: "12 Oct", 24 hours, as the rest of the interface.
  const locale = language === "en" ? "en-GB" : language;
  const made =
    language === "hy" && !SPEAKS_ARMENIAN ? armenianFormat(options) : new Intl.DateTimeFormat(locale, options);
  formats.set(key, made);
  return made;
}

/** With `hour12: false` some browsers say 24:30 in Greek, half an hour after midnight. */
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

/** "14:06", in the reader's zone or the one given. */
export function clock(at: string | number, zone?: string): string {
  return formatter(zone ? { ...CLOCK, timeZone: zone } : CLOCK).format(new Date(at));
}

/** An hour of the day, from 0 on: "09:00", in Finnish "09.00". */
export function hourName(hour: number): string {
  return formatter({ ...CLOCK, timeZone: "UTC" }).format(new Date(hour * 3_600_000));
}

/** "14:06" today, "Tue 14:06" within a week, "12 Oct" this year, "12 Oct 2025" before. */
export function shortDate(at: string | number, now: number): string {
  const date = new Date(at);
  if (sameDay(date, new Date(now))) return clock(at);
  if (Math.abs(now - date.getTime()) < 6 * DAY) {
    return `${formatter({ weekday: "short" }).format(date)} ${clock(at)}`;
  }
  const sameYear = yearOf(at) === yearOf(now);
  return formatter({ day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) }).format(date);
}

/** In full, for titles and screen readers. */
export function fullDate(at: string | number): string {
  return formatter({ dateStyle: "full", timeStyle: "medium" }).format(new Date(at));
}

/** "Sun 22 Nov, 05:09": an instant one chooses. */
export function instant(at: string | number): string {
  return formatter({
    weekday: "short",
    day: "numeric",
    month: "short",
    ...CLOCK,
  }).format(new Date(at));
}

const A_MONDAY = Date.UTC(2026, 10, 23);

/** A day of the week, Monday being 0: "Mon", or "Monday". */
export function weekdayName(day: number, weekday: "short" | "long" = "short"): string {
  return formatter({ weekday, timeZone: "UTC" }).format(new Date(A_MONDAY + day * DAY));
}

/** "22 Nov 2026": of a date whose UTC parts say it. */
export function writtenDay(date: Date): string {
  return formatter({ dateStyle: "medium", timeZone: "UTC" }).format(date);
}

/** "Sun, 22 Nov 2026" */
export function dateOnly(at: string | number): string {
  return formatter({ weekday: "short", day: "numeric", month: "short", year: "numeric" }).format(new Date(at));
}

export function dayName(at: string | number, now: number): string {
  const date = new Date(at);
  if (sameDay(date, new Date(now))) return t("time.today");
  if (sameDay(date, new Date(now - DAY))) return t("time.yesterday");
  const sameYear = yearOf(at) === yearOf(now);
  return formatter({
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(date);
}

const yearOf = (at: string | number): number => wall(new Date(at).getTime()).getUTCFullYear();

export function sameDay(a: Date, b: Date): boolean {
  const day = (date: Date) => Math.floor(wall(date.getTime()).getTime() / DAY);
  return day(a) === day(b);
}
