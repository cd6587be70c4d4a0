import { describe, expect, it } from "vitest";
import { filled, numbersIn } from "./masks";

describe("numbers in what customers write", () => {
  it("are found by their mask, in whatever case, but not within longer ones", () => {
    const text = "Order ab-123456, not AB-1234567, XAB-123456 or AB-12345; Παραγγελία AB-000001.";
    expect(numbersIn(text, ["AB-######"]).filter((piece) => piece.mask !== undefined)).toEqual([
      { text: "ab-123456", mask: 0 },
      { text: "AB-000001", mask: 0 },
    ]);
  });

  it("leave the rest of the text as it was, piece by piece", () => {
    const text = "A1B2 and 2026/0007.";
    const pieces = numbersIn(text, ["####/####", "@#@#"]);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    expect(pieces.map((piece) => piece.mask)).toEqual([1, undefined, 0, undefined]);
  });

  it("take what would be a pattern for what it is", () => {
    expect(numbersIn("a.b###", ["a.b###"])).toEqual([{ text: "a.b###" }]);
    expect(numbersIn("axb123 a.b123", ["a.b###"])).toEqual([{ text: "axb123 " }, { text: "a.b123", mask: 0 }]);
  });

  it("are found in one pass however long the text is", () => {
    const before = performance.now();
    numbersIn("A".repeat(200_000), ["@@@@@@@@@@@@@@@@@@@@######"]);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe("an address of another system", () => {
  it("has its places filled, encoded, so that nothing a customer wrote leads elsewhere", () => {
    expect(filled("https://shop.example/c?q={email}&n={name}", { email: "a&b=c@x.example", name: "../../Ελ?#" })).toBe(
      "https://shop.example/c?q=a%26b%3Dc%40x.example&n=..%2F..%2F%CE%95%CE%BB%3F%23",
    );
  });

  it("is not offered where something it needs is not known", () => {
    expect(filled("tel:{phone}", { phone: null })).toBeNull();
    expect(filled("https://shop.example/{secret}", {})).toBeNull();
  });
});
