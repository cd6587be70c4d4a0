import { describe, expect, it } from "vitest";
import type { CannedShape } from "../protocol/types.generated";
import { channel, conversation } from "../testing/examples";
import { prepared, signed, wording } from "./prepared";

const canned: CannedShape = {
  id: "1",
  shortcut: "late",
  name: "Late",
  text: "own",
  language: "en",
  ends_wait: true,
  version: 1,
  variants: [
    { text: "el", language: "el", audience: null },
    { text: "el public", language: "el", audience: "public" },
    { text: "public", language: null, audience: "public" },
    { text: "de private", language: "de", audience: "private" },
  ],
};

describe("the wording of a prepared answer", () => {
  it.each([
    ["el", "private", "el"],
    ["el", "public", "el public"],
    ["en", "private", "own"],
    ["en", "public", "own"],
    ["fi", "public", "public"],
    ["fi", "private", "own"],
    ["de", "private", "de private"],
    ["de", "public", "public"],
    [null, "private", "own"],
  ] as const)("for %s in %s is %s", (language, audience, text) => {
    expect(wording(canned, language, audience)).toBe(text);
  });

  it("ends with the channel's sign-off, once", () => {
    expect(signed("On its way.\n", "Team Alkyon")).toBe("On its way.\nTeam Alkyon");
    expect(signed("On its way.\nTeam Alkyon ", " Team Alkyon ")).toBe("On its way.\nTeam Alkyon ");
    expect(signed("On its way.", "")).toBe("On its way.");
  });

  it("stands filled in and signed in the composer", () => {
    const place = { row: conversation(), audience: "private" as const, agent: "Maria" };
    const shop = channel({ settings: { sign_off: "Team Alkyon" } });
    const one = { ...canned, variants: [], text: "Dear {contact.first_name|there}" };
    expect(prepared(one, { ...place, channel: shop })).toEqual({ text: "Dear Eleni\nTeam Alkyon", missing: [] });
  });
});
