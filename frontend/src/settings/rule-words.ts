/** A rule as a sentence: when something happens · and something is so · then this is done. */

import type { BuilderField } from "../panes/overlays/condition-fields";
import { type GroupNode, isGroup, isWhole, type Node, type TestNode, WITHOUT_VALUE } from "../store/condition";
import type { State } from "../store/state";
import { formatNumber, languageName, t } from "../text/i18n";
import { duration, weekdayName } from "../text/time";
import { fieldWords } from "./rule-fields";
import { type Action, type RuleDraft, type Trigger, treeOf, WEEKDAYS } from "./rule-parts";

/** What the words are made with: names of tags, people and fields. */
export interface Named {
  state: Pick<State, "tags" | "teams" | "agents" | "channels" | "campaigns">;
  fields: readonly BuilderField[];
  webhooks: Readonly<Record<string, string>>;
}

const quoted = (words: string): string => `“${words}”`;
const lasting = (seconds: number): string => duration(seconds * 1000, 0);

export function triggerWords(trigger: Trigger, { state }: Named): string {
  switch (trigger.on) {
    case "event": {
      const said = trigger.events.map((one) => t(`rules.on.${one}`)).join(` ${t("rules.or")} `);
      return trigger.tag_id ? `${said} (${state.tags[trigger.tag_id]?.name ?? "?"})` : said;
    }
    case "time": {
      const said = t(`rules.last.${trigger.what}`, { time: lasting(trigger.seconds) });
      return trigger.hours === "business" ? `${said}, ${t("rules.business")}` : said;
    }
    case "schedule":
      return t("rules.atTime", { time: trigger.time, days: daysWords(trigger.days), zone: trigger.zone });
    case "volume":
      return t("rules.surge", {
        scope: t(`rules.scope.${trigger.scope}`),
        n: trigger.minutes,
        times: trigger.times,
        minimum: trigger.minimum,
      });
  }
}

function daysWords(days: readonly string[]): string {
  if (days.length === 7) return t("rules.everyDay");
  return WEEKDAYS.flatMap((day, at) => (days.includes(day) ? [weekdayName(at)] : [])).join(", ");
}

/** Empty: always. */
export function conditionWords(condition: Record<string, unknown>, named: Named): string {
  return groupWords(treeOf(condition), named, true);
}

function groupWords(group: GroupNode, named: Named, top = false): string {
  const said = group.nodes.map((node) => nodeWords(node, named)).filter(Boolean);
  const joined = said.join(` ${t(group.join === "all" ? "rules.and" : "rules.or")} `);
  if (group.join === "not") return joined && `${t("rules.not")} (${joined})`;
  return top || said.length < 2 ? joined : `(${joined})`;
}

const nodeWords = (node: Node, named: Named): string =>
  isGroup(node) ? groupWords(node, named) : isWhole(node) ? testWords(node, named) : "";

/** "Message has the words “refund”". */
export function testWords(test: Pick<TestNode, "field" | "op" | "value">, { fields }: Pick<Named, "fields">): string {
  const field = fields.find((one) => one.name === test.field);
  const label = field?.label ?? unknownField(test.field);
  const op = t(`cond.op.${test.op}`);
  if (WITHOUT_VALUE.has(test.op)) return `${label} ${op}`;
  return `${label} ${op} ${valueWords(field, test.value)}`;
}

/** A field that somebody named by hand, or that is gone: `contact.vip` is "Person: vip". */
function unknownField(name: string): string {
  const own = name.replace(/^contact\./, "");
  return own === name ? (fieldWords(name) ?? name) : t("cond.ofPerson", { field: own });
}

/** A value, or several, in words; what a test asked for or what was found. */
export function valueWords(field: BuilderField | undefined, value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => valueWords(field, one)).join(", ");
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return t(value ? "person.yes" : "person.no");
  if (typeof value === "number") return formatNumber(Math.round((value / (field?.unit ?? 1)) * 100) / 100);
  const text = String(value);
  const known = field?.values?.find((one) => one.id === text)?.label;
  if (known) return known;
  if (field?.name === "language") return languageName(text);
  return field?.kind === "words" || field?.kind === "text" ? quoted(text) : text;
}

/** What an action does it with: the tags, the person, the words. Empty where the action says it all. */
export function actionDetail(action: Action, { state, webhooks }: Named): string {
  const agent = (id: string) => state.agents[id]?.name ?? "?";
  const team = (id: string) => state.teams[id]?.name ?? "?";
  switch (action.do) {
    case "tag":
    case "untag":
      return action.tag_ids.map((id) => state.tags[id]?.name ?? "?").join(", ");
    case "assign":
      return action.agent_id ? agent(action.agent_id) : t("assign.nobody");
    case "team":
      return action.team_id ? team(action.team_id) : t("team.none");
    case "priority":
      return t(`priority.${action.to}`);
    case "escalate":
      return action.agent_id ? agent(action.agent_id) : action.team_id ? team(action.team_id) : "";
    case "note":
      return quoted(short(action.text));
    case "reply":
    case "out_of_hours":
      return quoted(short(action.variants[0]?.text ?? ""));
    case "webhook":
      return webhooks[action.webhook_id] ?? "";
    case "notify":
      return [
        ...(action.agent_ids ?? []).map(agent),
        ...(action.team_id ? [team(action.team_id)] : []),
        ...(action.supervisors ? [t("rules.toSupervisors")] : []),
      ].join(", ");
    case "close":
    case "dismiss":
    case "spam":
    case "hide":
      return "";
  }
}

const SHORT = 48;
const short = (text: string): string => (text.length > SHORT ? `${text.slice(0, SHORT).trimEnd()}…` : text);

/** The parts of the sentence; whoever shows it sets "When", "and" and "then" apart. */
export function sentence(rule: Pick<RuleDraft, "trigger" | "condition" | "actions">, named: Named) {
  return {
    when: triggerWords(rule.trigger, named),
    and: conditionWords(rule.condition, named),
    actions: rule.actions.map((one) => ({ label: t(`rules.do.${one.do}`), detail: actionDetail(one, named) })),
  };
}

/** Names of the kinds of thing that a rule names and that are there no more; it is refused or does nothing with them. */
export function missing(rule: Pick<RuleDraft, "trigger" | "actions">, { state }: Named): string[] {
  const lost = new Set<string>();
  const need = (label: string, id: string | null | undefined, there: Readonly<Record<string, unknown>>) => {
    if (id && !there[id]) lost.add(label);
  };
  const tag = (id: string | null | undefined) => need(t("filter.tag"), id, state.tags);
  if (rule.trigger.on === "event") tag(rule.trigger.tag_id);
  for (const action of rule.actions) {
    if ("tag_ids" in action) action.tag_ids.forEach(tag);
    if ("team_id" in action) need(t("filter.team"), action.team_id, state.teams);
    if ("agent_id" in action) need(t("filter.assignee"), action.agent_id, working(state.agents));
    if ("agent_ids" in action)
      for (const id of action.agent_ids ?? []) need(t("filter.assignee"), id, working(state.agents));
  }
  return [...lost];
}

const working = (agents: State["agents"]) => Object.fromEntries(Object.entries(agents).filter(([, one]) => one.active));
