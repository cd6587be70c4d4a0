/**
 * What the host page's loader and the frame say to each other. Every message carries `inbox: 1`; both sides name the
 * other's exact origin when they send and check origin and window when they receive.
 */

import type { Identity, PageSeen, Queued } from "./frames";

export interface Kept {
  token: string | null;
  queue: Queued[];
  /** What he was writing on the page before this one. */
  draft: string;
}

export interface Shown {
  open: boolean;
  /** Whether somebody opened it just now: who only comes to another page is left where he is. */
  focus: boolean;
}

export type ToFrame =
  | ({ kind: "init"; kept: Kept; page: PageSeen; language: string; dark: boolean | null; rtl: boolean } & Shown)
  | ({ kind: "shown" } & Shown)
  | { kind: "page"; page: PageSeen }
  | { kind: "token"; token: string | null }
  | { kind: "identify"; identity: Identity }
  | { kind: "logout" };

export type ToLoader =
  | { kind: "ready" }
  | { kind: "token"; token: string | null }
  | { kind: "queue"; entry: Queued }
  | { kind: "unqueue"; id: string }
  | { kind: "draft"; text: string }
  | { kind: "unread"; count: number }
  | { kind: "close" };

export type Marked<T> = T & { inbox: 1 };

export function isMarked(data: unknown): data is Marked<ToFrame> | Marked<ToLoader> {
  return typeof data === "object" && data !== null && (data as { inbox?: unknown }).inbox === 1;
}
