/** Durations as people type them: "30m", "2h", "1h 30m", "1d". */

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const LONGEST = 366 * 86_400;

/** In seconds; null for nothing typed; undefined where it cannot be read, or is nothing or longer than a year. */
export function readLasting(text: string): number | null | undefined {
  const words = text.trim().toLowerCase();
  if (!words) return null;
  if (/^\d+$/.test(words)) return within(Number(words) * 60);
  if (!/^(\d+([.,]\d+)?\s*[smhdw][a-z]*[\s,]*)+$/.test(words)) return undefined;
  let seconds = 0;
  for (const [, n = "0", unit = "m"] of words.matchAll(/(\d+(?:[.,]\d+)?)\s*([smhdw])/g)) {
    seconds += Number(n.replace(",", ".")) * (SECONDS[unit] ?? 0);
  }
  return within(Math.round(seconds));
}

const within = (seconds: number) => (seconds > 0 && seconds <= LONGEST ? seconds : undefined);

/** "1h 30m": read again it is the same. */
export function writeLasting(seconds: number | null): string {
  if (!seconds) return "";
  let left = seconds;
  const parts: string[] = [];
  for (const unit of ["d", "h", "m", "s"]) {
    const of = SECONDS[unit] ?? 1;
    if (left >= of) parts.push(`${Math.floor(left / of)}${unit}`);
    left %= of;
  }
  return parts.join(" ");
}
