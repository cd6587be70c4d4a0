/** The settings of a website chat that are kept as JSON, as an admin chooses them. */

/** What can be asked before the first message, in the order in which it is asked. */
export const ASKED = ["name", "email", "phone"] as const;
export type Asked = (typeof ASKED)[number];
export type Questions = Partial<Record<Asked, "may" | "must">>;

interface Question {
  name: string;
  type: string;
  required?: boolean;
}

/** null: written by hand, with more than can be chosen here. */
export function readQuestions(text: string): Questions | null {
  if (!text.trim()) return {};
  const found: Questions = {};
  for (const one of parsed<Question[]>(text) ?? [{ name: "", type: "" }]) {
    const known = ASKED.find((name) => name === one.name && name === one.type);
    if (!known || Object.keys(one).some((key) => !["name", "type", "required"].includes(key))) return null;
    found[known] = one.required ? "must" : "may";
  }
  return found;
}

export function writeQuestions(questions: Questions): string {
  const asked = ASKED.filter((name) => questions[name]);
  if (!asked.length) return "";
  return JSON.stringify(asked.map((name) => ({ name, type: name, required: questions[name] === "must" })));
}

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** The same span on each of the days, Monday being 0. */
export interface Opening {
  zone: string;
  days: readonly number[];
  begin: string;
  end: string;
}

/** null: always open. undefined: written by hand, with more than can be chosen here. */
export function readOpening(text: string): Opening | null | undefined {
  if (!text.trim()) return null;
  const given = parsed<{ timezone: string; weekly: Record<string, string[]>; holidays?: string[] }>(text);
  if (!given?.weekly || given.holidays?.length) return undefined;
  const spans = Object.values(given.weekly).filter((one) => one.length > 0);
  const span = spans[0]?.[0];
  if (!span || spans.some((one) => one.length !== 1 || one[0] !== span)) return undefined;
  const [begin = "", end = ""] = span.split("-");
  const days = DAYS.flatMap((day, at) => (given.weekly[day]?.length ? [at] : []));
  return { zone: given.timezone, days, begin, end };
}

export function writeOpening({ zone, days, begin, end }: Opening): string {
  const open = DAYS.filter((_day, at) => days.includes(at)).map((day) => [day, [`${begin}-${end}`]]);
  return JSON.stringify({ timezone: zone, weekly: Object.fromEntries(open) });
}

/** Text that may be given by language as JSON: what somebody of that language reads. */
export function wordsFor(text: string, language: string): string {
  const by = text.trim().startsWith("{") ? parsed<Record<string, string>>(text) : null;
  return by ? (by[language] ?? Object.values(by)[0] ?? "") : text;
}

function parsed<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}
