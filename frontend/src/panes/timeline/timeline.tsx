import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { loadOlder, openConversation } from "../../commands/navigate";
import { discardWaiting } from "../../commands/reply";
import type { ConversationShape, ThreadShape } from "../../protocol/types.generated";
import { depthOf, openWaits } from "../../store/items";
import { timelineItems } from "../../store/select";
import { EMPTY_TIMELINE, type Timeline as TimelineState } from "../../store/state";
import { t } from "../../text/i18n";
import { firstName } from "../../text/names";
import { networkName } from "../../text/network-names";
import { clock, dayName } from "../../text/time";
import { Icon } from "../../ui/icon";
import { Dots, kindLabel } from "../../ui/marks";
import { useCore, useNow, useSelect } from "../../ui/use-core";
import { Announcer } from "./announcer";
import { EventLine } from "./event-line";
import { type Block, blocks } from "./lanes";
import { Message } from "./message";
import { Post } from "./post";
import s from "./timeline.module.css";

/** Nearer than this to the end counts as reading along. */
const NEAR_PX = 80;

export function Timeline({ row, failed }: { row: ConversationShape; failed: string | null }) {
  const core = useCore();
  const timeline = useSelect((state) => state.timelines[row.id] ?? EMPTY_TIMELINE);
  const items = useMemo(() => timelineItems(timeline), [timeline]);
  const all = useMemo(() => blocks(items, row.threads), [items, row.threads]);
  const messages = useMemo(() => Object.values(timeline.messages), [timeline.messages]);
  const scroller = useRef<HTMLDivElement>(null);
  const { below, jump } = useScroll(scroller, items.length, items.at(-1)?.id, () =>
    loadOlder(core, row.id).catch(() => {}),
  );
  return (
    <div
      ref={scroller}
      className={s.scroll}
      role="log"
      aria-label={t("pane.timeline")}
      // The announcer says what is new: older pages, ticks and event lines would drown it.
      aria-live="off"
      aria-busy={!timeline.loaded}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys
      tabIndex={0}
      data-pane-focus
    >
      <div className={s.inner}>
        {failed && (
          <div className="banner bad" role="alert">
            {failed}
          </div>
        )}
        {timeline.olderCursor && (
          <button type="button" className={`btn sm ${s.older}`} onClick={() => void loadOlder(core, row.id)}>
            {t("timeline.older")}
          </button>
        )}
        {!timeline.olderCursor && timeline.loaded && <Linked row={row} />}
        {all.map((block) => (
          <BlockView key={`${block.type}${block.id}`} block={block} row={row} timeline={timeline} />
        ))}
        <Announcer messages={messages} loaded={timeline.loaded} />
        <WaitingHere id={row.id} />
        <CustomerTyping id={row.id} />
      </div>
      {below > 0 && (
        <button type="button" className={`btn sm ${s.jump}`} onClick={jump}>
          <Icon name="adown" size="s" />
          <span role="status">{t("timeline.below", { n: below })}</span>
        </button>
      )}
    </div>
  );
}

/** Stays at the end while the reader is there; holds his place when older items come in above; counts what came below. */
function useScroll(
  ref: React.RefObject<HTMLDivElement | null>,
  count: number,
  lastId: string | undefined,
  older: () => void,
) {
  const stuck = useRef(true);
  const before = useRef({ height: 0, last: lastId, count });
  const [below, setBelow] = useState(0);
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box) return;
    const { height, last, count: had } = before.current;
    if (stuck.current) box.scrollTop = box.scrollHeight;
    else if (last === lastId) box.scrollTop += box.scrollHeight - height;
    else setBelow((n) => n + Math.max(1, count - had));
    before.current = { height: box.scrollHeight, last: lastId, count };
  }, [ref, count, lastId]);
  useEffect(() => {
    const box = ref.current;
    if (!box) return;
    const scroll = () => {
      stuck.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      if (stuck.current) setBelow(0);
      if (box.scrollTop < NEAR_PX && box.scrollHeight > box.clientHeight) older();
    };
    // Pictures and mails that load late make the content higher.
    const grow = new ResizeObserver(() => {
      if (stuck.current) box.scrollTop = box.scrollHeight;
      before.current.height = box.scrollHeight;
    });
    if (box.firstElementChild) grow.observe(box.firstElementChild);
    grow.observe(box);
    box.addEventListener("scroll", scroll, { passive: true });
    return () => {
      grow.disconnect();
      box.removeEventListener("scroll", scroll);
    };
  });
  const jump = () => {
    if (ref.current) ref.current.scrollTop = ref.current.scrollHeight;
  };
  return { below, jump };
}

const MANY = new Set(["comment", "mention", "group"]);

function BlockView({ block, row, timeline }: { block: Block; row: ConversationShape; timeline: TimelineState }) {
  const now = useNow(60_000);
  if (block.type === "day") return <DayMark at={block.at} now={now} />;
  const thread = block.type === "lane" ? block.thread : null;
  const waits = openWaits(timeline);
  // Where many write, each has a wait of his own; else the head of the conversation says it.
  const many = thread !== null && MANY.has(thread.kind);
  let newestIn: string | null = null;
  const items = block.items.map((item) => {
    if (item.type === "day") return <DayMark key={item.id} at={item.at} now={now} />;
    if (item.type === "event") return <EventLine key={item.id} event={item.event} now={now} />;
    const { message } = item;
    // An answer to the item just above needs no quotation of it, nor one whose place in the tree says what it answers.
    const toRoot = many && depthOf(message, timeline.messages) < 2;
    const quote = message.in_reply_to !== null && message.in_reply_to !== newestIn && !toRoot;
    if (message.direction === "in") newestIn = message.id;
    return (
      <Message
        key={item.id}
        message={message}
        thread={thread}
        language={row.language}
        quote={quote}
        depth={many ? depthOf(message, timeline.messages) : 0}
        wait={(many && waits[message.id]) || null}
      />
    );
  });
  if (block.type === "between") return items;
  return (
    <section className={`${s.lane} ${thread?.audience === "public" ? s.public : ""}`}>
      <LaneHead thread={thread} name={partnerOf(thread, timeline) ?? row.contact.name} />
      {block.first && thread?.post && <Post post={thread.post} row={row} />}
      {items}
    </section>
  );
}

function DayMark({ at, now }: { at: number; now: number }) {
  return <div className={s.day}>{dayName(at, now)}</div>;
}

/** Whom a private thread is with: not always the person the conversation began with. */
function partnerOf(thread: ThreadShape | null, timeline: TimelineState): string | undefined {
  if (thread?.audience !== "private") return undefined;
  return Object.values(timeline.messages).find((one) => one.thread_id === thread.id && one.direction === "in")?.author
    .name;
}

function LaneHead({ thread, name: partner }: { thread: ThreadShape | null; name: string }) {
  const channel = useSelect((state) => (thread ? state.channels[thread.channel_id] : undefined));
  const name = firstName(partner) || t("person.somebody");
  const isPublic = thread?.audience === "public";
  const readers = new Set([...(thread?.recipients.to ?? []), ...(thread?.recipients.cc ?? [])]).size;
  const alone = readers > 1 ? t("lane.several", { n: readers }) : t("lane.private", { name });
  const words = isPublic ? t("lane.public") : thread?.kind === "group" ? t("lane.group") : alone;
  const network = networkName(channel) ?? thread?.network ?? "";
  const what =
    thread?.title || (isPublic && thread ? t("lane.where", { kind: kindLabel(thread.kind), network }) : network);
  const where = [what, channel?.name].filter(Boolean).join(", ");
  return (
    <h2 className={s.laneHead}>
      <Icon name={isPublic ? "globe" : "lock"} size="s" />
      <span className="nowrap">{words}</span>
      <span className={`${s.where} clip`}>· {where}</span>
    </h2>
  );
}

/** Where this thread was talked about before: the earlier conversation. */
function Linked({ row }: { row: ConversationShape }) {
  const core = useCore();
  const earlier = row.linked_from;
  const number = useSelect((state) => (earlier ? state.rows[earlier]?.number : undefined));
  if (!earlier) return null;
  return (
    <div className={s.event}>
      <Icon name="history" size="s" />
      <button type="button" className={s.link} onClick={() => openConversation(core, earlier)}>
        {number ? t("timeline.earlierNumber", { number: `#${number}` }) : t("timeline.earlier")}
      </button>
    </div>
  );
}

function CustomerTyping({ id }: { id: string }) {
  const now = useNow();
  const typing = useSelect((state) => state.typing[id]);
  const who = typing?.filter((entry) => Date.parse(entry.until) > now) ?? [];
  if (!who.length) return null;
  return (
    <div className={s.typing} role="status">
      <Dots /> {t("timeline.typing", { name: who.map((entry) => firstName(entry.name)).join(", ") })}
    </div>
  );
}

/** Answers that could not leave this browser yet. */
function WaitingHere({ id }: { id: string }) {
  const core = useCore();
  const sends = useSelect((state) => state.waitingSends);
  return sends
    .filter((send) => send.conversation_id === id)
    .map((send) => (
      <article key={send.key} className={`${s.msg} ${s.out} ${s.held}`}>
        <div className={s.body}>
          <div className={s.head}>
            <span className="flex tiny muted">
              <Icon name="clock" size="m" />
              {t("delivery.waitsHere")}
            </span>
            <b>{t("you")}</b>
            <time>{clock(send.at)}</time>
          </div>
          <span className={s.bubble} dir="auto">
            {send.text}
          </span>
          <div className={s.foot}>
            <button type="button" className="btn ghost sm" onClick={() => discardWaiting(core, send.key)}>
              {t("discard")}
            </button>
          </div>
        </div>
        <span />
      </article>
    ));
}
