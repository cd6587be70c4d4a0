/**
 * Browsers ship little Armenian: Chromium has neither calendar words ("M11" for November), nor its numbers, nor names of
 * languages, and gives those of its own language. Here they are; dates in British order.
 */

import { wall } from "./zone";

// biome-ignore format: a word list
const MONTHS = [
  "հունվարի", "փետրվարի", "մարտի", "ապրիլի", "մայիսի", "հունիսի",
  "հուլիսի", "օգոստոսի", "սեպտեմբերի", "հոկտեմբերի", "նոյեմբերի", "դեկտեմբերի",
];
const WEEKDAYS = ["կիրակի", "երկուշաբթի", "երեքշաբթի", "չորեքշաբթի", "հինգշաբթի", "ուրբաթ", "շաբաթ"];
const SHORT_WEEKDAYS = ["կիր", "երկ", "երք", "չրք", "հնգ", "ուրբ", "շբթ"];

// biome-ignore format: a word list
const LANGUAGES: Readonly<Record<string, string>> = {
  ar: "արաբերեն", bg: "բուլղարերեն", de: "գերմաներեն", el: "հունարեն", en: "անգլերեն", es: "իսպաներեն", fi: "ֆիններեն",
  fr: "ֆրանսերեն", hy: "հայերեն", id: "ինդոնեզերեն", it: "իտալերեն", nl: "հոլանդերեն", pl: "լեհերեն", pt: "պորտուգալերեն",
  ro: "ռումիներեն", ru: "ռուսերեն", sq: "ալբաներեն", sv: "շվեդերեն", tr: "թուրքերեն", uk: "ուկրաիներեն", zh: "չինարեն",
};

/** "հունարեն" for "el"; undefined: not one of those that are offered. */
export const armenianLanguage = (code: string): string | undefined => LANGUAGES[code];

/** "12 345,6" and "1234,5": Finnish has the same marks, but another minus and a space in four figures. */
export function armenianNumber(): { format: (value: number) => string } {
  const finnish = new Intl.NumberFormat("fi", { useGrouping: "min2" });
  return { format: (value) => finnish.format(value).replace("\u2212", "-") };
}

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
