/** A text with the words marked that a rule found in it; case and accents do not matter, as they do not for the rule. */
export function Found({ text, words }: { text: string; words: readonly string[] }) {
  return parts(text, words).map(({ at, part, hit }) =>
    hit ? <mark key={at}>{part}</mark> : <span key={at}>{part}</span>,
  );
}

const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ς", "σ");

interface Part {
  at: number;
  part: string;
  hit: boolean;
}

export function parts(text: string, words: readonly string[]): Part[] {
  const folded = fold(text);
  // Where folding changes lengths the places would be wrong: then the text stands without marks.
  const wanted =
    folded.length === text.length ? words.map((one) => fold(one.replace(/\*$/, "").trim())).filter(Boolean) : [];
  const out: Part[] = [];
  let from = 0;
  while (from < text.length) {
    const next = wanted
      .map((word) => ({ at: folded.indexOf(word, from), length: word.length }))
      .filter((one) => one.at >= 0)
      .sort((a, b) => a.at - b.at || b.length - a.length)[0];
    if (!next) break;
    if (next.at > from) out.push({ at: from, part: text.slice(from, next.at), hit: false });
    out.push({ at: next.at, part: text.slice(next.at, next.at + next.length), hit: true });
    from = next.at + next.length;
  }
  if (from < text.length) out.push({ at: from, part: text.slice(from), hit: false });
  return out;
}
