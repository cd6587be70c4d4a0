/** Pages fetched by HTTP, merged into what the socket already brought: by id, the newer wins, nothing is forgotten. */

import type { ConversationShape, EventShape, MessageShape } from "../protocol/types.generated";
import { markUnread, type Own, putMessage, putRow, putRows } from "./apply";
import { EMPTY_LIST, EMPTY_TIMELINE, type Participant, type State, type Timeline, type Wait } from "./state";

export interface ConversationPage {
  conversation: ConversationShape;
  waits: Wait[];
  participants: Participant[];
  linked: ConversationShape[];
}

export interface MessagesPage {
  items: MessageShape[];
  events: EventShape[];
  next_cursor: string | null;
}

export interface RowsPage {
  items: ConversationShape[];
  next_cursor: string | null;
}

/** A page of a view. `first`: it replaces the order shown, else it is added below. */
export function mergeRows(state: State, view: string, page: RowsPage, first: boolean, now: number): State {
  const rows = putRows(state.rows, page.items);
  const list = state.lists[view] ?? EMPTY_LIST;
  const fresh = page.items.map((row) => row.id);
  const known = new Set(list.ids);
  const ids = first ? fresh : [...list.ids, ...fresh.filter((id) => !known.has(id))];
  return {
    ...state,
    rows,
    lastIn: markUnread(state.lastIn, page.items),
    lists: { ...state.lists, [view]: { ids, cursor: page.next_cursor, loaded: true, seenAt: now } },
  };
}

export function mergeConversation(state: State, page: ConversationPage): State {
  const id = page.conversation.id;
  const timeline = state.timelines[id] ?? EMPTY_TIMELINE;
  const next = putRow(state, page.conversation);
  const about = { waits: page.waits, participants: page.participants, linked: page.linked };
  return { ...next, timelines: { ...next.timelines, [id]: { ...timeline, ...about } } };
}

/** A page of items: the newest (`older` false), or one reached by scrolling back. */
export function mergeMessages(state: State, id: string, page: MessagesPage, older: boolean): State {
  const timeline: Timeline = state.timelines[id] ?? EMPTY_TIMELINE;
  const events = { ...timeline.events };
  for (const event of page.events) events[event.position] = event;
  // Coming back after a gap: what is older than this page may miss items, so it is fetched anew by scrolling.
  const keepCursor = timeline.loaded && !older;
  const olderCursor = keepCursor ? timeline.olderCursor : page.next_cursor;
  const next: State = {
    ...state,
    timelines: { ...state.timelines, [id]: { ...timeline, events, loaded: true, olderCursor } },
  };
  const own: Own = new WeakSet();
  return page.items.reduce((state, message) => putMessage(state, message, own), next);
}
