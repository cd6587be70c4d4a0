/** Moving about: views, rows, conversations, pages of lists and timelines, search. */

import type { Core } from "../core";
import { focusList } from "../keyboard/focus";
import type { ConversationShape } from "../protocol/types.generated";
import { atConversation, currentList, currentView, openId, type SearchHit } from "../store/desk";
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

const PAGE = "50";

export function openView(core: Core, view: string): void {
  const open = openId(core.desk.get());
  core.show({ selected: new Set(), selecting: false });
  core.go({ page: "desk", view, conversation: null });
  core.store.update((state) => settle(state, view, open, Date.now()), true);
  void ensureView(core, view);
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
  void ensureView(core, list);
}

/** Fetches a list's first page unless it is here and current. */
export async function ensureView(core: Core, view: string): Promise<void> {
  if (core.state().lists[view]?.loaded) return;
  await loadRows(core, view, null);
}

/** Fetches the first page again: for views that only the server can judge. */
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
  const query = { ...narrowed, view, sort: sortOf(list, core.state()), limit: PAGE, ...(cursor ? { cursor } : {}) };
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

/** Moves by rows; with an open conversation the next one opens. Stays at the ends. */
export function move(core: Core, by: number, extend = false): void {
  const ids = shownIds(core);
  const desk = core.desk.get();
  const open = openId(desk);
  const from = desk.cursor ?? open;
  const at = from ? ids.indexOf(from) : -1;
  const next = ids[at < 0 ? (by > 0 ? 0 : ids.length - 1) : Math.min(ids.length - 1, Math.max(0, at + by))];
  if (!next) return;
  if (extend) {
    const selected = new Set(desk.selected);
    if (from) selected.add(from);
    selected.add(next);
    return core.show({ cursor: next, selected, selecting: true });
  }
  if (open && window.innerWidth >= 768) return openConversation(core, next);
  core.show({ cursor: next });
  focusList();
}

/** The conversation after `id`, else the one before: where the eye goes when `id` leaves the list. */
export function neighbour(core: Core, id: string): string | null {
  const ids = shownIds(core);
  const at = ids.indexOf(id);
  if (at < 0) return ids[0] ?? null;
  return ids[at + 1] ?? ids[at - 1] ?? null;
}

interface SearchPage {
  items: { conversation: ConversationShape; message_id: string | null; snippet: string; at: string }[];
  next_cursor: string | null;
}

let searches = 0;

/** Asks the server; an answer that comes after a newer question is dropped. */
export async function search(core: Core, query: string, filter: Filter = {}): Promise<void> {
  searches += 1;
  const mine = searches;
  const narrowed = Object.fromEntries(new URLSearchParams(writeFilter(filter, null)));
  core.show({ search: { query, hits: null, cursor: null } });
  if (!query.trim()) return core.show({ search: { query, hits: [], cursor: null } });
  const page = await core.api.get<SearchPage>("/search", { ...narrowed, q: query, limit: PAGE });
  if (mine !== searches) return;
  core.store.update((state) =>
    mergeRows(
      state,
      "search",
      { items: page.items.map((item) => item.conversation), next_cursor: page.next_cursor },
      true,
      Date.now(),
    ),
  );
  // One row for each conversation: its newest hit comes first.
  const newest = new Map(page.items.toReversed().map((item) => [item.conversation.id, item]));
  const hits: SearchHit[] = [...newest.values()].toReversed().map((item) => ({
    conversation_id: item.conversation.id,
    message_id: item.message_id,
    snippet: item.snippet,
    at: item.at,
  }));
  core.show({ search: { query, hits, cursor: page.next_cursor } });
}
