import type { EventShape } from "../../protocol/types.generated";
import type { State } from "../../store/state";
import { type Key, type Params, t } from "../../text/i18n";
import { clock, fullDate, shortDate } from "../../text/time";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import { useSelect } from "../../ui/use-core";
import s from "./timeline.module.css";

interface Line {
  icon: IconName;
  key: Key;
  params?: Params;
}

const id = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

function nameOf(state: State, value: unknown): string {
  const agent = id(value);
  return agent ? (state.agents[agent]?.name ?? t("somebody")) : "";
}

/** One event as a sentence after the actor's name. */
function lineOf(event: EventShape, state: State, now: number): Line {
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
    case "escalation_acknowledged":
      return { icon: "flag", key: "event.acknowledged" };
    case "escalation_ended":
      return { icon: "flag", key: "event.deescalated" };
    case "conversations_merged":
      return { icon: "merge", key: "event.merged" };
    case "conversations_unmerged":
      return { icon: "split", key: "event.unmerged" };
    case "thread_bound":
      return { icon: "link", key: "event.threadBound" };
    case "thread_closed":
      return { icon: "lock", key: "event.threadClosed" };
    case "wait_dismissed":
      return { icon: "dismiss", key: "event.dismissed" };
    case "wait_reopened":
      return { icon: "clock", key: "event.waitReopened" };
    case "message_edited":
      return { icon: "history", key: "event.reviewChanged" };
    case "action_refused":
      return { icon: "xcircle", key: "event.actionRefused", params: { reason: String(data.reason ?? "") } };
    default:
      return { icon: "trash", key: "event.erased" };
  }
}

export function EventLine({ event, now }: { event: EventShape; now: number }) {
  const line = useSelect((state) => JSON.stringify(lineOf(event, state, now)));
  const { icon, key, params } = JSON.parse(line) as Line;
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
