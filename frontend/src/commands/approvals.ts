/** Answers that need somebody's yes. */

import type { Core } from "../core";
import { newKey } from "../http/api";
import type { MessageShape } from "../protocol/types.generated";
import { putMessage } from "../store/apply";
import { type Desk, openId } from "../store/desk";
import { can } from "../store/select";
import { EMPTY_TIMELINE, type Timeline } from "../store/state";
import { t } from "../text/i18n";
import { act } from "./reply";
import { pushUndo } from "./triage";

/** Whether it waits for somebody's yes. */
export const waits = ({ delivery }: MessageShape) => delivery?.state === "held" && delivery.reason === "approval";

/** The answers of a conversation that wait for a yes, in the order in which they were written. */
export function pendingIn(timeline: Timeline): MessageShape[] {
  return Object.values(timeline.messages)
    .filter(waits)
    .sort((a, b) => a.position - b.position);
}

/** Whether the open conversation has an answer that this person may let go or send back. */
export function mayApprove(core: Core, desk: Desk): boolean {
  const state = core.state();
  return can(state, "settings") && pendingIn(state.timelines[openId(desk) ?? ""] ?? EMPTY_TIMELINE).length > 0;
}

/** Lets it go, in other words where there are some. Rejects with what the server had against it. */
export async function approve(
  core: Core,
  message: MessageShape,
  text: string | null = null,
  force = false,
): Promise<void> {
  const body = { ...(text === null ? {} : { text }), force };
  const path = `/messages/${message.id}/approve`;
  const answer = await core.api.post<{ message: MessageShape }>(path, body, { key: newKey() });
  core.store.update((state) => putMessage(state, answer.message), true);
  offerBack(core, answer.message);
}

/** While it is held it can still be stopped. */
function offerBack(core: Core, message: MessageShape): void {
  const held = message.delivery?.state === "held" ? message.delivery.until : null;
  if (!held) return;
  const until = Date.parse(held) - core.state().clockOffsetMs;
  pushUndo(core, {
    text: t("approval.approve"),
    until,
    seconds: Math.max(1, Math.round((until - Date.now()) / 1000)),
    run: () => act(core, message.id, { action: "undo" }),
  });
}

/** Gives it back to its author. Rejects as `approve` does. */
export async function sendBack(core: Core, message: MessageShape, note: string): Promise<void> {
  const path = `/messages/${message.id}/send-back`;
  const answer = await core.api.post<{ message: MessageShape }>(path, { note }, { key: newKey() });
  core.store.update((state) => putMessage(state, answer.message), true);
}
