/** The timeline's items put into lanes: what was said in one thread before another thread took over. */

import type { EventShape, ThreadShape } from "../../protocol/types.generated";
import type { Item } from "../../store/select";
import { isCovered } from "./rule-line";

/** The beginning of a day, between items. */
export interface Day {
  type: "day";
  id: string;
  at: number;
}

export type Block =
  | Day
  | { type: "lane"; id: string; thread: ThreadShape | null; items: (Item | Day)[]; first: boolean }
  | { type: "between"; id: string; items: (Item | Day)[] };

/** What an agent wants to know in the flow; the rest is said by the items themselves. */
// biome-ignore format: a word list
const SHOWN = new Set([
  "conversation_reopened", "conversation_closed", "conversation_snoozed", "conversation_woken", "spam_marked",
  "spam_cleared", "assignee_changed", "team_changed", "priority_changed", "subject_changed", "campaign_changed", "tag_added", "tag_removed",
  "escalated", "escalation_stepped", "escalation_acknowledged", "escalation_ended", "conversations_merged", "conversations_unmerged",
  "thread_bound", "threads_left", "thread_closed", "conversation_linked", "conversation_unlinked", "wait_dismissed", "wait_reopened", "action_refused", "content_erased",
  "rule_ran", "rule_run_undone", "survey_sent", "survey_answered",
]);

/** A review that changed after an answer is news in the flow; an edited message says so itself. */
function isShown(event: EventShape, reviews: ReadonlySet<string>): boolean {
  if (event.type === "message_edited") return reviews.has(String(event.data.message_id ?? ""));
  return SHOWN.has(event.type);
}

/** Which lane an item lies in: its thread's, for notes and events the one before; null stands between lanes. */
function laneOf(item: Item, before: string | null): string | null {
  if (item.type === "message" && item.message.direction !== "note") return item.message.thread_id;
  // A second thread that joins is said between the two lanes.
  if (item.type === "event" && item.event.type === "thread_bound") return null;
  return before;
}

export function blocks(items: readonly Item[], threads: readonly ThreadShape[]): Block[] {
  const reviews = new Set(
    items.flatMap((item) => (item.type === "message" && item.message.kind === "review" ? item.id : [])),
  );
  const runs = items.flatMap((item) => (item.type === "event" && item.event.type === "rule_ran" ? [item.event] : []));
  const known = new Map(threads.map((thread) => [thread.id, thread]));
  const seen = new Set<string>();
  const out: Block[] = [];
  let lane: string | null = null;
  let today = "";
  for (const item of items) {
    if (item.type === "event" && (!isShown(item.event, reviews) || isCovered(item.event, runs))) continue;
    const begun = out.at(-1);
    const next = laneOf(item, lane);
    const goesOn = begun !== undefined && begun.type !== "day" && next === lane;
    const date = new Date(item.at).toDateString();
    if (date !== today) {
      today = date;
      const mark: Day = { type: "day", id: date, at: item.at };
      if (goesOn) begun.items.push(mark);
      else out.push(mark);
    }
    if (goesOn) {
      begun.items.push(item);
      continue;
    }
    lane = next;
    if (next === null) {
      out.push({ type: "between", id: item.id, items: [item] });
      continue;
    }
    out.push({ type: "lane", id: item.id, thread: known.get(next) ?? null, items: [item], first: !seen.has(next) });
    seen.add(next);
  }
  return out;
}
