/** The time zone the reader reads times in: his own choice, kept with the account, else that of the machine. */

const KEPT = "inbox.zone";

// Known from the last visit, so that the first paint is right. Scripts that read the registry have no storage.
let chosen = known(globalThis.localStorage?.getItem(KEPT)) ?? "";

/** His choice; empty: the machine's. */
export const chosenZone = (): string => chosen;

/** By name, like all below. */
export const machineZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
export const ownZone = (): string => chosen || machineZone();

/** Times are told in it from now on. One that this browser does not know counts as none. */
export function setZone(zone: string | undefined): void {
  chosen = known(zone) ?? "";
  if (chosen) localStorage.setItem(KEPT, chosen);
  else localStorage.removeItem(KEPT);
}

/** Null: there is no such zone. */
export function known(zone: string | null | undefined): string | null {
  try {
    return zone && new Intl.DateTimeFormat("en", { timeZone: zone }) ? zone : null;
  } catch {
    return null;
  }
}

/** What clocks on the wall show at an instant, as a date whose UTC parts say it. Without a zone: the reader's. */
export function wall(at: number, zone = chosen): Date {
  return new Date(at + east(at, zone));
}

/** The instant at which they show this (ms, as if of UTC); where they skip it, just after. */
export function instantOf(shown: number, zone = chosen): number {
  const at = shown - east(shown, zone);
  return shown - east(at, zone);
}

/** The instant of "2026-11-22T17:00" on the reader's own wall. */
export const localInstant = (local: string): number => instantOf(Date.parse(`${local}Z`));

const clocks = new Map<string, Intl.DateTimeFormat>();

/** How far a zone is east of UTC at an instant, in ms; "" for the machine's. */
function east(at: number, zone: string): number {
  if (!zone) return -new Date(at).getTimezoneOffset() * 60_000;
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    clocks.set(zone, clock);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of clock.formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}
