/** The edge: text from the socket becomes a typed frame here, or is named as unexpected. Nothing behind it checks again. */

import type { ServerFrame } from "./types.generated";

/** A frame that this version of the app does not know: newer server, or not our server at all. */
export interface Unexpected {
  type: "unexpected";
  reason: string;
}

type Check = (frame: Record<string, unknown>) => boolean;

const int = (value: unknown): boolean => Number.isInteger(value);
const record = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

/** What the rest of the app relies on, by frame. Fields beyond these may be absent without harm. */
const CHECKS: Record<ServerFrame["type"], Check> = {
  hello: (f) => int(f.epoch) && int(f.position) && typeof f.server_time === "string",
  snapshot: (f) => int(f.position) && record(f.state),
  event: (f) => int(f.position) && typeof f.event === "string" && record(f.data),
  left: (f) => int(f.position) && typeof f.conversation_id === "string",
  progress: (f) => int(f.position) && int(f.sent),
  counts: (f) => record(f.counts),
  presence: (f) => Array.isArray(f.entries),
  mine: () => true,
  resync: () => true,
  error: (f) => typeof f.code === "string",
};

/** Decodes one websocket message. Never throws. */
export function decodeFrame(text: string): ServerFrame | Unexpected {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { type: "unexpected", reason: "not JSON" };
  }
  if (!record(value)) return { type: "unexpected", reason: "not an object" };
  const frame = value as Record<string, unknown>;
  const known = Object.hasOwn(CHECKS, String(frame.type));
  const check = CHECKS[frame.type as ServerFrame["type"]];
  if (!known) return { type: "unexpected", reason: `unknown type ${String(frame.type)}` };
  if (!check(frame)) return { type: "unexpected", reason: `broken ${String(frame.type)}` };
  return frame as unknown as ServerFrame;
}
