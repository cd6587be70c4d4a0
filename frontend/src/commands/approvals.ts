/** Answers that need somebody's yes. */

import type { Core } from "../core";
import { newKey } from "../http/api";
import type { MessageShape } from "../protocol/types.generated";
import { putMessage } from "../store/apply";
import type { Timeline } from "../store/state";
import { t } from "../text/i18n";
import { act } from "./reply";
import { pushUndo, reason } from "./triage";

/** The answers of a conversation that wait for a yes. */
export function pendingIn(timeline: Timeline): MessageShape[] {
  return Object.values(timeline.messages).filter(
    (message) => message.delivery?.state === "held" && message.delivery.reason === "approval",
  );
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
