/** Rules as they are made and changed here; what they are made of is the server's (protocol/rules.generated.ts). */

import { type Action, type EventWord, HOUR_CAP, type Trigger } from "../protocol/rules.generated";
import type { RuleDraftShape, RuleShape } from "../protocol/types.generated";
import { type GroupNode, readCondition } from "../store/condition";

export type { Action, Trigger, Variant } from "../protocol/rules.generated";
export { EVENTS, LASTING, MOST_ACTIONS, PRIORITIES, SCOPES, VISIBLE, WEEKDAYS } from "../protocol/rules.generated";

export type Doing = Action["do"];

const NOTHING_CHOSEN: Readonly<Record<Doing, Action>> = {
  tag: { do: "tag", tag_ids: [] },
  untag: { do: "untag", tag_ids: [] },
  assign: { do: "assign", agent_id: null },
  team: { do: "team", team_id: null },
  priority: { do: "priority", to: "high" },
  escalate: { do: "escalate", reason: "" },
  note: { do: "note", text: "" },
  close: { do: "close" },
  dismiss: { do: "dismiss" },
  spam: { do: "spam" },
  hide: { do: "hide", reason: "" },
  reply: { do: "reply", variants: [{ text: "" }] },
  out_of_hours: { do: "out_of_hours", variants: [{ text: "" }] },
  webhook: { do: "webhook", webhook_id: "" },
  notify: { do: "notify", text: "", supervisors: true },
};

/** In the order in which they are offered. */
export const DOINGS = Object.keys(NOTHING_CHOSEN) as Doing[];

/** An action as it is before anything of it is chosen. */
export const newAction = (doing: Doing): Action => NOTHING_CHOSEN[doing];

/** A trigger of another kind, with what most begin with. */
export function newTrigger(on: Trigger["on"], zone: string): Trigger {
  switch (on) {
    case "event":
      return { on, events: ["message_received"] };
    case "time":
      return { on, what: "waiting", seconds: 7200, hours: "all" };
    case "schedule":
      return { on, days: ["mon"], time: "09:00", zone };
    case "volume":
      return { on, scope: "post", minutes: 15, times: 4, minimum: 30 };
  }
}

/** A saved rule with its parts told apart. */
export interface Rule extends Omit<RuleShape, "trigger" | "actions"> {
  trigger: Trigger;
  actions: readonly Action[];
}

export interface RuleDraft {
  name: string;
  trigger: Trigger;
  condition: Record<string, unknown>;
  actions: readonly Action[];
  stop: boolean;
  also_late: boolean;
  hour_cap: number;
  after_rules: boolean;
}

export const BLANK: RuleDraft = {
  name: "",
  trigger: { on: "event", events: ["message_received"] },
  condition: {},
  actions: [],
  stop: false,
  also_late: false,
  hour_cap: HOUR_CAP,
  after_rules: false,
};

export function draftOf(rule: RuleDraft): RuleDraft {
  const names = Object.keys(BLANK) as (keyof RuleDraft)[];
  return Object.fromEntries(names.map((name) => [name, rule[name]])) as unknown as RuleDraft;
}

/** A preset as a draft; `name` in the reader's language. */
export function fromPreset(preset: RuleDraftShape, name: string): RuleDraft {
  const { trigger, actions, condition, stop } = preset;
  return {
    ...BLANK,
    name,
    trigger: trigger as unknown as Trigger,
    actions: actions as unknown as Action[],
    condition,
    stop,
  };
}

/** What is tried on the past: the draft without its name. */
export function sayingOf({ name: _name, ...saying }: RuleDraft): Omit<RuleDraft, "name"> {
  return saying;
}

export const treeOf = (condition: Record<string, unknown>): GroupNode => readCondition(JSON.stringify(condition));

/** What the past still shows: items that came, what came with them, and what was answered to surveys. */
const SEEN: ReadonlySet<EventWord> = new Set([
  "message_received",
  "message_edited",
  "rating_changed",
  "conversation_started",
  "survey_answered",
  "survey_commented",
]);

/** Whether a trigger can be tried on the past (inbox/automation/dry_runs.py). */
export function triable(trigger: Trigger): boolean {
  return trigger.on !== "event" || trigger.events.some((one) => SEEN.has(one));
}
