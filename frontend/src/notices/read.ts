/** Marking as read: at once here, and with the server. */

import type { Core } from "../core";
import type { NotificationShape } from "../protocol/types.generated";
import { closeShown } from "./push";

export function markRead(core: Core, one: NotificationShape): void {
  if (one.read) return;
  mark(core, (other) => other.id === one.id);
  core.api.put(`/notifications/${one.id}/read`).catch(() => {});
  void closeShown(one.conversation_id ? `c${one.conversation_id}` : `n${one.id}`).catch(() => {});
}

/** All that is told of a conversation: it is looked at now. */
export function readConversation(core: Core, id: string): void {
  const unread = Object.values(core.state().notifications).some((one) => one.conversation_id === id && !one.read);
  if (!unread) return;
  mark(core, (one) => one.conversation_id === id);
  core.api.put(`/notifications/conversations/${id}/read`).catch(() => {});
  void closeShown(`c${id}`).catch(() => {});
}

export function readAll(core: Core): void {
  mark(core, () => true);
  core.api.put("/notifications/read").catch(() => {});
}

function mark(core: Core, which: (one: NotificationShape) => boolean): void {
  core.store.update((state) => {
    const notifications = Object.fromEntries(
      Object.entries(state.notifications).map(([id, one]) => [id, which(one) ? { ...one, read: true } : one]),
    );
    return { ...state, notifications };
  }, true);
}
