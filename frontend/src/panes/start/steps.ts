/** The ten things to try in the sandbox: where each is done, and by what it is known to be done. */

import type { Desk } from "../../store/desk";
import type { Route } from "../../store/route";
import type { State } from "../../store/state";

// biome-ignore format: a word list
export const STEPS = ["answer", "undo", "mention", "hide", "escalate", "collide", "merge", "cable", "explain", "mailbox"] as const;
export type Step = (typeof STEPS)[number];

/** The customers' side is a page of its own, beside the app. */
export const OTHER_SIDE = "/sandbox";

const desk = (view: string): Route => ({ page: "desk", view, conversation: null });
/** Where each begins. */
export const PLACES: Readonly<Record<Step, Route | typeof OTHER_SIDE>> = {
  answer: desk("waiting"),
  undo: desk("waiting"),
  mention: desk("waiting"),
  hide: desk("kind:comment"),
  escalate: desk("waiting"),
  collide: OTHER_SIDE,
  merge: desk("kind:direct"),
  cable: OTHER_SIDE,
  explain: { page: "reports", query: "" },
  mailbox: { page: "settings", section: "channels", item: "email" },
};

/** The command that does it, whose key its sentence names. */
export const COMMAND_OF: Readonly<Partial<Record<Step, string>>> = {
  answer: "reply",
  undo: "undo",
  mention: "note",
  hide: "hide",
  escalate: "escalate",
};

const words = (body: unknown) => (typeof body === "object" && body ? (body as Record<string, unknown>) : {});

/** What a request shows to be done, once the server has carried it out; null: nothing of these. */
export function stepOf(method: string, path: string, body: unknown): Step | null {
  const said = words(body);
  if (method === "GET") return /^\/reports\/waits\/[^/]+\/explain$/.test(path) ? "explain" : null;
  if (method !== "POST") return null;
  if (path.endsWith("/replies")) return "answer";
  if (path.endsWith("/escalations")) return "escalate";
  if (/^\/contacts\/[^/]+\/merge$/.test(path)) return "merge";
  if (path.endsWith("/notes")) return Array.isArray(said.mentions) && said.mentions.length ? "mention" : null;
  if (/^\/messages\/[^/]+\/actions$/.test(path)) {
    return said.action === "undo" ? "undo" : said.action === "hide" ? "hide" : null;
  }
  return null;
}

/** What the screen and the state show to be done: they met a colleague, came back from being cut off, have a mailbox. */
export function stepsShown(before: Desk, now: Desk, state: State): Step[] {
  const found: Step[] = [];
  if (Object.keys(now.collision).length) found.push("collide");
  if (before.offlineSince !== null && now.offlineSince === null && now.sync.phase === "live") found.push("cable");
  const ofOurs = Object.values(state.channels).some((one) => one.network === "email" && one.active && !one.sandbox);
  if (ofOurs) found.push("mailbox");
  return found;
}
