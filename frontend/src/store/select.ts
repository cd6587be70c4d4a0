/** Questions asked of the state. Each returns the same object while its answer is the same. */

import type {
  CapabilityShape,
  ConversationShape,
  EventShape,
  MessageShape,
  PresenceShape,
  ThreadShape,
  ViewShape,
} from "../protocol/types.generated";
import { fresh, gone } from "./lists";
import { overlay } from "./pending";
import type { State, Timeline } from "./state";

const overlays = new WeakMap<ConversationShape, { pending: State["pending"]; shown: ConversationShape }>();

/** The row as shown: confirmed, with what was asked for on top. */
export function row(state: State, id: string | null): ConversationShape | undefined {
  const confirmed = id ? state.rows[id] : undefined;
  if (!confirmed || state.pending.length === 0) return confirmed;
  const known = overlays.get(confirmed);
  if (known && known.pending === state.pending) return known.shown;
  const shown = overlay(confirmed, state.pending);
  overlays.set(confirmed, { pending: state.pending, shown });
  return shown;
}

/** `unread` is never in a shared frame: it is the newest customer item against this agent's own read mark. */
export function isUnread(state: State, conversation: ConversationShape): boolean {
  return (state.lastIn[conversation.id] ?? 0) > (state.read[conversation.id] ?? 0);
}

type Parts = [rows: unknown, pending: unknown, lists: unknown, key: string];

/** Remembers the last answer for the parts of the state it depends on, and gives it again where the new one is the same. */
function remembered<R extends Iterable<string>>(ask: (state: State, key: string) => R): typeof ask {
  let last: Parts | null = null;
  let answer: R | null = null;
  return (state, key) => {
    const parts: Parts = [state.rows, state.pending, state.lists, key];
    if (answer && last && parts.every((part, i) => part === last?.[i])) return answer;
    last = parts;
    const now = ask(state, key);
    if (!answer || !sameIds(answer, now)) answer = now;
    return answer;
  };
}

function sameIds(before: Iterable<string>, now: Iterable<string>): boolean {
  const [a, b] = [[...before], [...now]];
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

/** Rows waiting behind the bar. */
export const freshIds = remembered<readonly string[]>(fresh);

/** Rows still shown that belong elsewhere by now. */
export const goneIds = remembered<ReadonlySet<string>>(gone);

/** Colleagues in a conversation now, this agent left out; who writes comes first. */
export function others(state: State, id: string, now: number): PresenceShape[] {
  const mine = state.me?.agent.id;
  const order = { writing: 0, noting: 1, reading: 2 };
  return (state.presence[id] ?? [])
    .filter((entry) => entry.agent_id !== mine && Date.parse(entry.until) > now + state.clockOffsetMs)
    .sort((a, b) => order[a.state] - order[b.state]);
}

/** What can be done in a thread; undefined where the channel is gone. */
export function capability(state: State, thread: ThreadShape | undefined): CapabilityShape | undefined {
  return thread && state.channels[thread.channel_id]?.capabilities[thread.kind];
}

/**
 * The private thread that takes what the network approved beforehand: where we may begin a conversation although there
 * is a reply window, it is with a template.
 */
export function templateThread(state: State, conversation: ConversationShape | undefined): ThreadShape | undefined {
  return conversation?.threads.find((thread) => {
    const can = capability(state, thread);
    return thread.audience === "private" && can?.starts === true && can.window_seconds !== null;
  });
}

export function can(state: Pick<State, "me">, permission: string): boolean {
  return state.me?.permissions.includes(permission) ?? false;
}

export function unreadNotifications(state: State): number {
  return Object.values(state.notifications).filter((notification) => !notification.read).length;
}

/** One thing in the timeline. */
export type Item =
  | { type: "message"; id: string; at: number; position: number; message: MessageShape }
  | { type: "event"; id: string; at: number; position: number; event: EventShape };

const items = new WeakMap<Timeline, readonly Item[]>();

/** Messages and event lines in the order things happened. */
export function timelineItems(timeline: Timeline): readonly Item[] {
  const known = items.get(timeline);
  if (known) return known;
  const all: Item[] = Object.values(timeline.messages).map((message) => ({
    type: "message",
    id: message.id,
    at: Date.parse(message.occurred_at),
    position: message.position,
    message,
  }));
  for (const event of Object.values(timeline.events)) {
    all.push({ type: "event", id: `e${event.position}`, at: Date.parse(event.at), position: event.position, event });
  }
  all.sort((a, b) => a.at - b.at || a.position - b.position);
  items.set(timeline, all);
  return all;
}

/** Whether this is the sandbox: its channels lead to simulated networks. */
export const isSandbox = (state: State): boolean => Object.values(state.channels).some((channel) => channel.sandbox);

/** The saved ones among views in somebody's own order; those it does not name come last, as they were. */
export function inOwnOrder(views: readonly ViewShape[], own: readonly string[]): ViewShape[] {
  const place = new Map(own.map((key, at) => [key, at]));
  const at = (view: ViewShape) => place.get(view.key) ?? own.length;
  return views.filter((view) => view.group === "saved").sort((a, b) => at(a) - at(b));
}
