import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { keepDraft } from "../../../commands/drafts";
import { onSignal } from "../../../commands/registry";
import { draftText, type Reply, type Sent, sendNote, sendReply } from "../../../commands/reply";
import type { ConversationShape } from "../../../protocol/types.generated";
import { draftKey } from "../../../store/state";
import { t } from "../../../text/i18n";
import { lengthIn } from "../../../text/length";
import { Icon } from "../../../ui/icon";
import { useCore, useDesk, useNow, useSelect } from "../../../ui/use-core";
import { keyOf, type Target, windowLeft } from "./audience";
import { Audience } from "./audience-switch";
import s from "./composer.module.css";
import { Files } from "./files";
import { type MailFields, MailHead, mailBody, startMail } from "./mail-head";
import { CannedHints, Counter, ReplyTo } from "./parts";
import { Refused } from "./refused";
import { SendButton } from "./send-button";
import { mentioned, putIn, type Query, queryAt } from "./suggest";
import { Suggestions } from "./suggestions";
import { useFiles } from "./use-files";

interface Props {
  row: ConversationShape;
  targets: readonly Target[];
  /** Undefined: a note. */
  target: Target | undefined;
  choose: (mode: string) => void;
  name: string;
}

export function Writer({ row, targets, target, choose, name }: Props) {
  const core = useCore();
  const mode = target ? "reply" : "note";
  const [text, setText] = useState(() => draftText(core, row.id, mode).text);
  const [query, setQuery] = useState<Query | null>(null);
  const [refused, setRefused] = useState<Extract<Sent, { outcome: "refused" }> | null>(null);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [mail, setMail] = useState<MailFields>(() => startMail(row));
  const startedIn = useRef<"public" | "private" | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const now = useNow();
  const files = useFiles(target?.capability);
  const remote = useSelect((state) => state.drafts[draftKey(row.id, mode)]);
  const saved = remote?.text === text && text !== "";
  const replyTo = useDesk((desk) => desk.replyTo[row.id]);
  const left = target && !target.privateReply ? windowLeft(target.thread, now) : null;
  const windowClosed = left === 0 || target?.thread.closed === true;
  const limit = target?.capability?.text_limit ?? null;
  const unit = target?.capability?.text_unit ?? "characters";
  const length = lengthIn(text, unit);
  const over = limit !== null && length > limit;
  const empty = text.trim() === "" && files.ids.length === 0;
  const isPublic = target?.audience === "public";

  // Another window of the same agent wrote on: take its words unless one is writing here.
  useEffect(() => {
    if (remote && document.activeElement !== area.current) setText(remote.text);
  }, [remote]);

  const change = (next: string) => {
    if (text === "" && next !== "") {
      startedIn.current = target?.audience ?? null;
      const at = core.state().position;
      core.desk.update(
        (desk) => (desk.began[row.id] === undefined ? { ...desk, began: { ...desk.began, [row.id]: at } } : desk),
        true,
      );
    }
    if (next === "") core.live?.send({ type: "typing", conversation_id: row.id, mode: "none" });
    setText(next);
    setRefused(null);
    keepDraft(core, { id: row.id, mode, thread: target?.thread.id ?? null, text: next });
    sayTyping();
  };
  const typedAt = useRef(0);
  const sayTyping = () => {
    if (Date.now() - typedAt.current < 3000) return;
    typedAt.current = Date.now();
    core.live?.send({ type: "typing", conversation_id: row.id, mode, thread_id: target?.thread.id ?? null });
  };

  const send = async (
    options: { force?: boolean; thenClose?: boolean; split?: boolean; endsWait?: boolean; sure?: boolean } = {},
  ) => {
    if (busy || empty || files.busy || files.bad || (over && !options.split) || (windowClosed && target)) return;
    if (isPublic && startedIn.current === "private" && !options.sure) return setAsking(true);
    setAsking(false);
    setBusy(true);
    try {
      const agents = Object.values(core.state().agents);
      const sent = target
        ? await sendReply(
            core,
            row,
            replyOf(target, { text, files: files.ids, mail, replyTo, row, ...options }),
            options,
          )
        : await sendNote(core, row.id, { text, mentions: mentioned(text, agents), attachments: files.ids });
      if (sent.outcome === "refused") return setRefused(sent);
      if (sent.outcome === "collision") return;
      setText("");
      files.clear();
      setMail(startMail(row));
      startedIn.current = null;
      core.live?.send({ type: "typing", conversation_id: row.id, mode: "none" });
    } finally {
      setBusy(false);
    }
  };

  // Before the next key can come: it must meet the words that are on the screen.
  useLayoutEffect(() =>
    onSignal((what) => {
      if (what === "focus-reply") {
        if (!target && targets[0]) choose(keyOf(targets[0]));
        requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-composer]")?.focus());
      }
      if (what === "focus-note") {
        choose("note");
        requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-composer]")?.focus());
      }
      // Even under the caret: an empty field has no words that could be lost.
      if (what === "words-back" && text === "") setText(draftText(core, row.id, mode).text);
      if (what === "send") void send();
      if (what === "send-anyway" && target) void send({ force: true, sure: true });
      if (what === "send-close" && target) void send({ thenClose: true });
      if (what === "canned") insert("/");
    }),
  );

  const look = () => {
    const caret = area.current?.selectionStart ?? 0;
    setQuery(queryAt(area.current?.value ?? "", caret, target ? ["/"] : ["/", "@"]));
  };
  const place = (next: string, caret: number) => {
    change(next);
    setQuery(null);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(caret, caret);
    });
  };
  const insert = (what: string) => {
    const caret = area.current?.selectionStart ?? text.length;
    const gap = caret > 0 && !/\s$/.test(text.slice(0, caret)) ? " " : "";
    place(text.slice(0, caret) + gap + what + text.slice(caret), caret + gap.length + what.length);
    requestAnimationFrame(look);
  };
  const pick = (words: string) => {
    if (!query) return place(text ? `${text} ${words}` : words, text.length + words.length + 1);
    const done = putIn(text, query, area.current?.selectionStart ?? text.length, words);
    place(done.text, done.caret);
  };

  const audience = target ? (isPublic ? s.public : "") : s.note;
  const offline = useDesk((desk) => desk.sync.phase === "offline");
  return (
    <>
      {refused && <Refused sent={refused} split={() => void send({ split: true })} />}
      {asking && (
        <div className={`banner warn ${s.refused}`} role="alert">
          <Icon name="globe" />
          <span className="grow">
            <b className="strong">{t("publish.title")}</b> {t("publish.ask")}
          </span>
          <button type="button" className="btn public sm" onClick={() => void send({ sure: true })}>
            {t("publish.yes")}
          </button>
          <button
            type="button"
            className="btn sm"
            onClick={() => {
              setAsking(false);
              const inside = targets.find((option) => option.audience === "private");
              if (inside) choose(keyOf(inside));
            }}
          >
            {t("publish.no")}
          </button>
        </div>
      )}
      <form
        className={`${s.box} ${audience}`}
        aria-label={name}
        data-pane
        data-drop={t("file.drop")}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
        onDragOver={(event) => {
          event.preventDefault();
          event.currentTarget.classList.add(s.drop ?? "");
        }}
        onDragLeave={(event) => event.currentTarget.classList.remove(s.drop ?? "")}
        onDrop={(event) => {
          event.preventDefault();
          event.currentTarget.classList.remove(s.drop ?? "");
          files.add(event.dataTransfer.files);
        }}
      >
        <Audience row={row} targets={targets} target={target} choose={choose} left={left} />
        {target?.capability?.recipients && <MailHead row={row} thread={target.thread} mail={mail} change={setMail} />}
        <ReplyTo row={row} id={target ? replyTo : undefined} />
        {query && (
          <Suggestions
            query={query}
            row={row}
            pick={pick}
            close={() => setQuery(null)}
            area={area}
            limit={limit}
            unit={unit}
          />
        )}
        <textarea
          ref={area}
          className={s.text}
          data-composer
          data-pane-focus
          dir="auto"
          rows={2}
          aria-label={name}
          aria-describedby="composer-counter"
          disabled={windowClosed && !!target && text === ""}
          placeholder={
            windowClosed && target
              ? t("window.closed", { network: networkOf(core.state().channels, target) })
              : t(target ? "composer.reply" : "composer.note")
          }
          value={text}
          onChange={(event) => {
            change(event.target.value);
            look();
          }}
          onClick={look}
          onPaste={(event) => {
            if (event.clipboardData.files.length) {
              event.preventDefault();
              files.add(event.clipboardData.files);
            }
          }}
          onKeyDown={(event: KeyboardEvent) => {
            // Escape first closes what is open here, then leaves the field (registry).
            if (event.key === "Escape" && query) {
              event.preventDefault();
              setQuery(null);
            }
          }}
          onBlur={() => setTimeout(() => setQuery(null), 150)}
        />
        <Files files={files} />
        {target && text === "" && <CannedHints row={row} pick={pick} />}
        <div className={s.bottom}>
          <button
            type="button"
            className="btn ghost sm icon-only"
            title={`${t("cmd.canned")}  /`}
            aria-label={t("cmd.canned")}
            onClick={() => insert("/")}
          >
            <Icon name="canned" />
          </button>
          <button
            type="button"
            className="btn ghost sm icon-only"
            title={t("file.attach")}
            aria-label={t("file.attach")}
            disabled={target !== undefined && target.capability?.attachments.length === 0}
            onClick={() => files.input.current?.click()}
          >
            <Icon name="attach" />
          </button>
          <input
            ref={files.input}
            type="file"
            multiple
            hidden
            aria-hidden
            tabIndex={-1}
            onChange={(event) => {
              files.add(event.target.files ?? []);
              event.target.value = "";
            }}
          />
          <span id="composer-counter" className={`tiny muted num nowrap ${s.counter}`}>
            {limit !== null && target && <Counter length={length} limit={limit} unit={unit} />}
          </span>
          {text !== "" && (
            <span className="tiny faint nowrap" style={{ marginInlineStart: 8 }}>
              {saved ? t("draft.saved") : t("draft.here")}
            </span>
          )}
          <span className="grow" />
          <SendButton
            target={target}
            disabled={empty || busy || over || files.busy || files.bad || (windowClosed && !!target)}
            busy={busy}
            offline={offline}
            send={send}
          />
        </div>
      </form>
    </>
  );
}

function networkOf(channels: Record<string, { network_name: string }>, target: Target): string {
  return channels[target.thread.channel_id]?.network_name ?? target.thread.network;
}

interface Parts {
  text: string;
  files: string[];
  mail: MailFields;
  replyTo: string | undefined;
  row: ConversationShape;
  split?: boolean;
  endsWait?: boolean;
}

/** The body of the request: only what was chosen, so that the server's own defaults hold for the rest. */
function replyOf(target: Target, parts: Parts): Reply {
  return {
    text: parts.text,
    thread_id: target.thread.id,
    ...(parts.replyTo ? { in_reply_to: parts.replyTo } : {}),
    ...(parts.files.length ? { attachments: parts.files } : {}),
    ...(target.privateReply ? { audience: "private" as const } : {}),
    ...(target.capability?.recipients ? mailBody(parts.mail, parts.row) : {}),
    ...(parts.split ? { split: true } : {}),
    ...(parts.endsWait === false ? { ends_wait: false } : {}),
  };
}
