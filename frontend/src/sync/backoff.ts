/** Waiting times between attempts to connect. */

/** Longest wait before an attempt. */
const CAP_MS = 30_000;
const BASE_MS = 500;

/**
 * Full jitter: anything from 0 to the doubled limit, so that a thousand desks do not come back in one wave.
 * `attempt` counts from 0; `random` gives [0, 1).
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const limit = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 16));
  return Math.round(random() * limit);
}
