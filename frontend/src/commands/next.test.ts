import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openId } from "../store/desk";
import { conversation } from "../testing/examples";
import { coreWith, playServer } from "../testing/render";
import { takeNext, toggleNextMode } from "./next";
import { closeAll } from "./triage";

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

const handed = { body: { conversation: conversation({ id: "9", assignee_id: "a1", as_of: 50 }) } };
const nobody = { status: 404, body: { detail: "nobody waits", code: "nobody_waits" } };

describe("the next one", () => {
  it("is handed out by the server and opened", async () => {
    const calls = playServer((call) => (call.path === "/conversations/next" ? handed : undefined));
    const core = coreWith([]);
    expect(await takeNext(core)).toBe(true);
    expect(calls.find((call) => call.path === "/conversations/next")?.body).toEqual({});
    expect(openId(core.desk.get())).toBe("9");
    expect(core.state().rows["9"]?.assignee_id).toBe("a1");
  });

  it("is asked for within the team, channel or kind on screen", async () => {
    const calls = playServer((call) => (call.path === "/conversations/next" ? handed : undefined));
    const core = coreWith([]);
    core.show({ route: { page: "desk", view: "team:7", conversation: null } });
    await takeNext(core);
    expect(calls.find((call) => call.path === "/conversations/next")?.body).toEqual({ view: "team:7" });
  });

  it("is said when there is none", async () => {
    playServer((call) => (call.path === "/conversations/next" ? nobody : undefined));
    const core = coreWith([]);
    expect(await takeNext(core)).toBe(false);
    expect(core.desk.get().toast?.text).toBe("Nobody waits without an owner here");
  });

  it("comes by itself after closing while the mode is on", async () => {
    const open = conversation({ id: "1" });
    const calls = playServer((call) =>
      call.path === "/conversations/next"
        ? handed
        : call.method === "PATCH"
          ? { body: { conversation: open } }
          : undefined,
    );
    const core = coreWith([open]);
    core.show({ route: { page: "desk", view: "waiting", conversation: "1" } });
    toggleNextMode(core);
    closeAll(core, ["1"]);
    await vi.waitFor(() => expect(openId(core.desk.get())).toBe("9"));
    expect(calls.some((call) => call.path === "/conversations/next")).toBe(true);
  });
});
