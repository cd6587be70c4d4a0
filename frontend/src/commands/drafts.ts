/** Words not sent yet: kept in this browser with every key, told to the server a moment later.
 *
 * The server hears of one draft by one request at a time, in the order of writing, and what it says of a draft counts
 * only while nothing of this window is on the way: an echo that comes late must not put words back that have left.
 */

import type { Core } from "../core";
import { ApiError } from "../http/api";
import type { DraftShape, SharedDraftShape } from "../protocol/types.generated";
import { putShared } from "../store/apply";
import { draftKey, UNCONFIRMED } from "../store/state";
import { signal } from "./registry";

export type Mode = "reply" | "note";

interface Draft {
  id: string;
  mode: Mode;
  /** Of an answer none: it is private, to somebody who wrote in public; its thread begins when it goes. */
  thread: string | null;
  /** Empty: the draft is gone. */
  text: string;
  /** The item it answers: its author is who a private answer goes to. */
  item?: string | null;
  /** Whether colleagues see it; as before where absent. */
  shared?: boolean;
}

/** What this window still has to tell of one draft. */
interface Line {
  next: Draft | null;
  timer: number | undefined;
  telling: Promise<void> | undefined;
  /** The last the server is known to have. */
  version: number;
  at: string;
}

const SAVE_AFTER_MS = 800;
const AGAIN_AFTER_MS = 5000;
const lines = new WeakMap<Core, Map<string, Line>>();

function lineOf(core: Core, key: string): Line {
  const all = lines.get(core) ?? new Map<string, Line>();
  lines.set(core, all);
  const line = all.get(key) ?? { next: null, timer: undefined, telling: undefined, version: 0, at: "" };
  all.set(key, line);
  const known = core.state().drafts[key];
  if (known && known.version !== UNCONFIRMED) Object.assign(line, { version: known.version, at: known.at });
  return line;
}

/** Keeps the words here now and tells the server when the writer pauses. */
export function keepDraft(core: Core, draft: Draft): void {
  writeLocal(core, draft);
  const key = draftKey(draft.id, draft.mode);
  const line = lineOf(core, key);
  line.next = draft;
  const known = core.state().drafts[key];
  if (known?.version !== UNCONFIRMED || (known.text && !draft.text)) {
    put(core, { ...shapeOf(core, draft), text: draft.text ? (known?.text ?? "") : "" });
  }
  later(core, key, SAVE_AFTER_MS);
}

/** Puts words into a draft at once, as when a send is taken back; an empty composer takes them up. */
export async function saveDraft(core: Core, draft: Draft): Promise<void> {
  writeLocal(core, draft);
  const key = draftKey(draft.id, draft.mode);
  lineOf(core, key).next = draft;
  put(core, shapeOf(core, draft));
  signal("words-back");
  await tell(core, key);
}

/** The words have left: forgets both copies. */
export function dropDraft(core: Core, id: string, mode: Mode): void {
  const draft: Draft = { id, mode, thread: null, text: "" };
  writeLocal(core, draft);
  const key = draftKey(id, mode);
  const line = lineOf(core, key);
  if (!core.state().drafts[key] && !line.telling) return stop(line);
  line.next = draft;
  put(core, shapeOf(core, draft));
  void tell(core, key);
}

/** Colleagues see this draft from now on, or no longer. Rejects with what the server had against it. */
export async function shareDraft(core: Core, id: string, mode: Mode, shared: boolean): Promise<void> {
  const key = draftKey(id, mode);
  const local = localDraft(id, mode);
  const known = core.state().drafts[key];
  const text = local?.text ?? known?.text ?? "";
  if (!text) return;
  const line = lineOf(core, key);
  stop(line);
  await line.telling;
  const thread = local?.thread ?? known?.thread_id ?? null;
  const item = local ? local.item : known?.in_reply_to;
  const saved = await ask(core, { id, mode, thread, text, item, shared }, line);
  if (!line.next) put(core, saved);
}

/** Drafts of colleagues in an opened conversation: all there are, in place of those known before. */
export async function loadShared(core: Core, id: string): Promise<void> {
  const { items } = await core.api.get<{ items: SharedDraftShape[] }>(`/conversations/${id}/shared-drafts`);
  core.store.update((s) => {
    const elsewhere = Object.entries(s.sharedDrafts).filter(([, draft]) => draft.conversation_id !== id);
    return { ...s, sharedDrafts: putShared(Object.fromEntries(elsewhere), items) };
  });
}

/** A colleague's draft becomes one's own. */
export async function takeOver(core: Core, draft: SharedDraftShape): Promise<void> {
  const { conversation_id: id, agent_id, mode, version } = draft;
  const mine = await core.api.post<DraftShape>(`/conversations/${id}/draft/take-over`, { agent_id, mode, version });
  writeLocal(core, { id, mode, thread: mine.thread_id, text: mine.text, item: mine.in_reply_to });
  put(core, mine);
  core.store.update((s) => ({ ...s, sharedDrafts: putShared(s.sharedDrafts, [{ ...draft, text: "" }]) }), true);
}

interface Local {
  text: string;
  thread: string | null;
  item?: string | null;
  at: string;
}

const storageKey = (id: string, mode: Mode) => `inbox.draft.${id}.${mode}`;

export function localDraft(id: string, mode: Mode): Local | null {
  try {
    return JSON.parse(localStorage.getItem(storageKey(id, mode)) ?? "null") as Local | null;
  } catch {
    return null;
  }
}

/** By the server's clock: the words that are newer, here or there, count. */
function writeLocal(core: Core, draft: Draft): void {
  const key = storageKey(draft.id, draft.mode);
  if (!draft.text) return localStorage.removeItem(key);
  const { text, thread, item } = draft;
  const at = new Date(Date.now() + core.state().clockOffsetMs).toISOString();
  const local: Local = { text, thread, item, at };
  localStorage.setItem(key, JSON.stringify(local));
}

function put(core: Core, draft: DraftShape): void {
  const key = draftKey(draft.conversation_id, draft.mode);
  core.store.update((s) => ({ ...s, drafts: { ...s.drafts, [key]: draft } }), true);
}

/** Words of this window, of which the server knows nothing yet. */
function shapeOf(core: Core, { id, mode, thread, text, item, shared }: Draft): DraftShape {
  return {
    conversation_id: id,
    mode,
    thread_id: thread,
    text,
    in_reply_to: item ?? null,
    version: UNCONFIRMED,
    at: new Date().toISOString(),
    shared: shared ?? core.state().drafts[draftKey(id, mode)]?.shared ?? false,
  };
}

function stop(line: Line): void {
  window.clearTimeout(line.timer);
  line.timer = undefined;
  line.next = null;
}

/** Tells what is still to be told: whoever leaves takes nothing with him. */
export async function tellDrafts(core: Core): Promise<void> {
  const all = lines.get(core) ?? new Map<string, Line>();
  await Promise.all([...all].map(([key, line]) => (line.next || line.telling ? tell(core, key) : undefined)));
}

/** Nothing of this window is told any more: what was written was another person's. */
export function forgetDrafts(core: Core): void {
  for (const line of lines.get(core)?.values() ?? []) stop(line);
  lines.delete(core);
}

function later(core: Core, key: string, ms: number): void {
  const line = lineOf(core, key);
  window.clearTimeout(line.timer);
  line.timer = window.setTimeout(() => void tell(core, key), ms);
}

function tell(core: Core, key: string): Promise<void> {
  const line = lineOf(core, key);
  window.clearTimeout(line.timer);
  line.timer = undefined;
  line.telling ??= tellAll(core, key, line).finally(() => {
    line.telling = undefined;
    if (line.next && line.timer === undefined) void tell(core, key);
  });
  return line.telling;
}

/** One request after the other, until the writer has nothing newer. What cannot be told now is told again later. */
async function tellAll(core: Core, key: string, line: Line): Promise<void> {
  while (line.next && line.timer === undefined) {
    const draft = line.next;
    line.next = null;
    try {
      const kept = await ask(core, draft, line);
      if (!line.next) put(core, kept);
    } catch (error) {
      if (error instanceof ApiError && error.code !== "changed") return;
      line.next ??= draft;
      if (error instanceof ApiError) line.version = Number(error.problem.version);
      // It may have arrived all the same: there is something to remove, then.
      else line.version ||= 1;
      if (!(error instanceof ApiError) && line.timer === undefined) later(core, key, AGAIN_AFTER_MS);
    }
  }
}

/** Tells the server; the draft as it has it then. */
async function ask(core: Core, draft: Draft, line: Line): Promise<DraftShape> {
  const path = `/conversations/${draft.id}/draft`;
  if (!draft.text) {
    if (line.version) await core.api.delete(`${path}?mode=${draft.mode}`);
    return { ...shapeOf(core, { ...draft, shared: false }), version: line.version, at: line.at };
  }
  const { mode, text, shared } = draft;
  const body = {
    mode,
    text,
    thread_id: draft.thread,
    in_reply_to: draft.item ?? null,
    version: line.version,
    ...(shared === undefined ? {} : { shared }),
  };
  const kept = await core.api.put<DraftShape>(path, body);
  Object.assign(line, { version: kept.version, at: kept.at });
  return kept;
}
