/** Words that leave: answers, notes, actions on items, and answers that wait here until there is a connection. */

import type { Core } from "../core";
import { ApiError, newKey, Unreachable } from "../http/api";
import type { ConversationShape, MessageShape } from "../protocol/types.generated";
import { putMessage, putRow, without } from "../store/apply";
import { missingToClose } from "../store/closing";
import { type Collision, openId } from "../store/desk";
import { row } from "../store/select";
import { draftKey, UNCONFIRMED, type WaitingSend } from "../store/state";
import { t } from "../text/i18n";
import { networkName } from "../text/network-names";
import { instant } from "../text/time";
import { backFrom } from "./choices";
import { dropDraft, keepDraft, localDraft, saveDraft } from "./drafts";
import { openConversation } from "./navigate";
import { signal } from "./registry";
import { advance, closeAll, pushUndo, reason } from "./triage";

export interface Reply {
  text: string;
  thread_id?: string;
  in_reply_to?: string;
  attachments?: string[];
  subject?: string;
  to?: string[];
  cc?: string[];
  bcc?: string[];
  quote?: boolean;
  forward?: boolean;
  audience?: "private";
  split?: boolean;
  options?: { title: string; description?: string; url?: string }[];
  options_title?: string;
  asks_location?: boolean;
  ends_wait?: boolean;
  send_at?: string;
  template?: string;
  template_values?: Record<string, string>;
  /** An answer of ours that must be taken first. */
  after?: string;
}

export type Sent =
  | { outcome: "sent"; message: MessageShape }
  | { outcome: "waiting" }
  | { outcome: "collision" }
  | { outcome: "refused"; code: string; text: string; extra: Record<string, unknown> };

/** Sends an answer. The words are cleared only when the server has them, or this browser keeps them for it. */
export async function sendReply(
  core: Core,
  conversation: ConversationShape,
  reply: Reply,
  options: { force?: boolean; thenClose?: boolean } = {},
): Promise<Sent> {
  const id = conversation.id;
  const asked = options.thenClose === true && missingToClose(core.state(), row(core.state(), id)).length > 0;
  const sent = await deliver(core, waitingReply(core, id, reply, asked ? { ...options, thenClose: false } : options));
  if (sent.outcome === "sent" || sent.outcome === "waiting") {
    finished(core, id, "reply");
    // The answer need not wait for what closing still asks for.
    if (asked && sent.outcome === "sent") closeAll(core, [id]);
    else if (options.thenClose && !asked) advance(core, [id]);
  }
  return sent;
}

/** The request of an answer, with a key of its own and what the agent had seen when he began to write. */
function waitingReply(
  core: Core,
  id: string,
  reply: Reply,
  options: { force?: boolean; thenClose?: boolean },
): WaitingSend {
  const body = {
    ...reply,
    seen_position: core.desk.get().began[id] ?? core.state().position,
    ...(options.force ? { force: true } : {}),
    ...(options.thenClose ? { then_close: true } : {}),
  };
  const at = new Date().toISOString();
  return { key: newKey(), conversation_id: id, kind: "reply", body, text: reply.text, at };
}

export async function sendNote(
  core: Core,
  id: string,
  note: { text: string; mentions: string[]; attachments: string[] },
): Promise<Sent> {
  const at = new Date().toISOString();
  const sent = await deliver(core, {
    key: newKey(),
    conversation_id: id,
    kind: "note",
    body: { ...note },
    text: note.text,
    at,
  });
  if (sent.outcome === "sent" || sent.outcome === "waiting") finished(core, id, "note");
  return sent;
}

/** A private answer and one public line, as one action: the line goes only with the answer, and one undo takes both. */
export async function sendWithLine(
  core: Core,
  conversation: ConversationShape,
  reply: Reply,
  line: Reply,
  options: { force?: boolean; thenClose?: boolean } = {},
): Promise<Sent> {
  const id = conversation.id;
  // It is closed, if asked for, by the second of the two.
  const first = waitingReply(core, id, reply, { force: options.force });
  const sent = await deliver(core, first, false);
  if (sent.outcome !== "sent") {
    if (sent.outcome === "waiting") keep(core, waitingReply(core, id, line, { force: true }));
    if (sent.outcome === "waiting") finished(core, id, "reply");
    return sent;
  }
  finished(core, id, "reply");
  // The server lets it go when the network has taken the answer, and holds it back when it was refused.
  const after = { ...line, after: sent.message.id };
  const second = await deliver(core, waitingReply(core, id, after, { ...options, force: true }), false);
  if (second.outcome === "sent") offerUndo(core, sent.message, second.message);
  else offerUndo(core, sent.message);
  if (second.outcome === "refused") {
    // Once the composer has let go of the words that went.
    setTimeout(() => {
      core.desk.update((desk) => ({ ...desk, mode: { ...desk.mode, [id]: line.thread_id ?? "" } }), true);
      void saveDraft(core, {
        id,
        mode: "reply",
        thread: line.thread_id ?? null,
        text: line.text,
        item: line.in_reply_to,
      });
    });
    core.toast(t("line.refused", { reason: second.text }), "bad");
  } else if (options.thenClose) advance(core, [id]);
  return sent;
}

async function deliver(core: Core, send: WaitingSend, undo = true): Promise<Sent> {
  const path = `/conversations/${send.conversation_id}/${send.kind === "note" ? "notes" : "replies"}`;
  try {
    const { message } = await core.api.post<{ message: MessageShape }>(path, send.body, { key: send.key });
    core.store.update((state) => putMessage(state, message), true);
    if (send.kind === "reply" && undo) offerUndo(core, message);
    return { outcome: "sent", message };
  } catch (error) {
    if (error instanceof Unreachable) {
      keep(core, send);
      return { outcome: "waiting" };
    }
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "newer_items") {
      const collision = error.problem as unknown as Collision;
      core.desk.update(
        (desk) => ({ ...desk, collision: { ...desk.collision, [send.conversation_id]: collision } }),
        true,
      );
      return { outcome: "collision" };
    }
    return { outcome: "refused", code: error.code, text: error.message, extra: error.problem };
  }
}

function finished(core: Core, id: string, mode: "reply" | "note"): void {
  dropDraft(core, id, mode);
  core.desk.update(
    (desk) => ({
      ...desk,
      began: without(desk.began, id),
      collision: without(desk.collision, id),
      replyTo: without(desk.replyTo, id),
      // The next answer begins where the customer writes next.
      mode: mode === "reply" ? without(desk.mode, id) : desk.mode,
      choices: mode === "reply" ? without(desk.choices, id) : desk.choices,
    }),
    true,
  );
}

/** The words were given up: the next ones begin with what is known then, and nothing stands in their way. */
export function gaveUp(core: Core, id: string): void {
  core.desk.update(
    (desk) => ({ ...desk, began: without(desk.began, id), collision: without(desk.collision, id) }),
    true,
  );
}

/** Held for longer than this it is no undo window but a send for later. */
const UNDO_WINDOW_MS = 10 * 60_000;

/** While messages are held they can be taken back together: the words of the first return to the composer. */
function offerUndo(core: Core, ...messages: readonly [MessageShape, ...MessageShape[]]): void {
  const [message] = messages;
  const held = message.delivery?.state === "held" ? message.delivery.until : null;
  if (!held) return;
  const until = Date.parse(held) - core.state().clockOffsetMs;
  const later = until - Date.now() > UNDO_WINDOW_MS;
  const row = core.state().rows[message.conversation_id];
  const thread = row?.threads.find((one) => one.id === message.thread_id);
  const network = networkName(core.state().channels[thread?.channel_id ?? ""]) ?? "";
  pushUndo(core, {
    text: later
      ? t("undo.later", { time: instant(until) })
      : t("undo.sending", { name: row?.contact.name ?? "", network }),
    until: later ? null : until,
    seconds: Math.max(1, Math.round((until - Date.now()) / 1000)),
    run: async () => {
      for (const other of messages.slice(1)) await act(core, other.id, { action: "undo" });
      await takeBack(core, message);
    },
  });
}

export async function takeBack(core: Core, message: MessageShape): Promise<void> {
  await act(core, message.id, { action: "undo" });
  const id = message.conversation_id;
  const of = core.state().rows[id]?.threads.find((one) => one.id === message.thread_id);
  const inPublic = of?.audience === "public";
  // As it was: to the same readers, and under comments to the same person, whom the draft names.
  const thread = inPublic && message.audience === "private" ? null : message.thread_id;
  const item = inPublic ? message.in_reply_to : null;
  core.desk.update((desk) => ({ ...desk, mode: { ...desk.mode, [id]: thread ?? "private" } }), true);
  backFrom(core, message);
  await saveDraft(core, { id, mode: "reply", thread, text: message.text, item });
  if (openId(core.desk.get()) !== message.conversation_id) openConversation(core, message.conversation_id);
}

export interface Action {
  action: string;
  text?: string;
  emoji?: string;
  reason?: string;
}

/** Hide, delete, react, retry, … An error goes to whoever asked. */
export async function act(core: Core, messageId: string, action: Action): Promise<void> {
  const { message } = await core.api.post<{ message: MessageShape }>(`/messages/${messageId}/actions`, action, {
    key: newKey(),
  });
  if (message) core.store.update((state) => putMessage(state, message), true);
}

/** Turns the composer to one item: publicly in its thread, or in private where the person has or can get a thread. */
export function answerItem(core: Core, message: MessageShape, privately: boolean): void {
  const id = message.conversation_id;
  const mode = privately ? "private" : message.thread_id;
  core.desk.update(
    (desk) => ({
      ...desk,
      replyTo: { ...desk.replyTo, [id]: message.id },
      mode: mode ? { ...desk.mode, [id]: mode } : desk.mode,
    }),
    true,
  );
  // Words that stand there are this person's from now on, in the next visit, too.
  const { text } = draftText(core, id, "reply");
  const thread = privately ? null : message.thread_id;
  if (text) keepDraft(core, { id, mode: "reply", thread, text, item: message.id });
  // Once the composer is turned to it.
  queueMicrotask(() => signal("focus-reply"));
}

/** The same, with a refusal said at the bottom of the screen. */
export function tryAct(core: Core, messageId: string, action: Action): void {
  act(core, messageId, action).catch((error) => core.toast(reason(error), "bad"));
}

// --- answers that wait in this browser -------------------------------------------------------

const WAITING = "inbox.waiting";

export function restoreWaiting(core: Core): void {
  try {
    const kept = JSON.parse(localStorage.getItem(WAITING) ?? "[]") as WaitingSend[];
    core.store.update((state) => ({ ...state, waitingSends: kept }));
  } catch {
    localStorage.removeItem(WAITING);
  }
}

function keep(core: Core, send: WaitingSend): void {
  core.store.update((state) => {
    const others = state.waitingSends.filter((other) => other.key !== send.key);
    return { ...state, waitingSends: [...others, send] };
  }, true);
  localStorage.setItem(WAITING, JSON.stringify(core.state().waitingSends));
}

function release(core: Core, key: string): void {
  core.store.update((s) => ({ ...s, waitingSends: s.waitingSends.filter((other) => other.key !== key) }), true);
  localStorage.setItem(WAITING, JSON.stringify(core.state().waitingSends));
}

let flushing = false;

/** Sends what waited, in order, each with the key of its first try, so that nothing goes out twice. */
export async function flushWaiting(core: Core): Promise<void> {
  if (flushing) return;
  flushing = true;
  try {
    for (const send of core.state().waitingSends) {
      const sent = await deliver(core, send);
      if (sent.outcome === "waiting") return;
      release(core, send.key);
      // What was asked for under this key was done; only the answer to the first try is lost.
      if (sent.outcome === "sent" || (sent.outcome === "refused" && sent.code === "in_flight")) continue;
      // Refused after all: the words go back where they were written.
      const { audience, thread_id, in_reply_to: item } = send.body as Partial<Reply>;
      const thread = audience === "private" ? null : (thread_id ?? null);
      await saveDraft(core, { id: send.conversation_id, mode: send.kind, thread, text: send.text, item });
      const text = sent.outcome === "refused" ? sent.text : t("collision.kept");
      core.toast(text, "bad", {
        label: t("open"),
        run: () => openConversation(core, send.conversation_id),
      });
    }
  } finally {
    flushing = false;
  }
}

export function discardWaiting(core: Core, key: string): void {
  release(core, key);
}

// --- a conversation begun by us --------------------------------------------------------------

export interface Start {
  channel_id: string;
  to?: string;
  contact_id?: string;
  text: string;
  subject?: string;
}

export async function startConversation(core: Core, start: Start): Promise<void> {
  const answer = await core.api.post<{ conversation: ConversationShape; message: MessageShape }>(
    "/conversations",
    start,
    {
      key: newKey(),
    },
  );
  core.store.update((state) => putRow(state, answer.conversation), true);
  offerUndo(core, answer.message);
  openConversation(core, answer.conversation.id);
}

/** Text the composer of a conversation begins with: the server's draft or the local one, whichever is newer. */
export function draftText(core: Core, id: string, mode: "reply" | "note"): Kept {
  const server = core.state().drafts[draftKey(id, mode)];
  const local = localDraft(id, mode);
  if (local && (!server || server.version === UNCONFIRMED || local.at > server.at)) return local;
  return { text: server?.text ?? "", thread: server?.thread_id ?? null, item: server?.in_reply_to };
}

interface Kept {
  text: string;
  thread: string | null;
  item?: string | null;
}

/** The item an answer is for; none (absent): the newest where it is begun. */
export function answers(core: Core, id: string, item?: string | null): void {
  core.desk.update((desk) => {
    const replyTo = item ? { ...desk.replyTo, [id]: item } : without(desk.replyTo, id);
    return { ...desk, replyTo };
  }, true);
}

/** Words that were kept are for whom they were written. */
export function answersAsKept(core: Core, id: string, mode: "reply" | "note"): void {
  const { text, item } = draftText(core, id, mode);
  if (text && mode === "reply") answers(core, id, item);
}
