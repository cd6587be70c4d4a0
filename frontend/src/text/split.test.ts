import { describe, expect, it } from "vitest";
import { diff } from "./diff";
import { findEmoji } from "./emoji";
import { lengthIn } from "./length";
import { split } from "./split";

describe("a text cut into parts", () => {
  it("is cut at the last sentence that fits, and loses nothing", () => {
    const text = "One two three. Four five six! Seven eight nine? Ten.";
    const parts = split(text, 32, "characters");
    expect(parts).toEqual(["One two three. Four five six!", " Seven eight nine? Ten."]);
    expect(parts.join("")).toBe(text);
  });

  it("is cut at a line before a sentence, at a word where neither ends", () => {
    expect(split("First line of it\nSecond. Third", 24, "characters")[0]).toBe("First line of it\n");
    expect(split("aaaa bbbb cccc dddd", 10, "characters")[0]).toBe("aaaa bbbb ");
    expect(split("version 3.14159 is here", 16, "characters")[0]).toBe("version 3.14159 ");
  });

  it("never cuts a character in two, and counts as the network counts", () => {
    const parts = split("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 20, "bytes");
    expect(parts).toEqual(["👩‍👩‍👧", "👩‍👩‍👧", "👩‍👩‍👧"]);
    expect(split("x".repeat(50), 20, "utf16").every((part) => lengthIn(part, "utf16") <= 20)).toBe(true);
  });
});

describe("emoji", () => {
  it("are found in the reader's language and in English, accents or not", () => {
    expect(findEmoji("ευχαριστω", "el")[0]?.emoji).toBe("🙏");
    expect(findEmoji("paketti", "fi")[0]?.emoji).toBe("📦");
    expect(findEmoji("parcel", "hy")[0]?.emoji).toBe("📦");
    expect(findEmoji("qqqq", "en")).toEqual([]);
  });

  it("have words in all six languages and stand once each", () => {
    const all = findEmoji("", "en");
    expect(new Set(all.map((one) => one.emoji)).size).toBe(all.length);
    for (const one of all) {
      expect(Object.keys(one.words), one.emoji).toEqual(["en", "el", "id", "hy", "fi", "de"]);
      expect(Object.values(one.words).every(Boolean), one.emoji).toBe(true);
    }
  });
});

describe("what changed in a text", () => {
  it("is one mark for words that changed side by side", () => {
    const { before, after } = diff("Never again, a joke", "Two stars more, a joke");
    expect(before[0]).toEqual({ kind: "del", text: "Never again" });
    expect(after[0]).toEqual({ kind: "add", text: "Two stars more" });
  });
});
