/** Browsers ship no Armenian calendar words (Chromium falls back to "M11"): here they are, put into British order. */

// biome-ignore format: a word list
const MONTHS = [
  "հունվարի", "փետրվարի", "մարտի", "ապրիլի", "մայիսի", "հունիսի",
  "հուլիսի", "օգոստոսի", "սեպտեմբերի", "հոկտեմբերի", "նոյեմբերի", "դեկտեմբերի",
];
const WEEKDAYS = ["կիրակի", "երկուշաբթի", "երեքշաբթի", "չորեքշաբթի", "հինգշաբթի", "ուրբաթ", "շաբաթ"];
const SHORT_WEEKDAYS = ["կիր", "երկ", "երք", "չրք", "հնգ", "ուրբ", "շբթ"];

export const armenianWeekday = (date: Date): string => WEEKDAYS[date.getDay()] ?? "";

/** What Intl would give, had it the words. */
export function armenianFormat(options: Intl.DateTimeFormatOptions): { format: (date: Date) => string } {
  const british = new Intl.DateTimeFormat("en-GB", options);
  const shortDay = options.weekday === "short";
  const shortMonth = options.month === "short";
  return {
    format: (date) =>
      british
        .formatToParts(date)
        .map((part) => {
          if (part.type === "weekday") return (shortDay ? SHORT_WEEKDAYS : WEEKDAYS)[date.getDay()];
          const month = MONTHS[date.getMonth()] ?? "";
          if (part.type === "month") return shortMonth ? month.slice(0, 3) : month;
          return part.value === " at " ? ", " : part.value;
        })
        .join(""),
  };
}
