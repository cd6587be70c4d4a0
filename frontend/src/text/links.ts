/** Finds addresses in plain text. What is found becomes a link, the rest stays text: no HTML is ever made here. */

export type Piece = { text: string } | { text: string; href: string };

const PATTERN = /\b(?:https?:\/\/|www\.)[^\s<>"']+|[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/giu;
const TRAILING = /[.,;:!?)\]}»”]+$/;

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(PATTERN)) {
    const word = match[0].replace(TRAILING, "");
    if (match.index > at) found.push({ text: text.slice(at, match.index) });
    found.push({ text: word, href: hrefOf(word) });
    at = match.index + word.length;
  }
  if (at < text.length) found.push({ text: text.slice(at) });
  return found;
}

function hrefOf(word: string): string {
  if (/^https?:/i.test(word)) return word;
  return /^www\./i.test(word) ? `https://${word}` : `mailto:${word}`;
}
