/** What a person decides about a conversation. Shown at once, then asked of the server, then taken back if refused. */

import type { Core } from "../core";
import { ApiError, newKey } from "../http/api";
import type { ConversationShape } from "../protocol/types.generated";
import { putRow } from "../store/apply";
import { missingToClose } from "../store/closing";
import { currentList, openId, type Undo } from "../store/desk";
import { belongs, takeOut } from "../store/lists";
import { addPending, dropPending } from "../store/pending";
import { row } from "../store/select";
import { t } from "../text/i18n";
import { changeMany } from "./bulk";
import { neighbour, openConversation } from "./navigate";
import { takeNext } from "./next";

type Answer = { conversation: ConversationShape };
type Patch = Partial<ConversationShape>;

/** One change of one conversation, with what it looks like before the server says yes. */
interface Change {
  id: string;
  patch: Patch;
  ask: () => Promise<Answer | undefined>;
}

/** Carries out a change. True when the server agreed; a refusal is said in its own words. */
async function carryOut(core: Core, change: Change): Promise<boolean> {
  const pending = { id: newKey(), conversation_id: change.id, patch: change.patch };
  core.store.update((state) => addPending(state, pending), true);
  try {
    const answer = await underWay(core, change.ask());
    core.store.update((state) => dropPending(answer ? putRow(state, answer.conversation) : state, pending.id));
    return true;
  } catch (error) {
    core.store.update((state) => dropPending(state, pending.id), true);
    core.toast(reason(error), "bad");
    return false;
  }
}

export function reason(error: unknown): string {
  if (error instanceof ApiError) return error.message || t("error.refused");
  return t("error.unreachable");
}

export function pushUndo(core: Core, undo: Omit<Undo, "id">): void {
  core.desk.update((desk) => ({ ...desk, undos: [...desk.undos.slice(-9), { ...undo, id: newKey() }] }), true);
}

const asked = new WeakMap<Core, Set<Promise<unknown>>>();

/** Notes what is asked of the server and can be taken back once it is done. */
export function underWay<T>(core: Core, doing: Promise<T>): Promise<T> {
  const all = asked.get(core) ?? new Set();
  asked.set(core, all.add(doing));
  return doing.finally(() => all.delete(doing));
}

const takingBack = new WeakMap<Core, Promise<void>>();

/**
 * Takes back the newest thing that can be taken back. What is still being asked is waited for: that is meant, and not
 * what was done before it, also where it is refused. Pressed again meanwhile, it goes on from there, one after the other.
 */
export function undoLast(core: Core): Promise<void> {
  const next = (takingBack.get(core) ?? Promise.resolve()).then(() => takeBack(core));
  takingBack.set(core, next);
  return next;
}

async function takeBack(core: Core): Promise<void> {
  const newest = () => core.desk.get().undos.at(-1)?.id;
  const doneBefore = asked.get(core)?.size ? newest() : null;
  while (asked.get(core)?.size) {
    await Promise.allSettled(asked.get(core) ?? []);
    await new Promise((resolve) => setTimeout(resolve)); // whoever asked goes on first, and says how it is taken back
  }
  if (doneBefore !== null && doneBefore === newest()) return;
  const undos = core.desk.get().undos.filter((undo) => undo.until === null || undo.until > Date.now());
  const last = undos.at(-1);
  if (!last) return core.toast(t("undo.nothing"));
  core.show({ undos: undos.slice(0, -1) });
  const { toast } = core.desk.get();
  try {
    await last.run();
    // What could not be taken back was said already.
    if (core.desk.get().toast === toast) core.toast(t("bulk.takenBack"));
  } catch (error) {
    core.toast(reason(error), "bad");
  }
}

function patchOne(core: Core, id: string, body: Record<string, unknown>, patch: Patch): Promise<boolean> {
  return carryOut(core, { id, patch, ask: () => core.api.patch<Answer>(`/conversations/${id}`, body) });
}

/** The same change for one or many; many go in one request and are answered one by one. */
async function patchAll(
  core: Core,
  ids: readonly string[],
  body: Record<string, unknown>,
  patch: Patch | ((before: ConversationShape) => Patch),
  done: string,
  undo: (before: ConversationShape) => { body: Record<string, unknown>; patch: Patch },
): Promise<void> {
  const before = ids.map((id) => row(core.state(), id)).filter((r): r is ConversationShape => r !== undefined);
  const patchOf = (r: ConversationShape) => (typeof patch === "function" ? patch(r) : patch);
  const [only] = before;
  if (before.length !== 1 || !only) return shownMeanwhile(core, before, body, patchOf, done);
  if (!(await patchOne(core, only.id, body, patchOf(only)))) return;
  const run = async () => {
    await patchOne(core, only.id, undo(only).body, undo(only).patch);
  };
  pushUndo(core, { text: done, until: null, seconds: 0, run });
}

/** Many at once: what was asked for stays on the screen until the rows themselves come by the socket. */
async function shownMeanwhile(
  core: Core,
  before: readonly ConversationShape[],
  change: Record<string, unknown>,
  patchOf: (row: ConversationShape) => Patch,
  done: string,
): Promise<void> {
  const pending = before.map((r) => ({ id: newKey(), conversation_id: r.id, patch: patchOf(r) }));
  core.store.update((state) => pending.reduce(addPending, state), true);
  const ids = before.map((r) => r.id);
  const ok = new Set(await changeMany(core, ids, change, done));
  const drop = (some: typeof pending) =>
    core.store.update((state) => some.reduce((s, p) => dropPending(s, p.id), state));
  drop(pending.filter((p) => !ok.has(p.conversation_id)));
  setTimeout(() => drop(pending), 1500);
}

/** After a row leaves by the reader's own hand: it goes at once and the next one opens. */
export function advance(core: Core, ids: readonly string[]): void {
  const open = openId(core.desk.get());
  const view = currentList(core.desk.get());
  const next = open && ids.includes(open) ? neighbour(core, open) : null;
  const following = next && ids.includes(next) ? null : next;
  core.store.update((state) => ids.reduce((s, id) => takeOut(s, view, id), state), true);
  if (!open || !ids.includes(open)) return;
  const onwards = () => openConversation(core, window.innerWidth < 768 ? null : following);
  if (!core.desk.get().nextMode) return onwards();
  // What was done with stays on screen until the next one is here.
  void takeNext(core).then((taken) => taken || onwards());
}

/** Whether rows so changed go out of the list on screen; where only the server can tell, they are taken to go. */
function leave(core: Core, ids: readonly string[], patch: Patch): boolean {
  const desk = core.desk.get();
  if (desk.route.page === "search") return true;
  const list = currentList(desk);
  return ids.some((id) => {
    const before = row(core.state(), id);
    return before !== undefined && belongs({ ...before, ...patch }, list, core.state()) !== true;
  });
}

/** One that lacks what the desk asks for is asked about first; of many, the server says which could not be closed. */
export function closeAll(core: Core, ids: readonly string[]): void {
  const [only] = ids;
  if (ids.length === 1 && only && missingToClose(core.state(), row(core.state(), only)).length) {
    return core.show({ picker: "closing", closing: ids, sheet: null });
  }
  const body = { status: "closed" };
  const patch: Patch = { status: "closed", waiting_since: null, deadline_at: null };
  const leaving = leave(core, ids, patch);
  const n = ids.length;
  void patchAll(core, ids, body, patch, t("done.closed", { n }), (before) => ({
    body: { status: "open" },
    patch: { status: "open", waiting_since: before.waiting_since, deadline_at: before.deadline_at },
  }));
  if (leaving) advance(core, ids);
}

export function reopen(core: Core, ids: readonly string[]): void {
  void patchAll(
    core,
    ids,
    { status: "open" },
    { status: "open", spam: false },
    t("done.reopened", { n: ids.length }),
    () => ({
      body: { status: "closed" },
      patch: { status: "closed" },
    }),
  );
}

export function markSpam(core: Core, ids: readonly string[]): void {
  const patch: Patch = { spam: true, waiting_since: null };
  const leaving = leave(core, ids, patch);
  void patchAll(core, ids, { status: "spam" }, patch, t("done.spam", { n: ids.length }), (before) => ({
    body: { status: "open" },
    patch: { spam: false, status: before.status, waiting_since: before.waiting_since },
  }));
  if (leaving) advance(core, ids);
}

export function assign(core: Core, ids: readonly string[], agentId: string | null, note?: string): void {
  const name = agentId ? (core.state().agents[agentId]?.name ?? "") : "";
  const body = { assignee_id: agentId, ...(note ? { note } : {}) };
  const done = agentId ? t("done.assigned", { name }) : t("done.unassigned");
  void patchAll(core, ids, body, { assignee_id: agentId }, done, (before) => ({
    body: { assignee_id: before.assignee_id },
    patch: { assignee_id: before.assignee_id },
  }));
}

/** Takes a conversation, but only if nobody took it since it was on this screen. */
export async function claim(core: Core, ids: readonly string[]): Promise<void> {
  const mine = core.state().me?.agent.id;
  if (!mine) return;
  const [only] = ids;
  if (ids.length !== 1 || !only) return assign(core, ids, mine);
  const before = row(core.state(), only)?.assignee_id ?? null;
  if (before === mine) return;
  const body = { assignee_id: "me", expect: { assignee_id: before } };
  const ok = await patchOne(core, only, body, { assignee_id: mine });
  if (!ok) return;
  const run = async () => {
    await patchOne(core, only, { assignee_id: before }, { assignee_id: before });
  };
  pushUndo(core, { text: t("done.claimed"), until: null, seconds: 0, run });
}

export function setTeam(core: Core, ids: readonly string[], teamId: string | null): void {
  const name = teamId ? (core.state().teams[teamId]?.name ?? "") : t("team.none");
  void patchAll(core, ids, { team_id: teamId }, { team_id: teamId }, t("done.team", { name }), (before) => ({
    body: { team_id: before.team_id },
    patch: { team_id: before.team_id },
  }));
}

export function setPriority(core: Core, ids: readonly string[], priority: ConversationShape["priority"]): void {
  void patchAll(core, ids, { priority }, { priority }, t("done.priority"), (before) => ({
    body: { priority: before.priority },
    patch: { priority: before.priority },
  }));
}

export function setSubject(core: Core, id: string, subject: string): void {
  void patchAll(core, [id], { subject }, { subject }, t("done.subject"), (before) => ({
    body: { subject: before.subject },
    patch: { subject: before.subject },
  }));
}

/** `until` in ms, or until the customer writes. */
export function snooze(core: Core, ids: readonly string[], choice: { until: number } | { untilReply: true }): void {
  const until = "until" in choice ? new Date(choice.until).toISOString() : null;
  const body = until ? { status: "snoozed", snoozed_until: until } : { status: "snoozed", snooze_until_reply: true };
  const patch: Patch = { status: "snoozed", snoozed_until: until, snooze_until_reply: !until };
  const leaving = leave(core, ids, patch);
  void patchAll(core, ids, body, patch, t("done.snoozed", { n: ids.length }), () => ({
    body: { status: "open" },
    patch: { status: "open", snoozed_until: null, snooze_until_reply: false },
  }));
  if (leaving) advance(core, ids);
}

export async function toggleTag(core: Core, ids: readonly string[], tagId: string): Promise<void> {
  const rows = ids.map((id) => row(core.state(), id)).filter((r): r is ConversationShape => r !== undefined);
  const add = !rows.every((r) => r.tags.includes(tagId));
  await setTag(
    core,
    rows.filter((r) => r.tags.includes(tagId) !== add).map((r) => r.id),
    tagId,
    add,
  );
}

async function setTag(core: Core, ids: readonly string[], tagId: string, add: boolean): Promise<void> {
  const name = core.state().tags[tagId]?.name ?? "";
  if (ids.length > 1) {
    const said = add ? t("done.tagged", { name }) : t("done.untagged", { name });
    await changeMany(core, ids, add ? { tag_add: tagId } : { tag_remove: tagId }, said);
    return;
  }
  const done = await Promise.all(
    ids.map((id) => {
      const tags = (row(core.state(), id)?.tags ?? []).filter((other) => other !== tagId);
      const path = `/conversations/${id}/tags/${tagId}`;
      const ask = () => (add ? core.api.put<Answer>(path) : core.api.delete<Answer>(path));
      return carryOut(core, { id, patch: { tags: add ? [...tags, tagId] : tags }, ask });
    }),
  );
  const changed = ids.filter((_, i) => done[i]);
  if (!changed.length) return;
  const text = add ? t("done.tagged", { name }) : t("done.untagged", { name });
  pushUndo(core, { text, until: null, seconds: 0, run: () => setTag(core, changed, tagId, !add) });
}

/** No answer needed: the wait ends without one, the conversation stays open. */
export async function dismiss(core: Core, ids: readonly string[], why = ""): Promise<void> {
  const patch: Patch = { waiting_since: null, deadline_at: null };
  const leaving = leave(core, ids, patch);
  const body = why ? { reason: why } : {};
  if (ids.length > 1) {
    const said = t("done.dismissed", { n: ids.length });
    const ok = await changeMany(core, ids, { dismiss: why ? { reason: why } : true }, said);
    if (leaving && ok.length) advance(core, ok);
    return;
  }
  const done = await Promise.all(
    ids.map((id) => {
      const ask = () => core.api.post<Answer>(`/conversations/${id}/dismiss`, body, { key: newKey() });
      return carryOut(core, { id, patch, ask });
    }),
  );
  const changed = ids.filter((_, i) => done[i]);
  if (!changed.length) return;
  if (leaving) advance(core, changed);
  const back = async () => {
    const answers = await Promise.all(changed.map((id) => core.api.delete<Answer>(`/conversations/${id}/dismiss`)));
    core.store.update((state) => answers.reduce((s, answer) => putRow(s, answer.conversation), state));
  };
  pushUndo(core, { text: t("done.dismissed", { n: changed.length }), until: null, seconds: 0, run: back });
}

/** One person among many in a thread needs no answer; the others wait on. */
export async function dismissWait(core: Core, id: string, waitId: string, why = ""): Promise<void> {
  const body = { wait_ids: [waitId], ...(why ? { reason: why } : {}) };
  const ask = () => core.api.post<Answer>(`/conversations/${id}/dismiss`, body, { key: newKey() });
  if (!(await carryOut(core, { id, patch: {}, ask }))) return;
  const run = async () => {
    const answer = await core.api.delete<Answer>(`/conversations/${id}/dismiss`);
    core.store.update((state) => putRow(state, answer.conversation));
  };
  pushUndo(core, { text: t("done.dismissed", { n: 1 }), until: null, seconds: 0, run });
}

export async function escalate(
  core: Core,
  id: string,
  why: string,
  to: { to_agent_id?: string; to_team_id?: string; chain_id?: string },
): Promise<void> {
  const path = `/conversations/${id}/escalations`;
  const escalation = {
    reason: why,
    by_id: core.state().me?.agent.id ?? null,
    to_agent_id: to.to_agent_id ?? null,
    to_team_id: to.to_team_id ?? null,
    at: new Date().toISOString(),
    acknowledged_at: null,
    cause: "" as const,
    chain_id: to.chain_id ?? null,
    level: 0,
    next_at: null,
  };
  const ask = () => core.api.post<Answer>(path, { reason: why, ...to }, { key: newKey() }).then(rowOnly);
  if (!(await carryOut(core, { id, patch: { escalation }, ask }))) return;
  const run = async () => {
    await endEscalation(core, id);
  };
  pushUndo(core, { text: t("done.escalated"), until: null, seconds: 0, run });
}

export function endEscalation(core: Core, id: string): Promise<boolean> {
  const ask = () => core.api.delete<Answer>(`/conversations/${id}/escalations`).then(rowOnly);
  return carryOut(core, { id, patch: { escalation: null }, ask });
}

export function acknowledge(core: Core, id: string): Promise<boolean> {
  const escalation = row(core.state(), id)?.escalation ?? null;
  const patch: Patch = { escalation: escalation && { ...escalation, acknowledged_at: new Date().toISOString() } };
  const ask = () => core.api.post<Answer>(`/conversations/${id}/escalations/acknowledge`).then(rowOnly);
  return carryOut(core, { id, patch, ask });
}

/** Some answers bring the conversation, some do not: the socket brings it in any case. */
function rowOnly(answer: Answer | undefined): Answer | undefined {
  return answer?.conversation ? answer : undefined;
}

export async function merge(core: Core, id: string, intoId: string): Promise<void> {
  const ask = () => core.api.post<Answer>(`/conversations/${id}/merge`, { into_id: intoId }, { key: newKey() });
  if (!(await carryOut(core, { id, patch: {}, ask: () => ask().then(rowOnly) }))) return;
  openConversation(core, intoId);
  const run = async () => {
    await core.api.post(`/conversations/${id}/unmerge`);
    openConversation(core, id);
  };
  pushUndo(core, { text: t("done.merged"), until: null, seconds: 0, run });
}
