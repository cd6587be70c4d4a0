/** What an agent keeps of a conversation for himself (a star, that he follows it), and what it has to do with others. */

import type { Core } from "../core";
import { newKey } from "../http/api";
import type { ConversationShape, LinkShape } from "../protocol/types.generated";
import { putRow, without } from "../store/apply";
import { t } from "../text/i18n";
import { openConversation } from "./navigate";
import { merge, pushUndo, reason } from "./triage";

type Marks = "starred" | "following";
const PATH: Record<Marks, string> = { starred: "star", following: "follow" };

async function setMark(core: Core, marks: Marks, id: string, on: boolean): Promise<void> {
  const put = (value: boolean) =>
    core.store.update(
      (state) => ({ ...state, [marks]: value ? { ...state[marks], [id]: true } : without(state[marks], id) }),
      true,
    );
  put(on);
  try {
    const path = `/conversations/${id}/${PATH[marks]}`;
    await (on ? core.api.put(path) : core.api.delete(path));
  } catch (error) {
    put(!on);
    core.toast(reason(error), "bad");
  }
}

/** On for all unless all have it. */
export function toggleMark(core: Core, marks: Marks, ids: readonly string[]): void {
  const on = !ids.every((id) => core.state()[marks][id]);
  for (const id of ids) void setMark(core, marks, id, on);
}

export const LINK_KINDS = ["related", "duplicate", "cause"] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

export async function linksOf(core: Core, id: string): Promise<LinkShape[]> {
  const { items } = await core.api.get<{ items: LinkShape[] }>(`/conversations/${id}/links`);
  core.store.update((state) => items.reduce((s, link) => putRow(s, link.conversation), state));
  return items;
}

export async function link(core: Core, id: string, other: string, kind: LinkKind): Promise<void> {
  try {
    await core.api.put(`/conversations/${id}/links/${other}`, { kind });
    const run = async () => {
      await core.api.delete(`/conversations/${id}/links/${other}`);
    };
    pushUndo(core, { text: t("done.linked"), until: null, seconds: 0, run });
  } catch (error) {
    core.toast(reason(error), "bad");
  }
}

export async function unlink(core: Core, id: string, { conversation, kind, reverse }: LinkShape): Promise<void> {
  const other = conversation.id;
  try {
    await core.api.delete(`/conversations/${id}/links/${other}`);
    const run = async () => {
      const [from, to] = reverse ? [other, id] : [id, other];
      await core.api.put(`/conversations/${from}/links/${to}`, { kind });
    };
    pushUndo(core, { text: t("done.unlinked"), until: null, seconds: 0, run });
  } catch (error) {
    core.toast(reason(error), "bad");
  }
}

/** The threads become a conversation of their own, which opens; merging takes it back. */
export async function split(core: Core, id: string, threads: readonly string[]): Promise<void> {
  try {
    const { conversation } = await core.api.post<{ conversation: ConversationShape }>(
      `/conversations/${id}/split`,
      { thread_ids: threads },
      { key: newKey() },
    );
    core.store.update((state) => putRow(state, conversation), true);
    openConversation(core, conversation.id);
    const run = () => merge(core, conversation.id, id);
    pushUndo(core, { text: t("done.split", { number: `#${conversation.number}` }), until: null, seconds: 0, run });
  } catch (error) {
    core.toast(reason(error), "bad");
  }
}
