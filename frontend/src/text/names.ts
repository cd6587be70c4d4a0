/** Initials and hues for people without a picture. */

/** Two letters that stand for a name in any script: "EM", "ΠΚ", "B7", "?" where there is no name. */
export function initials(name: string): string {
  const words = name
    .replace(/[^\p{L}\p{N}\s]/gu, " ")
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const [first, second] = words;
  if (!first) return "?";
  const letters = second ? first.slice(0, 1) + second.slice(0, 1) : first.slice(0, 2);
  return letters.toLocaleUpperCase();
}

/** The same hue for the same person, everywhere: 0 to 359. */
export function hue(id: string): number {
  let hash = 7;
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 100_003;
  // Golden-angle steps keep neighbouring ids far apart on the circle.
  return Math.round((hash * 137.5) % 360);
}

/** What one calls a person in a sentence: the first word of a real name, a handle as it is. */
export function firstName(name: string): string {
  return name.split(/[\s,]/)[0] ?? name;
}
