import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff";

describe("backoff", () => {
  it("doubles its limit with each attempt up to half a minute", () => {
    const limits = [0, 1, 2, 3, 9, 50].map((attempt) => backoffMs(attempt, () => 1));
    expect(limits).toEqual([500, 1000, 2000, 4000, 30_000, 30_000]);
  });

  it("spreads over the whole range, so that desks do not come back in one wave", () => {
    expect(backoffMs(3, () => 0)).toBe(0);
    expect(backoffMs(3, () => 0.25)).toBe(1000);
  });
});
