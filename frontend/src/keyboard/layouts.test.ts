import { describe, expect, it } from "vitest";
import { asLatin } from "./layouts";

describe("words typed with another layout", () => {
  it("are read by their keys", () => {
    expect(asLatin("ασσι")).toBe("assi");
    expect(asLatin("ыутв")).toBe("send");
    expect(asLatin("անսւեռ")).toHaveLength(6);
  });

  it("are left alone where they are Latin already", () => {
    expect(asLatin("assign")).toBe("");
  });
});
