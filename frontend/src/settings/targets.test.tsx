import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { PolicyShape } from "../protocol/types.generated";
import { parseRoute } from "../store/route";
import { AT } from "../testing/examples";
import { type Call, coreWith, playServer, show } from "../testing/render";
import { BLANK } from "./target-draft";
import { TargetsPage } from "./targets";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

const policy = (change: Partial<PolicyShape> = {}) =>
  ({
    ...BLANK,
    id: "5",
    name: "Fast",
    place: 1,
    active: true,
    terms_version: 1,
    valid_from: AT,
    created_at: AT,
    version: 3,
    ...change,
  }) as PolicyShape;

const met = (due: number, kept: number) => ({ due, met: kept, share: due ? kept / due : null });
const period = (days: number) => ({
  days,
  all: met(100, 91),
  first: met(100, 91),
  next: met(0, 0),
  resolution: met(0, 0),
  cells: [
    { team_id: null, hour: 9, due: 80, met: 80 },
    { team_id: null, hour: 22, due: 20, met: 11 },
  ],
});
const result = {
  periods: [period(30), period(90)],
  missed: [
    { conversation_id: "7", number: 47, kind: "first", began_at: AT, deadline_at: AT, ended_at: AT, over_seconds: 840 },
  ],
  uncovered: 3,
  taken: 12,
  zone: "Europe/Athens",
};
const version = { ...BLANK, version: 1, valid_from: AT, first_response_seconds: 7200, resolution_seconds: 86_400 };
const due = {
  message: { at: AT, local: "2026-11-27T17:50" },
  zone: "Europe/Athens",
  first_response: { at: AT, local: "2026-11-30T09:50" },
  next_response: null,
  resolution: null,
};
const presets = [
  {
    key: "office",
    policy: {
      name: "",
      kinds: [],
      first_response_seconds: 14_400,
      next_response_seconds: 14_400,
      resolution_seconds: 86_400,
      warning_seconds: 3600,
      time: "business",
      pauses: ["waiting_on_customer"],
    },
    calendar: { zone: "UTC", weekly: { mon: ["09:00-17:00"] } },
  },
];

type Answer = { status?: number; body?: unknown } | undefined;

function open(path: string, answer: (call: Call) => Answer = () => undefined) {
  const calls = playServer((call) => {
    const given = answer(call);
    if (given) return given;
    if (call.path === "/sla-policies" && call.method === "GET") {
      return { body: { items: [policy(), policy({ id: "6", name: "VIP", place: 2, contact_fields: { vip: [] } })] } };
    }
    if (call.path === "/sla-policies/due") return { body: due };
    if (call.path === "/sla-policies/what-if") return { body: result };
    if (call.path === "/sla-presets") return { body: presets };
    if (call.path.endsWith("/versions")) return { body: [version] };
    if (call.path === "/calendars") return { body: { items: [] } };
    return { body: policy() };
  });
  const core = coreWith([]);
  core.store.update(
    (state) => (state.me ? { ...state, me: { ...state.me, permissions: ["read", "settings"] } } : state),
    true,
  );
  core.show({ route: parseRoute(path) });
  const { container } = show(core, <TargetsPage />);
  return { core, calls, container };
}

const changed = (calls: Call[]) => calls.filter((call) => call.method === "PATCH");

describe("targets", () => {
  it("stand in the order in which they are asked, with what they promise to whom", async () => {
    open("/settings/targets");
    const rows = await screen.findAllByRole("row");
    expect(rows[1]?.textContent).toContain("Fasteverything1 h");
    expect(rows[2]?.textContent).toContain("vip");
  });

  it("are reordered by keys, and the new order is sent", async () => {
    const { calls } = open("/settings/targets");
    (await screen.findByRole("button", { name: "VIP, place 2" })).focus();
    await userEvent.keyboard("{ArrowUp}");
    await waitFor(() => expect(changed(calls)).toHaveLength(2));
    expect(changed(calls).map((call) => [call.path, call.body, call.headers["If-Match"]])).toEqual([
      ["/sla-policies/6", { place: 1 }, '"v3"'],
      ["/sla-policies/5", { place: 2 }, '"v3"'],
    ]);
    expect(screen.getByRole("status").textContent).toBe("VIP is now at place 1");
  });

  it("are switched off and on in the list", async () => {
    const { calls } = open("/settings/targets");
    await userEvent.click(await screen.findByRole("checkbox", { name: "Fast is active" }));
    await waitFor(() => expect(changed(calls)[0]?.body).toEqual({ active: false }));
  });
});

describe("a target", () => {
  it("is written in human durations, and says while one types when a message would be due", async () => {
    const { calls } = open("/settings/targets/5");
    const first = await screen.findByRole("textbox", { name: "First answer" });
    await userEvent.clear(first);
    await userEvent.type(first, "1h 30m");
    expect(await screen.findByText(/Mon 30 Nov, 09:50/)).toBeTruthy();
    await waitFor(() => {
      const asked = calls.filter((call) => call.path === "/sla-policies/due").at(-1)?.body;
      expect(asked).toMatchObject({ weekday: "fri", time: "17:50", policy: { first_response_seconds: 5400 } });
    });
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(changed(calls)[0]?.body).toEqual({ first_response_seconds: 5400 }));
  });

  it("is not sent while a duration cannot be read", async () => {
    const { calls } = open("/settings/targets/5");
    const first = await screen.findByRole("textbox", { name: "First answer" });
    await userEvent.clear(first);
    await userEvent.type(first, "soon");
    expect(first.getAttribute("aria-invalid")).toBe("true");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(changed(calls)).toEqual([]);
  });

  it("holds for some conversations only: lists, and fields of the person", async () => {
    const { calls } = open("/settings/targets/5");
    await userEvent.click(await screen.findByRole("checkbox", { name: "Review", hidden: true }));
    await userEvent.click(screen.getByRole("button", { name: "VIP" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Field, such as plan" }), "plan{Enter}");
    await userEvent.type(screen.getByRole("textbox", { name: "Values of plan" }), "gold, silver");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(changed(calls)[0]?.body).toEqual({
        kinds: ["review"],
        contact_fields: { vip: [], plan: ["gold", "silver"] },
      }),
    );
  });

  it("begins with a preset; where there is no calendar its hours can be made one", async () => {
    const { calls } = open("/settings/targets/new");
    await userEvent.click(await screen.findByRole("button", { name: /Office hours/ }));
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Resolution" }).value).toBe("1d");
    await userEvent.click(await screen.findByRole("button", { name: "Make this calendar" }));
    const made = calls.find((call) => call.method === "POST" && call.path === "/calendars")?.body;
    expect(made).toMatchObject({ name: "Office hours", workspace: true, weekly: { mon: ["09:00-17:00"] } });
    await userEvent.type(screen.getByRole("textbox", { name: "Name" }), "Office");
    await userEvent.click(screen.getByRole("button", { name: "Make the target" }));
    await waitFor(() => {
      const call = calls.find((one) => one.method === "POST" && one.path === "/sla-policies");
      expect(call?.body).toMatchObject({ name: "Office", first_response_seconds: 14_400, time: "business" });
      expect(call?.headers["Idempotency-Key"]).toBeTruthy();
    });
  });
});

it("says what it promised before, and business time in hours", async () => {
  open("/settings/targets/5");
  const panel = within(await screen.findByRole("region", { name: "What was promised when" }));
  expect(await panel.findByText(/First answer 2 h · Resolution 24 h · .*Business hours/)).toBeTruthy();
  expect(panel.getByText("holds now")).toBeTruthy();
});

describe("what if", () => {
  it("runs the draft over the past, and shows shares, hours and what would have been missed", async () => {
    const { calls } = open("/settings/targets/5");
    const panel = within(await screen.findByRole("region", { name: "What if" }));
    await userEvent.click(panel.getByRole("button", { name: "Run" }));
    expect(await panel.findAllByText("91 %")).not.toHaveLength(0);
    expect(panel.getByText("55 %, 11 of 20")).toBeTruthy();
    expect(panel.getByRole("link", { name: "#47" }).getAttribute("href")).toBe("/desk/all/7");
    expect(panel.getByText("3 waits have no target at all.")).toBeTruthy();
    expect(panel.getByText(/12 more waits belong to other targets/)).toBeTruthy();
    expect(panel.getByText("The newest 1 of 9.")).toBeTruthy();
    const asked = calls.find((call) => call.path === "/sla-policies/what-if")?.body;
    expect(asked).toMatchObject({ policies: [{ first_response_seconds: 3600 }], among: true, in_place_of: "5" });
  });

  it("is tried with hours of its own, which are not saved", async () => {
    const { calls } = open("/settings/targets/5");
    const panel = within(await screen.findByRole("region", { name: "What if" }));
    await userEvent.click(panel.getByRole("checkbox", { name: "Try it with other hours" }));
    const sunday = panel.getAllByRole("textbox").at(-1) as HTMLInputElement;
    await userEvent.type(sunday, "10:00-14:00");
    await userEvent.tab();
    await userEvent.click(panel.getByRole("button", { name: "Run" }));
    await panel.findAllByText("91 %");
    const asked = calls.find((call) => call.path === "/sla-policies/what-if")?.body;
    expect(asked).toMatchObject({ calendar: { weekly: { mon: ["09:00-17:00"], sun: ["10:00-14:00"] } } });
    expect(changed(calls)).toEqual([]);
  });

  it("says that its figures are of an earlier draft once that is changed", async () => {
    open("/settings/targets/5");
    const panel = within(await screen.findByRole("region", { name: "What if" }));
    await userEvent.click(panel.getByRole("button", { name: "Run" }));
    await panel.findAllByText("91 %");
    await userEvent.click(screen.getByRole("radio", { name: "All time" }));
    expect(panel.getByText(/The draft has changed since/)).toBeTruthy();
  });
});

it("a target's page tells a reader of the screen all that it shows", async () => {
  const { container } = open("/settings/targets/5");
  await screen.findByRole("textbox", { name: "First answer" });
  const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  expect(found.violations.map((one) => one.id)).toEqual([]);
});
