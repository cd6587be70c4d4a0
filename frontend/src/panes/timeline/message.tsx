import { lazy, memo, Suspense, use, useState } from "react";
import { moderate } from "../../commands/moderate";
import type { MessageShape, ThreadShape } from "../../protocol/types.generated";
import type { ItemWait } from "../../store/items";
import { t } from "../../text/i18n";
import { firstName } from "../../text/names";
import { networkName } from "../../text/network-names";
import { clock, duration, fullDate } from "../../text/time";
import { AgentFace, Face } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Delivery } from "../../ui/marks";
import { useCore, useNow, useSelect } from "../../ui/use-core";
import { Attachments } from "./attachments";
import { MailBody } from "./mail-body";
import { MessageFoot } from "./message-foot";
import { MessageTools } from "./message-tools";
import { Note } from "./note";
import { ReadOnly } from "./read-only";
import { ReadingMark } from "./reading-mark";
import { ReviewCard } from "./review";
import s from "./timeline.module.css";
import { Versions } from "./versions";
import { Reactions, Text } from "./words";

const Choices = lazy(() => import("./choices").then((m) => m.load()));

interface Props {
  message: MessageShape;
  thread: ThreadShape | null;
  language: string | null;
  /** Show what it answers. */
  quote: boolean;
  /** How deep in the tree of comments. */
  depth: number;
  /** Its author waits, in a thread where others may wait, too. */
  wait: ItemWait | null;
}

export const Message = memo(function Message(props: Props) {
  const { message } = props;
  if (message.direction === "note") return <Note message={message} />;
  if (message.deleted_at && message.erased) return <Erased message={message} />;
  if (message.delivery?.state === "cancelled") return <TakenBack message={message} />;
  return <Said {...props} />;
});

/** It never left: one quiet line, the words to be seen on hover. */
function TakenBack({ message }: { message: MessageShape }) {
  return (
    <article className={`${s.deleted} ${s.deletedOut}`} title={message.text}>
      <Icon name="undo" size="s" />
      {message.delivery?.reason === "sent_back"
        ? t("approval.sentBack", { name: message.author.name })
        : t("message.takenBack", {
            name: message.author.name,
            time: clock(message.delivery?.at ?? message.occurred_at),
          })}
    </article>
  );
}

/** Gone, and its words with it. */
function Erased({ message }: { message: MessageShape }) {
  const author = message.author.kind === "contact" ? firstName(message.author.name) : message.author.name;
  const by = message.moderation?.action === "delete" ? message.moderation.by.name : "";
  return (
    <article className={`${s.deleted} ${message.direction === "out" ? s.deletedOut : ""}`}>
      <Icon name="trash" size="s" />
      {t("message.erased", { name: by || author, time: clock(message.deleted_at ?? message.occurred_at) })}
    </article>
  );
}

const STATE_CLASS: Record<string, string | undefined> = {
  unknown: s.unknown,
  refused: s.refused,
  expired: s.refused,
  held: s.held,
  pending: s.checking,
};

function Said(props: Props) {
  const { message, thread, language, quote, depth, wait } = props;
  const [versions, setVersions] = useState(false);
  const out = message.direction === "out";
  const state = message.delivery ? STATE_CLASS[message.delivery.state] : undefined;
  const gone = message.hidden_at !== null || message.deleted_at !== null;
  const isPublic = message.audience === "public";
  const classes = [s.msg, out && s.out, state, gone && s.gone, depth > 0 && !out && s.nested, !isPublic && s.inPrivate];
  const isReview = message.kind === "review" && !out;
  const audience = t(isPublic ? "audience.public" : "audience.private");
  return (
    <article
      className={classes.filter(Boolean).join(" ")}
      id={`m-${message.id}`}
      style={depth && !out ? ({ "--depth": depth } as React.CSSProperties) : undefined}
      aria-label={`${t("message.by", { name: message.author.name, time: clock(message.occurred_at) })}, ${audience}`}
    >
      {!out && <Speaker message={message} thread={thread} />}
      <div className={s.body}>
        <Head {...props} versions={versions} toggle={() => setVersions(!versions)} />
        {quote && message.in_reply_to && <Quoted id={message.in_reply_to} conversation={message.conversation_id} />}
        {isReview ? (
          <ReviewCard message={message} thread={thread} language={language} />
        ) : (
          <Words message={message} isPublic={isPublic} language={out ? null : language} />
        )}
        {message.options && (
          <Suspense>
            <Choices options={message.options} out={out} />
          </Suspense>
        )}
        <Attachments items={message.attachments} />
        {versions && !isReview && <Versions message={message} />}
        {gone && <Gone message={message} thread={thread} />}
        {out && <MessageFoot message={message} network={thread?.network ?? ""} />}
      </div>
      {out && <Speaker message={message} thread={thread} />}
      <MessageTools message={message} thread={thread} wait={wait?.id ?? null} />
    </article>
  );
}

function Speaker({ message, thread }: { message: MessageShape; thread: ThreadShape | null }) {
  const out = message.direction === "out";
  if (out && message.author.kind === "agent" && message.author.id)
    return <AgentFace id={message.author.id} size="md" />;
  return (
    <Face
      id={message.author.id ?? message.author.name}
      name={message.author.name}
      size="md"
      network={out ? undefined : thread?.network}
      channelId={thread?.channel_id}
    />
  );
}

interface HeadProps extends Props {
  versions: boolean;
  toggle: () => void;
}

function Head({ message, thread, wait, versions, toggle }: HeadProps) {
  const now = useNow();
  const mine = useSelect((state) => state.me?.agent.id === message.author.id && message.author.kind === "agent");
  const network = useSelect((state) =>
    thread ? (networkName(state.channels[thread.channel_id]) ?? thread.network) : "",
  );
  const out = message.direction === "out";
  const isPublic = message.audience === "public";
  return (
    <div className={s.head}>
      {out && message.delivery && message.author.kind !== "outside" && (
        <Delivery delivery={message.delivery} isPublic={isPublic} network={network} now={now} />
      )}
      {out && message.author.kind === "outside" && <span className="chip">{t("message.outside", { network })}</span>}
      <b className="clip">{mine ? t("you") : <bdi>{message.author.name || t("person.nameless")}</bdi>}</b>
      <AudienceMark isPublic={isPublic} />
      <time dateTime={message.occurred_at} title={fullDate(message.occurred_at)}>
        {clock(message.occurred_at)}
      </time>
      {message.version > 1 && message.kind !== "review" && (
        <span className="faint tiny nowrap">
          {t("message.edited")} ·{" "}
          <button type="button" className={s.link} aria-expanded={versions} onClick={toggle}>
            {t("message.versions", { n: message.version })}
          </button>
        </span>
      )}
      {message.mark === "history" && <span className="chip">{t("message.history")}</span>}
      {message.automatic && (
        <span className="chip">{t(message.automatic === "survey" ? "message.survey" : "message.automatic")}</span>
      )}
      {!out && <ReadingMark message={message} />}
      {wait && (
        <span className={s.waits} title={fullDate(wait.since)}>
          <Icon name="clock" size="xs" />
          {t("row.waitingFor", { time: duration(now - Date.parse(wait.since)) })}
        </span>
      )}
      {!out && message.reactions.length > 0 && isPublic && (
        <span style={{ marginInlineStart: "auto" }}>
          <Reactions message={message} />
        </span>
      )}
    </div>
  );
}

/** Who reads this very item: glyph for the eye, word for hover and readers. */
function AudienceMark({ isPublic }: { isPublic: boolean }) {
  const label = t(isPublic ? "audience.public" : "audience.private");
  return (
    <span className={isPublic ? s.openMark : s.closedMark} title={label}>
      <Icon name={isPublic ? "globe" : "lock"} size="xs" label={label} />
    </span>
  );
}

function Words({ message, isPublic, language }: { message: MessageShape; isPublic: boolean; language: string | null }) {
  if (message.html) return <MailBody html={message.html} quoted={message.quoted_html} />;
  if (!message.text) return message.attachments.length ? null : <em className="muted small">{t("row.wordless")}</em>;
  const plain = isPublic && message.direction === "in";
  return (
    <>
      <span
        className={plain ? s.text : s.bubble}
        style={plain ? { display: "block" } : undefined}
        dir="auto"
        lang={language ?? undefined}
      >
        <Text text={message.text} />
      </span>{" "}
      {message.reactions.length > 0 && !plain && <Reactions message={message} />}
    </>
  );
}

/** What an item answers, in one line, where that is not simply the item before. */
function Quoted({ id, conversation }: { id: string; conversation: string }) {
  const message = useSelect((state) => state.timelines[conversation]?.messages[id]);
  if (!message?.text) return null;
  return (
    <div className={`${s.quote} clip`} dir="auto">
      {message.author.name}: {message.text}
    </div>
  );
}

interface GoneProps {
  message: MessageShape;
  thread: ThreadShape | null;
}

/** Hidden or deleted: by whom, when, why, who still sees it, and the one step back. */
function Gone({ message, thread }: GoneProps) {
  const core = useCore();
  const can = useSelect((state) =>
    thread ? state.channels[thread.channel_id]?.capabilities[thread.kind]?.actions : null,
  );
  const readOnly = use(ReadOnly);
  const deleted = message.deleted_at !== null;
  const at = clock(message.deleted_at ?? message.hidden_at ?? message.occurred_at);
  const done = message.moderation?.action === (deleted ? "delete" : "hide") ? message.moderation : null;
  const words = done
    ? t(deleted ? "gone.deletedBy" : "gone.hiddenBy", { name: done.by.name || t("actor.system"), time: at })
    : t(deleted ? "gone.deletedByAuthor" : "gone.hidden", { time: at });
  return (
    <div className={s.goneLine}>
      <Icon name={deleted ? "trash" : "hide"} size="s" />
      <span>
        {words} {done?.reason && <bdi>{t("gone.why", { reason: done.reason })} </bdi>}
        {!deleted && t("gone.whoSees")}{" "}
        {!readOnly && !deleted && can?.includes("unhide") && (
          <button type="button" className={s.link} onClick={() => void moderate(core, message, "unhide")}>
            {t("moderate.unhide")}
          </button>
        )}
      </span>
    </div>
  );
}
