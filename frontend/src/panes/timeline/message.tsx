import { memo, useState } from "react";
import { takeBack, tryAct } from "../../commands/reply";
import type { MessageShape, ThreadShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { pieces } from "../../text/links";
import { firstName } from "../../text/names";
import { clock, duration, fullDate } from "../../text/time";
import { AgentFace, Face } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Delivery, Stars } from "../../ui/marks";
import { useCore, useNow, useSelect } from "../../ui/use-core";
import { Attachments } from "./attachments";
import { MailBody } from "./mail-body";
import { MessageTools } from "./message-tools";
import s from "./timeline.module.css";
import { Versions } from "./versions";

interface Props {
  message: MessageShape;
  thread: ThreadShape | null;
  language: string | null;
  /** Show what it answers. */
  quote: boolean;
}

export const Message = memo(function Message(props: Props) {
  const { message } = props;
  if (message.direction === "note") return <Note message={message} />;
  if (message.deleted_at && message.erased) return <Deleted message={message} />;
  if (message.delivery?.state === "cancelled") return <TakenBack message={message} />;
  return <Said {...props} />;
});

/** It never left: one quiet line, the words to be seen on hover. */
function TakenBack({ message }: { message: MessageShape }) {
  return (
    <article className={`${s.deleted} ${s.deletedOut}`} title={message.text}>
      <Icon name="undo" size="s" />
      {t("message.takenBack", { name: message.author.name, time: clock(message.delivery?.at ?? message.occurred_at) })}
    </article>
  );
}

function Deleted({ message }: { message: MessageShape }) {
  const name = message.author.kind === "contact" ? firstName(message.author.name) : message.author.name;
  return (
    <article className={`${s.deleted} ${message.direction === "out" ? s.deletedOut : ""}`}>
      <Icon name="trash" size="s" />
      {t("message.erased", { name, time: clock(message.deleted_at ?? message.occurred_at) })}
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

function Said({ message, thread, language, quote }: Props) {
  const [versions, setVersions] = useState(false);
  const out = message.direction === "out";
  const state = message.delivery ? STATE_CLASS[message.delivery.state] : undefined;
  const classes = [s.msg, out && s.out, state, message.hidden_at && s.hidden];
  const face =
    out && message.author.kind === "agent" && message.author.id ? (
      <AgentFace id={message.author.id} size="md" />
    ) : (
      <Face
        id={message.author.id ?? message.author.name}
        name={message.author.name}
        size="md"
        network={out ? undefined : thread?.network}
        channelId={thread?.channel_id}
      />
    );
  const body = (
    <div className={s.body}>
      <Head message={message} thread={thread} versions={versions} toggle={() => setVersions(!versions)} />
      {quote && message.in_reply_to && <Quoted id={message.in_reply_to} conversation={message.conversation_id} />}
      <Words message={message} isPublic={thread?.audience === "public"} language={out ? null : language} />
      <Attachments items={message.attachments} />
      {versions && <Versions message={message} />}
      {out && <Foot message={message} network={thread?.network ?? ""} />}
    </div>
  );
  return (
    <article
      className={classes.filter(Boolean).join(" ")}
      id={`m-${message.id}`}
      aria-label={t("message.by", { name: message.author.name, time: clock(message.occurred_at) })}
    >
      {!out && face}
      {body}
      {out && face}
      <MessageTools message={message} thread={thread} />
    </article>
  );
}

function Head({
  message,
  thread,
  versions,
  toggle,
}: {
  message: MessageShape;
  thread: ThreadShape | null;
  versions: boolean;
  toggle: () => void;
}) {
  const now = useNow();
  const mine = useSelect((state) => state.me?.agent.id === message.author.id && message.author.kind === "agent");
  const network = useSelect((state) =>
    thread ? (state.channels[thread.channel_id]?.network_name ?? thread.network) : "",
  );
  const out = message.direction === "out";
  const marks = (
    <>
      {message.version > 1 && (
        <span className="faint tiny nowrap">
          {t("message.edited")} ·{" "}
          <button type="button" className={s.link} aria-expanded={versions} onClick={toggle}>
            {t("message.versions", { n: message.version })}
          </button>
        </span>
      )}
      {message.deleted_at && <span className="chip">{t("message.deleted")}</span>}
      {message.hidden_at && (
        <span className="chip">
          <Icon name="hide" size="xs" />
          {t("message.hidden")}
        </span>
      )}
      {message.mark === "history" && <span className="chip">{t("message.history")}</span>}
      {message.automatic && <span className="chip">{t("message.automatic")}</span>}
    </>
  );
  return (
    <div className={s.head}>
      {out && message.delivery && message.author.kind !== "outside" && (
        <Delivery delivery={message.delivery} isPublic={thread?.audience === "public"} network={network} now={now} />
      )}
      {out && message.author.kind === "outside" && <span className="chip">{t("message.outside", { network })}</span>}
      <b className="clip">{mine ? t("you") : <bdi>{message.author.name || t("person.nameless")}</bdi>}</b>
      <time dateTime={message.occurred_at} title={fullDate(message.occurred_at)}>
        {clock(message.occurred_at)}
      </time>
      {marks}
      {!out && message.reactions.length > 0 && thread?.audience === "public" && (
        <span style={{ marginInlineStart: "auto" }}>
          <Reactions message={message} />
        </span>
      )}
    </div>
  );
}

export function Reactions({ message }: { message: MessageShape }) {
  const groups = new Map<string, { n: number; names: string[]; mine: boolean }>();
  for (const { emoji, name, mine } of message.reactions) {
    const group = groups.get(emoji) ?? { n: 0, names: [], mine: false };
    groups.set(emoji, { n: group.n + 1, names: [...group.names, name], mine: group.mine || mine });
  }
  return (
    <span className={s.react}>
      {[...groups].map(([emoji, group]) => (
        <span key={emoji} className={group.mine ? s.mine : ""} title={group.names.filter(Boolean).join(", ")}>
          {emoji} {group.n > 1 ? group.n : firstName(group.names[0] ?? "")}
        </span>
      ))}
    </span>
  );
}

function Words({ message, isPublic, language }: { message: MessageShape; isPublic: boolean; language: string | null }) {
  const lang = language ?? undefined;
  if (message.kind === "review") {
    return (
      <div className={s.review}>
        {message.rating !== null && (
          <div className="flex" style={{ marginBottom: 4 }}>
            <Stars rating={message.rating} large />
            <span className="strong">{t("stars.of", { n: message.rating })}</span>
          </div>
        )}
        {message.title && (
          <p className="strong" dir="auto" lang={lang}>
            {message.title}
          </p>
        )}
        {message.text ? (
          <div className={s.text} dir="auto" lang={lang}>
            <Text text={message.text} />
          </div>
        ) : (
          <em className="muted">{t("row.starsOnly")}</em>
        )}
      </div>
    );
  }
  if (message.html) return <MailBody html={message.html} quoted={message.quoted_html} />;
  if (!message.text) return message.attachments.length ? null : <em className="muted small">{t("row.wordless")}</em>;
  const plain = isPublic && message.direction === "in";
  return (
    <>
      <span
        className={plain ? s.text : s.bubble}
        style={plain ? { display: "block" } : undefined}
        dir="auto"
        lang={lang}
      >
        <Text text={message.text} />
      </span>{" "}
      {message.reactions.length > 0 && !(plain || (isPublic && message.direction === "in")) && (
        <Reactions message={message} />
      )}
    </>
  );
}

export function Text({ text }: { text: string }) {
  return pieces(text).map((piece, i) => {
    const key = `${i}${piece.text.slice(0, 12)}`;
    if (!("href" in piece)) return <span key={key}>{piece.text}</span>;
    return (
      <a key={key} href={piece.href} target="_blank" rel="noreferrer noopener">
        {piece.text}
      </a>
    );
  });
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

/** What went wrong and what can be done about it. */
function Foot({ message, network }: { message: MessageShape; network: string }) {
  const core = useCore();
  const now = useNow();
  const delivery = message.delivery;
  if (!delivery) return null;
  const act = (action: string) => () => tryAct(core, message.id, { action });
  const until = delivery.until ? Date.parse(delivery.until) - now : 0;
  switch (delivery.state) {
    case "held":
      return (
        <div className={s.foot}>
          <button
            type="button"
            className="btn sm"
            onClick={() => void takeBack(core, message).catch(() => core.toast(t("undo.tooLate"), "bad"))}
          >
            {t("message.takeBack")}
          </button>
          <button type="button" className="btn sm" onClick={act("send_now")}>
            {t("message.sendNow")}
          </button>
        </div>
      );
    case "unknown":
      return (
        <div className={s.foot}>
          <span>
            {delivery.reason || t("message.noAnswer", { network })}{" "}
            {until > 0 && t("message.checking", { time: duration(until) })}
          </span>
          <button type="button" className="btn sm" onClick={act("resolve_sent")}>
            {t("message.arrived")}
          </button>
          <button type="button" className="btn sm" onClick={act("resolve_not_sent")}>
            {t("message.sendAgain")}
          </button>
        </div>
      );
    case "refused":
    case "expired":
      return (
        <div className={s.foot}>
          <span className={s.why}>{delivery.reason}</span>
          <button type="button" className="btn sm" onClick={act("retry")}>
            {t("message.retry")}
          </button>
          <button
            type="button"
            className="btn ghost sm"
            onClick={() => void navigator.clipboard?.writeText(message.text)}
          >
            {t("message.copy")}
          </button>
        </div>
      );
    case "pending":
      return delivery.reason ? <div className={s.foot}>{delivery.reason}</div> : null;
    default: {
      const refused = Object.entries(delivery.refused_recipients);
      if (!refused.length) return null;
      return <div className={`${s.foot} ${s.why}`}>{refused.map(([to, why]) => `${to}: ${why}`).join(" · ")}</div>;
    }
  }
}

function Note({ message }: { message: MessageShape }) {
  const mine = useSelect((state) => state.me?.agent.id === message.author.id);
  return (
    <article className={s.note} id={`m-${message.id}`} aria-label={t("note.label")}>
      <div className={s.head}>
        <span className={s.noteLabel}>
          <Icon name="note" size="xs" />
          {t("note.label")}
        </span>
        <b>{mine ? t("you") : message.author.name}</b>
        <time dateTime={message.occurred_at} title={fullDate(message.occurred_at)}>
          {clock(message.occurred_at)}
        </time>
      </div>
      <div className={s.text} dir="auto">
        <Mentions text={message.text} ids={message.mentions} />
      </div>
      <Attachments items={message.attachments} />
    </article>
  );
}

function Mentions({ text, ids }: { text: string; ids: readonly string[] }) {
  const names = useSelect((state) => ids.map((id) => state.agents[id]?.name ?? "").join("\n"));
  const wanted = names.split("\n").filter(Boolean);
  const forms = wanted.flatMap((name) => [`@${name}`, `@${firstName(name)}`]);
  if (!forms.length) return <Text text={text} />;
  const escaped = forms.sort((a, b) => b.length - a.length).map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text.split(new RegExp(`(${escaped.join("|")})`, "g")).map((part, i) => {
    const key = `${i}${part.slice(0, 12)}`;
    if (!forms.includes(part)) return <Text key={key} text={part} />;
    return (
      <span key={key} className={s.mention}>
        {part}
      </span>
    );
  });
}
