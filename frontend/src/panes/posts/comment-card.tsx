import { openConversation } from "../../commands/navigate";
import { run } from "../../commands/registry";
import type { ConversationShape } from "../../protocol/types.generated";
import { depthOf, openWaits } from "../../store/items";
import { row as shownRow, timelineItems } from "../../store/select";
import { EMPTY_TIMELINE } from "../../store/state";
import { t } from "../../text/i18n";
import { duration } from "../../text/time";
import { Face } from "../../ui/face";
import { Icon } from "../../ui/icon";
import type { IconName } from "../../ui/icon-paths";
import { Keys, titleOf } from "../../ui/keys";
import { Sla } from "../../ui/marks";
import { useCore, useDesk, useNow, useSelect } from "../../ui/use-core";
import { useMay } from "../../ui/use-may";
import { RowPresence } from "../conversations/row";
import { useLoaded } from "../timeline/conversation";
import { Message } from "../timeline/message";
import s from "./posts.module.css";

/** A comment and what was said to it: one line until it is taken, then the tree with what can be done. */
export function CommentCard({ id, open }: { id: string; open: boolean }) {
  const core = useCore();
  const row = useSelect((state) => shownRow(state, id));
  const cursor = useDesk((desk) => desk.cursor === id);
  if (!row) return null;
  const classes = [s.card, open && s.taken, cursor && !open && s.cursor, !row.waiting_since && s.settled];
  return (
    <article
      className={classes.filter(Boolean).join(" ")}
      aria-label={row.contact.name}
      aria-current={open || undefined}
    >
      {open ? (
        <Taken row={row} />
      ) : (
        <button type="button" className={s.closedCard} onClick={() => openConversation(core, id)}>
          <Face
            id={row.contact.id}
            name={row.contact.name}
            url={row.contact.avatar_url}
            size="md"
            network={row.network}
            channelId={row.channel_id}
          />
          <span className={s.said}>
            <span className="flex">
              <b className="clip">
                <bdi>{row.contact.name || t("person.nameless")}</bdi>
              </b>
              {row.participants_count > 1 && (
                <span className="chip">{t("posts.people", { n: row.participants_count })}</span>
              )}
            </span>
            <span dir="auto" lang={row.language ?? undefined} className={s.words}>
              {row.preview_direction === "out" && <b>{t("row.us")} </b>}
              {row.preview || <em className="muted">{t("row.wordless")}</em>}
            </span>
          </span>
          <State row={row} />
        </button>
      )}
    </article>
  );
}

function State({ row }: { row: ConversationShape }) {
  const now = useNow();
  return (
    <span className={s.state}>
      <RowPresence id={row.id} fallback={null} />
      {row.waiting_since && row.deadline_at && <Sla deadline={row.deadline_at} since={row.waiting_since} now={now} />}
      {row.waiting_since && !row.deadline_at && (
        <span className="muted num nowrap">{duration(now - Date.parse(row.waiting_since))}</span>
      )}
      {!row.waiting_since && <Icon name="check" size="s" label={t("posts.settled")} />}
    </span>
  );
}

const ACTS: readonly [string, IconName][] = [
  ["reply", "reply"],
  ["like", "heart"],
  ["hide", "hide"],
  ["dismiss", "dismiss"],
  ["close", "check"],
];

/** Everything of it, in the order it was said; the buttons are the keys' own commands. */
function Taken({ row }: { row: ConversationShape }) {
  const core = useCore();
  const may = useMay();
  const { failed } = useLoaded(row.id);
  const timeline = useSelect((state) => state.timelines[row.id] ?? EMPTY_TIMELINE);
  const waits = openWaits(timeline);
  const threads = new Map(row.threads.map((thread) => [thread.id, thread]));
  return (
    <>
      {failed && (
        <div className="banner bad small" role="alert">
          {failed}
        </div>
      )}
      {timelineItems(timeline).map(
        (item) =>
          item.type === "message" && (
            <Message
              key={item.id}
              message={item.message}
              thread={threads.get(item.message.thread_id ?? "") ?? null}
              language={row.language}
              quote={false}
              depth={depthOf(item.message, timeline.messages)}
              wait={waits[item.id] ?? null}
            />
          ),
      )}
      <div className={s.acts}>
        {ACTS.filter(([command]) => may(command)).map(([command, icon]) => (
          <button
            key={command}
            type="button"
            className="btn sm"
            title={titleOf(command)}
            onClick={() => run(core, command)}
          >
            <Icon name={icon} size="s" />
            {t(`posts.${command}` as "posts.reply")}
            <Keys command={command} />
          </button>
        ))}
      </div>
    </>
  );
}
