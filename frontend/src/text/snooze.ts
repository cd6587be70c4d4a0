/** Reads what an agent types for a snooze: "2h30m", "45 m", "3d", "tomorrow 9", "mon 14:30", "18:00", "until reply". */

import { armenianWeekday } from "./armenian";
import { instantOf, wall } from "./zone";

export type Snooze = { until: number } | { untilReply: true };

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
/** First letters that tell the units in the languages of the interface apart from the English ones. */
// biome-ignore format: a word list
const UNIT_WORDS: Record<string, string> = {
  min: "m", mins: "m", minute: "m", minutes: "m", minuten: "m", menit: "m", λ: "m", λεπτά: "m", λεπτα: "m", ր: "m", րոպե: "m",
  hr: "h", hrs: "h", hour: "h", hours: "h", std: "h", stunden: "h", stunde: "h", t: "h", tuntia: "h", tunti: "h", jam: "h", j: "h",
  ω: "h", ώρες: "h", ωρες: "h", ώρα: "h", ժ: "h", ժամ: "h",
  day: "d", days: "d", tage: "d", tag: "d", pv: "d", päivää: "d", hari: "d", μ: "d", μέρες: "d", μερες: "d", օր: "d",
  week: "w", weeks: "w", wochen: "w", woche: "w", vk: "w", viikkoa: "w", minggu: "w", εβδομάδες: "w", շաբաթ: "w",
};
// biome-ignore format: a word list
const REPLY = new Set([
  "until reply", "reply", "bis antwort", "antwort", "vastaukseen asti", "vastaus", "sampai dibalas", "dibalas",
  "μέχρι απάντηση", "απάντηση", "մինչև պատասխան", "պատասխան",
]);
const TODAY = new Set(["today", "heute", "tänään", "hari ini", "σήμερα", "այսօր", "tonight"]);
const TOMORROW = new Set(["tomorrow", "tmr", "tom", "morgen", "huomenna", "besok", "αύριο", "αυριο", "վաղը"]);
const MORNING = 9;

/** Null where it cannot be read, or lies in the past. `now` in ms; hours are those of the agent's own zone. */
export function parseSnooze(text: string, now: number, language = "en"): Snooze | null {
  const input = text.trim().toLocaleLowerCase(language).replace(/\s+/g, " ");
  if (!input) return null;
  if (REPLY.has(input)) return { untilReply: true };
  const span = spanOf(input);
  if (span) return { until: now + span };
  const until = named(input, now, language);
  return until && until > now ? { until } : null;
}

function spanOf(input: string): number | null {
  const pattern = /(\d+(?:[.,]\d+)?)\s*(\p{L}+)\.?/gu;
  const rest = input.replace(pattern, "").trim();
  if (rest) return null;
  let total = 0;
  for (const [, amount, word] of input.matchAll(pattern)) {
    const unit = UNITS[word ?? ""] ?? UNITS[UNIT_WORDS[word ?? ""] ?? ""];
    if (!unit) return null;
    total += Number((amount ?? "").replace(",", ".")) * unit;
  }
  return total > 0 ? total : null;
}

function named(input: string, now: number, language: string): number | null {
  const match = /^(.*?)\s*(?:(?:at|um|klo|jam|στις|ժամը)\s*)?(?:(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?)?$/u.exec(input);
  if (!match) return null;
  const [, day = "", hourText, minuteText, half] = match;
  const time = timeOf(hourText, minuteText, half);
  if (time === null) return null;
  const date = wall(now);
  const ahead = daysAhead(day, date, language);
  if (ahead === null) return null;
  date.setUTCDate(date.getUTCDate() + ahead);
  date.setUTCHours(time?.hour ?? MORNING, time?.minute ?? 0, 0, 0);
  // "18:00" after six means tomorrow's.
  if (day === "" && instantOf(date.getTime()) <= now) date.setUTCDate(date.getUTCDate() + 1);
  return instantOf(date.getTime());
}

function timeOf(hour?: string, minute?: string, half?: string): { hour: number; minute: number } | undefined | null {
  if (hour === undefined) return undefined;
  let value = Number(hour);
  if (half === "pm" && value < 12) value += 12;
  if (half === "am" && value === 12) value = 0;
  const minutes = Number(minute ?? 0);
  return value < 24 && minutes < 60 ? { hour: value, minute: minutes } : null;
}

/** `now`: what the wall shows, in its UTC parts. */
function daysAhead(day: string, now: Date, language: string): number | null {
  if (day === "" || TODAY.has(day)) return 0;
  if (TOMORROW.has(day)) return 1;
  for (let ahead = 1; ahead <= 7; ahead += 1) {
    const date = new Date(now);
    date.setUTCDate(date.getUTCDate() + ahead);
    for (const locale of [language, "en"]) {
      const name = weekdayOf(date, locale);
      if (day.length >= 2 && name.startsWith(day.replace(/\.$/, ""))) return ahead;
    }
  }
  return null;
}

function weekdayOf(date: Date, locale: string): string {
  if (locale === "hy") return armenianWeekday(date);
  return new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(date).toLocaleLowerCase(locale);
}
