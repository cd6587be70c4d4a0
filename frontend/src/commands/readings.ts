/** How customers' items read: corrected by who answers them, so that it is learnt. */

import type { Core } from "../core";
import type { MessageShape, ReadingShape } from "../protocol/types.generated";
import { putMessage } from "../store/apply";
import { openId } from "../store/desk";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { pushUndo, reason } from "./triage";

export type Sentiment = ReadingShape["sentiment"];
export type Urgency = ReadingShape["urgency"];
export type Correction = { sentiment: Sentiment } | { urgency: Urgency };

/** Says how an item reads. Undone, it reads as it did before: as the machine read it, or as a colleague said. */
export async function correct(core: Core, message: MessageShape, said: Correction): Promise<void> {
  const before = message.reading;
  if (!before) return;
  const path = `/messages/${message.id}/reading`;
  try {
    const { message: after } = await core.api.put<{ message: MessageShape }>(path, said);
    core.store.update((state) => putMessage(state, after), true);
  } catch (error) {
    return core.toast(reason(error), "bad");
  }
  const what = "sentiment" in said ? t(`reading.${said.sentiment}`) : t(`reading.${said.urgency}`);
  const { sentiment, urgency } = before;
  const run = () =>
    before.by === "agent" ? core.api.put<void>(path, { sentiment, urgency }) : core.api.delete<void>(path);
  pushUndo(core, { text: t("reading.saved", { what }), until: null, seconds: 0, run });
}

/** Takes a correction back. */
export async function readAsBefore(core: Core, message: MessageShape): Promise<void> {
  try {
    await core.api.delete(`/messages/${message.id}/reading`);
  } catch (error) {
    core.toast(reason(error), "bad");
  }
}

export function mayCorrect(core: Core, message: MessageShape | undefined): message is MessageShape {
  return message?.direction === "in" && message.reading !== null && !message.erased && can(core.state(), "triage");
}

/** The customer's item that the key means: the one that has the focus, else the newest. */
export function itemToRead(core: Core): MessageShape | undefined {
  const id = openId(core.desk.get());
  const messages = id ? core.state().timelines[id]?.messages : undefined;
  if (!messages) return undefined;
  const focused = messages[document.activeElement?.closest("article[id^=m-]")?.id.slice(2) ?? ""];
  if (mayCorrect(core, focused)) return focused;
  const newest = Object.values(messages).sort((a, b) => b.position - a.position);
  return newest.find((one) => mayCorrect(core, one));
}

/** Opens the menu of that item's mark. */
export function openReading(core: Core): void {
  const message = itemToRead(core);
  if (message) document.querySelector<HTMLButtonElement>(`#m-${message.id} [data-reading] > button`)?.click();
}
