/** The reports that are a table of figures: what each shows, and what is asked of the server for it. */

import type { Core } from "../../core";
import type { Report, ReportLine } from "../../protocol/types.generated";
import type { AnyKey } from "../../text/i18n";
import { type Ask, dateIn, isTable, measureOf, questionOf, shifted, type TableName } from "./ask";
import { grouped, useAsked } from "./report";

/** A figure: its cell, what it is called, and whether more or less of it is better; neither unless it is said. */
export interface Column {
  cell: string;
  title: AnyKey;
  better?: "more" | "less";
}

interface Table {
  hint: AnyKey;
  /** The first four or five stand above, the very first is drawn over time. */
  columns: readonly Column[];
}

const plain = (...cells: (keyof typeof FIGURES)[]): Column[] => cells.map((cell) => ({ cell, title: FIGURES[cell] }));

const FIGURES = {
  received: "figure.received",
  asked: "figure.asked",
  answered: "figure.answered",
  closed: "figure.closed",
  started: "figure.started",
  replied: "figure.replied",
  dismissed: "figure.dismissed",
  unasked: "figure.unasked",
  reopened: "figure.reopened",
  left_unanswered: "figure.left_unanswered",
  voided: "figure.voided",
  replied_automatically: "figure.replied_automatically",
  noted: "figure.noted",
  closed_automatically: "figure.closed_automatically",
  open_old: "figure.open_old",
  left: "figure.left_unanswered",
  open_young: "figure.open_young",
  acted: "figure.acted",
  outside: "figure.outside",
  automatic_first: "figure.automatic_first",
  automatic: "figure.closed_automatically",
  n: "reports.n",
  shortest: "figure.shortest",
  longest: "figure.longest",
  lag: "figure.lag",
  queue: "figure.queue",
  team: "figure.team",
  person: "figure.person",
  approval: "figure.approval",
  over: "figure.over",
  delivery: "figure.delivery",
  late_notice: "figure.late_notice",
  conversations: "figure.conversations",
  replies: "figure.replies",
  owned_waits: "figure.owned_waits",
  owned_time: "figure.owned_time",
  resolved: "figure.closed",
  notes: "figure.noted",
  due: "figure.due",
  answered_late: "reports.promise.answered_late",
  open_late: "reports.promise.open_late",
  dismissed_late: "reports.promise.dismissed_late",
  met: "reports.promise.met",
  wrote_again: "figure.wrote_again",
  pending: "figure.pending",
  released: "figure.released",
} as const satisfies Record<string, AnyKey>;

const DURATIONS: readonly Column[] = [
  { cell: "median", title: "reports.median", better: "less" },
  { cell: "p90", title: "reports.p90", better: "less" },
  { cell: "mean", title: "reports.mean", better: "less" },
  ...plain("n", "shortest", "longest"),
];

export const SHOWN: Record<TableName, Table> = {
  volume: {
    hint: "figures.hint.volume",
    columns: plain(
      "received", "asked", "answered", "replied", "closed", "started", "reopened", "dismissed", "unasked",
      "left_unanswered", "voided", "replied_automatically", "noted", "closed_automatically",
    ), // biome-ignore format: a word list
  },
  rate: {
    hint: "figures.hint.rate",
    columns: [
      { cell: "response_rate", title: "figure.response_rate", better: "more" },
      { cell: "action_rate", title: "figure.action_rate", better: "more" },
      { cell: "received", title: "figure.needed" },
      ...plain(
        "answered", "left", "open_old", "open_young", "dismissed", "unasked", "voided", "acted", "outside",
        "automatic_first",
      ), // biome-ignore format: a word list
    ],
  },
  targets: {
    hint: "figures.hint.targets",
    columns: [
      { cell: "in_target", title: "reports.inTarget", better: "more" },
      ...plain(
        "due", "met", "answered_late", "open_late", "dismissed_late", "wrote_again", "pending", "released",
      ), // biome-ignore format: a word list
    ],
  },
  resolution: { hint: "figures.hint.resolution", columns: DURATIONS },
  action: { hint: "figures.hint.action", columns: DURATIONS },
  reopened: {
    hint: "figures.hint.reopened",
    columns: [
      { cell: "reopen_share", title: "figure.reopen_share", better: "less" },
      ...plain("closed", "reopened", "automatic"),
    ],
  },
  backlog: {
    hint: "figures.hint.backlog",
    columns: [
      { cell: "waits", title: "figure.waits", better: "less" },
      { cell: "median", title: "figure.medianAge", better: "less" },
      { cell: "p90", title: "reports.p90", better: "less" },
      { cell: "oldest", title: "figure.oldest", better: "less" },
      { cell: "conversations", title: "figure.openConversations", better: "less" },
    ],
  },
  parts: {
    hint: "figures.hint.parts",
    columns: [
      { cell: "customer", title: "reports.clock.customer", better: "less" },
      { cell: "desk", title: "reports.clock.desk", better: "less" },
      ...plain("queue", "team", "person", "lag", "approval", "over", "delivery", "late_notice", "n"),
    ],
  },
  agents: {
    hint: "figures.hint.agents",
    columns: [
      ...plain("replies", "answered"),
      { cell: "median", title: "reports.median", better: "less" },
      { cell: "p90", title: "reports.p90", better: "less" },
      { cell: "kept", title: "figure.kept", better: "more" },
      ...plain("due", "conversations", "resolved", "notes", "owned_waits", "owned_time"),
    ],
  },
};

export interface Figures {
  /** By what one groups; its total is the whole. */
  parts: Report;
  /** One line for each step of the period, nothing left out; none where it has no course. */
  course: Report | null;
  step: Step;
  ask: Ask;
}

export type Step = "hour" | "day" | "week";

const MOST_HOURS = 4;
const MOST_DAYS = 92;

/** How far the points of a period are apart; only a backlog is told by the hour. */
export function stepOf({ report, from, to }: Ask): Step {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  if (report === "backlog" && days <= MOST_HOURS) return "hour";
  return days <= MOST_DAYS ? "day" : "week";
}

async function asked(core: Core, ask: Ask): Promise<Figures> {
  const step = stepOf(ask);
  if (ask.report === "agents") return { parts: await grouped(core, ask.report, ask, []), course: null, step, ask };
  if (ask.report === "backlog") return backlog(core, ask, step);
  const [parts, course] = await Promise.all([
    grouped(core, ask.report, ask, [ask.by]),
    core.api.get<Report>(`/reports/${ask.report}`, { ...questionOf(ask), ...measureOf(ask, ask.report), by: step }),
  ]);
  return { parts, course: { ...course, lines: filled(course, ask, step) }, step, ask };
}

/** Its groups are those of the end of the period alone: between its steps nothing is left out anyway. */
async function backlog(core: Core, ask: Ask, step: Step): Promise<Figures> {
  const question = questionOf(ask);
  const get = (more: Record<string, string>) => core.api.get<Report>("/reports/backlog", { ...question, ...more });
  const end = Date.parse(question.to ?? "");
  const [course, parts] = await Promise.all([
    get({ step, compare: "true" }),
    get({ by: ask.by, from: new Date(end - 1).toISOString() }),
  ]);
  const last = parts.lines.at(-1)?.key.at;
  return {
    parts: { ...course, by: parts.by, lines: parts.lines.filter((line) => line.key.at === last) },
    course,
    step,
    ask,
  };
}

/** A day on which nothing was counted has a line too: noughts of what is counted, no value of the rest. */
function filled(report: Report, ask: Ask, step: "day" | "week" | "hour"): ReportLine[] {
  const known = new Map(report.lines.map((line) => [line.key[step], line]));
  const cells = Object.fromEntries(report.columns.map((one) => [one.key, one.unit === "count" ? 0 : null]));
  const lines: ReportLine[] = [];
  const today = dateIn(ask.zone, Date.now());
  const weekday = (new Date(`${ask.from}T00:00:00Z`).getUTCDay() + 6) % 7;
  const first = step === "week" ? shifted(ask.from, -weekday) : ask.from;
  for (let at = first; at <= ask.to && at <= today; at = shifted(at, step === "week" ? 7 : 1)) {
    const empty = { key: { [step]: at }, name: {}, cells, values: null, previous: null, restated: 0 };
    lines.push(known.get(at) ?? empty);
  }
  return lines;
}

export const useTable = (ask: Ask) => useAsked(ask, asked);

/** What a table shows; those of the report that is asked for. */
export const shownOf = (ask: Ask): Table => SHOWN[isTable(ask.report) ? ask.report : "volume"];
