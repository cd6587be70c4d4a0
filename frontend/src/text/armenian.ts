/** Browsers ship no Armenian calendar words (Chromium falls back to "M11"): here they are, put into British order. */

import { wall } from "./zone";

// biome-ignore format: a word list
const MONTHS = [
  "հունվարի", "փետրվարի", "մարտի", "ապրիլի", "մայիսի", "հունիսի",
  "հուլիսի", "օգոստոսի", "սեպտեմբերի", "հոկտեմբերի", "նոյեմբերի", "դեկտեմբերի",
];
const WEEKDAYS = ["կիրակի", "երկուշաբթի", "երեքշաբթի", "չորեքշաբթի", "հինգշաբթի", "ուրբաթ", "շաբաթ"];
const SHORT_WEEKDAYS = ["կիր", "երկ", "երք", "չրք", "հնգ", "ուրբ", "շբթ"];

/** Of a date whose UTC parts say it. */
export const armenianWeekday = (date: Date): string => WEEKDAYS[date.getUTCDay()] ?? "";

/** What Intl would give, had it the words. */
export function armenianFormat(options: Intl.DateTimeFormatOptions): { format: (date: Date) => string } {
  const british = new Intl.DateTimeFormat("en-GB", options);
  const shortDay = options.weekday === "short";
  const shortMonth = options.month === "short";
  return {
    format: (date) => {
      const there = wall(date.getTime(), options.timeZone);
      return british
        .formatToParts(date)
        .map((part) => {
          if (part.type === "weekday") return (shortDay ? SHORT_WEEKDAYS : WEEKDAYS)[there.getUTCDay()];
          const month = MONTHS[there.getUTCMonth()] ?? "";
          if (part.type === "month") return shortMonth ? month.slice(0, 3) : month;
          return part.value === " at " ? ", " : part.value;
        })
        .join("");
    },
  };
}
