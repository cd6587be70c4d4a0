/** The words being written: kept as a draft with every key, followed from other windows, told as typing. */

import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { keepDraft } from "../../../commands/drafts";
import { hold, letGo } from "../../../commands/hold";
import { answers, answersAsKept, draftText, gaveUp } from "../../../commands/reply";
import type { Core } from "../../../core";
import type { ConversationShape } from "../../../protocol/types.generated";
import { draftKey, UNCONFIRMED } from "../../../store/state";
import { useSelect } from "../../../ui/use-core";
import { keyOf, type Target, threadOf } from "./audience";

const TYPING_EVERY_MS = 3000;

interface Props {
  core: Core;
  row: ConversationShape;
  target: Target | undefined;
  choose: (mode: string) => void;
  area: React.RefObject<HTMLTextAreaElement | null>;
}

export function useWords({ core, row, target, choose, area }: Props) {
  const mode = target ? "reply" : "note";
  const [text, setText] = useState(() => draftText(core, row.id, mode).text);
  const remote = useSelect((state) => state.drafts[draftKey(row.id, mode)]);
  /** The audience these words were begun for, in an earlier visit, too. */
  const begunFor = useRef(audienceOfDraft(core, row, mode));
  const toldAt = useRef(0);

  // Another window of the same agent wrote on: take the words unless one is writing here. What this browser kept and
  // the server never heard of, for the page or the session ended first, is newer than what comes from there.
  useEffect(() => {
    if (!remote || remote.version === UNCONFIRMED) return;
    if (document.activeElement === area.current && area.current?.value !== "") return;
    setText(draftText(core, row.id, mode).text);
    answersAsKept(core, row.id, mode);
  }, [remote, area, core, row.id, mode]);
  // Before anything can be sent: kept words go to whom they were begun for.
  useLayoutEffect(() => {
    answersAsKept(core, row.id, mode);
  }, [core, row.id, mode]);

  const tell = (what: "none" | typeof mode) =>
    core.live?.send({ type: "typing", conversation_id: row.id, mode: what, thread_id: target?.thread.id ?? null });
  const keep = (to: Target | undefined, words: string) => {
    const item = to && core.desk.get().replyTo[row.id];
    keepDraft(core, { id: row.id, mode, thread: threadOf(to), text: words, item });
  };
  /** Whoever comments meanwhile is not the one a private answer is for. */
  const pin = (to: Target | undefined) => {
    if (to?.item && !core.desk.get().replyTo[row.id]) answers(core, row.id, to.item);
  };
  const begin = () => {
    pin(target);
    begunFor.current = target?.audience ?? null;
    const at = core.state().position;
    core.desk.update(
      (desk) => (desk.began[row.id] === undefined ? { ...desk, began: { ...desk.began, [row.id]: at } } : desk),
      true,
    );
    // What the customer writes elsewhere meanwhile must not turn the answer to another audience.
    if (target) choose(keyOf(target));
  };
  const change = (next: string) => {
    if (text === "" && next !== "") begin();
    if (mode === "reply" && next !== "") hold(core, row.id);
    if (next === "") {
      tell("none");
      letGo(core, row.id);
      gaveUp(core, row.id);
    } else if (Date.now() - toldAt.current > TYPING_EVERY_MS) {
      toldAt.current = Date.now();
      tell(mode);
    }
    setText(next);
    keep(target, next);
  };
  return {
    text,
    change,
    saved: remote?.text === text && text !== "",
    begunFor,
    /** Words that came back from the way: taken even under the caret, for an empty field loses none. */
    restore: () => {
      if (text !== "") return;
      setText(draftText(core, row.id, mode).text);
      answersAsKept(core, row.id, mode);
      begunFor.current = audienceOfDraft(core, row, mode);
    },
    /** They answer no one item: whom a private answer goes to is to be chosen, then. */
    answerNone: () => {
      answers(core, row.id);
      if (text) keep(target, text);
    },
    /** They are to go elsewhere from now on. */
    moved: (to: Target | undefined) => {
      if (!to || !text) return;
      pin(to);
      keep(to, text);
    },
    /** They have left, all (absent) or those that were sent; what was written meanwhile is the next answer. */
    clear: (went?: string) => {
      const now = area.current?.value ?? "";
      const rest = went === undefined || now === went ? "" : now.startsWith(went) ? now.slice(went.length) : now;
      setText(rest);
      begunFor.current = null;
      tell("none");
      letGo(core, row.id);
      if (!rest.trim()) return;
      begin();
      keep(target, rest);
    },
  };
}

function audienceOfDraft(core: Core, row: ConversationShape, mode: "reply" | "note"): "public" | "private" | null {
  const { text, thread } = draftText(core, row.id, mode);
  if (text && !thread && mode === "reply") return "private";
  const of = row.threads.find((one) => one.id === thread);
  if (!text || !of) return null;
  return of.audience === "public" ? "public" : "private";
}
