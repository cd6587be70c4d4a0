/**
 * What this browser keeps of a person's work: words, choices and answers that have not left. They are the last one's who
 * signed in here; somebody else must neither find nor send them.
 */

import type { Core } from "../core";
import { Unreachable } from "../http/api";
import { forgetDrafts, tellDrafts } from "./drafts";
import { restoreWaiting } from "./reply";
import { reason } from "./triage";

const OWNER = "inbox.owner";
const OF_A_PERSON = ["inbox.draft.", "inbox.choices.", "inbox.waiting"];
/** How long words may take to get to the server when one leaves. */
const TELLING_MS = 3_000;

/** Somebody is signed in: his own work is taken up again, that of another is forgotten. */
export function arrived(core: Core, agentId: string): void {
  const owner = localStorage.getItem(OWNER);
  if (owner !== null && owner !== agentId) forgetWork();
  if (owner !== agentId) localStorage.setItem(OWNER, agentId);
  restoreWaiting(core);
}

/** He is no longer. What a session that ran out left unsent waits for him; one ended on purpose leaves nothing. */
export function left(core: Core, why: "sign_in" | "revoked" | null): void {
  forgetDrafts(core);
  const mine = core.state().me?.agent.id;
  if (why === "sign_in" || !mine || localStorage.getItem(OWNER) !== mine) return;
  forgetWork();
  localStorage.removeItem(OWNER);
}

/** What another tab of this browser did to the session; null: nothing. */
export function changedHands(core: Core, { key, newValue }: StorageEvent): "sign_in" | "revoked" | null {
  const mine = core.state().me?.agent.id;
  if (key !== OWNER || core.desk.get().session !== "in" || newValue === mine) return null;
  return newValue === null ? "revoked" : "sign_in";
}

/** Leaves, once the words are with the server. Without a connection one stays: the session would go on unseen. */
export async function signOut(core: Core): Promise<void> {
  await Promise.race([tellDrafts(core), new Promise((resolve) => setTimeout(resolve, TELLING_MS))]);
  try {
    await core.api.delete("/session");
  } catch (error) {
    if (error instanceof Unreachable) return core.toast(reason(error), "bad");
    // The server had ended it already: what that left here goes all the same.
    forgetWork();
  }
  core.signedOut(null);
}

function forgetWork(): void {
  for (const key of Object.keys(localStorage)) {
    if (OF_A_PERSON.some((begin) => key.startsWith(begin))) localStorage.removeItem(key);
  }
}
