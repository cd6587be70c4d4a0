/** What is done to a customer's public item at its network: hide, like, delete, ban; and whose turn it is to be asked. */

import type { Core } from "../core";
import type { MessageShape } from "../protocol/types.generated";
import { openId } from "../store/desk";
import { can, capability } from "../store/select";
import type { State } from "../store/state";
import { t } from "../text/i18n";
import { firstName } from "../text/names";
import { act } from "./reply";
import { pushUndo, reason } from "./triage";

export type Word = "hide" | "unhide" | "delete" | "delete_sent" | "ban";

/** What takes a word back; the others are asked about first. */
const OPPOSITE: Partial<Record<Word, Word>> = { hide: "unhide", unhide: "hide" };
const BACK = { action: "revert" };

/** The words this network and this agent's rights allow for an item, as the manifest names them. */
export function allowed(state: State, message: MessageShape): ReadonlySet<string> {
  if (message.deleted_at || message.direction === "note" || !can(state, "moderate")) return new Set();
  return new Set(capability(state, threadOf(state, message))?.actions);
}

export function threadOf(state: State, message: MessageShape) {
  return state.rows[message.conversation_id]?.threads.find((thread) => thread.id === message.thread_id);
}

/** Asks the network; what can be undone is offered to be, by U. Nothing is shown as done before the network did it. */
export async function moderate(core: Core, message: MessageShape, word: Word, why = ""): Promise<void> {
  const state = core.state();
  const words = allowed(state, message);
  try {
    await act(core, message.id, { action: word, ...(why ? { reason: why } : {}) });
  } catch (error) {
    return core.toast(reason(error), "bad");
  }
  const back = OPPOSITE[word];
  const name = firstName(message.author.name) || t("person.somebody");
  if (!back || !words.has(back)) return core.toast(t(`moderated.${word}`, { name }));
  const run = () => act(core, message.id, BACK);
  pushUndo(core, { text: t(`moderated.${word}`, { name }), until: null, seconds: 0, run });
}

/** Sets our reaction, or takes it back where it is the same; undone by one step back. */
export async function react(core: Core, message: MessageShape, emoji: string): Promise<void> {
  const before = message.reactions.find((reaction) => reaction.mine)?.emoji ?? "";
  const next = emoji === before ? "" : emoji;
  try {
    await act(core, message.id, { action: "react", emoji: next });
  } catch (error) {
    return core.toast(reason(error), "bad");
  }
  const run = () => act(core, message.id, BACK);
  pushUndo(core, {
    text: next ? t("moderated.react", { emoji: next }) : t("moderated.unreact"),
    until: null,
    seconds: 0,
    run,
  });
}

/** The one emoji that stands for "like" in this channel. */
export function likeOf(state: State, message: MessageShape): string {
  const channel = state.channels[threadOf(state, message)?.channel_id ?? ""];
  const known = channel?.reactions_out ?? [];
  return known.find((emoji) => emoji.startsWith("👍") || emoji.startsWith("❤")) ?? known[0] ?? "👍";
}

/**
 * The customer's item that a key means: the one that has the focus, else the one being answered, else the newest; only
 * such as allow the word.
 */
export function itemAtHand(core: Core, word: string): MessageShape | undefined {
  const desk = core.desk.get();
  const id = openId(desk);
  const state = core.state();
  const messages = id ? state.timelines[id]?.messages : undefined;
  if (!id || !messages) return undefined;
  const fits = (message: MessageShape | undefined) =>
    message?.direction === "in" && allowed(state, message).has(word) ? message : undefined;
  const focused = document.activeElement?.closest("article[id^=m-]")?.id.slice(2);
  const answered = desk.replyTo[id];
  const newest = Object.values(messages).sort((a, b) => b.position - a.position);
  return fits(messages[focused ?? ""]) ?? fits(messages[answered ?? ""]) ?? newest.find((one) => fits(one));
}

/** Hides the item at hand from others, or shows it again. */
export function toggleHidden(core: Core): void {
  const message = itemAtHand(core, "hide") ?? itemAtHand(core, "unhide");
  if (message) void moderate(core, message, message.hidden_at ? "unhide" : "hide");
}

export function toggleLike(core: Core): void {
  const message = itemAtHand(core, "react");
  if (message) void react(core, message, likeOf(core.state(), message));
}
