/**
 * Numbers that customers write, found by a mask an admin gave: `#` a digit, `@` a letter of A to Z, all else itself.
 * Every place of a mask is one character, so that finding is one pass over the text, whatever either of them says.
 */

export const PLACES = ["email", "phone", "name", "external_id", "order", "contact_id"] as const;
export type Place = (typeof PLACES)[number];
export type Values = Partial<Record<Place, string | null>>;

export interface Numbered {
  text: string;
  /** The place in the list of masks; absent: no number. */
  mask?: number;
}

function pattern(mask: string): string {
  return [...mask]
    .map((char) => (char === "#" ? "\\d" : char === "@" ? "[A-Za-z]" : char.replace(/[\\^$*+?.()|[\]{}/]/g, "\\$&")))
    .join("");
}

/** The text in pieces; those that are a number say by which mask. The first mask that fits has it. */
export function numbersIn(text: string, masks: readonly string[]): Numbered[] {
  if (!masks.length) return [{ text }];
  const any = masks.map((mask) => `(${pattern(mask)})`).join("|");
  const found: Numbered[] = [];
  let at = 0;
  for (const match of text.matchAll(new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, "giu"))) {
    if (match.index > at) found.push({ text: text.slice(at, match.index) });
    found.push({ text: match[0], mask: match.slice(1).findIndex((group) => group !== undefined) });
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ text: text.slice(at) });
  return found;
}

/** The address with its places filled, each URL-encoded; null where something it needs is not known. */
export function filled(template: string, values: Values): string | null {
  let missing = false;
  const address = template.replace(/\{([a-z_]+)\}/g, (_whole, place: string) => {
    const value = values[place as Place];
    if (!value) missing = true;
    return encodeURIComponent(value ?? "");
  });
  return missing ? null : address;
}
