/** All frames heard since the last one painted, worked in together: each alone would copy every row that is held. */

import type { ServerFrame } from "../protocol/types.generated";
import { apply, type Own } from "./apply";
import { fill } from "./lists";
import type { State } from "./state";

/** A frame, and when it came (ms of this machine's clock). */
export interface Heard {
  frame: ServerFrame;
  at: number;
}

/** The state after them, in the order they came. One that breaks is reported, and takes no other with it. */
export function takeIn(state: State, heard: readonly Heard[]): State {
  const own: Own = new WeakSet();
  let next = state;
  let latest = 0;
  for (const { frame, at } of heard) {
    latest = at;
    try {
      next = apply(next, frame, at, own);
    } catch (error) {
      reportError(error);
    }
  }
  return fill(next, latest);
}
