/** Whether colleagues take work, and how much they have on their hands. */

import type { AvailabilityShape } from "../protocol/types.generated";
import type { Key } from "../text/i18n";
import type { State } from "./state";

export type Availability = AvailabilityShape["state"];

export const STATES: readonly Availability[] = ["available", "busy", "away", "offline"];
export const stateName = (state: Availability): Key => `availability.${state}`;

/** Somebody without a row was never here. */
export function availabilityOf(state: State, agentId: string): Availability {
  return state.availability[agentId]?.state ?? "offline";
}

/** Why somebody is not available, in the house's words; empty without a reason. */
export function awayReason(state: State, agentId: string): string {
  const id = state.availability[agentId]?.reason_id;
  return (id && state.attendance?.reasons.find((one) => one.id === id)?.name) || "";
}
