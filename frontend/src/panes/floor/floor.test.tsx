import { act, cleanup, screen, within } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Floor, FloorAgent, FloorTile } from "../../protocol/types.generated";
import { AT, conversation, NOW } from "../../testing/examples";
import { type Call, coreWith, playServer, show } from "../../testing/render";
import FloorPage from "./floor-page";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const tile = (change: Partial<FloorTile> = {}): FloorTile => ({
  key: "",
  name: "",
  open: 0,
  waiting: 0,
  unassigned: 0,
  at_risk: 0,
  breached: 0,
  oldest_since: null,
  ...change,
});

const person = (change: Partial<FloorAgent> = {}): FloorAgent => ({
  agent_id: "a",
  name: "",
  state: "offline",
  load: 0,
  waiting: 0,
  last_reply_at: null,
  availability: "",
  reason_id: null,
  since: null,
  weight: 0,
  capacity: 0,
  ...change,
});

const busy = { open: 50, waiting: 37, unassigned: 14, at_risk: 6, breached: 2, oldest_since: "2026-11-22T08:48:00Z" };
const floor = (at = new Date().toISOString()): Floor => ({
  at,
  total: tile(busy),
  teams: [tile({ key: "0", open: 3 }), tile({ ...busy, key: "7", name: "Athens" })],
  channels: [tile({ ...busy, key: "ch1", name: "@help_bot" })],
  networks: [tile({ ...busy, key: "telegram", name: "telegram" })],
  agents: [
    person({ agent_id: "a2", name: "Aino" }),
    person({
      agent_id: "a1",
      name: "Maria",
      state: "here",
      load: 4,
      waiting: 2,
      last_reply_at: "2026-11-22T11:58:00Z",
      availability: "available",
      since: "2026-11-22T11:00:00Z",
      weight: 6,
      capacity: 20,
    }),
  ],
  position: 9,
});

type Answer = { status?: number; body?: unknown } | "unreachable" | undefined;

async function open(answer: (call: Call) => Answer = () => undefined) {
  const calls = playServer((call) => {
    const given = answer(call);
    if (given) return given;
    if (call.path === "/reports/floor") return { body: floor() };
    const row = conversation({ deadline_at: "2026-11-22T11:30:00Z", waiting_since: "2026-11-22T08:48:00Z" });
    return call.path.startsWith("/conversations?") ? { body: { items: [row], next_cursor: null } } : undefined;
  });
  const core = coreWith([]);
  const { container } = show(core, <FloorPage />);
  await pass(50);
  return { core, calls, container };
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const asks = (calls: Call[]) => calls.filter((call) => call.path === "/reports/floor").length;
const href = (part: HTMLElement, name: string | RegExp) =>
  within(part).getByRole("link", { name }).getAttribute("href");

describe("the live floor", () => {
  it("leads from each number to the list behind it", async () => {
    const { container } = await open();
    expect(href(container, /Nobody has it.*14/)).toBe("/desk/waiting?assignee=none");
    expect(href(container, /^Late.*2/)).toBe("/desk/waiting?target=late&sort=deadline");
    expect(href(container, /^Late soon.*6/)).toBe("/desk/waiting?target=soon&sort=deadline");
    const team = within(screen.getByRole("region", { name: "By team" })).getByRole("row", { name: /Athens/ });
    expect(href(team, "50")).toBe("/desk/all?team=7");
    expect(href(team, "37")).toBe("/desk/waiting?team=7");
    expect(href(team, "14")).toBe("/desk/waiting?team=7&assignee=none");
    expect(href(team, "2")).toBe("/desk/waiting?team=7&target=late&sort=deadline");
    expect(href(screen.getByRole("region", { name: "By channel" }), "37")).toBe("/desk/waiting?channel=ch1");
    expect(href(screen.getByRole("region", { name: "By network" }), "37")).toBe("/desk/waiting?network=telegram");
  });

  it("leads to those without a team, and nowhere from a nought", async () => {
    await open();
    const none = screen.getByRole("row", { name: /No team/ });
    expect(
      within(none)
        .getAllByRole("link")
        .map((one) => one.getAttribute("href")),
    ).toEqual(["/desk/all?team=none"]);
  });

  it("shows those who are there first, with what they hold and when they last answered", async () => {
    await open();
    const rows = within(screen.getByRole("region", { name: "People" })).getAllByRole("row");
    expect(rows[1]?.textContent).toContain("MariaAvailable for 1 h46/2022 m ago");
    expect(rows[2]?.textContent).toContain("Not signed in");
    expect(href(rows[1] as HTMLElement, "4")).toBe("/desk/all?assignee=a1");
  });

  it("says of each who has it, as the way to give it to somebody else", async () => {
    await open();
    const row = screen.getByRole("row", { name: /Eleni Markaki/ });
    expect(
      within(row)
        .getByRole("button", { name: /^Assign to…: / })
        .getAttribute("aria-haspopup"),
    ).toBe("menu");
  });

  it("lets take over who waits longest", async () => {
    const { calls } = await open();
    const row = screen.getByRole("row", { name: /Eleni Markaki/ });
    expect(row.textContent).toContain("3 h 12 m");
    expect(row.textContent).toContain("30 m over");
    await act(async () => within(row).getByRole("button", { name: "Assign to me" }).click());
    const call = calls.find((one) => one.method === "PATCH");
    expect(call?.path).toBe("/conversations/1");
    expect(call?.body).toMatchObject({ assignee_id: "me" });
  });

  it("follows the socket: an event makes it ask, at most once a second; without one it is still", async () => {
    let head = 9;
    const { core, calls } = await open(({ path }) =>
      path === "/reports/floor" ? { body: { ...floor(), position: head } } : undefined,
    );
    const happens = (position: number) => {
      head = position;
      core.store.update((state) => ({ ...state, position }), true);
    };
    happens(9);
    core.show({ sync: { phase: "live", missing: 0, missed: 0 } });
    await pass(2000);
    const still = asks(calls);
    await pass(8000);
    expect(asks(calls)).toBe(still);
    happens(100);
    await pass(20);
    expect(asks(calls)).toBe(still + 1);
    for (let i = 1; i <= 10; i += 1) {
      happens(100 + i);
      await pass(50);
    }
    expect(asks(calls)).toBe(still + 1);
    await pass(600);
    expect(asks(calls)).toBe(still + 2);
  });

  it("without a socket is asked each second while somebody looks, and not behind another tab", async () => {
    const { calls } = await open();
    await pass(3000);
    expect(asks(calls)).toBe(4);
    const look = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    await pass(5000);
    const before = asks(calls);
    expect(before).toBeLessThanOrEqual(5);
    await pass(10_000);
    expect(asks(calls)).toBe(before);
    look.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    await pass(0);
    expect(asks(calls)).toBe(before + 1);
  });

  it("says of old numbers that they are old, with why, and keeps them", async () => {
    let gone = false;
    await open(({ path }) => (gone && path === "/reports/floor" ? "unreachable" : undefined));
    gone = true;
    await pass(2000);
    const said = screen.getByText(/37 waiting at/).textContent;
    expect(said).toContain("Nothing newer came since.");
    expect(screen.getAllByText("37").length).toBeGreaterThan(0);
    gone = false;
    await pass(6000);
    expect(screen.queryByText(/Nothing newer came/)).toBeNull();
  });

  it("says why there is nothing to show, and does not ask again for who may not see it", async () => {
    const { core, calls } = await open(() => ({ status: 403, body: { detail: "reports are for supervisors" } }));
    expect(screen.getByRole("alert").textContent).toContain("reports are for supervisors");
    act(() => core.store.update((state) => ({ ...state, position: state.position + 1 }), true));
    await pass(20_000);
    expect(asks(calls)).toBe(1);
  });

  it("is calm when nobody waits", async () => {
    const still: Floor = { ...floor(AT), total: tile(), teams: [], channels: [], networks: [], agents: [] };
    await open(({ path }) =>
      path === "/reports/floor" ? { body: still } : { body: { items: [], next_cursor: null } },
    );
    expect(screen.getAllByText("Nobody waits").length).toBeGreaterThan(0);
    expect(screen.getByText("nothing is late")).toBeTruthy();
  });

  it("has nothing that a reader of the screen cannot tell", async () => {
    const { container } = await open();
    vi.useRealTimers();
    const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations.map((one) => one.id)).toEqual([]);
  });
});
