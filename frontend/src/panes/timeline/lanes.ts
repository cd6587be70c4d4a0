/** The timeline's items put into lanes: what was said in one thread before another thread took over. */

import type { ThreadShape } from "../../protocol/types.generated";
import type { Item } from "../../store/select";

export type Block =
  | { type: "day"; key: string; at: number }
  | { type: "lane"; key: string; thread: ThreadShape | null; items: Item[]; first: boolean }
  | { type: "between"; key: string; items: Item[] };

/** What an agent wants to know in the flow; the rest is said by the items themselves. */
// biome-ignore format: a word list
const SHOWN = new Set([
  "conversation_reopened", "conversation_closed", "conversation_snoozed", "conversation_woken", "spam_marked",
  "spam_cleared", "assignee_changed", "team_changed", "priority_changed", "subject_changed", "tag_added", "tag_removed",
  "escalated", "escalation_acknowledged", "escalation_ended", "conversations_merged", "conversations_unmerged",
  "thread_bound", "thread_closed", "wait_dismissed", "wait_reopened", "action_refused", "content_erased",
]);

const day = (at: number) => new Date(at).toDateString();

export function blocks(items: readonly Item[], threads: readonly ThreadShape[]): Block[] {
  const known = new Map(threads.map((thread) => [thread.id, thread]));
  const seen = new Set<string>();
  const out: Block[] = [];
  let today = "";
  for (const item of items) {
    if (item.type === "event" && !SHOWN.has(item.event.type)) continue;
    if (day(item.at) !== today) {
      today = day(item.at);
      out.push({ type: "day", key: today, at: item.at });
    }
    place(out, item, known, seen);
  }
  return out;
}

function place(out: Block[], item: Item, known: Map<string, ThreadShape>, seen: Set<string>): void {
  const last = out.at(-1);
  const threadId = item.type === "message" && item.message.direction !== "note" ? item.message.thread_id : null;
  if (threadId === null) {
    // Notes and events stay where the talk is; a second thread joining stands between two lanes.
    const breaks = item.type === "event" && item.event.type === "thread_bound";
    if (!breaks && (last?.type === "lane" || last?.type === "between")) last.items.push(item);
    else out.push({ type: "between", key: item.id, items: [item] });
    return;
  }
  if (last?.type === "lane" && last.thread?.id === threadId) {
    last.items.push(item);
    return;
  }
  const thread = known.get(threadId) ?? null;
  out.push({ type: "lane", key: item.id, thread, items: [item], first: !seen.has(threadId) });
  seen.add(threadId);
}
