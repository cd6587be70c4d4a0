/**
 * A text over the network's limit, cut as the server will cut it (connectors/toolkit/text.py): at the last line,
 * sentence or word end that fits; joined, the pieces are the original.
 */

import { lengthIn } from "./length";

const ENDS_ALONE = "。！？";
const ENDS_BEFORE_SPACE = ".!?…;·։";
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

interface Atom {
  text: string;
  size: number;
}

export function split(text: string, limit: number, unit: string): string[] {
  const atoms = [...segmenter.segment(text)].flatMap(({ segment }) => fitted(segment, limit, unit));
  const pieces: string[] = [];
  let start = 0;
  let used = 0;
  for (let i = 0; i < atoms.length; i += 1) {
    const size = atoms[i]?.size ?? 0;
    while (used + size > limit && start < i) {
      const cut = bestCut(atoms, start, i);
      const piece = atoms.slice(start, cut);
      pieces.push(joined(piece));
      used -= piece.reduce((sum, atom) => sum + atom.size, 0);
      start = cut;
    }
    used += size;
  }
  const rest = joined(atoms.slice(start));
  return rest || !pieces.length ? [...pieces, rest] : pieces;
}

const joined = (atoms: readonly Atom[]) => atoms.map((atom) => atom.text).join("");

/** A cluster whole where it fits, else its code points: nothing else is possible. */
function fitted(cluster: string, limit: number, unit: string): Atom[] {
  const size = lengthIn(cluster, unit);
  if (size <= limit || unit === "graphemes") return [{ text: cluster, size }];
  return [...cluster].map((text) => ({ text, size: lengthIn(text, unit) }));
}

/** Where to cut between `start` and `end`, in the second half if anything ends there. */
function bestCut(atoms: readonly Atom[], start: number, end: number): number {
  let sentence = 0;
  let word = 0;
  for (let i = end - 1; i >= start + Math.floor((end - start) / 2); i -= 1) {
    const last = atoms[i]?.text.at(-1) ?? "";
    if (last === "\n") return i + 1;
    const before = /^\s/.test(atoms[i + 1]?.text ?? "");
    if (ENDS_ALONE.includes(last) || (ENDS_BEFORE_SPACE.includes(last) && before)) sentence ||= i + 1;
    else if (last === " " || last === "\t") word ||= i + 1;
  }
  return sentence || word || end;
}
