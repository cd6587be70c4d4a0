import { memo, useRef, useState } from "react";
import { openConversation } from "../../commands/navigate";
import { closeAll } from "../../commands/triage";
import type { ConversationShape, PresenceShape } from "../../protocol/types.generated";
import { openId } from "../../store/desk";
import { isUnread, others, row as shownRow } from "../../store/select";
import { draftKey } from "../../store/state";
import { t } from "../../text/i18n";
import { firstName } from "../../text/names";
import { networkName } from "../../text/network-names";
import { duration, shortDate } from "../../text/time";
import { AgentFace, Face, Nobody } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Dots, Kind, marks, Paused, Sla, Stars, Tag } from "../../ui/marks";
import { useCore, useDesk, useNow, useSelect } from "../../ui/use-core";
import { useMay } from "../../ui/use-may";
import s from "./row.module.css";

interface Props {
  id: string;
  index: number;
  total: number;
  gone: boolean;
  /** Words found, with the hits marked, instead of the newest words. */
  snippet?: string;
  compact: boolean;
  phone?: boolean;
}

export const rowDomId = (id: string) => `row-${id}`;

export const Row = memo(function Row({ id, index, total, gone, snippet, compact, phone = false }: Props) {
  const core = useCore();
  const row = useSelect((state) => shownRow(state, id));
  const unread = useSelect((state) => {
    const current = state.rows[id];
    return current ? isUnread(state, current) : false;
  });
  const open = useDesk((desk) => openId(desk) === id);
  const cursor = useDesk((desk) => desk.cursor === id);
  const ticked = useDesk((desk) => desk.selected.has(id));
  const selecting = useDesk((desk) => desk.selecting);
  const stale = useDesk((desk) => desk.sync.phase === "offline");
  const may = useMay();
  const swipe = useSwipe(phone && may("close"), () => closeAll(core, [id]));
  if (!row) return null;
  const classes = [
    s.row,
    unread && s.unread,
    open && s.open,
    cursor && !open && s.cursor,
    gone && s.gone,
    stale && s.stale,
  ];
  const click = (event: React.MouseEvent) => {
    if (event.ctrlKey || event.metaKey || selecting) {
      const selected = new Set(core.desk.get().selected);
      if (!selected.delete(id)) selected.add(id);
      return core.show({ cursor: id, selected, selecting: selected.size > 0 });
    }
    openConversation(core, id);
  };
  return (
    <>
      {swipe.offset < 0 && (
        <span className={s.swipe} aria-hidden>
          <Icon name="check" />
          {t("cmd.close")}
        </span>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the listbox around it has the keys */}
      <div
        id={rowDomId(id)}
        role="option"
        tabIndex={-1}
        aria-selected={selecting ? ticked : open}
        aria-setsize={total}
        aria-posinset={index + 1}
        className={classes.filter(Boolean).join(" ")}
        style={swipe.offset ? { transform: `translateX(${swipe.offset}px)` } : undefined}
        onClick={click}
        {...swipe.handlers}
      >
        <Inside row={row} snippet={snippet} compact={compact} ticked={selecting ? ticked : null} />
      </div>
    </>
  );
});

interface InsideProps extends Pick<Props, "snippet" | "compact"> {
  row: ConversationShape;
  /** Null while none are being ticked. */
  ticked: boolean | null;
}

/** Drawn anew only where the conversation changed: not for each step of the cursor, nor for a page more of the list. */
const Inside = memo(function Inside({ row, snippet, compact, ticked }: InsideProps) {
  const isPublic = row.audience === "public";
  return (
    <>
      <Face
        id={row.contact.id}
        name={row.contact.name}
        url={row.contact.avatar_url}
        network={row.network}
        channelId={row.channel_id}
        size={compact ? "md" : ""}
      />
      {ticked !== null && (
        <span className={`${s.check} ${ticked ? "" : s.unticked}`} aria-hidden>
          {ticked && <Icon name="check" size="s" />}
        </span>
      )}
      <div className={s.main}>
        <RowTop row={row} compact={compact} />
        <RowPreview row={row} snippet={snippet} compact={compact} />
        {!compact && (
          <div className={s.meta}>
            <Kind
              kind={row.kind}
              isPublic={isPublic}
              also={isPublic && row.threads.some((thread) => thread.audience === "private")}
            />
            <Network row={row} />
            <Tags ids={row.tags} />
            <RowEnd row={row} />
          </div>
        )}
      </div>
    </>
  );
});

/** For who does not see the mark at the face. */
function Network({ row }: { row: ConversationShape }) {
  const name = useSelect((state) => networkName(state.channels[row.channel_id]) ?? row.network);
  return <span className="sr">{name}</span>;
}

function RowTop({ row, compact }: { row: ConversationShape; compact: boolean }) {
  const count = useUnreadCount(row);
  return (
    <div className={s.top}>
      <bdi className={s.name} lang={row.language ?? undefined} title={row.contact.name}>
        {row.contact.name || t("person.nameless")}
      </bdi>
      {row.contact.vip && <span className={s.vip}>{t("person.vip")}</span>}
      {count > 1 && <span className={s.count}>{count}</span>}
      {row.escalation && (
        <span style={{ color: "var(--danger-text)" }} title={t("escalated")}>
          <Icon name="flag" size="xs" label={t("escalated")} />
        </span>
      )}
      {row.priority === "urgent" && <Icon name="bolt" size="xs" label={t("priority.urgent")} />}
      <Reads row={row} />
      {compact && <Kind kind={row.kind} isPublic={row.audience === "public"} />}
      {compact && <Network row={row} />}
      <Age row={row} />
    </div>
  );
}

/** How the newest item of the customer reads, where that is worth a look. */
function Reads({ row }: { row: ConversationShape }) {
  const unhappy = row.sentiment === "negative" || row.sentiment === "mixed";
  const face = row.sentiment === "negative" ? "frown" : "wavy";
  return (
    <>
      {row.urgency === "urgent" && (
        <span className={s.urgent} title={t("reading.mark", { what: t("reading.urgent") })}>
          <Icon name="alarm" size="xs" label={t("reading.mark", { what: t("reading.urgent") })} />
        </span>
      )}
      {unhappy && (
        <span className={s.mood} title={t("reading.mark", { what: t(`reading.${row.sentiment}`) })}>
          <Icon name={face} size="xs" label={t("reading.mark", { what: t(`reading.${row.sentiment}`) })} />
        </span>
      )}
    </>
  );
}

/** Customer items since this agent read it, as far as they are known here. */
function useUnreadCount(row: ConversationShape): number {
  return useSelect((state) => {
    const timeline = state.timelines[row.id];
    if (!timeline || !isUnread(state, row)) return 0;
    const read = state.read[row.id] ?? 0;
    return Object.values(timeline.messages).filter((m) => m.direction === "in" && m.position > read).length;
  });
}

function Age({ row }: { row: ConversationShape }) {
  const now = useNow();
  if (!row.waiting_since) return <span className={s.age}>{shortDate(row.last_activity_at, now)}</span>;
  return (
    <span className={s.age} title={t("row.waiting")}>
      <span className="sr">{t("row.waiting")} </span>
      {duration(now - Date.parse(row.waiting_since))}
    </span>
  );
}

function RowPreview({ row, snippet, compact }: { row: ConversationShape; snippet?: string; compact: boolean }) {
  const draft = useSelect((state) => state.drafts[draftKey(row.id, "reply")]?.text);
  const words = snippet ? <Snippet text={snippet} /> : draft || row.preview;
  return (
    <div className="flex">
      <div className={`${s.preview} grow`} dir="auto" lang={row.language ?? undefined}>
        {row.rating !== null && (
          <>
            <Stars rating={row.rating} />{" "}
          </>
        )}
        {draft && !snippet ? (
          <b className={s.draft}>{t("row.draft")} </b>
        ) : (
          row.preview_direction === "out" && !snippet && <b>{t("row.us")} </b>
        )}
        {words || <em>{row.rating === null ? t("row.wordless") : t("row.starsOnly")}</em>}
      </div>
      {compact && <RowEnd row={row} />}
    </div>
  );
}

/** Letters before the first hit that leave it on the one line of the narrowest list. */
const BEFORE_HIT = 20;

/** The server's text begins well before the hit: so much of it goes that the row shows what was found. */
function nearHit(text: string): string {
  const hit = text.indexOf("\u0002");
  if (hit <= BEFORE_HIT) return text;
  const word = text.indexOf(" ", hit - BEFORE_HIT);
  return `…${text.slice(word < 0 || word >= hit ? hit : word + 1)}`;
}

/** Hits stand between two control characters in the server's text. */
function Snippet({ text }: { text: string }) {
  return nearHit(text)
    .split("\u0002")
    .map((part, i) => {
      const [hit, rest] = part.split("\u0003");
      const key = `${i}${part}`;
      if (i === 0 || rest === undefined) return <span key={key}>{part}</span>;
      return (
        <span key={key}>
          <mark>{hit}</mark>
          {rest}
        </span>
      );
    });
}

function Tags({ ids }: { ids: readonly string[] }) {
  const tags = useSelect((state) => state.tags);
  return (
    <span className={s.tags}>
      {ids.map((id) => {
        const tag = tags[id];
        return tag && <Tag key={id} name={tag.name} colour={tag.colour} />;
      })}
    </span>
  );
}

function RowEnd({ row }: { row: ConversationShape }) {
  const now = useNow();
  const mine = useSelect((state) => state.me?.agent.id);
  const assignee = useSelect((state) => (row.assignee_id ? state.agents[row.assignee_id]?.name : undefined));
  const sending = useSelect((state) => state.waitingSends.some((send) => send.conversation_id === row.id));
  return (
    <span className={s.end}>
      {row.failed === "refused" && (
        <span className={`${marks.deliv} ${marks.bad}`}>
          <Icon name="xcircle" size="m" />
          {t("delivery.refused")}
        </span>
      )}
      {row.failed === "unknown" && (
        <span style={{ color: "var(--warning-text)" }} title={t("delivery.unknown")}>
          <Icon name="unknown" size="s" label={t("delivery.unknown")} />
        </span>
      )}
      {sending && (
        <span className={marks.deliv}>
          <Icon name="clock" size="m" />
          {t("delivery.queued")}
        </span>
      )}
      <RowPresence id={row.id} fallback={<Owner row={row} mine={mine} name={assignee} />} />
      {row.status === "snoozed" ? (
        <Paused until={row.snoozed_until} />
      ) : row.status === "closed" ? (
        <span className="chip">
          <Icon name="check" size="xs" />
          {t("status.closed")}
        </span>
      ) : (
        row.deadline_at && row.waiting_since && <Sla deadline={row.deadline_at} since={row.waiting_since} now={now} />
      )}
    </span>
  );
}

function Owner({ row, mine, name }: { row: ConversationShape; mine?: string; name?: string }) {
  if (!row.assignee_id) return row.status === "open" ? <Nobody /> : null;
  const title = row.assignee_id === mine ? t("row.mine") : t("row.assigned", { name: name ?? "" });
  return <AgentFace id={row.assignee_id} title={title} />;
}

/** Who is in it now takes the owner's place: it is what one must know before touching the row. */
export function RowPresence({ id, fallback }: { id: string; fallback: React.ReactNode }) {
  const now = useNow();
  const entries = useSelect((state) => state.presence[id]);
  const offset = useSelect((state) => state.clockOffsetMs);
  const core = useCore();
  const here = entries ? others(core.state(), id, now - offset)[0] : undefined;
  if (!here) return fallback;
  return <PresenceMark entry={here} short />;
}

export function PresenceMark({ entry, short }: { entry: PresenceShape; short?: boolean }) {
  const agent = useSelect((state) => state.agents[entry.agent_id]);
  const name = firstName(agent?.name ?? "");
  const words = {
    reading: t("presence.reading", { name }),
    writing: t("presence.writing", { name }),
    noting: t("presence.noting", { name }),
  };
  const text = words[entry.state];
  return (
    <span className={marks.presence} title={text}>
      {entry.state === "reading" && short ? (
        <Icon name="eye" size="s" />
      ) : (
        <AgentFace id={entry.agent_id} title={text} />
      )}
      {entry.state === "writing" && <Dots />}
      {entry.state === "noting" && <Icon name="note" size="s" />}
      {short ? entry.state === "reading" && name : text}
    </span>
  );
}

/** Swiping left on a phone closes; half way is enough. */
function useSwipe(on: boolean, done: () => void) {
  const start = useRef<{ x: number; y: number } | null>(null);
  const [offset, setOffset] = useState(0);
  if (!on) return { offset: 0, handlers: {} };
  const end = () => {
    if (offset < -90) done();
    start.current = null;
    setOffset(0);
  };
  return {
    offset,
    handlers: {
      onPointerDown: (event: React.PointerEvent) => {
        if (event.pointerType === "touch") start.current = { x: event.clientX, y: event.clientY };
      },
      onPointerMove: (event: React.PointerEvent) => {
        if (!start.current) return;
        const x = event.clientX - start.current.x;
        if (Math.abs(x) > Math.abs(event.clientY - start.current.y)) setOffset(Math.max(-140, Math.min(0, x)));
      },
      onPointerUp: end,
      onPointerCancel: end,
    },
  };
}
