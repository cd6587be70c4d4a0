/**
 * Which rows a view shows and in what order. The order on screen moves only when the reader lets it: rows that came
 * meanwhile wait behind the bar (`fresh`), rows that went stay, dimmed, until `settle`.
 */

import type { ConversationShape } from "../protocol/types.generated";
import { readListName, type Sort } from "./filter";
import { overlay } from "./pending";
import type { List, State } from "./state";

type Test = (row: ConversationShape, state: State) => boolean;

/** What a list comes down to, as the server reads it: a condition given later replaces the earlier one of its field. */
interface Conditions {
  fields: Readonly<Record<string, string>>;
  tests: readonly Test[];
}

const WINDOW_SOON_MS = 6 * 3600_000;
const me = (state: State) => state.me?.agent.id ?? "";
const waits: Test = (row) => row.waiting_since !== null;
const windowEndsSoon: Test = (row, state) => {
  if (!row.window_closes_at || !row.waiting_since) return false;
  const left = Date.parse(row.window_closes_at) - Date.now() - state.clockOffsetMs;
  return left > 0 && left < WINDOW_SOON_MS;
};

const OPEN = { status: "open" };
const FIXED: Record<string, Conditions> = {
  waiting: { fields: OPEN, tests: [waits] },
  mine: { fields: { ...OPEN, assignee: "me" }, tests: [] },
  unassigned: { fields: { ...OPEN, assignee: "none" }, tests: [] },
  window: { fields: OPEN, tests: [windowEndsSoon] },
  escalated: { fields: OPEN, tests: [(row) => row.escalation !== null] },
  snoozed: { fields: { status: "snoozed" }, tests: [] },
  closed: { fields: { status: "closed" }, tests: [] },
  spam: { fields: { status: "spam" }, tests: [] },
  all: { fields: OPEN, tests: [] },
  starred: { fields: { status: "any" }, tests: [(row, state) => state.starred[row.id] === true] },
  mentions: { fields: { status: "any" }, tests: [(row, state) => state.following[row.id] === true] },
};

const FIELDS: Record<string, (row: ConversationShape, value: string, state: State) => boolean> = {
  status: (row, value) => (value === "spam" ? row.spam : !row.spam && (value === "any" || row.status === value)),
  channel: (row, value) => row.channel_id === value || row.threads.some((thread) => thread.channel_id === value),
  network: (row, value) => row.network === value,
  kind: (row, value) => value.split(",").includes(row.kind),
  tag: (row, value) => row.tags.includes(value),
  assignee: (row, value, state) =>
    value === "none" ? row.assignee_id === null : row.assignee_id === (value === "me" ? me(state) : value),
  team: (row, value) => row.team_id === (value === "none" ? null : value),
  priority: (row, value) => row.priority === value,
  language: (row, value) => row.language === value,
  rating: (row, value) => String(row.rating) === value,
  post: (row, value) => row.threads.some((thread) => thread.post?.id === value),
  campaign: (row, value) => row.campaign_id === value,
  contact: (row, value) => row.contact.id === value,
};

const known = new WeakMap<State["views"], Map<string, Conditions | null>>();

/** Remembered for as long as the views stay the same: it is asked for every row of every frame. */
function remembered(views: State["views"]): Map<string, Conditions | null> {
  const names = known.get(views) ?? new Map<string, Conditions | null>();
  known.set(views, names);
  return names;
}

/** The conditions behind a list's name; null where only the server can tell (full text, mentions, an unknown view). */
function conditionsOf(name: string, state: State): Conditions | null {
  const names = remembered(state.views);
  const before = names.get(name);
  if (before !== undefined) return before;
  const { view, filter } = readListName(name);
  const base = baseOf(view, state);
  const conditions = base && { fields: { ...base.fields, ...filter }, tests: base.tests };
  names.set(name, conditions);
  return conditions;
}

function baseOf(key: string, state: State): Conditions | null {
  const fixed = FIXED[key];
  if (fixed) return fixed;
  const [group, value] = split(key);
  if (group === "kind" || group === "channel" || group === "team")
    return { fields: { ...OPEN, [group]: value }, tests: [] };
  const saved = group === "saved" ? state.views[key] : undefined;
  if (!saved) return null;
  const { view = "all", ...own } = saved.filter;
  const base = view === key ? null : baseOf(view, state);
  return base && { fields: { ...base.fields, ...own }, tests: base.tests };
}

/** Whether the row belongs to the list; null where only the server can tell. */
export function belongs(row: ConversationShape, name: string, state: State): boolean | null {
  return belonging(name, state)(row);
}

/** The same question of many rows: what the list's name means is looked up once. */
function belonging(name: string, state: State): (row: ConversationShape) => boolean | null {
  const conditions = conditionsOf(name, state);
  if (!conditions) return () => null;
  const tests: ((row: ConversationShape) => boolean)[] = conditions.tests.map((test) => (row) => test(row, state));
  let blind = false;
  for (const [field, value] of Object.entries(conditions.fields)) {
    const test = FIELDS[field];
    if (test) tests.push((row) => test(row, value, state));
    else blind = true;
  }
  return (row) => (row.merged_into || !tests.every((test) => test(row)) ? false : blind ? null : true);
}

/** Whether a row fits the conditions of a notice; what only the server could tell fits nothing. */
export function matches(row: ConversationShape, filter: Readonly<Record<string, string>>, state: State): boolean {
  return Object.entries(filter).every(([field, value]) => FIELDS[field]?.(row, value, state) === true);
}

/** Whether only the server can say what is in the list. */
export function isBlind(name: string, state: State): boolean {
  const { view } = readListName(name);
  if (view === "approve") return true;
  return Object.keys(conditionsOf(name, state)?.fields ?? {}).some((field) => !(field in FIELDS));
}

/** Whether the list depends on deadlines: rows come and go by the clock alone, without an event. */
export function asksDeadline(name: string, state: State): boolean {
  return conditionsOf(name, state)?.fields.target !== undefined;
}

/** The soonest deadline still to come (ms of the server's clock); null: none is known. */
export function nextDeadline(rows: State["rows"], now: number): number | null {
  let soonest: number | null = null;
  for (const row of Object.values(rows)) {
    const at = row.deadline_at ? Date.parse(row.deadline_at) : 0;
    if (at > now && (soonest === null || at < soonest)) soonest = at;
  }
  return soonest;
}

function split(key: string): [string, string] {
  const at = key.indexOf(":");
  return at < 0 ? [key, ""] : [key.slice(0, at), key.slice(at + 1)];
}

const LAST = Number.MAX_SAFE_INTEGER;
const time = (at: string | null) => (at ? Date.parse(at) : LAST);

/** What a row is sorted by: times are read once, not with every comparison. */
interface Placed {
  row: ConversationShape;
  by: number;
}

/** The order of a view: longest wait, soonest deadline, or newest first; ids settle what is equal. */
function placed(sort: Sort, row: ConversationShape): Placed {
  if (sort === "activity") return { row, by: -Date.parse(row.last_activity_at) };
  return { row, by: time(sort === "deadline" ? row.deadline_at : row.waiting_since) };
}

function inOrder(a: Placed, b: Placed): number {
  return a.by - b.by || a.row.id.localeCompare(b.row.id);
}

const members = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Asked for every frame; the ids of a list change seldom. */
function asSet(ids: readonly string[]): ReadonlySet<string> {
  const set = members.get(ids) ?? new Set(ids);
  members.set(ids, set);
  return set;
}

export function sortOf(name: string, state: State): Sort {
  const { view, sort } = readListName(name);
  return sort ?? state.views[view]?.sort ?? (view === "waiting" ? "waiting" : "activity");
}

function shownRow(state: State, id: string): ConversationShape | undefined {
  const row = state.rows[id];
  return row && overlay(row, state.pending);
}

/** Rows that belong to the view and are not in it yet, in order. Rows below the last page loaded wait for that page. */
export function fresh(state: State, key: string): string[] {
  const list = state.lists[key];
  if (!list?.loaded) return [];
  const known = asSet(list.ids);
  const sort = sortOf(key, state);
  const lastId = list.cursor ? list.ids.at(-1) : undefined;
  const lastRow = lastId ? shownRow(state, lastId) : undefined;
  const last = lastRow && placed(sort, lastRow);
  const fits = belonging(key, state);
  const found: Placed[] = [];
  // By their values: a house has many rows, and each key of theirs would be made into a string.
  for (const confirmed of Object.values(state.rows)) {
    if (known.has(confirmed.id)) continue;
    const row = overlay(confirmed, state.pending);
    if (fits(row) !== true) continue;
    const here = placed(sort, row);
    if (!last || inOrder(here, last) <= 0) found.push(here);
  }
  return found.sort(inOrder).map(({ row }) => row.id);
}

/** Rows shown in the view that do not belong to it any more. */
export function gone(state: State, key: string): ReadonlySet<string> {
  const list = state.lists[key];
  if (!list) return new Set();
  const fits = belonging(key, state);
  return new Set(
    list.ids.filter((id) => {
      const row = shownRow(state, id);
      return !row || fits(row) === false;
    }),
  );
}

/** Lets everything come and go: the order a fresh fetch would give, except that `keep` (what is open) stays. */
export function settle(state: State, key: string, keep: string | null, now: number): State {
  const list = state.lists[key];
  if (!list?.loaded) return state;
  const left = gone(state, key);
  const sort = sortOf(key, state);
  const ids = [...list.ids.filter((id) => !left.has(id) || id === keep), ...fresh(state, key)]
    .map((id) => shownRow(state, id))
    .filter((row): row is ConversationShape => row !== undefined)
    .map((row) => placed(sort, row))
    .sort(inOrder)
    .map(({ row }) => row.id);
  const next: List = { ...list, ids, seenAt: now };
  return { ...state, lists: { ...state.lists, [key]: next } };
}

/** A list that shows nothing has no order to keep: what comes stands there at once. */
export function fill(state: State, now: number): State {
  const empty = Object.keys(state.lists).filter((key) => state.lists[key]?.loaded && !state.lists[key]?.ids.length);
  return empty.reduce((next, key) => (fresh(next, key).length ? settle(next, key, null, now) : next), state);
}

/** Takes one row out at once: the reader himself closed it, so nothing moves that he did not move. */
export function takeOut(state: State, key: string, id: string): State {
  const list = state.lists[key];
  if (!list?.ids.includes(id)) return state;
  return { ...state, lists: { ...state.lists, [key]: { ...list, ids: list.ids.filter((other) => other !== id) } } };
}

const LONG_AGO_MS = 3_600_000;

/**
 * What happened long ago (a month that is being written, an import) nobody saw happen: a row that left a list by it
 * goes at once, instead of staying dimmed.
 */
export function withoutPast(state: State, row: ConversationShape, at: string, now: number): State {
  if (now + state.clockOffsetMs - Date.parse(at) < LONG_AGO_MS) return state;
  return Object.keys(state.lists).reduce(
    (next, key) => (belongs(row, key, next) === false ? takeOut(next, key, row.id) : next),
    state,
  );
}
