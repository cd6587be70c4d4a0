import { useEffect, useMemo, useRef, useState } from "react";
import { openConversation } from "../../commands/navigate";
import { iconOf, lineOf, saysOf, toneOf } from "../../notices/kinds";
import { markRead, readAll } from "../../notices/read";
import type { ConversationShape, NotificationShape } from "../../protocol/types.generated";
import { putRow } from "../../store/apply";
import type { Route } from "../../store/route";
import { t } from "../../text/i18n";
import { dayName, fullDate, sameDay, shortDate } from "../../text/time";
import { Dialog } from "../../ui/dialog";
import d from "../../ui/dialog.module.css";
import { Face } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { useCore, useNow, useSelect } from "../../ui/use-core";
import s from "./notifications.module.css";

interface Group {
  /** A conversation, or one thing of the house. */
  key: string;
  conversation: string | null;
  items: NotificationShape[];
}

interface Day {
  at: string;
  groups: Group[];
}

/** The centre: what one was told, by day, what belongs to one conversation together, the newest first. */
export function Notifications() {
  const core = useCore();
  const now = useNow(60_000);
  const [onlyUnread, setOnlyUnread] = useState(false);
  const { days, more, wait } = useCentre(onlyUnread);
  const unread = useSelect((state) => Object.values(state.notifications).filter((one) => !one.read).length);
  const list = useRef<HTMLDivElement>(null);
  const close = () => core.show({ sheet: null });
  const open = (group: Group, one: NotificationShape) => {
    for (const each of group.conversation ? group.items : [one]) markRead(core, each);
    close();
    if (one.kind === "work_review") core.go(reviewsOf(one));
    else if (group.conversation) openConversation(core, group.conversation);
    else core.go({ page: "settings", section: "attention" });
  };
  const press = (event: React.KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("[data-item]") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
  };
  return (
    <Dialog label={t("nav.notifications")} close={close} className={`${d.palette} ${s.centre}`}>
      <div className={s.head}>
        <Icon name="bell" />
        <h2 className="grow">{t("nav.notifications")}</h2>
        <button
          type="button"
          className="btn ghost sm icon-only"
          title={t("notify.settings")}
          aria-label={t("notify.settings")}
          onClick={() => {
            close();
            core.go({ page: "settings", section: "notifications" });
          }}
        >
          <Icon name="settings" />
        </button>
        <button type="button" className="btn ghost sm icon-only" aria-label={t("close")} onClick={close}>
          <Icon name="x" />
        </button>
      </div>
      <div className={s.bar}>
        <div className={s.switch}>
          <button type="button" aria-pressed={!onlyUnread} onClick={() => setOnlyUnread(false)}>
            {t("notify.all")}
          </button>
          <button type="button" aria-pressed={onlyUnread} onClick={() => setOnlyUnread(true)}>
            {t("notify.unread")}
            {unread > 0 && <b>{unread}</b>}
          </button>
        </div>
        <span className="grow" />
        <button type="button" className="btn ghost sm" disabled={!unread} onClick={() => readAll(core)}>
          <Icon name="checks" size="s" />
          {t("notifications.allRead")}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys move between the buttons inside */}
      <div className={s.list} ref={list} onKeyDown={press}>
        {days.map((day) => (
          <section key={day.at} aria-label={dayName(day.at, now)}>
            <h3 className={s.day}>{dayName(day.at, now)}</h3>
            {day.groups.map((group) => (
              <Told key={group.key} group={group} now={now} open={(one) => open(group, one)} />
            ))}
          </section>
        ))}
        {!days.length && !wait && (
          <div className={s.empty}>
            <Icon name="bell" />
            <p>{onlyUnread ? t("notify.noneUnread") : t("notifications.none")}</p>
          </div>
        )}
        {more && (
          <button type="button" className={`btn ghost sm ${s.more}`} disabled={wait} onClick={more}>
            {t("notify.earlier")}
          </button>
        )}
      </div>
    </Dialog>
  );
}

function Told({ group, now, open }: { group: Group; now: number; open: (one: NotificationShape) => void }) {
  const core = useCore();
  const row = useSelect((state) => (group.conversation ? state.rows[group.conversation] : undefined));
  const unread = group.items.some((one) => !one.read);
  const [first] = group.items;
  if (!first) return null;
  return (
    <div className={`${s.group} ${unread ? s.unread : ""}`}>
      <button type="button" className={s.item} data-item onClick={() => open(first)}>
        {row ? (
          <Face id={row.contact.id} name={row.contact.name} url={row.contact.avatar_url} network={row.network} />
        ) : (
          <span className={s.mark}>
            <Icon name={iconOf(first.kind)} />
          </span>
        )}
        <span className={s.words}>
          {group.conversation && (
            <span className={`clip ${s.who}`} dir="auto">
              {row ? row.contact.name : t("notify.conversation")}
              {row && <span className="muted tiny"> #{row.number}</span>}
            </span>
          )}
          {group.items.slice(0, 4).map((one) => (
            <Line key={one.id} one={one} />
          ))}
          {group.items.length > 4 && <span className="tiny muted">+{group.items.length - 4}</span>}
        </span>
        <time className="tiny muted" dateTime={first.at} title={fullDate(first.at)}>
          {shortDate(first.at, now)}
        </time>
      </button>
      {unread && (
        <button
          type="button"
          className={`btn ghost sm icon-only ${s.read}`}
          title={t("notify.read")}
          aria-label={t("notify.read")}
          onClick={() => {
            for (const one of group.items) markRead(core, one);
          }}
        >
          <Icon name="check" size="s" />
        </button>
      )}
    </div>
  );
}

function Line({ one }: { one: NotificationShape }) {
  const by = useSelect((state) => state.agents[String(one.data.by_id ?? "")]?.name ?? "");
  const tone = toneOf(one.kind);
  return (
    <span className={s.line}>
      <span className={`${s.sign} ${tone ? s[tone] : ""}`}>
        <Icon name={iconOf(one.kind)} size="s" />
      </span>
      <span className="clip" dir="auto">
        <span className={one.read ? "" : "strong"}>{lineOf(one)}</span>
        {by && <span className="muted"> · {by}</span>}
        {saysOf(one) && <span className="muted"> · {saysOf(one)}</span>}
      </span>
    </span>
  );
}

/** An agent reads reviews in his day, a supervisor the answers where he wrote. */
const reviewsOf = (one: NotificationShape): Route =>
  one.data.what === "answered" ? { page: "work-reviews", sample: null, at: 0 } : { page: "my-day" };

/** What the socket brought and the pages asked for, together; conversations that are not here yet are fetched. */
function useCentre(onlyUnread: boolean): { days: Day[]; more: (() => void) | null; wait: boolean } {
  const core = useCore();
  const live = useSelect((state) => state.notifications);
  const [older, setOlder] = useState<readonly NotificationShape[]>([]);
  const [cursor, setCursor] = useState<string | null | undefined>(undefined);
  const [wait, setWait] = useState(false);
  const days = useMemo(() => {
    const all = new Map(older.map((one) => [one.id, one]));
    for (const one of Object.values(live)) all.set(one.id, one);
    return byDay([...all.values()].filter((one) => !onlyUnread || !one.read));
  }, [live, older, onlyUnread]);
  const ask = (from: string | undefined) => {
    setWait(true);
    core.api
      .get<{ items: NotificationShape[]; next_cursor: string | null }>("/notifications", { cursor: from })
      .then((page) => {
        setOlder((known) => [...known, ...page.items]);
        setCursor(page.next_cursor);
      })
      .catch(() => {})
      .finally(() => setWait(false));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => ask(undefined), []);
  const missing = days
    .flatMap((day) => day.groups.map((group) => group.conversation))
    .filter((id): id is string => id !== null && !core.state().rows[id])
    .slice(0, 20)
    .join(",");
  useEffect(() => {
    for (const id of missing ? missing.split(",") : []) {
      core.api
        .get<{ conversation: ConversationShape }>(`/conversations/${id}`)
        .then((answer) => core.store.update((state) => putRow(state, answer.conversation)))
        .catch(() => {});
    }
  }, [core, missing]);
  return { days, more: cursor ? () => ask(cursor) : null, wait };
}

export function byDay(told: readonly NotificationShape[]): Day[] {
  const days: Day[] = [];
  for (const one of [...told].sort((a, b) => b.at.localeCompare(a.at) || Number(b.id) - Number(a.id))) {
    let day = days.at(-1);
    if (!day || !sameDay(new Date(day.at), new Date(one.at))) {
      day = { at: one.at, groups: [] };
      days.push(day);
    }
    const known = one.conversation_id ? day.groups.find((group) => group.conversation === one.conversation_id) : null;
    if (known) known.items.push(one);
    else day.groups.push({ key: one.id, conversation: one.conversation_id, items: [one] });
  }
  return days;
}
