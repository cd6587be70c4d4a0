/** What the response-time page shows, as the address says it, and what is asked of the server for it. */

import { instantOf, known, ownZone } from "../../text/zone";

export { ownZone };

export const DIMENSIONS = ["team", "channel", "network", "kind"] as const;
export type Dimension = (typeof DIMENSIONS)[number];
/** What a report can be narrowed to besides; asked for less often. */
export const FURTHER = ["agent", "owner", "tag", "campaign", "language", "rating", "post"] as const;
export const NARROWS = [...DIMENSIONS, ...FURTHER] as const;
export type Narrow = (typeof NARROWS)[number];
/** What else lines can be of. */
export const GROUPS = [...NARROWS, "location", "brand", "day", "week", "weekday", "hour"] as const;
export type Group = (typeof GROUPS)[number];

/** The reports that are a table of figures, all on one page. */
export const TABLES = [
  "volume", "rate", "targets", "resolution", "reopened", "backlog", "action", "parts", "agents",
] as const; // biome-ignore format: a word list
export type TableName = (typeof TABLES)[number];
/** The pages of the reports. */
export const REPORTS = ["response", "reviews", "csat", "nps", "moderation", "escalations", "rules"] as const;
export type ReportName = (typeof REPORTS)[number] | TableName;
/** Which of its waits or closes a report can be of. */
export const MEASURES: Partial<Record<string, readonly Measure[]>> = {
  response: ["first", "next"],
  targets: ["first", "next", "resolution"],
  resolution: ["first"],
};
export type Measure = "first" | "next" | "resolution";
export const HEATS = ["median", "volume"] as const;
export type Heat = (typeof HEATS)[number];

export interface Ask {
  report: ReportName;
  /** Days, both part of the period, as "2026-11-22" in `zone`. */
  from: string;
  to: string;
  zone: string;
  hours: "calendar" | "business";
  clock: "customer" | "desk";
  by: Group;
  /** Which of its waits, closes or targets; empty: all. */
  measure: Measure | "";
  /** What it is narrowed to; absent: everything. */
  only: Readonly<Partial<Record<Narrow, string>>>;
  /** The only survey that is counted, where a report is of surveys; empty: all. */
  survey: string;
  /** What the hours of the week are coloured by. */
  heat: Heat;
  /**
   * The cell whose conversations are listed, behind its report where that is not the response times ("n",
   * "targets.met"), and of which line ("day:2026-11-22", "slot:5.22", "team:7"; empty: of all).
   */
  cell: string;
  of: string;
  /** The wait that is explained. */
  wait: string;
}

/** Whether a report knows channels, teams, networks and kinds; the others are of a period alone. */
export const isNarrowed = (report: ReportName): boolean => report !== "escalations" && report !== "rules";

export const isTable = (report: ReportName): report is TableName => TABLES.some((one) => one === report);

const HOLDERS: readonly Group[] = ["channel", "network", "kind", "team", "owner"];
/** Reports of counts can be added up over the channels of a place. */
const ADDED_UP: readonly ReportName[] = ["volume", "rate", "reopened"];

/** What the lines of a report can be of; the first unless something else is asked for. */
export function groupsOf(report: ReportName): readonly Group[] {
  if (report === "agents") return ["agent"];
  if (report === "backlog") return HOLDERS;
  if (!isTable(report)) return ["channel", ...NARROWS.filter((one) => one !== "channel")];
  const groups = GROUPS.filter((one) => ADDED_UP.includes(report) || (one !== "location" && one !== "brand"));
  return ["channel", ...groups.filter((one) => one !== "channel")];
}

export const isOfSurveys = (report: ReportName): boolean => report === "csat" || report === "nps";

const DAY_MS = 86_400_000;
const DAYS = 30;
const A_DAY = /^\d{4}-\d\d-\d\d$/;

/** Moves a date by days; dates are counted in UTC so that no clock change gets between them. */
export function shifted(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);
}

/** The date it is in a time zone. */
export function dateIn(zone: string, at: number): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(at);
}

/** Anything that is not understood is as if it were not there. */
export function readAsk(query: string, now: number): Ask {
  const given = new URLSearchParams(query);
  const zone = known(given.get("zone")) ?? ownZone();
  const to = day(given.get("to")) ?? dateIn(zone, now);
  const from = day(given.get("from")) ?? shifted(to, 1 - DAYS);
  const report = [...REPORTS, ...TABLES].find((name) => name === given.get("report")) ?? "response";
  const groups = groupsOf(report);
  const only = NARROWS.flatMap((name) => {
    const value = given.get(name);
    return value ? [[name, value] as const] : [];
  });
  return {
    report,
    heat: HEATS.find((name) => name === given.get("heat")) ?? "median",
    from: from <= to ? from : to,
    to,
    zone,
    hours: given.get("hours") === "business" ? "business" : "calendar",
    clock: given.get("clock") === "desk" ? "desk" : "customer",
    by: groups.find((name) => name === given.get("by")) ?? groups[0] ?? "channel",
    measure: MEASURES[report]?.find((one) => one === given.get("measure")) ?? "",
    only: Object.fromEntries(only),
    survey: given.get("survey") ?? "",
    cell: given.get("cell") ?? "",
    of: given.get("of") ?? "",
    wait: given.get("wait") ?? "",
  };
}

/** The dates are always written, so that a copied link shows the same period tomorrow. */
export function writeAsk(ask: Ask): string {
  const { report, heat, from, to, zone, hours, clock, by, measure, only, survey, cell, of, wait } = ask;
  const pairs = Object.entries({
    report: report === "response" ? "" : report,
    from,
    to,
    zone,
    hours: hours === "business" ? hours : "",
    clock: clock === "desk" ? clock : "",
    by: by === groupsOf(report)[0] ? "" : by,
    measure: MEASURES[report]?.some((one) => one === measure) ? measure : "",
    ...only,
    survey: isOfSurveys(report) ? survey : "",
    heat: heat === "median" ? "" : heat,
    cell,
    of,
    wait,
  });
  return new URLSearchParams(pairs.filter(([, value]) => value)).toString();
}

/** The parameters that all questions have in common. */
export function questionOf(ask: Ask): Record<string, string> {
  return {
    from: midnight(ask.from, ask.zone),
    to: midnight(shifted(ask.to, 1), ask.zone),
    zone: ask.zone,
    hours: ask.hours,
    clock: ask.clock,
    ...ask.only,
    ...(ask.survey && isOfSurveys(ask.report) && { survey: ask.survey }),
  };
}

/** The measure that is asked for, where a report has it. */
export function measureOf({ measure }: Ask, report: string): Record<string, string> {
  return MEASURES[report]?.some((one) => one === measure) ? { measure } : {};
}

/** The report that a cell belongs to, and its name there. */
export function cellOf(cell: string): { report: string; name: string } {
  const at = cell.indexOf(".");
  return at < 0 ? { report: "response", name: cell } : { report: cell.slice(0, at), name: cell.slice(at + 1) };
}

const PARTS: readonly string[] = [...NARROWS, "survey"];

/** The same, narrowed to the line whose cell is opened. `channelsAt`: the channels of a location or brand. */
export function questionBehind(
  ask: Ask,
  channelsAt: (place: "location" | "brand", name: string) => readonly string[] = () => [],
): URLSearchParams {
  const at = ask.of.indexOf(":");
  const [name, value] = [ask.of.slice(0, at), ask.of.slice(at + 1)];
  const { report } = cellOf(ask.cell);
  if (report === "escalations" || report === "rules") return ofPeriod(ask, name, value);
  const question = new URLSearchParams({ ...questionOf(ask), ...measureOf(ask, report) });
  if (name === "day" && day(value)) span(question, ask, value, shifted(value, 1));
  else if (name === "week" && day(value)) span(question, ask, value, shifted(value, 7));
  else if (name === "slot") {
    const [weekday = "", hour = ""] = value.split(".");
    question.set("weekday", weekday);
    question.set("hour", hour);
    question.set("bucket", "began");
  } else if (name === "weekday" || name === "hour") question.set(name, value);
  else if (name === "at") {
    question.set("from", new Date(Date.parse(value) - DAY_MS).toISOString());
    question.set("to", value);
  } else if (name === "location" || name === "brand") {
    question.delete("channel");
    const channels = channelsAt(name, value);
    for (const channel of channels.length ? channels : ["0"]) question.append("channel", channel);
  } else if (PARTS.includes(name)) question.set(name, value === "none" ? "0" : value);
  return question;
}

/** Escalations and runs of rules are counted by their period, or a day of it, and the key of their line alone. */
function ofPeriod(ask: Ask, name: string, value: string): URLSearchParams {
  const { from = "", to = "" } = questionOf(ask);
  const question = new URLSearchParams({ from, to, ...(name && name !== "day" && { [name]: value }) });
  if (name === "day" && day(value)) span(question, ask, value, shifted(value, 1));
  return question;
}

/** Days of a line that are in the period at all. */
function span(question: URLSearchParams, ask: Ask, from: string, to: string): void {
  const end = shifted(ask.to, 1);
  question.set("from", midnight(from > ask.from ? from : ask.from, ask.zone));
  question.set("to", midnight(to < end ? to : end, ask.zone));
}

/** The instant at which a day begins in a zone. Where midnight does not exist, the first moment after it. */
export function midnight(date: string, zone: string): string {
  return new Date(instantOf(Date.parse(`${date}T00:00:00Z`), zone)).toISOString();
}

const day = (text: string | null): string | null =>
  text && A_DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
