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
import { pushUndo, reason } from "./triage";

/** The answers of a conversation that wait for a yes, in the order in which they were written. */
export function pendingIn(timeline: Timeline): MessageShape[] {
  return Object.values(timeline.messages)
    .filter((message) => message.delivery?.state === "held" && message.delivery.reason === "approval")
    .sort((a, b) => a.position - b.position);
}

/** Whether the open conversation has an answer that this person may let go or send back. */
export function mayApprove(core: Core, desk: Desk): boolean {
  const state = core.state();
  return can(state, "settings") && pendingIn(state.timelines[openId(desk) ?? ""] ?? EMPTY_TIMELINE).length > 0;
}

export async function approve(
  core: Core,
  message: MessageShape,
  text: string | null = null,
  force = false,
): Promise<void> {
  try {
    const body = { ...(text === null ? {} : { text }), force };
    const answer = await core.api.post<{ message: MessageShape }>(`/messages/${message.id}/approve`, body, {
      key: newKey(),
    });
    core.store.update((state) => putMessage(state, answer.message), true);
    offerBack(core, answer.message);
  } catch (error) {
    core.toast(reason(error), "bad");
  }
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

export async function sendBack(core: Core, message: MessageShape, note: string): Promise<void> {
  try {
    const path = `/messages/${message.id}/send-back`;
    const answer = await core.api.post<{ message: MessageShape }>(path, { note }, { key: newKey() });
    core.store.update((state) => putMessage(state, answer.message), true);
  } catch (error) {
    core.toast(reason(error), "bad");
  }
}
