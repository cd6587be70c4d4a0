import { describe, expect, it } from "vitest";
import { rangeAt, topFor } from "./in-view";

const ROW = 50;
const BOX = 500;

describe("what is drawn of a long list", () => {
  it("covers the box wherever it is scrolled to, the ends too", () => {
    const count = 1_003;
    for (let top = 0; top <= count * ROW - BOX; top += 17) {
      const { from, to } = rangeAt(top, BOX, ROW, count);
      expect(from * ROW).toBeLessThanOrEqual(top);
      expect(to * ROW).toBeGreaterThanOrEqual(top + BOX);
      expect(to).toBeLessThanOrEqual(count);
      expect(to - from).toBeLessThan(BOX / ROW + 30);
    }
  });

  it("is the same from one pixel to the next, but for whole steps", () => {
    const drawn = Array.from({ length: 1_000 }, (_, px) => JSON.stringify(rangeAt(5_000 + px, BOX, ROW, 1_000)));
    expect(new Set(drawn).size).toBeLessThanOrEqual(21);
  });

  it("is nothing of nothing, and the end of a list that became shorter than where one stood", () => {
    expect(rangeAt(0, BOX, ROW, 0)).toEqual({ from: 0, to: 0 });
    const { from, to } = rangeAt(40_000, BOX, ROW, 10);
    expect([from <= to, to]).toEqual([true, 10]);
  });

  it("begins at the top where a hand pulls beyond it", () => {
    expect(rangeAt(-80, BOX, ROW, 100)).toEqual(rangeAt(0, BOX, ROW, 100));
  });
});

describe("bringing a row into view", () => {
  it("does not move where it is in view", () => {
    expect(topFor(12, 500, BOX, ROW)).toBe(500);
    expect(topFor(10, 500, BOX, ROW)).toBe(500);
    expect(topFor(19, 500, BOX, ROW)).toBe(500);
  });

  it("moves by as little as shows all of it", () => {
    expect(topFor(20, 500, BOX, ROW)).toBe(550);
    expect(topFor(9, 500, BOX, ROW)).toBe(450);
    expect(topFor(900, 0, BOX, ROW)).toBe(901 * ROW - BOX);
  });
});
