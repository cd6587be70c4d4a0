/** Who can be answered from here: one choice for each audience, and the note. Pure, so that it is tested apart. */

import type { CapabilityShape, ConversationShape, MessageShape, ThreadShape } from "../../../protocol/types.generated";

export interface Target {
  audience: "public" | "private";
  thread: ThreadShape;
  capability: CapabilityShape | undefined;
  /** A private answer to a public comment: the network opens a second thread for it. */
  privateReply: boolean;
  /** Whom it is said to; empty where only the conversation knows. */
  name: string;
  /** Of a private answer to a comment: the item whose author it goes to, and when it was written. */
  item?: string;
  at?: string;
}

type Capabilities = (thread: ThreadShape) => CapabilityShape | undefined;

/** Mode of a composer that answers in private, in whichever thread that is. */
export const TO_PRIVATE = "private";

/**
 * Every place an answer can go, the one the newest customer item came from first. `answered`: the item the agent chose
 * to answer; its author is who a private answer goes to.
 */
export function targetsOf(
  row: ConversationShape,
  messages: readonly MessageShape[],
  capability: Capabilities,
  answered?: MessageShape,
): Target[] {
  const newest = newestIn(messages);
  const threads = [...row.threads].sort((a, b) => (newest[b.id]?.position ?? 0) - (newest[a.id]?.position ?? 0));
  const targets: Target[] = threads.map((thread) => ({
    audience: thread.audience === "public" ? "public" : "private",
    thread,
    capability: capability(thread),
    privateReply: false,
    name: (answered?.thread_id === thread.id ? answered : newest[thread.id])?.author.name ?? "",
  }));
  const able = threads.filter((thread) => capability(thread)?.actions.includes("private_reply"));
  const comment = able.find((thread) => thread.id === answered?.thread_id) ?? able[0];
  if (!comment) return targets;
  const item = answered?.thread_id === comment.id ? answered : newest[comment.id];
  const person = item?.author;
  const own = targets.find((one) => one.audience === "private" && isWith(one.thread, person?.id, row, messages));
  // Whom the agent answers comes before private threads with others.
  if (own) return answered ? [...new Set([own, ...targets])] : targets;
  const reply: Target = {
    audience: "private",
    thread: comment,
    capability: capability(comment),
    privateReply: true,
    name: person?.name ?? "",
    item: item?.id,
    at: item?.occurred_at,
  };
  const at = targets.findIndex((target) => target.audience === "private");
  return at < 0 ? [...targets, reply] : [...targets.slice(0, at), reply, ...targets.slice(at)];
}

function newestIn(messages: readonly MessageShape[]): Record<string, MessageShape> {
  const newest: Record<string, MessageShape> = {};
  for (const message of messages) {
    if (message.direction !== "in" || !message.thread_id) continue;
    const known = newest[message.thread_id];
    if (!known || known.position < message.position) newest[message.thread_id] = message;
  }
  return newest;
}

/** Whether a private thread is with this person: he wrote in it, or our words in it answered one of his. */
function isWith(
  thread: ThreadShape,
  person: string | null | undefined,
  row: ConversationShape,
  messages: readonly MessageShape[],
): boolean {
  if (row.participants_count < 2 || !person) return true;
  const byId = new Map(messages.map((message) => [message.id, message]));
  return messages.some((message) => {
    if (message.thread_id !== thread.id) return false;
    const who = message.direction === "in" ? message : byId.get(message.in_reply_to ?? "");
    return who?.author.id === person;
  });
}

export const keyOf = (target: Target): string =>
  target.privateReply ? `private:${target.thread.id}` : target.thread.id;

/** The thread a draft is kept for; none for a private answer to a comment: the network opens its thread when it goes. */
export const threadOf = (target: Target | undefined): string | null =>
  target && !target.privateReply ? target.thread.id : null;

/** Where words that were kept go on: the place they were written for, so that private ones never wake up in public. */
export const modeOfDraft = (draft: { text: string; thread: string | null }): string | undefined =>
  draft.text ? (draft.thread ?? TO_PRIVATE) : undefined;

/** The target a mode names; undefined for the note. A thread that is gone gives the first place. */
export function targetFor(targets: readonly Target[], mode: string | undefined): Target | undefined {
  if (mode === TO_PRIVATE) return targets.find((target) => target.audience === "private") ?? targets[0];
  return targets.find((target) => keyOf(target) === mode) ?? targets[0];
}

/** The public place where one line can be left when the answer itself is private; undefined: there is none. */
export function lineFor(targets: readonly Target[], target: Target | undefined): Target | undefined {
  if (target?.audience !== "private") return undefined;
  return targets.find(
    (other) => other.audience === "public" && other.capability?.actions.includes("reply_comment") === true,
  );
}

/** How long the network still takes this answer, in ms; null: no window, or it is closed already at 0. */
export function windowLeft({ privateReply, thread, capability, at }: Target, now: number): number | null {
  if (!privateReply) return thread.window_closes_at ? Math.max(0, Date.parse(thread.window_closes_at) - now) : null;
  const seconds = capability?.private_reply_seconds;
  return at && seconds != null ? Math.max(0, Date.parse(at) + seconds * 1000 - now) : null;
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
