/**
 * Confirmed state: (state, frame) → state, pure. Puts rows, timeline items, counts and settings objects by id where
 * `as_of` is newer; knows no business rule, so it cannot disagree with the server.
 */

import type {
  AttendanceShape,
  ConversationShape,
  Counts,
  DeskRulesShape,
  DraftShape,
  Event,
  EventShape,
  MessageAuthor,
  MessageShape,
  Mine,
  PostShape,
  Presence,
  PresenceShape,
  ServerFrame,
  SharedDraftShape,
  Snapshot,
  ViewShape,
} from "../protocol/types.generated";
import { withoutPast } from "./lists";
import { type ById, byId, type CustomerTyping, draftKey, PEOPLE_SETTINGS, type State, UNCONFIRMED } from "./state";

/** Maps made in one pass over many frames. Nobody else has seen them: they are written to instead of copied. */
export type Own = WeakSet<object>;

/** Applies one frame received at `now` (ms of this machine's clock). */
export function apply(state: State, frame: ServerFrame, now: number, own?: Own): State {
  switch (frame.type) {
    case "hello":
      return { ...state, epoch: frame.epoch, clockOffsetMs: Date.parse(frame.server_time) - now };
    case "snapshot":
      return applySnapshot(state, frame, now);
    case "event":
      return applyEvent(state, frame, now, own);
    case "left":
      return forget(moved(state, frame.position), frame.conversation_id);
    case "progress":
      return moved(state, frame.position);
    case "counts":
      return applyCounts(state, frame);
    case "presence":
      return applyPresence(state, frame, now);
    case "mine":
      return applyMine(state, frame);
    case "resync":
    case "error":
      return state;
  }
}

function moved(state: State, position: number): State {
  return position > state.position ? { ...state, position } : state;
}

/** A snapshot replaces all but what lives only here: rows of open timelines stay until they are fetched again. */
function applySnapshot(state: State, frame: Snapshot, now: number): State {
  const s = frame.state;
  return {
    ...state,
    ready: true,
    position: frame.position,
    me: s.me,
    workspace: s.workspace,
    agents: byId(s.agents),
    availability: byId(s.availability),
    loads: s.loads,
    attendance: s.attendance,
    teams: byId(s.teams),
    channels: byId(s.channels),
    tags: byId(s.tags),
    canned: byId(s.canned),
    macros: byId(s.macros),
    notices: byId(s.notices),
    deskRules: s.desk_rules,
    settings: { all: frame.position },
    starred: marked(s.starred),
    following: marked(s.following),
    views: Object.fromEntries(s.views.map((view) => [view.key, view])),
    viewOrder: s.views.map((view) => view.key),
    rows: sameEpochRows(state, frame),
    lastIn: markUnread({}, s.rows),
    lists: { [s.view]: { ids: s.rows.map((row) => row.id), cursor: s.next_cursor, loaded: true, seenAt: now } },
    timelines: Object.fromEntries(Object.entries(state.timelines).map(([id, t]) => [id, { ...t, loaded: false }])),
    presence: group(s.presence),
    typing: {},
    notifications: byId(s.notifications),
    drafts: { ...byDraftKey(s.drafts), ...unconfirmed(state.drafts) },
    // Marks of other rows may have been put elsewhere meanwhile: their lists are asked again, and say it.
    read: s.read,
  };
}

const byDraftKey = (drafts: readonly DraftShape[]): ById<DraftShape> =>
  Object.fromEntries(drafts.map((draft) => [draftKey(draft.conversation_id, draft.mode), draft]));

const unconfirmed = (drafts: ById<DraftShape>): ById<DraftShape> =>
  byDraftKey(Object.values(drafts).filter((draft) => draft.version === UNCONFIRMED));

/** Rows known from elsewhere (search, an open conversation) stay, unless a restored log made positions mean others. */
function sameEpochRows(state: State, frame: Snapshot): ById<ConversationShape> {
  const rewound = frame.position < state.position;
  return rewound ? byId(frame.state.rows) : putRows(state.rows, frame.state.rows);
}

const SET_UP = new Set(["custom_field", "context_link", "company"]);

/** Panels of people are fetched, not pushed: here they learn that there is something new about one. */
function aboutPeople(state: State, frame: Event): State {
  const { contact_id, into_id, from_id, other_id, object } = frame.data;
  const told = frame.event === "setting_changed" ? SET_UP.has(String(object)) : frame.event in ABOUT_PEOPLE;
  if (!told) return state;
  const ids = object
    ? [PEOPLE_SETTINGS]
    : [contact_id, into_id, from_id, other_id].filter((id) => typeof id === "string");
  return { ...state, people: { ...state.people, ...Object.fromEntries(ids.map((id) => [id, frame.position])) } };
}

const ABOUT_PEOPLE: Readonly<Record<string, true>> = {
  contact_changed: true,
  contacts_merged: true,
  contacts_unmerged: true,
  contacts_told_apart: true,
  consent_changed: true,
  identity_changed: true,
  identities_linked: true,
  content_erased: true,
};

function applyEvent(state: State, frame: Event, now: number, own: Own | undefined): State {
  let next = moved(state, frame.position);
  if (frame.row) next = withoutPast(putRow(next, frame.row, own), frame.row, frame.at, now);
  if (MOVES.has(frame.event)) next = threadsMoved(next, frame);
  if (frame.event === "message_joined") next = joined(next, frame);
  if (frame.event === "post_changed") next = postChanged(next, frame);
  const message = frame.data.message as MessageShape | undefined;
  if (message) next = putMessage(next, message, own);
  if (message?.direction === "in" && message.position === frame.position && message.mark !== "history") {
    next = { ...next, lastIn: put(next.lastIn, message.conversation_id, frame.position, own) };
  }
  if (frame.conversation_id) next = putEventLine(next, frame, own);
  if (frame.event === "note_written") next = followed(next, frame);
  next = aboutPeople(next, frame);
  if (frame.event === "work_reviewed" || frame.event === "work_review_answered") {
    next = { ...next, workReviews: frame.position };
  }
  if (typeof frame.data.object === "string") {
    next = putObject(next, frame.data.object, frame.data.value, frame.data.id);
    next = { ...next, settings: { ...next.settings, [frame.data.object]: frame.position } };
  }
  return measured(next, frame, now);
}

/** Whoever is mentioned follows from then on. */
function followed(state: State, frame: Event): State {
  const mentions = (frame.data.mentions as string[] | undefined) ?? [];
  if (!frame.conversation_id || !mentions.includes(state.me?.agent.id ?? "")) return state;
  return { ...state, following: { ...state.following, [frame.conversation_id]: true } };
}

/** Events in which threads change hands: whose items are whose is then asked again. */
const MOVES = new Set(["conversations_merged", "conversations_unmerged", "thread_bound", "threads_left"]);

function threadsMoved(state: State, frame: Event): State {
  const ids = [frame.conversation_id, frame.data.into_id, frame.data.from_id];
  const timelines = { ...state.timelines };
  for (const id of ids) {
    const held = typeof id === "string" ? timelines[id] : undefined;
    if (held && typeof id === "string") timelines[id] = { ...held, loaded: false, messages: {}, events: {} };
  }
  return { ...state, timelines };
}

/** What was taken for somebody else's turned out to be an item of ours: it is no longer there by itself. */
function joined(state: State, frame: Event): State {
  const held = state.timelines[frame.conversation_id ?? ""];
  const absorbed = String(frame.data.absorbed_id);
  if (!frame.conversation_id || !held || !(absorbed in held.messages)) return state;
  const timeline = { ...held, messages: without(held.messages, absorbed) };
  return { ...state, timelines: { ...state.timelines, [frame.conversation_id]: timeline } };
}

/** Rows show the post that they hang on; they are not sent again when it changes. */
function postChanged(state: State, frame: Event): State {
  const post = frame.data.value as PostShape | null | undefined;
  const next = { ...state, postsChangedAt: Math.max(state.postsChangedAt, frame.position) };
  if (!post) return next;
  const rows = Object.values(state.rows).flatMap((row) => {
    if (!row.threads.some((thread) => thread.post?.id === post.id)) return [];
    return { ...row, threads: row.threads.map((one) => (one.post?.id === post.id ? { ...one, post } : one)) };
  });
  return rows.length ? { ...next, rows: { ...state.rows, ...byId(rows) } } : next;
}

/** From commit to screen, told apart from catching up (old) and from deadline events (dated otherwise). */
function measured(state: State, frame: Event, now: number): State {
  const delay = now + state.clockOffsetMs - Date.parse(frame.at);
  if (!(delay >= 0 && delay < 20_000)) return state;
  const before = state.delayMs ?? delay;
  return { ...state, delayMs: before + (delay - before) / 4 };
}

function put<T>(items: ById<T>, id: string | number, item: T, own: Own | undefined): ById<T> {
  if (own?.has(items)) {
    (items as Record<string | number, T>)[id] = item;
    return items;
  }
  const made = { ...items, [id]: item };
  own?.add(made);
  return made;
}

export function putRow(state: State, row: ConversationShape, own?: Own): State {
  const known = state.rows[row.id];
  if (known && known.as_of >= row.as_of) return state;
  return { ...state, rows: put(state.rows, row.id, row, own) };
}

export function putRows(rows: ById<ConversationShape>, fresh: readonly ConversationShape[]): ById<ConversationShape> {
  const changed = fresh.filter((row) => (rows[row.id]?.as_of ?? -1) < row.as_of);
  return changed.length ? { ...rows, ...byId(changed) } : rows;
}

/** Rows answered to this agent alone say whether they are unread; frames for many cannot. */
export function markUnread(lastIn: ById<number>, rows: readonly ConversationShape[]): ById<number> {
  const unread = rows.filter((row) => row.unread);
  return unread.length ? { ...lastIn, ...Object.fromEntries(unread.map((row) => [row.id, row.as_of])) } : lastIn;
}

/** Only opened timelines keep items; the rest is fetched when opened. */
export function putMessage(state: State, message: MessageShape, own?: Own): State {
  const timeline = state.timelines[message.conversation_id];
  if (!timeline) return state;
  const known = timeline.messages[message.id];
  if (known && known.as_of >= message.as_of) return state;
  const messages = put(timeline.messages, message.id, message, own);
  return { ...state, timelines: put(state.timelines, message.conversation_id, { ...timeline, messages }, own) };
}

function putEventLine(state: State, frame: Event, own: Own | undefined): State {
  const id = frame.conversation_id;
  const timeline = id ? state.timelines[id] : undefined;
  if (!id || !timeline || frame.position in timeline.events) return state;
  const { message: _message, object: _object, value: _value, actor, ...data } = frame.data;
  const line: EventShape = {
    position: frame.position,
    type: frame.event,
    at: frame.at,
    conversation_id: id,
    actor: (actor as MessageAuthor | undefined) ?? { kind: "system", id: null, name: "" },
    data,
  };
  const events = put(timeline.events, frame.position, line, own);
  return { ...state, timelines: put(state.timelines, id, { ...timeline, events }, own) };
}

const OBJECTS = {
  agent: "agents",
  availability: "availability",
  team: "teams",
  tag: "tags",
  channel: "channels",
  canned: "canned",
  macro: "macros",
  notice: "notices",
  notification: "notifications",
} as const;

/** A removed object has no value; its id (a view's key) is in the data. */
function putObject(state: State, kind: string, value: unknown, id: unknown): State {
  if (value === null || value === undefined) return removeObject(state, kind, String(id));
  if (kind === "view") return putView(state, value as ViewShape);
  if (kind === "house") return { ...state, attendance: value as AttendanceShape };
  if (kind === "desk_rules") return { ...state, deskRules: value as DeskRulesShape };
  const slot = OBJECTS[kind as keyof typeof OBJECTS];
  if (!slot) return state;
  const object = value as { id: string };
  return { ...state, [slot]: { ...state[slot], [object.id]: object } };
}

export function putView(state: State, view: ViewShape): State {
  const viewOrder = state.viewOrder.includes(view.key) ? state.viewOrder : [...state.viewOrder, view.key];
  return { ...state, viewOrder, views: { ...state.views, [view.key]: view } };
}

function removeObject(state: State, kind: string, id: string): State {
  if (kind === "view") return removeView(state, id);
  const slot = OBJECTS[kind as keyof typeof OBJECTS];
  return slot ? { ...state, [slot]: without(state[slot] as ById<unknown>, id) } : state;
}

export function removeView(state: State, key: string): State {
  return { ...state, views: without(state.views, key), viewOrder: state.viewOrder.filter((other) => other !== key) };
}

function forget(state: State, id: string): State {
  const lists = Object.fromEntries(
    Object.entries(state.lists).map(([key, list]) => [
      key,
      list.ids.includes(id) ? { ...list, ids: list.ids.filter((other) => other !== id) } : list,
    ]),
  );
  return { ...state, lists, rows: without(state.rows, id), timelines: without(state.timelines, id) };
}

function applyCounts(state: State, frame: Counts): State {
  const views: Record<string, ViewShape> = { ...state.views };
  for (const [key, [count, late]] of Object.entries(frame.counts)) {
    const view = views[key];
    if (view) views[key] = { ...view, count, late };
  }
  return { ...state, views, loads: { ...state.loads, ...frame.loads } };
}

function applyPresence(state: State, frame: Presence, now: number): State {
  const presence: Record<string, readonly PresenceShape[]> = { ...state.presence };
  const serverNow = now + state.clockOffsetMs;
  for (const entry of frame.entries) {
    const others = (presence[entry.conversation_id] ?? []).filter((other) => other.agent_id !== entry.agent_id);
    const here = Date.parse(entry.until) > serverNow;
    const all = here ? [...others, entry] : others;
    if (all.length) presence[entry.conversation_id] = all;
    else delete presence[entry.conversation_id];
  }
  const typing: Record<string, readonly CustomerTyping[]> = { ...state.typing };
  for (const entry of frame.typing as unknown as CustomerTyping[]) {
    const others = (typing[entry.conversation_id] ?? []).filter((other) => other.thread_id !== entry.thread_id);
    const all = Date.parse(entry.until) > serverNow ? [...others, entry] : others;
    if (all.length) typing[entry.conversation_id] = all;
    else delete typing[entry.conversation_id];
  }
  return { ...state, presence, typing };
}

function applyMine(state: State, frame: Mine): State {
  return frame.whole ? replaceMine(state, frame) : changeMine(state, frame);
}

/** What this agent has by now: on another device he went on while this one was away. */
function replaceMine(state: State, frame: Mine): State {
  const isGone = (id: string, position: number) => position >= frame.read_from && !(id in frame.read);
  const gone = Object.entries(state.read).flatMap(([id, position]) => (isGone(id, position) ? [[id, 0]] : []));
  return {
    ...reread(state, { ...Object.fromEntries(gone), ...frame.read }),
    drafts: { ...byDraftKey(frame.drafts), ...unconfirmed(state.drafts) },
    starred: remarked({}, frame.starred),
    following: remarked({}, frame.following),
    notifications: byId(frame.notifications),
  };
}

function changeMine(state: State, frame: Mine): State {
  const drafts = { ...state.drafts };
  for (const draft of frame.drafts ?? []) {
    const key = draftKey(draft.conversation_id, draft.mode);
    const known = drafts[key];
    if (known && (known.version === UNCONFIRMED || known.at >= draft.at)) continue;
    // One without words stays as a mark: what was said of it before may come late.
    drafts[key] = draft;
  }
  return {
    ...reread(state, frame.read),
    drafts,
    starred: remarked(state.starred, frame.starred),
    following: remarked(state.following, frame.following),
    sharedDrafts: putShared(state.sharedDrafts, frame.shared_drafts),
    notifications: { ...state.notifications, ...byId(frame.notifications ?? []) },
  };
}

/** One marked unread elsewhere shows it, though nothing has come in since this window began. */
function reread(state: State, marks: Record<string, number>): State {
  const unread = Object.keys(marks).filter((id) => marks[id] === 0 && !state.lastIn[id] && state.rows[id]);
  const lastIn = unread.map((id) => [id, state.rows[id]?.as_of]);
  return {
    ...state,
    read: { ...state.read, ...marks },
    lastIn: unread.length ? { ...state.lastIn, ...Object.fromEntries(lastIn) } : state.lastIn,
  };
}

/** Newer words of colleagues' drafts; those that are gone go. */
export function putShared(
  drafts: ById<SharedDraftShape>,
  fresh: readonly SharedDraftShape[] | undefined,
): ById<SharedDraftShape> {
  const next: Record<string, SharedDraftShape> = { ...drafts };
  for (const draft of fresh ?? []) {
    const key = `${draft.conversation_id}:${draft.agent_id}:${draft.mode}`;
    if (draft.text) next[key] = draft;
    else delete next[key];
  }
  return next;
}

const marked = (ids: readonly string[]): ById<boolean> => Object.fromEntries(ids.map((id) => [id, true]));

function remarked(marks: ById<boolean>, changes: Record<string, boolean> | undefined): ById<boolean> {
  const all = { ...marks, ...changes };
  return Object.fromEntries(Object.entries(all).filter(([, on]) => on));
}

function group(entries: readonly PresenceShape[]): ById<readonly PresenceShape[]> {
  const groups: Record<string, PresenceShape[]> = {};
  for (const entry of entries) {
    const list = groups[entry.conversation_id] ?? [];
    list.push(entry);
    groups[entry.conversation_id] = list;
  }
  return groups;
}

export function without<T>(items: ById<T>, id: string): ById<T> {
  if (!(id in items)) return items;
  const { [id]: _gone, ...rest } = items;
  return rest;
}
