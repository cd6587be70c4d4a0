import { afterEach, describe, expect, it } from "vitest";
import { BY_ID, type Command, keysOf, setOwnKeys } from "../commands/registry";
import { asUsual, isSingle, remappable, takenBy, withKey } from "./remap";

const command = (id: string) => BY_ID[id] as Command;
const pair = () => remappable("conversation").find((one) => one[0]?.id === "close") ?? [];

afterEach(() => setOwnKeys({}));

describe("another key", () => {
  it("goes to all commands that share one by design", () => {
    expect(pair().map((one) => one.id)).toEqual(["close", "reopen"]);
    const chosen = withKey({}, pair(), "b");
    expect(chosen).toEqual({ close: "b", reopen: "b" });
    setOwnKeys(chosen);
    expect(keysOf(command("reopen"))).toEqual(["b"]);
  });

  it("is a letter, a digit or a sign, alone or with Shift", () => {
    expect(["b", "Shift+b", "7", "?"].filter(isSingle)).toHaveLength(4);
    expect(["Mod+b", "F6", "Escape", "g w", "Alt+b", "ArrowUp"].filter(isSingle)).toEqual([]);
  });

  it("is taken from whoever had it, who keeps his other keys", () => {
    expect(takenBy("j", pair()).map((one) => one.id)).toEqual(["next", "post-next"]);
    expect(withKey({}, pair(), "j")).toMatchObject({ close: "j", next: "ArrowDown" });
    expect(withKey({}, pair(), "d")).toMatchObject({ close: "d", dismiss: "" });
  });

  it("takes the chords that begin with it along, for one key cannot wait and act", () => {
    expect(takenBy("g", pair()).map((one) => one.id)).toContain("go-waiting");
    expect(withKey({}, pair(), "g")["go-waiting"]).toBe("");
  });

  it("is nobody else's business on a page of its own, but that of what works anywhere", () => {
    const [confirm] = remappable("look").filter((one) => one[0]?.id === "look-confirm");
    expect(confirm?.map((one) => one.id)).toEqual(["look-confirm"]);
    expect(takenBy("e", confirm ?? [])).toEqual([]);
    expect(takenBy("u", confirm ?? []).map((one) => one.id)).toEqual(["undo"]);
    expect(takenBy("y", pair()).map((one) => one.id)).toEqual(["next-waiting"]);
  });

  it("can be given back: then nobody else has the usual one", () => {
    const chosen = { close: "b", reopen: "b", tag: "e", note: "n" };
    expect(asUsual(chosen, pair())).toEqual({ note: "n" });
  });
});
