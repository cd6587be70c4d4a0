/** What a rule is made of, as the server takes it (inbox/domain/rules.py): closed unions of triggers and actions. */

import type { RuleDraftShape, RuleShape } from "../protocol/types.generated";
import { formOf, type GroupNode, readCondition } from "../store/condition";

// biome-ignore format: a word list
export const EVENTS = [
  "message_received", "message_edited", "rating_changed", "conversation_started", "conversation_reopened",
  "conversation_closed", "snooze_ended", "tagged", "untagged", "assigned", "unassigned", "team_changed",
  "priority_changed", "campaign_changed", "escalated", "target_warned", "target_breached", "answer_refused",
] as const;
export type EventWord = (typeof EVENTS)[number];
export const LASTING = ["waiting", "unassigned", "silent", "snoozed", "open"] as const;
export type Lasting = (typeof LASTING)[number];
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export const SCOPES = ["channel", "post", "campaign"] as const;
export const PRIORITIES = ["low", "normal", "high", "urgent"] as const;

export type Trigger =
  | { on: "event"; events: readonly EventWord[]; tag_id?: string | null }
  | { on: "time"; what: Lasting; seconds: number; hours: "all" | "business" }
  | { on: "schedule"; days: readonly Weekday[]; time: string; zone: string }
  | { on: "volume"; scope: (typeof SCOPES)[number]; minutes: number; times: number; minimum: number };

export interface Variant {
  text: string;
  language?: string | null;
}

export type Action =
  | { do: "tag" | "untag"; tag_ids: readonly string[] }
  | { do: "assign"; agent_id?: string | null }
  | { do: "team"; team_id?: string | null }
  | { do: "priority"; to: (typeof PRIORITIES)[number] }
  | { do: "escalate"; reason: string; agent_id?: string | null; team_id?: string | null }
  | { do: "note"; text: string }
  | { do: "close" }
  | { do: "dismiss" }
  | { do: "spam" }
  | { do: "hide"; reason?: string }
  | { do: "reply"; variants: readonly Variant[]; private?: boolean; hold_seconds?: number }
  | { do: "out_of_hours"; variants: readonly Variant[] }
  | { do: "webhook"; webhook_id: string }
  | { do: "notify"; text: string; agent_ids?: readonly string[]; team_id?: string | null; supervisors?: boolean };

export type Doing = Action["do"];
/** Customers see what these do. */
export const VISIBLE: ReadonlySet<Doing> = new Set(["hide", "reply", "out_of_hours"]);
/** As many as the server takes. */
export const MOST_ACTIONS = 20;

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
  hour_cap: 500,
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
export const conditionOf = (tree: GroupNode): Record<string, unknown> =>
  (formOf(tree) ?? {}) as Record<string, unknown>;

/** What the past still shows: items that came, and what came with them. */
const SEEN: ReadonlySet<EventWord> = new Set([
  "message_received",
  "message_edited",
  "rating_changed",
  "conversation_started",
]);

/** Why a trigger cannot be tried on the past (inbox/api/rules.py, `start_dry_run`); null: it can. */
export function untriable(trigger: Trigger): "time" | "volume" | "event" | null {
  if (trigger.on === "volume") return "volume";
  if (trigger.on === "event") return trigger.events.some((one) => SEEN.has(one)) ? null : "event";
  return trigger.on === "time" && trigger.what !== "waiting" ? "time" : null;
}
