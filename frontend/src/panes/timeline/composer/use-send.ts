/** From words to a send: what may go now, what is asked first, what came back. */

import { useState } from "react";
import { type Reply, type Sent, sendNote, sendReply, sendWithLine } from "../../../commands/reply";
import type { Core } from "../../../core";
import type { ConversationShape } from "../../../protocol/types.generated";
import type { Target } from "./audience";
import { type MailFields, mailBody } from "./mail-head";
import { mentioned } from "./suggest";

export type Refusal = Extract<Sent, { outcome: "refused" }>;

export interface SendOptions {
  force?: boolean;
  thenClose?: boolean;
  /** The agent agreed to numbered parts. */
  split?: boolean;
  endsWait?: boolean;
  /** Asked already whether private words may become public. */
  sure?: boolean;
  /** When to send, in ms; now where absent. */
  at?: number;
}

export interface Parts {
  text: string;
  files: string[];
  mail: MailFields;
  replyTo: string | undefined;
  /** What the customer can choose from. */
  choices: Partial<Reply>;
  /** Words left in public beside a private answer. */
  line: { target: Target; text: string } | null;
}

interface Props {
  core: Core;
  row: ConversationShape;
  target: Target | undefined;
  /** Read when sending: what stands in the composer then. */
  parts: Parts;
  begunFor: React.RefObject<"public" | "private" | null>;
  ready: boolean;
  over: boolean;
  /** The words that went. */
  sent: (went: string) => void;
}

export function useSend({ core, row, target, parts, begunFor, ready, over, sent }: Props) {
  const [refused, setRefused] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState<SendOptions | null>(null);
  const send = async (options: SendOptions = {}) => {
    // To what is in the way: the parts it can go in, the public line that is still empty.
    if (over && !options.split) return document.querySelector<HTMLElement>("[data-in-parts]")?.focus();
    if (!ready) return document.querySelector<HTMLElement>("[data-missing]")?.focus();
    if (busy) return;
    if (target?.audience === "public" && begunFor.current === "private" && !options.sure) return setAsking(options);
    setAsking(null);
    setBusy(true);
    try {
      const outcome = await deliver(core, row, target, parts, options);
      if (outcome.outcome === "refused") setRefused(outcome);
      else if (outcome.outcome !== "collision") sent(parts.text);
    } finally {
      setBusy(false);
    }
  };
  return { send, busy, refused, asking, forget: () => setRefused(null), dontAsk: () => setAsking(null) };
}

function deliver(
  core: Core,
  row: ConversationShape,
  target: Target | undefined,
  parts: Parts,
  options: SendOptions,
): Promise<Sent> {
  if (!target) {
    const agents = Object.values(core.state().agents);
    const { text, files } = parts;
    return sendNote(core, row.id, { text, mentions: mentioned(text, agents), attachments: files });
  }
  const reply = replyOf(core, target, row, parts, options);
  const { line } = parts;
  if (!line?.text.trim()) return sendReply(core, row, reply, options);
  const left: Reply = { text: line.text.trim(), thread_id: line.target.thread.id, ends_wait: false };
  return sendWithLine(core, row, reply, { ...left, ...answering(core, row, line.target, parts) }, options);
}

/** The item that is answered; in a thread of its own that person is known, and the item is not of it. */
function answering(core: Core, row: ConversationShape, { thread }: Target, { replyTo }: Parts): Partial<Reply> {
  const item = core.state().timelines[row.id]?.messages[replyTo ?? ""];
  return replyTo && (!item || item.thread_id === thread.id) ? { in_reply_to: replyTo } : {};
}

/** The body of the request: only what was chosen, so that the server's own defaults hold for the rest. */
function replyOf(core: Core, target: Target, row: ConversationShape, parts: Parts, options: SendOptions): Reply {
  return {
    text: parts.text,
    thread_id: target.thread.id,
    ...answering(core, row, target, parts),
    ...(parts.files.length ? { attachments: parts.files } : {}),
    ...(target.privateReply ? { audience: "private" as const } : {}),
    ...(target.capability?.recipients ? mailBody(parts.mail, row) : {}),
    ...parts.choices,
    ...(options.split ? { split: true } : {}),
    ...(options.endsWait === false ? { ends_wait: false } : {}),
    ...(options.at ? { send_at: new Date(options.at).toISOString() } : {}),
  };
}
