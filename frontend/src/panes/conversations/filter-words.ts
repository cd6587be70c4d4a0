/** Conditions of a filter in the reader's words, and what can be chosen for each. */

import { countTests, type FilterField, type Sort } from "../../store/filter";
import type { State } from "../../store/state";
import { type Key, LANGUAGES, languageName, t } from "../../text/i18n";
import { networkName } from "../../text/network-names";
import type { IconName } from "../../ui/icon-paths";
import { KIND_NAMES, kindIcon, kindLabel } from "../../ui/marks";

export interface Value {
  id: string;
  label: string;
  icon?: IconName;
  /** A channel, network, tag or agent has a face of its own. */
  channel?: string;
  network?: string;
  colour?: string;
  agent?: string;
}

const FIELDS: Record<FilterField, { label: Key; icon: IconName }> = {
  status: { label: "filter.status", icon: "inbox" },
  kind: { label: "filter.kind", icon: "comment" },
  network: { label: "filter.network", icon: "globe" },
  channel: { label: "filter.channel", icon: "plug" },
  tag: { label: "filter.tag", icon: "tag" },
  team: { label: "filter.team", icon: "users" },
  assignee: { label: "filter.assignee", icon: "user" },
  target: { label: "filter.target", icon: "alarm" },
  priority: { label: "filter.priority", icon: "bolt" },
  language: { label: "filter.language", icon: "globe" },
  rating: { label: "filter.rating", icon: "star" },
  sentiment: { label: "filter.sentiment", icon: "emoji" },
  urgency: { label: "filter.urgency", icon: "alarm" },
  post: { label: "filter.post", icon: "posts" },
  campaign: { label: "filter.campaign", icon: "flag" },
  condition: { label: "filter.condition", icon: "filter" },
};

/** What a menu offers; posts and campaigns narrow a list from their own pages. */
export const OFFERED = (Object.keys(FIELDS) as FilterField[]).filter(
  (field) => field !== "post" && field !== "campaign" && field !== "condition",
);

export const fieldLabel = (field: FilterField): string => t(FIELDS[field].label);
export const fieldIcon = (field: FilterField): IconName => FIELDS[field].icon;
export const sortLabel = (sort: Sort): string => t(`sort.${sort}`);

const STATUSES = ["open", "snoozed", "closed", "spam", "any"] as const;
const PRIORITIES = ["urgent", "high", "normal", "low"] as const;
const SENTIMENTS = ["negative", "mixed", "neutral", "positive"] as const;
const URGENCIES = ["urgent", "normal"] as const;
const STARS = ["1", "2", "3", "4", "5"] as const;

export function valuesOf(field: FilterField, state: State): Value[] {
  switch (field) {
    case "status":
      return STATUSES.map((id) => ({ id, label: t(`status.${id}`) }));
    case "kind":
      return KIND_NAMES.map((id) => ({ id, label: kindLabel(id), icon: kindIcon(id) }));
    case "network":
      return networks(state);
    case "channel":
      return named(state.channels).map((channel) => ({ ...channel, channel: channel.id }));
    case "tag":
      return named(state.tags).map((tag) => ({ ...tag, colour: state.tags[tag.id]?.colour }));
    case "team":
      return [
        ...named(state.teams).map((team): Value => ({ ...team, icon: "users" })),
        { id: "none", label: t("team.none"), icon: "users" },
      ];
    case "target":
      return [
        { id: "late", label: t("floor.breached"), icon: "warn" },
        { id: "soon", label: t("floor.atRisk"), icon: "hourglass" },
      ];
    case "assignee":
      return assignees(state);
    case "priority":
      return PRIORITIES.map((id) => ({ id, label: t(`priority.${id}`), icon: "bolt" }));
    case "language":
      return languages(state);
    case "rating":
      return STARS.map((id) => ({ id, label: t("stars", { n: Number(id) }), icon: "star" }));
    case "sentiment":
      return SENTIMENTS.map((id) => ({ id, label: t(`reading.${id}`), icon: "emoji" }));
    case "urgency":
      return URGENCIES.map((id) => ({ id, label: t(`reading.${id}`), icon: "alarm" }));
    case "post":
    case "campaign":
    case "condition":
      return [];
  }
}

/** A value that is gone by now (a removed tag) keeps its id for a name. */
export function valueLabel(field: FilterField, value: string, state: State): string {
  if (field === "post") return postText(value, state) || value;
  if (field === "condition") return t("cond.tests", { n: countTests(value) });
  if (field === "language") return languageName(value);
  return valuesOf(field, state).find((one) => one.id === value)?.label ?? value;
}

function named(items: Readonly<Record<string, { id: string; name: string }>>): { id: string; label: string }[] {
  return Object.values(items)
    .map(({ id, name }) => ({ id, label: name }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

function networks(state: State): Value[] {
  const names = new Map(Object.values(state.channels).map((channel) => [channel.network, networkName(channel)]));
  return [...names].map(([id, label]) => ({ id, label, network: id })).sort((a, b) => a.label.localeCompare(b.label));
}

function assignees(state: State): Value[] {
  const people = Object.values(state.agents).filter((agent) => agent.active && agent.role !== "observer");
  return [
    { id: "me", label: t("filter.me"), icon: "user" },
    { id: "none", label: t("nobody"), icon: "user" },
    ...people.map(({ id, name }) => ({ id, label: name, agent: id })).sort((a, b) => a.label.localeCompare(b.label)),
  ];
}

/** Those of the interface, and those customers here are known to write. */
function languages(state: State): Value[] {
  const codes = new Set([...Object.keys(LANGUAGES), ...Object.values(state.rows).map((row) => row.language ?? "")]);
  codes.delete("");
  return [...codes].map((id) => ({ id, label: languageName(id) })).sort((a, b) => a.label.localeCompare(b.label));
}

function postText(id: string, state: State): string {
  for (const row of Object.values(state.rows)) {
    const thread = row.threads.find((one) => one.post?.id === id);
    if (thread?.post) return thread.post.text;
  }
  return "";
}
