/** Macros: several actions in one step, for one conversation or for those ticked. */

import type { Core } from "../core";
import { newKey } from "../http/api";
import type { ConversationShape, MacroShape, MessageShape } from "../protocol/types.generated";
import { putMessage, putRow } from "../store/apply";
import type { State } from "../store/state";
import { type Key, t } from "../text/i18n";
import { duration } from "../text/time";
import { changeMany, takeBackMany } from "./bulk";
import { advance, pushUndo, reason } from "./triage";

export interface MacroPreview {
  text: string;
  thread_id: string | null;
  problem: { code: string; detail: string } | null;
}

interface Ran {
  conversation: ConversationShape;
  message: MessageShape | null;
  bulk_id: string;
}

/** What a macro does, step by step, in words. */
export function stepsInWords(macro: MacroShape, state: State): string[] {
  const steps = macro.steps as Steps;
  const names = (ids: string[] | undefined) => (ids ?? []).map((id) => state.tags[id]?.name ?? "").join(", ");
  const said: [boolean, () => string][] = [
    [Boolean(steps.note), () => t("macro.does.note")],
    [Boolean(steps.team), () => t("macro.does.team", { name: state.teams[steps.team ?? ""]?.name ?? t("team.none") })],
    [Boolean(steps.assignee), () => t("macro.does.assignee", { name: assigneeName(steps.assignee, state) })],
    [Boolean(steps.tags_on?.length), () => t("macro.does.tagsOn", { names: names(steps.tags_on) })],
    [Boolean(steps.tags_off?.length), () => t("macro.does.tagsOff", { names: names(steps.tags_off) })],
    [Boolean(steps.priority), () => t("macro.does.priority", { priority: t(`priority.${steps.priority}` as Key) })],
    [Boolean(steps.reply || steps.canned_id), () => t("macro.does.reply")],
    [steps.status === "closed", () => t("macro.does.closed")],
    [steps.status === "open", () => t("macro.does.open")],
    [steps.status === "snoozed", () => snoozeInWords(steps.snooze_seconds)],
  ];
  return said.flatMap(([does, words]) => (does ? [words()] : []));
}

export interface Steps {
  reply?: string;
  canned_id?: string;
  ends_wait?: boolean;
  note?: string;
  team?: string;
  assignee?: string;
  tags_on?: string[];
  tags_off?: string[];
  priority?: string;
  status?: "open" | "closed" | "snoozed";
  snooze_seconds?: number;
}

function assigneeName(said: string | undefined, state: State): string {
  if (said === "me") return t("macro.me");
  if (said === "none") return t("assign.nobody");
  return state.agents[said ?? ""]?.name ?? "";
}

const snoozeInWords = (seconds: number | undefined) =>
  seconds ? t("macro.does.snooze", { time: duration(seconds * 1000) }) : t("macro.does.snoozeReply");

export function previewMacro(core: Core, id: string, macro: MacroShape): Promise<MacroPreview> {
  return core.api.post<MacroPreview>(`/conversations/${id}/macros/${macro.id}/preview`, whereFor(core, id));
}

/** The thread that the composer is set to, as far as it names one. */
function whereFor(core: Core, id: string): Record<string, unknown> {
  const mode = core.desk.get().mode[id];
  const threads = core.state().rows[id]?.threads ?? [];
  const named = threads.find((thread) => thread.id === mode);
  return named ? { thread_id: named.id } : {};
}

/** Carries a macro out. The one undo takes its answer back, while it is held, and everything else with it. */
export async function runMacro(core: Core, ids: readonly string[], macro: MacroShape): Promise<void> {
  const [only] = ids;
  if (ids.length !== 1 || !only) {
    await changeMany(core, ids, { macro_id: macro.id }, t("done.macro", { name: macro.name }));
    return;
  }
  const body = { ...whereFor(core, only), seen_position: core.desk.get().began[only] ?? core.state().position };
  try {
    const ran = await core.api.post<Ran>(`/conversations/${only}/macros/${macro.id}`, body, { key: newKey() });
    core.store.update((state) => {
      const next = putRow(state, ran.conversation);
      return ran.message ? putMessage(next, ran.message) : next;
    }, true);
    offerBack(core, macro, ran);
    if (ran.conversation.status !== "open") advance(core, [only]);
  } catch (error) {
    core.toast(reason(error), "bad");
  }
}

function offerBack(core: Core, macro: MacroShape, ran: Ran): void {
  const held = ran.message?.delivery?.state === "held" ? ran.message.delivery.until : null;
  const until = held ? Date.parse(held) - core.state().clockOffsetMs : null;
  pushUndo(core, {
    text: t("done.macro", { name: macro.name }),
    until,
    seconds: until ? Math.max(1, Math.round((until - Date.now()) / 1000)) : 0,
    run: () => takeBackMany(core, ran.bulk_id),
  });
}
