/** Words not sent yet: kept in this browser with every key, on the server a moment later. */

import type { Core } from "../core";
import type { DraftShape, SharedDraftShape } from "../protocol/types.generated";
import { putShared, without } from "../store/apply";
import { draftKey } from "../store/state";

export type Mode = "reply" | "note";

interface Draft {
  id: string;
  mode: Mode;
  thread: string | null;
  text: string;
}

/** Colleagues see this draft from now on, or no longer. */
export async function shareDraft(core: Core, id: string, mode: Mode, shared: boolean): Promise<void> {
  const key = draftKey(id, mode);
  window.clearTimeout(timers.get(key));
  timers.delete(key);
  const local = localDraft(id, mode);
  const known = core.state().drafts[key];
  const text = local?.text ?? known?.text ?? "";
  if (!text) return;
  const body = {
    mode,
    text,
    thread_id: local?.thread ?? known?.thread_id ?? null,
    version: known?.version ?? 0,
    shared,
  };
  const saved = await core.api.put<DraftShape>(`/conversations/${id}/draft`, body);
  core.store.update((s) => ({ ...s, drafts: { ...s.drafts, [key]: saved } }), true);
}

/** Drafts of colleagues in an opened conversation. */
export async function loadShared(core: Core, id: string): Promise<void> {
  const { items } = await core.api.get<{ items: SharedDraftShape[] }>(`/conversations/${id}/shared-drafts`);
  core.store.update((s) => ({ ...s, sharedDrafts: putShared(s.sharedDrafts, items) }));
}

/** A colleague's draft becomes one's own. */
export async function takeOver(core: Core, draft: SharedDraftShape): Promise<void> {
  const { conversation_id: id, agent_id, mode, version } = draft;
  const mine = await core.api.post<DraftShape>(`/conversations/${id}/draft/take-over`, { agent_id, mode, version });
  writeLocal({ id, mode, thread: mine.thread_id, text: mine.text });
  core.store.update(
    (s) => ({
      ...s,
      drafts: { ...s.drafts, [draftKey(id, mode)]: mine },
      sharedDrafts: putShared(s.sharedDrafts, [{ ...draft, text: "" }]),
    }),
    true,
  );
}

interface Local {
  text: string;
  thread: string | null;
  at: string;
}

const storageKey = (id: string, mode: Mode) => `inbox.draft.${id}.${mode}`;
const SAVE_AFTER_MS = 800;
const timers = new Map<string, number>();

export function localDraft(id: string, mode: Mode): Local | null {
  try {
    return JSON.parse(localStorage.getItem(storageKey(id, mode)) ?? "null") as Local | null;
  } catch {
    return null;
  }
}

/** Keeps the words here now and sends them to the server when the writer pauses. */
export function keepDraft(core: Core, draft: Draft): void {
  writeLocal(draft);
  const key = draftKey(draft.id, draft.mode);
  window.clearTimeout(timers.get(key));
  timers.set(
    key,
    window.setTimeout(() => void push(core, draft), SAVE_AFTER_MS),
  );
}

/** Puts words into a draft at once, as when a send is taken back. */
export async function saveDraft(core: Core, draft: Draft): Promise<void> {
  writeLocal(draft);
  const at = new Date().toISOString();
  const known = core.state().drafts[draftKey(draft.id, draft.mode)];
  const shape: DraftShape = {
    conversation_id: draft.id,
    mode: draft.mode,
    thread_id: draft.thread,
    text: draft.text,
    version: known?.version ?? 0,
    at,
    shared: known?.shared ?? false,
  };
  core.store.update((s) => ({ ...s, drafts: { ...s.drafts, [draftKey(draft.id, draft.mode)]: shape } }), true);
  await push(core, draft);
}

function writeLocal(draft: Draft): void {
  const key = storageKey(draft.id, draft.mode);
  if (!draft.text) return localStorage.removeItem(key);
  const local: Local = { text: draft.text, thread: draft.thread, at: new Date().toISOString() };
  localStorage.setItem(key, JSON.stringify(local));
}

async function push(core: Core, draft: Draft): Promise<void> {
  const key = draftKey(draft.id, draft.mode);
  timers.delete(key);
  const version = core.state().drafts[key]?.version ?? 0;
  const path = `/conversations/${draft.id}/draft`;
  try {
    if (!draft.text) {
      if (!core.state().drafts[key]) return;
      await core.api.delete(`${path}?mode=${draft.mode}`);
      core.store.update((s) => ({ ...s, drafts: without(s.drafts, key) }));
      return;
    }
    const body = { mode: draft.mode, text: draft.text, thread_id: draft.thread, version };
    const saved = await core.api.put<DraftShape>(path, body);
    core.store.update((s) => ({ ...s, drafts: { ...s.drafts, [key]: saved } }));
  } catch {
    // The copy in this browser stays; the next key or the next visit tries again.
  }
}

/** The words have left: forgets both copies. The server drops its own with the send. */
export function dropDraft(core: Core, id: string, mode: Mode): void {
  const key = draftKey(id, mode);
  window.clearTimeout(timers.get(key));
  timers.delete(key);
  localStorage.removeItem(storageKey(id, mode));
  if (!core.state().drafts[key]) return;
  core.store.update((s) => ({ ...s, drafts: without(s.drafts, key) }), true);
  core.api.delete(`/conversations/${id}/draft?mode=${mode}`).catch(() => {});
}
