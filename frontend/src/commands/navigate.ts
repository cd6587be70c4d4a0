/** Moving about: views, rows, conversations, pages of lists and timelines. */

import type { Core } from "../core";
import { focusList } from "../keyboard/focus";
import { atConversation, currentList, currentView, openId } from "../store/desk";
import { type Filter, isEmpty, readListName, type Sort, writeFilter } from "../store/filter";
import { settle, sortOf } from "../store/lists";
import {
  type ConversationPage,
  type MessagesPage,
  mergeConversation,
  mergeMessages,
  mergeRows,
  type RowsPage,
} from "../store/reconcile";
import type { DeskRoute } from "../store/route";
import { EMPTY_TIMELINE } from "../store/state";
import { hasOlder, olderHits } from "./search";

const PAGE = "50";
/** Of the pages below the first, which nobody waits for: fewer questions where one scrolls far. */
const FURTHER = "100";
/** Rows that one request may ask for. */
const MOST = 200;

export function openView(core: Core, view: string): void {
  const open = openId(core.desk.get());
  core.show({ selected: new Set(), selecting: false });
  core.go({ page: "desk", view, conversation: null });
  core.store.update((state) => settle(state, view, open, Date.now()), true);
  // At once, not with the next paint; where it fails, the list asks again and says why.
  ensureView(core, view).catch(() => {});
}

/** Narrows or reorders the view on screen; the address says it. */
export function narrow(core: Core, filter: Filter, sort: Sort | null): void {
  const desk = core.desk.get();
  core.show({ selected: new Set(), selecting: false, cursor: null });
  if (desk.route.page === "search") {
    const { page, query } = desk.route;
    return core.go({ page, query, conversation: null, ...(isEmpty(filter) ? {} : { filter }) });
  }
  const route: DeskRoute = { page: "desk", view: currentView(desk), conversation: null };
  core.go({ ...route, ...(isEmpty(filter) ? {} : { filter }), ...(sort ? { sort } : {}) });
  const list = currentList(core.desk.get());
  core.store.update((state) => settle(state, list, null, Date.now()), true);
  ensureView(core, list).catch(() => {});
}

/** Fetches a list's first page unless it is here and current. */
export async function ensureView(core: Core, view: string): Promise<void> {
  if (core.state().lists[view]?.loaded) return;
  await loadRows(core, view, null);
}

/** Fetches again as much as is shown: for views that only the server can judge. */
export function reload(core: Core, view: string): Promise<void> {
  return loadRows(core, view, null);
}

export async function loadMore(core: Core, view: string): Promise<void> {
  const cursor = core.state().lists[view]?.cursor;
  if (cursor) await loadRows(core, view, cursor);
}

const asked = new Map<string, Promise<void>>();

/** Whoever asks for a page that is on its way waits for that one. */
function loadRows(core: Core, list: string, cursor: string | null): Promise<void> {
  const job = `${list} ${cursor}`;
  const running = asked.get(job) ?? askRows(core, list, cursor).finally(() => asked.delete(job));
  asked.set(job, running);
  return running;
}

async function askRows(core: Core, list: string, cursor: string | null): Promise<void> {
  const { view, filter } = readListName(list);
  const narrowed = Object.fromEntries(new URLSearchParams(writeFilter(filter, null)));
  const shown = core.state().lists[list]?.ids.length ?? 0;
  const limit = cursor ? FURTHER : String(Math.min(MOST, Math.max(Number(PAGE), shown)));
  const query = { ...narrowed, view, sort: sortOf(list, core.state()), limit, ...(cursor ? { cursor } : {}) };
  const page = await core.api.get<RowsPage>("/conversations", query);
  core.store.update((state) => mergeRows(state, list, page, cursor === null, Date.now()));
}

const loading = new Set<string>();

/** Lets the rows behind the bar in, and those that went, out. */
export function showNew(core: Core): void {
  const desk = core.desk.get();
  core.store.update((state) => settle(state, currentList(desk), openId(desk), Date.now()), true);
}

export function openConversation(core: Core, id: string | null): void {
  if (id) core.show({ cursor: id });
  core.go(atConversation(core.desk.get().route, id));
}

/** Fetches what an opened conversation needs: its head and its newest items. */
export async function loadConversation(core: Core, id: string): Promise<void> {
  core.store.update((state) =>
    state.timelines[id] ? state : { ...state, timelines: { ...state.timelines, [id]: EMPTY_TIMELINE } },
  );
  const path = `/conversations/${id}`;
  const [page, messages] = await Promise.all([
    core.api.get<ConversationPage>(path),
    core.api.get<MessagesPage>(`${path}/messages`, { limit: PAGE }),
  ]);
  core.store.update((state) => mergeMessages(mergeConversation(state, page), id, messages, false));
}

export async function loadOlder(core: Core, id: string): Promise<void> {
  const cursor = core.state().timelines[id]?.olderCursor;
  if (!cursor || loading.has(id)) return;
  loading.add(id);
  try {
    const page = await core.api.get<MessagesPage>(`/conversations/${id}/messages`, { before: cursor, limit: PAGE });
    core.store.update((state) => mergeMessages(state, id, page, true));
  } finally {
    loading.delete(id);
  }
}

/** Everything up to what is on the screen has been read. */
export function markRead(core: Core, id: string): void {
  const state = core.state();
  const row = state.rows[id];
  const position = Math.max(state.position, row?.as_of ?? 0);
  if ((state.lastIn[id] ?? 0) <= (state.read[id] ?? 0)) return;
  core.store.update((s) => ({ ...s, read: { ...s.read, [id]: position } }), true);
  core.api.put(`/conversations/${id}/read`, { position }).catch(() => {});
}

export function markUnread(core: Core, id: string): void {
  core.store.update(
    (s) => ({
      ...s,
      read: { ...s.read, [id]: 0 },
      lastIn: { ...s.lastIn, [id]: s.lastIn[id] ?? s.rows[id]?.as_of ?? 1 },
    }),
    true,
  );
  core.api.delete(`/conversations/${id}/read`).catch(() => {});
}

/** Ids as the list shows them now. */
export function shownIds(core: Core): readonly string[] {
  const desk = core.desk.get();
  if (desk.route.page === "search") return (desk.search.hits ?? []).map((hit) => hit.conversation_id);
  return core.state().lists[currentList(desk)]?.ids ?? [];
}

/** Whether the list on screen goes on below its last row. */
function goesOn(core: Core): boolean {
  const desk = core.desk.get();
  if (desk.route.page === "search") return hasOlder(desk.search);
  return Boolean(core.state().lists[currentList(desk)]?.cursor);
}

/**
 * Moves by rows; with an open conversation the next one opens, by a `held` key the one it stops at. Stays at the ends;
 * below the last row the list goes on.
 */
export function move(core: Core, by: number, { extend = false, held = false } = {}): void {
  const ids = shownIds(core);
  const desk = core.desk.get();
  const open = openId(desk);
  const from = desk.cursor ?? open;
  const at = from ? ids.indexOf(from) : -1;
  if (by > 0 && at >= 0 && at === ids.length - 1 && goesOn(core)) return void moveOn(core, by, { extend, held });
  const next = ids[at < 0 ? (by > 0 ? 0 : ids.length - 1) : Math.min(ids.length - 1, Math.max(0, at + by))];
  if (!next) return;
  if (extend) {
    const selected = new Set(desk.selected);
    if (from) selected.add(from);
    selected.add(next);
    return core.show({ cursor: next, selected, selecting: true });
  }
  const opens = open !== null && window.innerWidth >= 768;
  if (opens && !held) return openConversation(core, next);
  core.show({ cursor: next });
  if (opens) pass(core, next);
  else focusList();
}

/** How long after the last step of a held key what it has come to opens, should nobody say that it was let go. */
const PASSING_MS = 200;
let passing: { id: string; timer: ReturnType<typeof setTimeout> } | null = null;

function pass(core: Core, id: string): void {
  clearTimeout(passing?.timer);
  passing = { id, timer: setTimeout(() => land(core), PASSING_MS) };
}

/** Opens what a held key has come to: nobody reads the conversations that fly by, and each costs more than a frame. */
export function land(core: Core): void {
  if (!passing) return;
  const { id, timer } = passing;
  passing = null;
  clearTimeout(timer);
  const desk = core.desk.get();
  if (desk.cursor === id && openId(desk)) openConversation(core, id);
}

/** The next page, then the move, unless the reader went elsewhere meanwhile. */
async function moveOn(core: Core, by: number, how: { extend: boolean; held: boolean }): Promise<void> {
  const { route, cursor } = core.desk.get();
  const before = shownIds(core).length;
  if (route.page === "search") await olderHits(core);
  else await loadMore(core, currentList(core.desk.get())).catch(() => {});
  const now = core.desk.get();
  if (now.route === route && now.cursor === cursor && shownIds(core).length > before) move(core, by, how);
}

/** The conversation after `id`, else the one before: where the eye goes when `id` leaves the list. */
export function neighbour(core: Core, id: string): string | null {
  const ids = shownIds(core);
  const at = ids.indexOf(id);
  if (at < 0) return ids[0] ?? null;
  return ids[at + 1] ?? ids[at - 1] ?? null;
}
