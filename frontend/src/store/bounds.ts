/**
 * What a window may hold of a busy house: it hears of every conversation, and shows few. What nobody looks at goes; it is
 * fetched again when somebody does.
 */

import { fresh } from "./lists";
import { type ById, PEOPLE_SETTINGS, type State, UNCONFIRMED } from "./state";

/** What the screen is about, and therefore stays. */
export interface InUse {
  /** Conversations that are open, chosen, ticked or found. */
  ids: ReadonlySet<string>;
  /** Lists on screen. */
  lists: ReadonlySet<string>;
  /** Conversations opened lately, whose items stay at hand. */
  opened: ReadonlySet<string>;
}

/** More rows than this begin to go, down to half of it and those in use. */
export const MOST_ROWS = 1_000;
const MOST_LISTS = 20;
const MOST_PEOPLE = 500;
const MOST_READ_NOTICES = 200;
/** A draft whose words have left stays as a mark for as long as late news of it may come. */
const MARK_MS = 600_000;

/** The state without what is over and what nobody looks at; the very state where that is nothing. */
export function bounded(state: State, used: InUse, now: number): State {
  const serverNow = now + state.clockOffsetMs;
  let next = withoutOver(state, serverNow);
  const rows = Object.keys(next.rows);
  if (rows.length <= MOST_ROWS && Object.keys(next.timelines).length <= used.opened.size) return next;
  next = { ...next, lists: newest(next.lists, MOST_LISTS, (list) => list.seenAt, used.lists) };
  next = { ...next, timelines: only(next.timelines, (id) => used.opened.has(id) || used.ids.has(id)) };
  if (rows.length <= MOST_ROWS) return next;
  const kept = newest(next.rows, MOST_ROWS / 2, (row) => row.as_of, shown(next, used));
  const known = (id: string) => id in kept;
  // Both or neither: a customer's item without its read mark would look unread.
  return { ...next, rows: kept, lastIn: only(next.lastIn, known), read: only(next.read, known) };
}

/** Everything that is on the screen, or waits behind its bar. */
function shown(state: State, used: InUse): ReadonlySet<string> {
  const ids = new Set([...used.ids, ...Object.keys(state.timelines)]);
  for (const [name, list] of Object.entries(state.lists)) {
    for (const id of [...list.ids, ...fresh(state, name)]) ids.add(id);
  }
  for (const { linked } of Object.values(state.timelines)) for (const row of linked) ids.add(row.id);
  for (const { conversation_id } of [...state.pending, ...state.waitingSends]) ids.add(conversation_id);
  return ids;
}

/** What has an end that is past, or is one of very many. */
function withoutOver(state: State, serverNow: number): State {
  const here = (entries: readonly { until: string }[]) => entries.some((one) => Date.parse(one.until) > serverNow);
  return {
    ...state,
    presence: only(state.presence, (_id, entries) => here(entries)),
    typing: only(state.typing, (_id, entries) => here(entries)),
    people: newest(state.people, MOST_PEOPLE, (position) => position, new Set([PEOPLE_SETTINGS])),
    drafts: only(
      state.drafts,
      (_key, one) => one.text !== "" || one.version === UNCONFIRMED || Date.parse(one.at) > serverNow - MARK_MS,
    ),
    notifications: newest(
      state.notifications,
      MOST_READ_NOTICES,
      (one) => Date.parse(one.at),
      new Set(Object.values(state.notifications).flatMap((one) => (one.read ? [] : one.id))),
    ),
  };
}

function only<T>(items: ById<T>, stays: (key: string, item: T) => boolean): ById<T> {
  const all = Object.entries(items);
  const kept = all.filter(([key, item]) => stays(key, item));
  return kept.length === all.length ? items : Object.fromEntries(kept);
}

/** Those that must stay, and of the others as many of the newest as there is room for. */
function newest<T>(items: ById<T>, most: number, age: (item: T) => number, stay: ReadonlySet<string>): ById<T> {
  const all = Object.entries(items);
  if (all.length <= most) return items;
  const others = all.filter(([key]) => !stay.has(key)).sort(([, a], [, b]) => age(b) - age(a));
  const room = Math.max(0, most - (all.length - others.length));
  const gone = new Set(others.slice(room).map(([key]) => key));
  return only(items, (key) => !gone.has(key));
}
