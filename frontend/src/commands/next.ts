/** "Give me the next": the server hands out who waits longest without an owner, each to one person only. */

import type { Core } from "../core";
import { ApiError, newKey } from "../http/api";
import type { ConversationShape } from "../protocol/types.generated";
import { putRow } from "../store/apply";
import { writeNextMode } from "../store/next-mode";
import { t } from "../text/i18n";
import { openConversation } from "./navigate";

export function toggleNextMode(core: Core): void {
  const on = !core.desk.get().nextMode;
  writeNextMode(on);
  core.show({ nextMode: on });
  core.toast(t(on ? "next.on" : "next.off"));
}

let taking = false;

/** Takes the next and opens it. False when nobody waits, and says so. */
export async function takeNext(core: Core): Promise<boolean> {
  if (taking) return true;
  taking = true;
  try {
    const body = scope(core);
    const answer = await core.api.post<{ conversation: ConversationShape }>("/conversations/next", body, {
      key: newKey(),
    });
    core.store.update((state) => putRow(state, answer.conversation), true);
    openConversation(core, answer.conversation.id);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === "nobody_waits") core.toast(t("next.nobody"));
    else core.toast(error instanceof ApiError ? error.message : t("error.unreachable"), "bad");
    return false;
  } finally {
    taking = false;
  }
}

/** Of the team, channel, kind or saved view on screen; from the other views, of everything one sees. */
function scope(core: Core): { view?: string } {
  const { route } = core.desk.get();
  return route.page === "desk" && route.view.includes(":") ? { view: route.view } : {};
}
