/** Times on the wall of another place, as the server tells them: never moved into the reader's own zone. */

import { dateOnly, instant, shortDate } from "./time";
import { localInstant } from "./zone";

/** "17:00" the same day, "Mon 09:00" within a week, else with the date. `local`: "2026-11-22T17:00"; `at`: the instant. */
export function wallTime(local: string, at: string, now: number): string {
  const wall = localInstant(local);
  // The reader's own clock shows what the wall shows when both are moved alike.
  const short = shortDate(wall, now + wall - Date.parse(at));
  return /\d:\d\d/.test(short) ? short : instant(wall);
}

/** "Fri 20 Nov, 17:50" */
export const wallInstant = (local: string): string => instant(localInstant(local));

/** "Thu 24 Dec 2026": a date that is no instant. */
export function wallDate(day: string): string {
  return dateOnly(localInstant(`${day}T12:00`));
}
