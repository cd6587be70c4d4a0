import { describe, expect, it } from "vitest";
import { type Binding, Dispatch, describe as describePress, keyCaps, type Press } from "./dispatch";

const press = (key: string, code: string, more: Partial<Press> = {}): Press => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});
const BINDINGS: Binding<string>[] = [
  { keys: ["e"], command: "close", whileTyping: false },
  { keys: ["a"], command: "assign", whileTyping: false },
  { keys: ["Shift+u"], command: "unread", whileTyping: false },
  { keys: ["!"], command: "escalate", whileTyping: false },
  { keys: ["?"], command: "help", whileTyping: false },
  { keys: ["/"], command: "search", whileTyping: false },
  { keys: ["g w"], command: "go", whileTyping: false },
  { keys: ["w"], command: "plain", whileTyping: false },
  { keys: ["Mod+Enter"], command: "send", whileTyping: true },
];
let clock = 0;
const dispatch = (mac = false) =>
  new Dispatch<string>(
    () => BINDINGS,
    mac,
    () => clock,
  );
const run = (d: Dispatch<string>, given: Press, typing = false, enabled = () => true) => {
  const found = d.match(given, typing, enabled);
  return found === null || found === "wait" ? found : found.command;
};

describe("layouts", () => {
  it("takes the character made where it is Latin: a German Z is a Z wherever its key lies", () => {
    expect(describePress(press("z", "KeyY"), false)).toBe("z");
    expect(run(dispatch(), press("a", "KeyQ"))).toBe("assign"); // French: A is where Q is elsewhere
  });

  it("takes the physical key on Greek, Armenian and Cyrillic layouts", () => {
    expect(run(dispatch(), press("ε", "KeyE"))).toBe("close");
    expect(run(dispatch(), press("ա", "KeyA"))).toBe("assign");
    expect(run(dispatch(), press("у", "KeyE"))).toBe("close");
  });

  it("takes signs as they are made, with Shift or without", () => {
    expect(run(dispatch(), press("?", "Slash", { shiftKey: true }))).toBe("help");
    expect(run(dispatch(), press("?", "Minus", { shiftKey: true }))).toBe("help"); // German
    expect(run(dispatch(), press("/", "Digit7", { shiftKey: true }))).toBe("search"); // German
    expect(run(dispatch(), press("!", "Slash"))).toBe("escalate"); // French
  });

  it("tells a shifted letter from a plain one, in every script", () => {
    expect(run(dispatch(), press("U", "KeyU", { shiftKey: true }))).toBe("unread");
    expect(run(dispatch(), press("Θ", "KeyU", { shiftKey: true }))).toBe("unread");
    expect(run(dispatch(), press("u", "KeyU"))).toBeNull();
  });
});

describe("while typing", () => {
  it("lets letters be letters and keeps combinations", () => {
    expect(run(dispatch(), press("e", "KeyE"), true)).toBeNull();
    expect(run(dispatch(), press("g", "KeyG"), true)).toBeNull();
    expect(run(dispatch(), press("Enter", "Enter", { ctrlKey: true }), true)).toBe("send");
  });

  it("leaves an unfinished composition alone", () => {
    expect(run(dispatch(), press("Enter", "Enter", { ctrlKey: true, isComposing: true }), true)).toBeNull();
  });

  it("uses Cmd on a Mac", () => {
    expect(run(dispatch(true), press("Enter", "Enter", { metaKey: true }), true)).toBe("send");
    expect(run(dispatch(true), press("Enter", "Enter", { ctrlKey: true }), true)).toBeNull();
  });
});

describe("chords", () => {
  it("waits for the second key, also on a Greek keyboard", () => {
    const d = dispatch();
    expect(run(d, press("γ", "KeyG"))).toBe("wait");
    expect(run(d, press("ς", "KeyW"))).toBe("go");
  });

  it("forgets the first key after a while or after another key", () => {
    const d = dispatch();
    run(d, press("g", "KeyG"));
    clock += 2000;
    expect(run(d, press("w", "KeyW"))).toBe("plain");
    run(d, press("g", "KeyG"));
    run(d, press("x", "KeyX"));
    expect(run(d, press("w", "KeyW"))).toBe("plain");
  });
});

describe("conditions", () => {
  it("passes over a command that is not for now", () => {
    expect(run(dispatch(), press("e", "KeyE"), false, () => false)).toBeNull();
  });
});

describe("caps", () => {
  it("writes keys as they stand on the keyboard", () => {
    expect(keyCaps("Mod+Shift+Enter", false)).toEqual(["Ctrl", "Shift", "↵"]);
    expect(keyCaps("Mod+k", true)).toEqual(["⌘", "K"]);
    expect(keyCaps("g w", false)).toEqual(["G", "W"]);
    expect(keyCaps("\\", false)).toEqual(["\\"]);
  });
});
