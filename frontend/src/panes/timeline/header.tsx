import { openConversation } from "../../commands/navigate";
import { run } from "../../commands/registry";
import { acknowledge } from "../../commands/triage";
import type { ConversationShape } from "../../protocol/types.generated";
import { others } from "../../store/select";
import { type Key, t } from "../../text/i18n";
import { networkName } from "../../text/network-names";
import { clock, duration, fullDate, shortDate } from "../../text/time";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import { Keys, titleOf } from "../../ui/keys";
import { kindLabel, Paused, Sla } from "../../ui/marks";
import { useCore, useMedia, useNow, usePhone, useSelect } from "../../ui/use-core";
import { useMay } from "../../ui/use-may";
import { PresenceMark } from "../conversations/row";
import { Links } from "./links";
import s from "./timeline.module.css";

export function Header({ row }: { row: ConversationShape }) {
  const core = useCore();
  const phone = usePhone();
  const wide = useMedia("(min-width: 1280px)");
  const closed = row.status === "closed";
  const close = closed || row.spam ? "reopen" : "close";
  const may = useMay();
  return (
    <header className={s.bar}>
      {phone && (
        <button
          type="button"
          className="btn ghost icon-only"
          style={{ width: 40, height: 40 }}
          aria-label={t("back")}
          onClick={() => openConversation(core, null)}
        >
          <Icon name="left" />
        </button>
      )}
      <div className="grow">
        <div className={s.headline}>
          <h1 className={`${s.title} clip`}>
            <bdi>{row.kind === "mail" && row.subject ? row.subject : row.contact.name || t("person.nameless")}</bdi>
          </h1>
          <button
            type="button"
            className="btn ghost sm num"
            style={{ padding: "0 3px" }}
            title={titleOf("copy")}
            onClick={() => run(core, "copy")}
          >
            #{row.number}
          </button>
          <span className={s.acts}>
            {may(close) && (
              <button
                type="button"
                className={`btn sm ${phone ? "icon-only" : ""}`}
                title={titleOf(close)}
                onClick={() => run(core, close)}
              >
                <Icon name={close === "close" ? "check" : "inbox"} size="s" />
                {!phone && (
                  <>
                    {t(close === "close" ? "cmd.close" : "cmd.reopen")}
                    <Keys command={close} />
                  </>
                )}
              </button>
            )}
            {!phone && (
              <>
                {may("snooze") && <Act command="snooze" icon="moon" />}
                {may("assign") && <Act command="assign" icon="user" />}
                <MarkButton id={row.id} command="star" icon="star" marks="starred" />
                <MarkButton id={row.id} command="follow" icon="eye" marks="following" />
                {may("escalate") && (
                  <Act command={row.escalation ? "deescalate" : "escalate"} icon="flag" pressed={!!row.escalation} />
                )}
              </>
            )}
            {!wide && <Act command="person" icon="users" />}
            <button
              type="button"
              className="btn ghost sm icon-only"
              aria-label={t("more")}
              title={t("more")}
              onClick={() => core.show({ picker: "more" })}
            >
              <Icon name="more" />
            </button>
          </span>
        </div>
        <StateLine row={row} />
        <Links row={row} />
        {row.escalation && <Escalation row={row} />}
      </div>
    </header>
  );
}

function Act({ command, icon, pressed }: { command: string; icon: IconName; pressed?: boolean }) {
  const core = useCore();
  return (
    <button
      type="button"
      className="btn sm icon-only"
      style={pressed ? { color: "var(--danger-text)" } : undefined}
      title={titleOf(command)}
      aria-label={titleOf(command)}
      onClick={() => run(core, command)}
    >
      <Icon name={icon} size="s" />
    </button>
  );
}

interface MarkProps {
  id: string;
  command: string;
  icon: IconName;
  marks: "starred" | "following";
}

/** One's own star, and whether one follows: nobody else sees it. */
function MarkButton({ id, command, icon, marks }: MarkProps) {
  const core = useCore();
  const on = useSelect((state) => state[marks][id] === true);
  return (
    <button
      type="button"
      className={`btn sm icon-only ${on ? s[marks] : ""}`}
      title={titleOf(command)}
      aria-label={titleOf(command)}
      aria-pressed={on}
      onClick={() => run(core, command)}
    >
      <Icon name={icon} size="s" />
    </button>
  );
}

function StateLine({ row }: { row: ConversationShape }) {
  const now = useNow();
  const channels = useSelect((state) => state.channels);
  const entries = useSelect((state) => state.presence[row.id]);
  const offset = useSelect((state) => state.clockOffsetMs);
  const core = useCore();
  const phone = usePhone();
  const here = entries ? others(core.state(), row.id, now - offset) : [];
  // One line for each place: what is public first, then the private ones by network.
  const threads = row.threads.filter(
    (thread, i) => row.threads.findIndex((o) => o.audience === thread.audience && o.network === thread.network) === i,
  );
  return (
    <div className={s.state}>
      <StatusChip row={row} now={now} />
      {row.status === "open" && row.deadline_at && row.waiting_since && (
        <Sla deadline={row.deadline_at} since={row.waiting_since} now={now} />
      )}
      {threads.map((thread) => (
        <span
          key={thread.id}
          className={`${s.aud} ${s.hideable}`}
          style={{ color: `var(--${thread.audience === "public" ? "public" : "private"}-text)` }}
        >
          <Icon name={thread.audience === "public" ? "globe" : "lock"} size="xs" />
          {thread.audience === "public"
            ? kindLabel(thread.kind)
            : (networkName(channels[thread.channel_id]) ?? thread.network)}
        </span>
      ))}
      {row.waiting_since && (
        <span className={`clip ${s.hideable}`}>
          {t("row.waitingFor", { time: duration(now - Date.parse(row.waiting_since)) })}
        </span>
      )}
      {row.kind === "mail" && row.subject && <span className={`clip ${s.hideable}`}>{row.contact.name}</span>}
      <span className="grow" />
      {here.slice(0, 2).map((entry) => (
        <PresenceMark key={entry.agent_id} entry={entry} short={phone} />
      ))}
    </div>
  );
}

function StatusChip({ row, now }: { row: ConversationShape; now: number }) {
  if (row.spam) return <span className="chip bad">{t("status.spam")}</span>;
  if (row.status === "closed") {
    return (
      <span className="chip">
        <Icon name="check" size="xs" />
        {t("status.closed")}
      </span>
    );
  }
  if (row.status === "snoozed") {
    const title = row.snoozed_until ? fullDate(row.snoozed_until) : undefined;
    return (
      <span title={title}>
        {row.snoozed_until && Date.parse(row.snoozed_until) - now > 12 * 3_600_000 ? (
          <span className="chip">
            <Icon name="moon" size="xs" />
            {t("sla.snoozedTo", { time: shortDate(row.snoozed_until, now) })}
          </span>
        ) : (
          <Paused until={row.snoozed_until} />
        )}
      </span>
    );
  }
  return (
    <span className="chip ok">
      <Icon name="inbox" size="xs" />
      {t("status.open")}
    </span>
  );
}

function Escalation({ row }: { row: ConversationShape }) {
  const core = useCore();
  const escalation = row.escalation;
  const to = useSelect((state) => {
    if (!escalation) return "";
    return state.agents[escalation.to_agent_id ?? ""]?.name ?? state.teams[escalation.to_team_id ?? ""]?.name ?? "";
  });
  const may = useMay();
  const by = useSelect((state) => (escalation?.by_id ? (state.agents[escalation.by_id]?.name ?? "") : ""));
  if (!escalation) return null;
  return (
    <div className="banner bad small wrap" style={{ margin: "6px 6px 0 0", padding: "5px 10px" }}>
      <Icon name="flag" size="s" />
      {/* Where there is no room beside its words, the buttons stand below them. */}
      <span className="grow" style={{ flexBasis: 180 }}>
        <b className="strong" style={{ color: "inherit" }}>
          {to ? t("escalation.to", { name: to }) : t("escalated")}
        </b>{" "}
        {escalation.reason || (escalation.cause && t(`escalation.cause.${escalation.cause}` as Key))}
        {escalation.level > 0 && ` ${t("chains.level", { n: escalation.level })}.`}
        {escalation.next_at && ` ${t("escalation.next", { time: clock(escalation.next_at) })}`}{" "}
        <span className="tiny">{[by, clock(escalation.at)].filter(Boolean).join(", ")}</span>
      </span>
      {may("escalate") && !escalation.acknowledged_at && (
        <button type="button" className="btn sm" onClick={() => void acknowledge(core, row.id)}>
          {t("escalation.seen")}
        </button>
      )}
      {may("deescalate") && (
        <button type="button" className="btn ghost sm" onClick={() => run(core, "deescalate")}>
          {t("cmd.deescalate")}
        </button>
      )}
    </div>
  );
}
