import { expect, it } from "vitest";
import { readLasting, writeLasting } from "./lasting";

it("durations are read as people type them", () => {
  expect(["30m", "2h", "1d", "1h 30m", "1.5h", "90", "2 hours", "1w", "45s"].map(readLasting)).toEqual([
    1800, 7200, 86_400, 5400, 5400, 5400, 7200, 604_800, 45,
  ]);
  expect(readLasting(" ")).toBeNull();
});

it("what is no duration, nothing, or longer than a year is refused", () => {
  expect(["soon", "h", "-1h", "0m", "2y", "500d", "1h and"].map(readLasting)).toEqual(Array(7).fill(undefined));
});

it("a duration is written so that it is read again as it was", () => {
  for (const seconds of [1, 60, 3600, 5400, 86_400, 93_600, 90_061]) {
    expect(readLasting(writeLasting(seconds))).toBe(seconds);
  }
  expect(writeLasting(5400)).toBe("1h 30m");
  expect(writeLasting(null)).toBe("");
});
