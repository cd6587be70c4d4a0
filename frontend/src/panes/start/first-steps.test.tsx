import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Core } from "../../core";
import { Elsewhere } from "../../settings/elsewhere";
import { DESK_START } from "../../store/desk";
import { channel } from "../../testing/examples";
import { type Call, coreWith, playServer, show } from "../../testing/render";
import { startWords } from "../../text/start/load";
import { FirstSteps, FirstStepsBar } from "./first-steps";
import { stepOf, stepsShown } from "./steps";
import { watch } from "./watch";

beforeAll(startWords);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const networks = [{ network: "telegram", name: "Telegram", fields: [], signs_in: "" }];

/** A server that keeps preferences, with no calendar yet; the card, and what ticks it. */
async function open(channels: ReturnType<typeof channel>[], start = {}): Promise<{ core: Core; calls: Call[] }> {
  let kept = { keys: {}, hidden: [] as string[], done: [] as string[], ...start };
  const calls = playServer((call) => {
    if (call.path === "/networks") return { body: { items: networks } };
    if (call.path === "/calendars") return { body: { items: [] } };
    if (call.path !== "/preferences") return undefined;
    if (call.method === "PATCH")
      kept = { ...kept, ...call.body, done: [...kept.done, ...((call.body.done as string[]) ?? [])] };
    return { body: kept };
  });
  const core = coreWith([]);
  const permissions = ["channels", "people", "settings", "reply"];
  core.store.update(
    (state) => ({
      ...state,
      me: state.me && { ...state.me, permissions },
      channels: Object.fromEntries(channels.map((one) => [one.id, one])),
    }),
    true,
  );
  watch(core);
  show(core, <FirstSteps />);
  await waitFor(() => expect(core.desk.get().own.loaded).toBe(true));
  return { core, calls };
}

describe("in an empty installation", () => {
  it("an admin is led to his first channel by the networks, and the rest stays when it is there", async () => {
    const { core } = await open([]);
    const tile = await screen.findByRole("link", { name: /Telegram/ });
    expect(tile.getAttribute("href")).toBe("/settings/channels/telegram");
    await waitFor(() => expect(core.desk.get().own.done).toEqual(["first-run"]));
    core.store.update((state) => ({ ...state, channels: { ch1: channel({ sandbox: false }) } }), true);
    await waitFor(() => expect(screen.queryByRole("link", { name: /Telegram/ })).toBeNull());
    const [first] = screen.getAllByRole("listitem");
    expect(within(first as HTMLElement).getByRole("img", { name: "done" })).toBeTruthy();
    expect(screen.getByRole("link", { name: "Set the hours" })).toBeTruthy();
  });

  it("is left alone where people worked before", async () => {
    await open([channel({ sandbox: false })]);
    expect(screen.queryByRole("region", { name: "First steps" })).toBeNull();
  });
});

describe("in the sandbox", () => {
  it("ticks what the server has carried out, once, and says so", async () => {
    const { core, calls } = await open([channel({ sandbox: true })]);
    expect(screen.getByText("0 of 10")).toBeTruthy();
    await core.api.post("/conversations/c1/replies", { text: "Yes" });
    await core.api.post("/conversations/c1/replies", { text: "And yes" });
    await screen.findByText("1 of 10");
    expect(core.desk.get().toast?.text).toBe("Ticked: Answer somebody (1 of 10)");
    expect(calls.filter((call) => call.method === "PATCH").map((call) => call.body)).toEqual([{ done: ["answer"] }]);
    const row = screen.getAllByRole("listitem")[0] as HTMLElement;
    expect(within(row).getByRole("img", { name: "done" })).toBeTruthy();
  });

  it("is put away for good", async () => {
    const { calls } = await open([channel({ sandbox: true })]);
    await userEvent.click(screen.getByRole("button", { name: "Put away" }));
    expect(screen.queryByRole("region", { name: "First steps" })).toBeNull();
    await waitFor(() => expect(calls.at(-1)?.body).toEqual({ hidden: ["sandbox"] }));
  });
});

describe("a step", () => {
  it("is known by its request", () => {
    expect(stepOf("POST", "/messages/7/actions", { action: "undo" })).toBe("undo");
    expect(stepOf("POST", "/messages/7/actions", { action: "hide" })).toBe("hide");
    expect(stepOf("POST", "/messages/7/actions", { action: "react" })).toBeNull();
    expect(stepOf("POST", "/conversations/7/notes", { text: "x", mentions: [] })).toBeNull();
    expect(stepOf("POST", "/conversations/7/notes", { text: "x", mentions: ["3"] })).toBe("mention");
    expect(stepOf("POST", "/conversations/7/escalations", {})).toBe("escalate");
    expect(stepOf("POST", "/contacts/7/merge", {})).toBe("merge");
    expect(stepOf("POST", "/conversations/7/merge", {})).toBeNull();
    expect(stepOf("GET", "/reports/waits/7/explain", undefined)).toBe("explain");
  });

  it("is known by the screen: cut off and back, met by a colleague, a mailbox of one's own", () => {
    const core = coreWith([]);
    const live = { ...DESK_START, sync: { phase: "live" as const, missing: 0, missed: 0 } };
    const off = { ...live, sync: { ...live.sync, phase: "offline" as const }, offlineSince: 1 };
    expect(stepsShown(off, off, core.state())).toEqual([]);
    expect(stepsShown(off, live, core.state())).toEqual(["cable"]);
    const met = { ...live, collision: { c1: { items: [], position: 1 } } };
    expect(stepsShown(live, met, core.state())).toEqual(["collide"]);
    const mailbox = channel({ id: "ch9", network: "email", sandbox: false });
    expect(stepsShown(live, live, { ...core.state(), channels: { ch9: mailbox } })).toEqual(["mailbox"]);
  });
});

describe("on a phone", () => {
  it("is one line above the list, which opens the card and puts it away", async () => {
    const { core, calls } = await open([channel({ sandbox: true })], { done: ["answer"] });
    cleanup();
    show(core, <FirstStepsBar />);
    await userEvent.click(screen.getByRole("button", { name: /Ten things in two minutes each 1 of 10/ }));
    expect(core.desk.get().sheet).toBe("first-steps");
    await userEvent.click(screen.getByRole("button", { name: "Put away" }));
    expect(screen.queryByRole("button")).toBeNull();
    await waitFor(() => expect(calls.at(-1)?.body).toEqual({ hidden: ["sandbox"] }));
  });

  it("stands with the places that the tabs have no room for", async () => {
    const { core } = await open([channel({ sandbox: true })]);
    cleanup();
    show(core, <Elsewhere />);
    expect(screen.queryByRole("button", { name: "Reports" })).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "My day" }));
    expect(core.desk.get().route.page).toBe("my-day");
    await userEvent.click(screen.getByRole("button", { name: "First steps" }));
    expect(core.desk.get().sheet).toBe("first-steps");
  });
});
