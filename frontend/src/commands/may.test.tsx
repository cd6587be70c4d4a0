import { act, cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Core } from "../core";
import { useKeys } from "../keyboard/use-keys";
import { Conversation } from "../panes/timeline/conversation";
import { putMessage } from "../store/apply";
import { capability, channel, conversation, message } from "../testing/examples";
import { coreWith, playServer, show } from "../testing/render";
import { useCore } from "../ui/use-core";
import { BY_ID, COMMANDS, type Command, isFor } from "./registry";

beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Desk() {
  useKeys(useCore());
  return <Conversation id="1" />;
}

function ready(permissions: string[]): Core {
  playServer(() => ({ body: { items: [] } }));
  const core = coreWith([conversation()]);
  const channels = { ch1: channel({ capabilities: { direct: capability() } }) };
  core.store.update((state) => ({ ...state, channels, me: state.me && { ...state.me, permissions } }), true);
  core.store.update((state) => putMessage(state, message()), true);
  show(core, <Desk />);
  return core;
}

const SEAT = ["read", "note"];
const offered = (core: Core) => COMMANDS.filter((command) => isFor(core, command)).map((command) => command.id);

describe("a seat that reads and comments (D8)", () => {
  it("is offered no command that would be refused", () => {
    const ids = offered(ready(SEAT));
    expect(ids).toEqual(expect.arrayContaining(["note", "star", "follow", "unread", "transcript", "send"]));
    const refused = "close assign claim team tag priority snooze spam merge link escalate reply canned start macro";
    expect(ids.filter((id) => refused.split(" ").includes(id))).toEqual([]);
    expect(isFor(ready([...SEAT, "triage"]), BY_ID.close as Command)).toBe(true);
  });

  it("sees what was said and writes a note, without buttons of those who answer", async () => {
    const calls = playServer(() => ({ body: { items: [] } }));
    ready(SEAT);
    expect(screen.queryByRole("button", { name: /Close|Snooze|Assign|Escalate/ })).toBeNull();
    expect(screen.queryByRole("button", { name: "Answer" })).toBeNull();
    expect(screen.queryByRole("radio", { name: "Private" })).toBeNull();
    expect(screen.getByRole("radio", { name: "Note" })).toBeTruthy();
    expect(calls.length).toBe(0);
  });
});

describe("a key that turns to writing", () => {
  it("has the field before the next letter comes", async () => {
    ready([...SEAT, "reply", "triage"]);
    const core = screen.getByRole("radio", { name: "Private" });
    expect(core.getAttribute("aria-checked")).toBe("true");
    (document.activeElement as HTMLElement | null)?.blur();
    act(() => {
      window.dispatchEvent(new KeyboardEvent("keydown", { key: "n", code: "KeyN", bubbles: true }));
    });
    expect(document.activeElement?.matches("[data-composer]")).toBe(true);
    await userEvent.keyboard("p");
    await waitFor(() => expect((document.activeElement as HTMLTextAreaElement).value).toBe("p"));
  });
});
