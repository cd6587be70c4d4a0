/** Text measured as a network measures it. */

export type TextUnit = "characters" | "utf16" | "bytes" | "graphemes";

const encoder = new TextEncoder();
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Length in the unit of the channel; an unknown unit counts code points. */
export function lengthIn(text: string, unit: string): number {
  switch (unit) {
    case "utf16":
      return text.length;
    case "bytes":
      return encoder.encode(text).length;
    case "graphemes":
      return [...segmenter.segment(text)].length;
    default:
      return [...text].length;
  }
}
