/** What is open and where the reader is: the screen's own state, kept apart from what the server knows. */

import type { Choices } from "../commands/choices";
import type { MessageShape } from "../protocol/types.generated";
import type { SyncStatus } from "../sync/machine";
import { chosenZone } from "../text/zone";
import { type FilterField, listName, NO_FILTER } from "./filter";
import type { PostTab, Route } from "./route";

export type Picker =
  | "assign"
  | "team"
  | "tag"
  | "snooze"
  | "priority"
  | "escalate"
  | "merge"
  | "more"
  | "dismiss"
  | "spam"
  | "subject"
  | "handover"
  | "filter"
  | `filter:${FilterField}`
  | "sort"
  | "condition"
  | "save-view"
  | "edit-view"
  | "send-later"
  | "availability"
  | "templates"
  | "macro"
  | `macro:${string}`
  | "link"
  | "split"
  | `split:${string}`
  | "bulk-reply"
  | "bulk-results"
  | "closing"
  | "transcript"
  | "routing"
  | `approval:${string}`
  | `edit:${string}`;

export type Sheet = "palette" | "help" | "notifications" | "start" | "account" | "first-steps" | null;

export interface Toast {
  id: number;
  text: string;
  /** `open`: something is left to be done. */
  tone: "done" | "open" | "bad";
  /** What the one button says and does. */
  action?: { label: string; run: () => void };
}

/** Something that can be taken back with U. `until` null: until the next action pushes it out. */
export interface Undo {
  id: string;
  text: string;
  until: number | null;
  seconds: number;
  run: () => Promise<void>;
}

/** What became of each conversation of a bulk change. */
export interface BulkOutcome {
  done: string;
  results: readonly { id: string; ok: boolean; code?: string; detail?: string }[];
}

/** The server refused an answer because something newer is there. */
export interface Collision {
  items: MessageShape[];
  position: number;
}

export interface SearchHit {
  conversation_id: string;
  message_id: string | null;
  snippet: string;
  at: string;
}

/** What was searched for, and what was found so far. */
export interface Search {
  query: string;
  /** The filter it was asked with, as it stands in the address. */
  narrowed: string;
  /** Conversations, by their newest item that fits; null before the first page is here. */
  hits: readonly SearchHit[] | null;
  /** Where to go on; null: this is all there is. */
  cursor: string | null;
  /** Whether a page is being asked for, came, or could not be had. */
  state: "asking" | "here" | "failed";
}

/** How the agent has arranged the app for himself; the server keeps it. `loaded`: it is known. */
export interface Own {
  loaded: boolean;
  /** Command → its own key, empty for none. */
  keys: Readonly<Record<string, string>>;
  /** Cards put away. */
  hidden: readonly string[];
  /** Steps of guides that were taken. */
  done: readonly string[];
  /** The time zone times are read in; empty: the machine's. */
  zone: string;
  /** Saved views in his order; those not named come last. */
  views: readonly string[];
}

export interface Desk {
  route: Route;
  sync: SyncStatus;
  offlineSince: number | null;
  /** Which row the keys are on. */
  cursor: string | null;
  selected: ReadonlySet<string>;
  selecting: boolean;
  picker: Picker | null;
  sheet: Sheet;
  /** On narrow windows: which drawer is out. */
  drawer: "rail" | "person" | null;
  toast: Toast | null;
  undos: readonly Undo[];
  /** What the composer of a conversation is set to: a thread's id, or "note". */
  mode: Readonly<Record<string, string>>;
  collision: Readonly<Record<string, Collision>>;
  search: Search;
  /** Position when the agent began to write, by conversation. */
  began: Readonly<Record<string, number>>;
  /** Item in the timeline that the answer refers to, by conversation. */
  replyTo: Readonly<Record<string, string>>;
  /** What the answer lets the customer choose from, by conversation. */
  choices: Readonly<Record<string, Choices>>;
  /** The last bulk change, conversation by conversation. */
  bulk: BulkOutcome | null;
  /** Conversations whose closing waits for what the desk asks for. */
  closing: readonly string[];
  signedOut: "sign_in" | "revoked" | null;
  session: "unknown" | "in" | "out";
  /** After a conversation is done with, the next one is taken. */
  nextMode: boolean;
  compact: boolean;
  theme: "system" | "light" | "dark" | "contrast";
  shortcuts: boolean;
  own: Own;
}

export const DESK_START: Desk = {
  route: { page: "desk", view: "waiting", conversation: null },
  sync: { phase: "offline", missing: 0, missed: 0 },
  offlineSince: null,
  cursor: null,
  selected: new Set(),
  selecting: false,
  picker: null,
  sheet: null,
  drawer: null,
  toast: null,
  undos: [],
  mode: {},
  collision: {},
  search: { query: "", narrowed: "", hits: null, cursor: null, state: "here" },
  began: {},
  replyTo: {},
  choices: {},
  bulk: null,
  closing: [],
  signedOut: null,
  session: "unknown",
  nextMode: false,
  compact: false,
  theme: "system",
  shortcuts: true,
  own: { loaded: false, keys: {}, hidden: [], done: [], views: [], zone: chosenZone() },
};

/** The conversation on screen, whichever page it was opened from. */
export function openId(desk: Desk): string | null {
  return "conversation" in desk.route ? desk.route.conversation : null;
}

/** The same place with another conversation open. */
export function atConversation(route: Route, id: string | null): Route {
  if ("conversation" in route) return { ...route, conversation: id };
  return { page: "desk", view: "waiting", conversation: id };
}

/** What keys act on: the rows ticked, else the open conversation, else the row under the cursor. */
export function targets(desk: Desk): string[] {
  if (desk.selected.size) return [...desk.selected];
  const id = openId(desk) ?? desk.cursor;
  return id ? [id] : [];
}

export function currentView(desk: Desk): string {
  return desk.route.page === "desk" ? desk.route.view : "waiting";
}

/** The name of the list on screen: the view with what narrows it, or the comments of a post. */
export function currentList(desk: Desk): string {
  const { route } = desk;
  if (route.page === "posts" && route.post) return postList(route.post, route.tab);
  if (route.page === "desk") return listName(route.view, route.filter ?? NO_FILTER, route.sort ?? null);
  return currentView(desk);
}

/** Conversations under a post: those that wait, oldest first, or all of them. */
export function postList(post: string, tab: PostTab): string {
  return tab === "waiting"
    ? listName("waiting", { post }, "waiting")
    : listName("all", { post, status: "any" }, "activity");
}
