import { act, cleanup, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NOW } from "../../testing/examples";
import { type Call, coreWith, playServer, show } from "../../testing/render";
import { ScreenLink } from "./screen";
import { ScreensDrawer } from "./screens";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

const tile = {
  key: "",
  name: "",
  open: 9,
  waiting: 5,
  unassigned: 3,
  at_risk: 1,
  breached: 2,
  oldest_since: "2026-11-22T08:48:00Z",
};
const shown = () => ({
  at: new Date().toISOString(),
  total: tile,
  teams: [{ ...tile, key: "7", name: "Athens", waiting: 4 }],
  networks: [
    { ...tile, key: "telegram", name: "Telegram" },
    { ...tile, key: "mail", name: "E-mail", open: 0 },
  ],
  here: 4,
  agents: 10,
  position: 9,
});
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
type Answer = { status?: number; body?: unknown } | "unreachable" | undefined;

async function open(answer: (call: Call) => Answer = () => undefined) {
  history.replaceState(null, "", "/screen#inb_secret");
  const calls = playServer((call) => answer(call) ?? { body: shown() });
  show(coreWith([]), <ScreenLink />);
  await pass(50);
  return calls;
}

describe("a screen on a wall", () => {
  it("is opened by the token behind the #, and asks for the screen alone", async () => {
    const calls = await open();
    await pass(4100);
    expect(calls.length).toBeGreaterThan(2);
    expect(new Set(calls.map((call) => call.path))).toEqual(new Set(["/screen"]));
    expect(calls[0]?.headers.Authorization).toBe("Bearer inb_secret");
    expect(screen.getByText("4 of 10 here")).toBeTruthy();
    expect(within(screen.getByRole("row", { name: /Athens/ })).getByText("4")).toBeTruthy();
    expect(screen.queryByText("E-mail")).toBeNull();
  });

  it("says of old numbers that they are old, and comes back by itself", async () => {
    let gone = false;
    await open(() => (gone ? "unreachable" : undefined));
    gone = true;
    await pass(12_000);
    expect(screen.getByText(/As of/)).toBeTruthy();
    gone = false;
    await pass(4000);
    expect(screen.queryByText(/As of/)).toBeNull();
  });

  it("shows nothing more once its link was taken back", async () => {
    let revoked = false;
    const calls = await open(() => (revoked ? { status: 401, body: { detail: "unknown" } } : undefined));
    revoked = true;
    await pass(3000);
    expect(screen.getByRole("status").textContent).toContain("works no more");
    expect(screen.queryByText("Athens")).toBeNull();
    const asked = calls.length;
    await pass(20_000);
    expect(calls.length).toBe(asked);
  });
});

describe("links for screens", () => {
  it("are made, shown once, and taken back", async () => {
    let screens = [{ id: "3", name: "Hall", created_at: "2026-11-22T08:48:00Z", last_used_at: null as string | null }];
    const calls = playServer((call) => {
      if (call.method === "DELETE") screens = [];
      if (call.method === "POST") return { status: 201, body: { id: "4", name: "Kitchen", token: "inb_new" } };
      return { body: { items: screens } };
    });
    show(coreWith([]), <ScreensDrawer close={() => {}} />);
    await pass(50);
    expect(screen.getByText("Hall").parentElement?.textContent).toContain("never used");
    const name = screen.getByRole<HTMLInputElement>("textbox", { name: "Where it hangs" });
    await act(async () => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(name, "Kitchen");
      name.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await act(async () => screen.getByRole("button", { name: "Make a link" }).click());
    await pass(50);
    expect(screen.getByText(/\/screen#inb_new$/)).toBeTruthy();
    await act(async () => screen.getByRole("button", { name: "Take back the link for Hall" }).click());
    await pass(50);
    expect(calls.some((call) => call.method === "DELETE" && call.path === "/screens/3")).toBe(true);
    expect(screen.getByText("No link yet.")).toBeTruthy();
    expect(screen.queryByText(/inb_new/)).toBeNull();
  });
});
