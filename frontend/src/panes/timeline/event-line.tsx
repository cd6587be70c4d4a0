import { lazy, Suspense } from "react";
import type { EventShape } from "../../protocol/types.generated";
import type { State } from "../../store/state";
import { type Key, type Params, t } from "../../text/i18n";
import { clock, fullDate, shortDate } from "../../text/time";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import { useSelect } from "../../ui/use-core";
import { causedBy, RuleMenu, ruleLine } from "./rule-line";
import s from "./timeline.module.css";

interface Said {
  icon: IconName;
  key: Key;
  params?: Params;
}

const id = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

/** What routing had to do with a change of owner. */
const ROUTED = {
  routed: "event.routed",
  sticky: "event.sticky",
  overflow: "event.overflow",
  returned: "event.returned",
  reopened: "event.ownerless",
  next: "event.next",
} as const;

function nameOf(state: State, value: unknown): string {
  const agent = id(value);
  return agent ? (state.agents[agent]?.name ?? t("somebody")) : "";
}

/** Whom a step of an escalation chain asked. */
function stepTo(state: State, data: EventShape["data"]): string {
  const ids = Array.isArray(data.agent_ids) ? (data.agent_ids as string[]) : [];
  if (ids.length) return ids.map((one) => nameOf(state, one)).join(", ");
  const team = data.to === "team" ? state.teams[id(data.team_id) ?? ""]?.name : undefined;
  return team ?? t(`chains.to.${String(data.to)}` as Key);
}

/** "#12", as far as the conversation is known here. */
function numberOf(state: State, value: unknown): string {
  const row = state.rows[id(value) ?? ""];
  return row ? `#${row.number}` : t("event.another");
}

/** A rule is known here by what it did in this conversation. */
function ruleName(state: State, event: EventShape): string {
  const events = Object.values(state.timelines[event.conversation_id ?? ""]?.events ?? {});
  return (
    events.find((one) => one.type === "rule_ran" && one.data.run_id === event.data.run_id)?.actor.name ||
    t("actor.rule")
  );
}

/** One event as a sentence after the actor's name. */
function lineOf(event: EventShape, state: State, now: number): Said {
  const data = event.data;
  const tag = state.tags[id(data.tag_id) ?? ""]?.name ?? "";
  switch (event.type) {
    case "conversation_closed":
      return { icon: "check", key: "event.closed" };
    case "conversation_reopened":
      return { icon: "inbox", key: data.reason === "customer" ? "event.reopenedByCustomer" : "event.reopened" };
    case "conversation_snoozed": {
      const until =
        typeof data.until === "number" ? data.until / 1000 : data.until ? Date.parse(String(data.until)) : null;
      return until
        ? { icon: "moon", key: "event.snoozed", params: { time: shortDate(until, now) } }
        : { icon: "moon", key: "event.snoozedReply" };
    }
    case "conversation_woken":
      return { icon: "sun", key: data.reason === "customer" ? "event.wokenByCustomer" : "event.woken" };
    case "spam_marked":
      return { icon: "xcircle", key: "event.spam" };
    case "spam_cleared":
      return { icon: "check", key: "event.notSpam" };
    case "assignee_changed":
      if (typeof data.reason === "string" && data.reason in ROUTED) {
        const key = ROUTED[data.reason as keyof typeof ROUTED];
        return { icon: "users", key, params: { name: nameOf(state, data.after ?? data.before) } };
      }
      if (id(data.after) === null) return { icon: "user", key: "event.unassigned" };
      if (id(data.after) === event.actor.id) return { icon: "user", key: "event.claimed" };
      return { icon: "user", key: "event.assigned", params: { name: nameOf(state, data.after) } };
    case "team_changed": {
      const team = state.teams[id(data.after) ?? ""]?.name;
      return team
        ? { icon: "users", key: "event.team", params: { name: team } }
        : { icon: "users", key: "event.noTeam" };
    }
    case "priority_changed":
      return { icon: "bolt", key: "event.priority", params: { priority: t(`priority.${String(data.after)}` as Key) } };
    case "subject_changed":
      return { icon: "note", key: "event.subject" };
    case "campaign_changed": {
      const name = state.campaigns[id(data.after) ?? ""]?.name;
      if (id(data.after) === null) return { icon: "flag", key: "event.noCampaign" };
      return name
        ? { icon: "flag", key: "event.campaign", params: { name } }
        : { icon: "flag", key: "event.someCampaign" };
    }
    case "tag_added":
      return { icon: "tag", key: "event.tagged", params: { name: tag } };
    case "tag_removed":
      return { icon: "tag", key: "event.untagged", params: { name: tag } };
    case "escalated": {
      const to = state.teams[id(data.to_team_id) ?? ""]?.name ?? nameOf(state, data.to_agent_id);
      return to
        ? { icon: "flag", key: "event.escalated", params: { name: to } }
        : { icon: "flag", key: "event.escalatedOpen" };
    }
    case "escalation_stepped":
      return { icon: "flag", key: "event.stepped", params: { n: Number(data.level ?? 1), name: stepTo(state, data) } };
    case "escalation_acknowledged":
      return { icon: "flag", key: "event.acknowledged" };
    case "escalation_ended":
      return { icon: "flag", key: "event.deescalated" };
    case "conversations_merged":
      return { icon: "merge", key: "event.merged" };
    case "conversations_unmerged":
      return { icon: "split", key: "event.unmerged" };
    case "thread_bound":
      return data.from_id ? { icon: "split", key: "event.threadCame" } : { icon: "link", key: "event.threadBound" };
    case "threads_left":
      return { icon: "split", key: "event.threadsLeft" };
    case "conversation_linked":
      return { icon: "link", key: "event.linked", params: { number: numberOf(state, data.other_id) } };
    case "conversation_unlinked":
      return { icon: "link", key: "event.unlinked", params: { number: numberOf(state, data.other_id) } };
    case "thread_closed":
      return { icon: "lock", key: "event.threadClosed" };
    case "wait_dismissed":
      return { icon: "dismiss", key: "event.dismissed" };
    case "wait_reopened":
      return { icon: "clock", key: "event.waitReopened" };
    case "message_edited":
      return { icon: "history", key: "event.reviewChanged" };
    case "survey_sent":
      return { icon: "star", key: "event.surveySent" };
    case "rule_run_undone":
      return { icon: "undo", key: "event.ruleUndone", params: { name: ruleName(state, event) } };
    case "action_refused":
      return { icon: "xcircle", key: "event.actionRefused", params: { reason: String(data.reason ?? "") } };
    default:
      return { icon: "trash", key: "event.erased" };
  }
}

export function EventLine({ event, now }: { event: EventShape; now: number }) {
  if (event.type === "survey_answered") {
    return (
      <Suspense fallback={<div className={s.event} />}>
        <SurveyLine event={event} />
      </Suspense>
    );
  }
  return event.type === "rule_ran" ? <RuleRan run={event} now={now} /> : <Line event={event} now={now} />;
}

/** Few conversations have one: its code comes with the first. */
const SurveyLine = lazy(async () => ({ default: (await import("./survey-line")).SurveyLine }));

/** All that a rule did at once, in one line, to be taken back from its menu. */
function RuleRan({ run, now }: { run: EventShape; now: number }) {
  const words = useSelect((state) =>
    ruleLine(
      run,
      causedBy(run, state).flatMap((event) => {
        const { key, params } = lineOf(event, state, now);
        return key === "event.erased" ? [] : [t(key, params)];
      }),
    ),
  );
  return (
    <div className={s.event}>
      <Icon name="bolt" size="s" />
      <span className={s.several}>
        <b>{run.actor.name || t("actor.rule")}</b> {words}
      </span>
      <time dateTime={run.at} title={fullDate(run.at)}>
        {clock(run.at)}
      </time>
      <RuleMenu run={run} />
    </div>
  );
}

function Line({ event, now }: { event: EventShape; now: number }) {
  const line = useSelect((state) => JSON.stringify(lineOf(event, state, now)));
  const { icon, key, params } = JSON.parse(line) as Said;
  const customer = useSelect((state) => state.rows[event.conversation_id ?? ""]?.contact.name);
  const byCustomer = (event.data.reason === "customer" || event.type === "message_edited") && customer;
  const actor = byCustomer || event.actor.name || (event.actor.kind === "rule" ? t("actor.rule") : t("actor.system"));
  return (
    <div className={s.event}>
      <Icon name={event.actor.kind === "rule" ? "bolt" : icon} size="s" />
      <span className="clip">
        <b>{actor}</b> {t(key, params)}
      </span>
      <time dateTime={event.at} title={fullDate(event.at)}>
        {clock(event.at)}
      </time>
    </div>
  );
}
