/** Shifts of a day as they are typed ("9-13, 17:00-20"), drawn (minutes), and kept ("09:00-13:00"). */

/** Begin and end in minutes after midnight; an end past `DAY` is on the next day. */
export type Shift = readonly [begin: number, end: number];

export const DAY = 1440;
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export type Weekly = Readonly<Record<string, readonly string[]>>;

/** To this many minutes what is drawn keeps. */
export const STEP = 15;

const ONE = /^(\d{1,2})(?::?([0-5]\d))?\s*[-–—]\s*(\d{1,2})(?::?([0-5]\d))?$/;

/** The shifts of a text, in order; null where it says none that can be understood, or two that overlap. */
export function readShifts(text: string): Shift[] | null {
  const parts = text
    .replaceAll(/\s*[-–—]\s*/g, "-")
    .split(/[\s,;]+/)
    .filter(Boolean);
  const shifts: Shift[] = [];
  for (const part of parts) {
    const shift = readShift(part);
    if (!shift) return null;
    shifts.push(shift);
  }
  shifts.sort((a, b) => a[0] - b[0]);
  return shifts.some((one, at) => one[0] < (shifts[at - 1]?.[1] ?? 0)) ? null : shifts;
}

function readShift(text: string): Shift | null {
  const found = ONE.exec(text);
  if (!found) return null;
  const begin = Number(found[1]) * 60 + Number(found[2] ?? 0);
  const end = Number(found[3]) * 60 + Number(found[4] ?? 0);
  if (begin >= DAY || end > DAY) return null;
  return [begin, end > begin ? end : end + DAY];
}

/** "09:00-13:00", as the server keeps it. */
export function writeShift([begin, end]: Shift): string {
  return `${clockTime(begin)}-${clockTime(end > DAY ? end - DAY : end)}`;
}

export const writeShifts = (shifts: readonly Shift[]): string[] => shifts.map(writeShift);

/** "09:00"; midnight at an end is "24:00". */
export function clockTime(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A shift more; those that it overlaps or touches become one with it. At most a day long. */
export function withShift(shifts: readonly Shift[], added: Shift): Shift[] {
  const apart = shifts.filter(([begin, end]) => end < added[0] || begin > added[1]);
  const joined = shifts.filter((one) => !apart.includes(one));
  const begin = Math.min(added[0], ...joined.map((one) => one[0]));
  const end = Math.min(begin + DAY, Math.max(added[1], ...joined.map((one) => one[1])));
  return [...apart, [begin, end] as const].sort((a, b) => a[0] - b[0]);
}

/** A shift moved, or only its end; unchanged where it would run into another, or off its day. */
export function moved(shifts: readonly Shift[], at: number, by: number, what: "whole" | "end"): Shift[] {
  const shift = shifts[at];
  if (!shift) return [...shifts];
  const next: Shift = what === "end" ? [shift[0], shift[1] + by] : [shift[0] + by, shift[1] + by];
  const [begin, end] = next;
  const before = shifts[at - 1]?.[1] ?? 0;
  const after = shifts[at + 1]?.[0] ?? begin + DAY;
  const fits = begin >= before && begin < DAY && end <= after && end - begin >= STEP && end - begin <= DAY;
  return shifts.map((one, place) => (place === at && fits ? next : one));
}

/** Days with equal hours side by side as one line: [first, last, shifts]. */
export function runs(weekly: Weekly): [Weekday, Weekday, readonly string[]][] {
  const found: [Weekday, Weekday, readonly string[]][] = [];
  for (const day of WEEKDAYS) {
    const shifts = weekly[day] ?? [];
    const last = found.at(-1);
    if (last && last[2].join() === shifts.join()) last[1] = day;
    else found.push([day, day, shifts]);
  }
  return found;
}
