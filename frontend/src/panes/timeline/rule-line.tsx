import { use } from "react";
import { reason } from "../../commands/triage";
import type { EventShape, RuleRunShape } from "../../protocol/types.generated";
import { can } from "../../store/select";
import type { State } from "../../store/state";
import { type Key, knows, t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { Menu, type MenuItem } from "../../ui/menu";
import { useCore, useSelect } from "../../ui/use-core";
import { ReadOnly } from "./read-only";

const words = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** What a run caused stands in the log between two positions; the run's own line says it. */
export function isCovered(event: EventShape, runs: readonly EventShape[]): boolean {
  return runs.some(
    (run) =>
      event.actor.kind === "rule" &&
      event.actor.id === run.actor.id &&
      event.position >= Number(run.data.since_position) &&
      event.position < run.position,
  );
}

/**
 * What a rule did, in one line: `said` has what its events say; what has no line of its own (a note, an answer) is said
 * by its name, and what was refused is counted.
 */
export function ruleLine(run: EventShape, said: readonly string[]): string {
  const refused = words(run.data.refused);
  const rest = words(run.data.actions)
    .filter((one) => !refused.includes(one))
    .map((one) => `event.did.${one}`)
    .filter(knows)
    .map((key) => t(key as Key));
  const all = [...said, ...rest, ...(refused.length ? [t("event.did.refused", { n: refused.length })] : [])];
  return all.join(" · ") || t("event.didNothing");
}

/** Events that a run caused, as far as they are here. */
export function causedBy(run: EventShape, state: State): EventShape[] {
  const events = state.timelines[run.conversation_id ?? ""]?.events ?? {};
  return Object.values(events)
    .filter((event) => isCovered(event, [run]))
    .sort((a, b) => a.position - b.position);
}

/** What nobody can take back: it was said. */
const SAID: ReadonlySet<string> = new Set(["note", "notify", "webhook"]);

/** What can be done with a run: taking it back while nobody has, and opening the rule. */
export function RuleMenu({ run }: { run: EventShape }) {
  return use(ReadOnly) ? null : <Doing run={run} />;
}

function Doing({ run }: { run: EventShape }) {
  const core = useCore();
  const runId = String(run.data.run_id);
  const undone = useSelect((state) =>
    Object.values(state.timelines[run.conversation_id ?? ""]?.events ?? {}).some(
      (event) => event.type === "rule_run_undone" && String(event.data.run_id) === runId,
    ),
  );
  const mayUndo = useSelect((state) => can(state, "triage"));
  const mayOpen = useSelect((state) => can(state, "settings"));
  const refused = words(run.data.refused);
  const lasting = words(run.data.actions).some((one) => !refused.includes(one) && !SAID.has(one));
  const undo = async () => {
    try {
      const { deeds } = await core.api.post<RuleRunShape>(`/rules/runs/${runId}/undo`);
      const n = deeds.filter((one) => one.undone).length;
      core.toast(t("event.ruleTaken", { n, kept: deeds.filter((one) => one.undone === false).length }));
    } catch (error) {
      core.toast(reason(error), "bad");
    }
  };
  const open = () => core.go({ page: "settings", section: "rules", item: String(run.data.rule_id) });
  const items: MenuItem[] = [
    ...(mayUndo && lasting && !undone
      ? [{ id: "undo", label: t("event.ruleUndo"), icon: "undo" as const, run: () => void undo() }]
      : []),
    ...(mayOpen ? [{ id: "open", label: t("event.ruleOpen"), icon: "bolt" as const, run: open }] : []),
  ];
  if (!items.length) return null;
  return (
    <Menu label={t("event.ruleMenu")} items={items}>
      <Icon name="more" size="s" />
    </Menu>
  );
}
