import { describe, expect, it } from "vitest";
import { en } from "../text/en";
import { COMMANDS, meet } from "./registry";

describe("the registry", () => {
  it("gives every command a name of its own and words in the catalogue", () => {
    const ids = COMMANDS.map((command) => command.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const command of COMMANDS) expect(en[command.label]).toBeTruthy();
  });

  it("uses a key twice only where the two commands exclude each other", () => {
    const pairs = COMMANDS.flatMap((one, at) => COMMANDS.slice(at + 1).map((other) => [one, other] as const));
    const shared = pairs.filter(([one, other]) => meet(one, other) && one.keys.some((key) => other.keys.includes(key)));
    expect(shared.map(([one, other]) => `${one.id} ${other.id}`)).toEqual([
      "close reopen",
      "escalate deescalate",
      "next post-next",
      "previous post-previous",
    ]);
  });

  it("lets no key begin a chord and be a command", () => {
    const singles = new Set(COMMANDS.flatMap((command) => command.keys.filter((key) => !key.includes(" "))));
    for (const key of COMMANDS.flatMap((command) => command.keys.filter((k) => k.includes(" ")))) {
      expect(singles.has(key.split(" ")[0] ?? "")).toBe(false);
    }
  });

  it("never takes a key that types from somebody who types", () => {
    for (const command of COMMANDS.filter((c) => c.whileTyping)) {
      for (const key of command.keys) expect(key).toMatch(/Mod\+|^F\d|Shift\+F\d|Escape/);
    }
  });
});
