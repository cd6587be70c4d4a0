import { lazy, Suspense, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { onSignal } from "../../../commands/registry";
import type { ConversationShape } from "../../../protocol/types.generated";
import { templateThread } from "../../../store/select";
import { t } from "../../../text/i18n";
import { lengthIn } from "../../../text/length";
import { useCore, useDesk, useNow } from "../../../ui/use-core";
import { keyOf, lineFor, type Target, TO_PRIVATE, targetFor, windowLeft } from "./audience";
import { Audience } from "./audience-switch";
import { ClosedWindow } from "./closed-window";
import s from "./composer.module.css";
import { Field, useInsert } from "./field";
import { Files } from "./files";
import { MailHead, startMail } from "./mail-head";
import { CannedHints, ReplyTo } from "./parts";
import { lastLine, PublicLine, rememberLine } from "./public-line";
import { PublishAsk } from "./publish-ask";
import { Refused } from "./refused";
import { SendButton } from "./send-button";
import { ShareButton } from "./share-button";
import { Tools } from "./tools";
import { useChoices } from "./use-choices";
import { useFiles } from "./use-files";
import { useSend } from "./use-send";
import { useWords } from "./use-words";

const TooLong = lazy(() => import("./too-long").then((m) => ({ default: m.TooLong })));
const OptionsPanel = lazy(() => import("./options-panel").then((m) => m.load()));

interface Props {
  row: ConversationShape;
  targets: readonly Target[];
  /** Undefined: a note. */
  target: Target | undefined;
  /** Whether a private answer could go to somebody else than the one it was begun for. */
  unsure: boolean;
  choose: (mode: string) => void;
  name: string;
}

/** One answer or one note from the first letter to the send. */
export function Writer({ row, targets, target, unsure, choose, name }: Props) {
  const core = useCore();
  const area = useRef<HTMLTextAreaElement>(null);
  const words = useWords({ core, row, target, choose, area });
  const [mail, setMail] = useState(() => startMail(row));
  const [line, setLine] = useState<string | null>(null);
  const files = useFiles(target?.capability);
  const choices = useChoices(row.id, target);
  const replyTo = useDesk((desk) => desk.replyTo[row.id]);
  const now = useNow();
  const left = target ? windowLeft(target, now) : null;
  const closed = target !== undefined && (left === 0 || target.thread.closed);
  const lost = unsure && words.text !== "";
  const { limit, unit, over } = useLimit(target, words.text);
  const splits = target?.audience === "private" && !target.privateReply;
  const empty = words.text.trim() === "" && files.ids.length === 0;
  const openLine = lineFor(targets, target);
  const sending = useSend({
    core,
    row,
    target,
    parts: {
      text: words.text,
      files: files.ids,
      mail,
      replyTo,
      choices: choices.body,
      line: openLine && line !== null ? { target: openLine, text: line } : null,
    },
    begunFor: words.begunFor,
    ready:
      !empty &&
      !files.busy &&
      !files.bad &&
      !closed &&
      !lost &&
      choices.ready &&
      (line === null || !openLine || line.trim() !== ""),
    over: over > 0,
    sent: (went) => {
      if (line?.trim()) rememberLine(row.language, line.trim());
      setLine(null);
      words.clear(went);
      files.clear();
      setMail(startMail(row));
    },
  });
  const change = (next: string) => {
    sending.forget();
    words.change(next);
  };
  const moveTo = (mode: string) => {
    const to = mode === "note" ? undefined : targetFor(targets, mode);
    if (target) words.moved(to);
    choose(to ? keyOf(to) : mode);
  };
  const leave = () => setLine(line ?? lastLine(row.language));
  const signs = target ? SLASH : BOTH;
  const { query, setQuery, insert } = useInsert(area, words.text, change, signs);
  const pick = (text: string) => change(words.text ? `${words.text} ${text}` : text);
  useSignals({ row, choose: moveTo, targets, target, insert, send: sending.send, words, offer: choices.offer, leave });
  const audience = target ? (target.audience === "public" ? s.public : "") : s.note;
  return (
    <>
      {sending.refused && <Refused sent={sending.refused} split={() => void sending.send({ split: true })} />}
      {over > 0 && limit !== null && target && (
        <Suspense>
          <TooLong
            text={words.text}
            limit={limit}
            unit={unit}
            over={over}
            send={splits ? () => void sending.send({ split: true }) : undefined}
          />
        </Suspense>
      )}
      {sending.asking && (
        <PublishAsk
          yes={() => void sending.send({ ...sending.asking, sure: true })}
          no={() => {
            sending.dontAsk();
            moveTo(TO_PRIVATE);
          }}
        />
      )}
      <Box className={`${s.box} ${audience}`} name={name} send={() => void sending.send()} drop={files.add}>
        <Audience row={row} targets={targets} target={target} choose={moveTo} left={left} />
        {target?.capability?.recipients && <MailHead row={row} thread={target.thread} mail={mail} change={setMail} />}
        <ReplyTo row={row} id={target ? replyTo : undefined} lost={lost} drop={words.answerNone} />
        {closed && words.text === "" ? (
          <ClosedWindow target={target} row={row} />
        ) : (
          <Field
            area={area}
            row={row}
            name={name}
            text={words.text}
            change={change}
            query={query}
            setQuery={setQuery}
            signs={signs}
            placeholder={t(target ? "composer.reply" : "composer.note")}
            limit={limit}
            unit={unit}
            target={target}
            addFiles={files.add}
          />
        )}
        <Files files={files} />
        {choices.rule && choices.chosen && !closed && (
          <Suspense>
            <OptionsPanel
              rule={choices.rule}
              choices={choices.chosen}
              change={choices.change}
              answer={{ text: words.text, unit, files: files.files.length }}
              tell={choices.setFits}
            />
          </Suspense>
        )}
        {openLine && !closed && <PublicLine target={openLine} text={line} change={setLine} language={row.language} />}
        {target && words.text === "" && !closed && <CannedHints row={row} target={target} pick={pick} />}
        <Tools
          target={target}
          files={files}
          insert={insert}
          offer={choices.rule && !closed ? choices.offer : null}
          offered={choices.chosen !== null}
          length={lengthIn(words.text, unit)}
          limit={limit}
          unit={unit}
          draft={words.text === "" ? null : words.saved ? "saved" : "here"}
          share={<ShareButton id={row.id} mode={target ? "reply" : "note"} />}
        >
          <SendButton
            target={target}
            both={openLine !== undefined && line !== null}
            disabled={empty || sending.busy || over > 0 || files.busy || files.bad || closed || lost || !choices.ready}
            busy={sending.busy}
            send={sending.send}
          />
        </Tools>
      </Box>
    </>
  );
}

const SLASH = ["/"] as const;
const BOTH = ["/", "@"] as const;

function useLimit(target: Target | undefined, text: string) {
  const limit = target?.capability?.text_limit ?? null;
  const unit = target?.capability?.text_unit ?? "characters";
  return { limit, unit, over: limit === null ? 0 : Math.max(0, lengthIn(text, unit) - limit) };
}

interface Heard {
  row: ConversationShape;
  choose: (mode: string) => void;
  targets: readonly Target[];
  target: Target | undefined;
  insert: (words: string) => void;
  send: ReturnType<typeof useSend>["send"];
  words: Pick<ReturnType<typeof useWords>, "restore" | "clear">;
  offer: () => void;
  /** Puts a public line beside the private answer. */
  leave: () => void;
}

/** What keys ask of the composer. Taken before the next key can come: it must meet the words that are on the screen. */
function useSignals({ row, choose, targets, target, insert, send, words, offer, leave }: Heard): void {
  const core = useCore();
  const offersTemplates = () => templateThread(core.state(), row) !== undefined;
  useLayoutEffect(() =>
    onSignal((what) => {
      // At once: the next letter is of the answer, not a command.
      const focus = (mode: string | undefined) => {
        if (mode) flushSync(() => choose(mode));
        const field = document.querySelector<HTMLElement>("[data-composer]");
        // Nothing can be typed: what can be sent is offered, else the letters of the answer would be commands.
        if (!field && mode !== "note" && offersTemplates()) return core.show({ picker: "templates" });
        (field ?? document.querySelector<HTMLElement>("[data-closed]"))?.focus();
      };
      if (what === "focus-reply") focus(!target && targets[0] ? keyOf(targets[0]) : undefined);
      if (what === "focus-note") focus("note");
      if (what === "focus-private" || what === "focus-both") {
        focus(TO_PRIVATE);
        if (what === "focus-both") leave();
      }
      if (what === "words-back") words.restore();
      if (what === "discard" && target) words.clear();
      if (what === "send") void send();
      if (what === "send-anyway" && target) void send({ force: true, sure: true });
      if (what === "send-close" && target) void send({ thenClose: true });
      if (what === "canned") insert("/");
      if (what === "options") offer();
      if (typeof what !== "object" || !target) return;
      if ("insert" in what) insert(what.insert);
      else void send({ at: what.sendAt });
    }),
  );
}

interface BoxProps {
  className: string;
  name: string;
  send: () => void;
  drop: (files: FileList) => void;
  children: React.ReactNode;
}

/** The frame around the words: its line says who reads them, files can be dropped on it. */
function Box({ className, name, send, drop, children }: BoxProps) {
  const [over, setOver] = useState(false);
  return (
    <form
      className={`${className} ${over ? s.drop : ""}`}
      aria-label={name}
      data-pane
      data-drop={t("file.drop")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        drop(event.dataTransfer.files);
      }}
    >
      {children}
    </form>
  );
}
