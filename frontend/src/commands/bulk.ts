/** The same for many conversations: asked in one request, answered one by one, taken back as one. */

import type { Core } from "../core";
import type { BulkOutcome } from "../store/desk";
import { t } from "../text/i18n";
import { pushUndo, reason, underWay } from "./triage";

export interface BulkAnswer {
  results: { id: string; ok: boolean; code?: string; detail?: string }[];
  bulk_id: string | null;
}

/** The conversations for which it was done. What was refused stays ticked, and each reason can be read. */
export async function changeMany(
  core: Core,
  ids: readonly string[],
  change: Record<string, unknown>,
  done: string,
): Promise<string[]> {
  try {
    const answer = await underWay(core, core.api.post<BulkAnswer>("/conversations/bulk", { ids, change }));
    return told(core, answer, done);
  } catch (error) {
    core.toast(reason(error), "bad");
    return [];
  }
}

/** Says what became of it, and offers the way back. */
export function told(core: Core, answer: BulkAnswer, done: string): string[] {
  const refused = answer.results.filter((result) => !result.ok);
  const outcome: BulkOutcome = { done, results: answer.results };
  core.show({
    bulk: outcome,
    selected: new Set(refused.map((result) => result.id)),
    selecting: refused.length > 0,
  });
  if (refused.length) {
    const n = answer.results.length - refused.length;
    const why = [...new Set(refused.map((result) => result.detail ?? result.code ?? ""))].slice(0, 2).join(" ");
    core.toast(t("bulk.partly", { done: n, refused: refused.length, why }), "bad", {
      label: t("bulk.each"),
      run: () => core.show({ picker: "bulk-results" }),
    });
  }
  const { bulk_id: back } = answer;
  // The way back says itself what was done.
  if (!back && !refused.length) core.toast(done);
  if (back) pushUndo(core, { text: done, until: null, seconds: 0, run: () => takeBackMany(core, back) });
  return answer.results.flatMap((result) => (result.ok ? result.id : []));
}

/** Takes an action back everywhere at once; what could not be is said, conversation by conversation. */
export async function takeBackMany(core: Core, bulkId: string): Promise<void> {
  const answer = await core.api.post<BulkAnswer>(`/conversations/bulk/${bulkId}/undo`);
  const left = answer.results.filter((result) => !result.ok);
  core.show({ bulk: { done: t("bulk.takenBack"), results: answer.results } });
  if (!left.length) return;
  const [first] = left;
  if (answer.results.length === 1) return core.toast(first?.detail ?? t("error.refused"), "bad");
  core.toast(t("bulk.backPartly", { n: left.length }), "bad", {
    label: t("bulk.each"),
    run: () => core.show({ picker: "bulk-results" }),
  });
}

/** One recipient of a bulk answer: the words he would read, or why he is left out. */
export interface Recipient {
  id: string;
  number: number | null;
  name: string;
  audience: "public" | "private" | null;
  text: string;
  ok: boolean;
  code: string | null;
  detail: string | null;
}

export type BulkWords = { canned_id: string } | { text: string };

export async function previewReplies(core: Core, ids: readonly string[], words: BulkWords): Promise<Recipient[]> {
  const answer = await core.api.post<{ items: Recipient[] }>("/conversations/bulk-replies/preview", { ids, ...words });
  return answer.items;
}

/** Few enough that whoever presses stop stops most of them. */
export const SLICE = 10;
