/** Changes shown before the server has said yes: they lie on top of the confirmed rows and never touch them. */

import type { ConversationShape } from "../protocol/types.generated";
import type { Pending, State } from "./state";

export function addPending(state: State, pending: Pending): State {
  return { ...state, pending: [...state.pending, pending] };
}

/** The server answered, yes or no: either way the confirmed row is now the truth. */
export function dropPending(state: State, id: string): State {
  return { ...state, pending: state.pending.filter((other) => other.id !== id) };
}

/** The row with everything asked for on top. Returns the very row when nothing is pending for it. */
export function overlay(row: ConversationShape, pending: readonly Pending[]): ConversationShape {
  let shown = row;
  for (const change of pending) {
    if (change.conversation_id === row.id) shown = { ...shown, ...change.patch };
  }
  return shown;
}
