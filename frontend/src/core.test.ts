import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Core, type Session } from "./core";
import { agent } from "./testing/examples";
import { playServer } from "./testing/render";

class NoSocket {
  addEventListener() {}
  send() {}
  close() {}
}

const as = (id: string): Session => ({ agent: agent({ id }), permissions: [] });
const at = () => location.pathname + location.search;

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal("WebSocket", NoSocket);
});
afterEach(() => {
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

async function opened(path: string): Promise<Core> {
  history.replaceState(null, "", path);
  playServer(() => ({ status: 401, body: { code: "unauthorised" } }));
  const core = new Core();
  await core.boot();
  expect(at()).toBe("/sign-in");
  return core;
}

describe("signing in", () => {
  it("leads to the page whose address was asked for", async () => {
    const core = await opened("/desk/waiting/42");
    core.signedIn(as("a1"));
    expect(at()).toBe("/desk/waiting/42");
  });

  it("leads back to where a session ran out, but nobody to the page of another person", async () => {
    const core = await opened("/");
    core.signedIn(as("a1"));
    core.go({ page: "desk", view: "mine", conversation: "7" });
    core.signedOut("sign_in");
    expect(at()).toBe("/sign-in");
    core.signedIn(as("a1"));
    expect(at()).toBe("/desk/mine/7");
    core.signedOut("sign_in");
    core.signedIn(as("a2"));
    expect(at()).toBe("/desk/waiting");
  });

  it("leads to the desk after one left on purpose", async () => {
    const core = await opened("/");
    core.signedIn(as("a1"));
    core.go({ page: "my-day" });
    core.signedOut(null);
    core.signedIn(as("a1"));
    expect(at()).toBe("/desk/waiting");
  });
});

describe("what a window says that it shows", () => {
  it("is the conversation, its view, and the views of the rail that are counted only for those who name them", () => {
    const core = new Core();
    const send = vi.fn();
    core.live = { send } as unknown as Core["live"];
    core.go({ page: "desk", view: "mine", conversation: "7" });
    expect(send).toHaveBeenLastCalledWith({
      type: "viewing",
      conversation_id: "7",
      views: ["mine", "window", "approve"],
    });
    core.go({ page: "desk", view: "approve", conversation: null });
    expect(send.mock.lastCall?.[0].views).toEqual(["approve", "window"]);
  });
});
