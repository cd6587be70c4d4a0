/** What a timeline says about its items beyond their words: who waits since when, and where each stands in the tree. */

import type { EventShape, MessageShape } from "../protocol/types.generated";
import type { Timeline } from "./state";

/** An open wait at the item that opened it. */
export interface ItemWait {
  id: string;
  since: string;
}

const ENDS = new Set(["wait_answered", "wait_dismissed", "wait_voided"]);
const known = new WeakMap<Timeline["events"], Waits>();

/** By the item that opened them. */
type Waits = Readonly<Record<string, ItemWait>>;

/** Open waits. Computed once for each set of events. */
export function openWaits(timeline: Timeline): Waits {
  const before = known.get(timeline.events);
  if (before) return before;
  const opened = new Map<string, { message: string; wait: ItemWait }>();
  const ended = new Set<string>();
  for (const event of Object.values(timeline.events).sort((a, b) => a.position - b.position)) {
    const id = text(event, "wait_id");
    if (event.type === "wait_opened")
      opened.set(id, { message: text(event, "message_id"), wait: { id, since: event.at } });
    else if (event.type === "wait_reopened") ended.delete(id);
    else if (ENDS.has(event.type)) ended.add(id);
  }
  const open = [...opened].filter(([id]) => !ended.has(id));
  const waits = Object.fromEntries(open.map(([, { message, wait }]) => [message, wait]));
  known.set(timeline.events, waits);
  return waits;
}

const text = (event: EventShape, field: string) => String(event.data[field] ?? "");

/** Deeper than this a screen has no room to say. */
const DEEPEST = 3;

/** How many answers up the tree an item stands, within its thread: 0 for what the tree begins with. */
export function depthOf(message: MessageShape, messages: Timeline["messages"]): number {
  let depth = 0;
  let at: MessageShape | undefined = message;
  while (at?.in_reply_to && depth < DEEPEST) {
    const parent: MessageShape | undefined = messages[at.in_reply_to];
    if (parent?.thread_id !== message.thread_id) break;
    depth += 1;
    at = parent;
  }
  return depth;
}
