/** Who can be answered from here: one choice for each audience, and the note. Pure, so that it is tested apart. */

import type { CapabilityShape, ConversationShape, MessageShape, ThreadShape } from "../../../protocol/types.generated";

export interface Target {
  audience: "public" | "private";
  thread: ThreadShape;
  capability: CapabilityShape | undefined;
  /** A private answer to a public comment: the network opens a second thread for it. */
  privateReply: boolean;
}

type Capabilities = (thread: ThreadShape) => CapabilityShape | undefined;

/** Every place an answer can go, the one the newest customer item came from first. */
export function targetsOf(
  row: ConversationShape,
  messages: readonly MessageShape[],
  capability: Capabilities,
): Target[] {
  const order = new Map<string, number>();
  for (const message of messages) {
    if (message.direction === "in" && message.thread_id) {
      order.set(message.thread_id, Math.max(order.get(message.thread_id) ?? 0, message.position));
    }
  }
  const threads = [...row.threads].sort((a, b) => (order.get(b.id) ?? 0) - (order.get(a.id) ?? 0));
  const targets: Target[] = threads.map((thread) => ({
    audience: thread.audience === "public" ? "public" : "private",
    thread,
    capability: capability(thread),
    privateReply: false,
  }));
  if (!targets.some((target) => target.audience === "private")) {
    const comment = threads.find((thread) => capability(thread)?.actions.includes("private_reply"));
    if (comment)
      targets.push({ audience: "private", thread: comment, capability: capability(comment), privateReply: true });
  }
  return targets;
}

export const keyOf = (target: Target): string =>
  target.privateReply ? `private:${target.thread.id}` : target.thread.id;

/** How long the network still takes a free answer, in ms; null: no window, or it is closed already at 0. */
export function windowLeft(thread: ThreadShape, now: number): number | null {
  return thread.window_closes_at ? Math.max(0, Date.parse(thread.window_closes_at) - now) : null;
}

/** Reply-all of a mail: everyone of the newest item, our own address left out. */
export function recipientsOf(thread: ThreadShape, own: string, all: boolean): { to: string[]; cc: string[] } {
  const mine = (address: string) => address.toLowerCase().includes(own.toLowerCase()) && own !== "";
  const { to = [], cc = [], reply_to: replyTo = [], from = [] } = thread.recipients;
  const first = (replyTo.length ? replyTo : from).filter((address) => !mine(address));
  if (!all) return { to: first, cc: [] };
  const unique = (list: string[]) => [...new Set(list)];
  return {
    to: unique([...first, ...to.filter((address) => !mine(address))]),
    cc: unique(cc.filter((address) => !mine(address))),
  };
}
