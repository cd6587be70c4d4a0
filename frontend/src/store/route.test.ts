import { describe, expect, it } from "vitest";
import { parseRoute } from "./route";

describe("an address", () => {
  it("that was cut within a letter opens something all the same", () => {
    expect(parseRoute("/desk/%E0%A4%A")).toMatchObject({ page: "desk", view: "%E0%A4%A" });
    expect(parseRoute("/desk/saved%3A4")).toMatchObject({ page: "desk", view: "saved:4" });
  });
});
