import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CalendarShape } from "../protocol/types.generated";
import { parseRoute } from "../store/route";
import { AT } from "../testing/examples";
import { type Call, coreWith, playServer, show } from "../testing/render";
import { CalendarsPage } from "./calendars";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  history.replaceState(null, "", "/");
});

const OFFICE = ["09:00-17:00"];
const calendar = (change: Partial<CalendarShape> = {}): CalendarShape => ({
  id: "4",
  name: "Athens",
  zone: "Europe/Athens",
  weekly: { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: ["22:00-06:00"], sat: [], sun: [] },
  holidays: "GR",
  public_holidays: {},
  exceptions: { "2026-12-24": [] },
  workspace: true,
  team_ids: [],
  channel_ids: [],
  valid_from: AT,
  versions: [AT],
  created_at: AT,
  version: 3,
  ...change,
});

/** The day after tomorrow, whenever this runs. */
const OPENS = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
const OPENS_ON = new Date(OPENS).toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });

type Answer = { status?: number; body?: unknown } | undefined;

function open(path: string, answer: (call: Call) => Answer = () => undefined) {
  const calls = playServer((call) => {
    const given = answer(call);
    if (given) return given;
    if (call.path === "/calendars" && call.method === "GET") return { body: { items: [calendar()] } };
    if (call.path === "/opening-hours") {
      return {
        body: [{ calendar_id: "4", open: false, changes: { at: `${OPENS}T07:00:00Z`, local: `${OPENS}T09:00` } }],
      };
    }
    if (call.path === "/holidays/places") return { body: ["DE", "DE-BY", "GR"] };
    if (call.path.startsWith("/holidays?")) return { body: { "2099-12-25": "Christmas Day" } };
    if (call.path.endsWith("/versions")) {
      const { name: _name, public_holidays: _days, ...version } = calendar();
      return { body: [{ ...version, version: 1, public_holidays: 12 }] };
    }
    return { body: calendar() };
  });
  const core = coreWith([]);
  core.store.update(
    (state) => (state.me ? { ...state, me: { ...state.me, permissions: ["read", "settings"] } } : state),
    true,
  );
  core.show({ route: parseRoute(path) });
  const { container } = show(core, <CalendarsPage />);
  return { core, calls, container };
}

const changed = (calls: Call[]) => calls.filter((call) => call.method === "PATCH");

it("a calendar's draft is tried over the past in its place, under the targets that hold", async () => {
  const share = { due: 4, met: 3, share: 0.75 };
  const period = { days: 30, all: share, first: share, next: share, resolution: share, cells: [] };
  const { calls } = open("/settings/calendars/4", ({ path }) =>
    path === "/sla-policies/what-if"
      ? { body: { periods: [period], missed: [], uncovered: 0, taken: 0, zone: "Europe/Athens" } }
      : undefined,
  );
  const panel = within(await screen.findByRole("region", { name: "What if" }));
  await userEvent.click(panel.getByRole("button", { name: "Run" }));
  expect(await panel.findAllByText("75 %")).toHaveLength(4);
  const asked = calls.find((call) => call.path === "/sla-policies/what-if")?.body;
  expect(asked).toMatchObject({ policies: [], calendar: { in_place_of: "4", workspace: true, zone: "Europe/Athens" } });
  expect(asked).not.toHaveProperty("calendar.name");
  expect(changed(calls)).toEqual([]);
});

describe("calendars", () => {
  it("say whether they are open, for whom they hold, and lead to their page", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-21T12:00:00Z") });
    open("/settings/calendars");
    const row = within(await screen.findByRole("row", { name: /Athens/ }));
    expect(await row.findByText(new RegExp(`Closed, opens ${OPENS_ON} 09:00`))).toBeTruthy();
    expect(row.getByText("22:00–06:00")).toBeTruthy();
    expect(row.getByText("everybody else")).toBeTruthy();
    expect(row.getByRole("link").getAttribute("href")).toBe("/settings/calendars/4");
  });

  it("without any say what that means", async () => {
    open("/settings/calendars", ({ path }) => (path === "/calendars" ? { body: { items: [] } } : undefined));
    expect(await screen.findByText(/all time counts/)).toBeTruthy();
  });

  it("say when they cannot be read, and can be asked again", async () => {
    let broken = true;
    open("/settings/calendars", ({ path }) =>
      path === "/calendars" && broken ? { status: 503, body: { detail: "busy" } } : undefined,
    );
    expect((await screen.findByRole("alert")).textContent).toContain("busy");
    broken = false;
    await userEvent.click(screen.getByRole("button", { name: "Look again" }));
    expect(await screen.findByRole("row", { name: /Athens/ })).toBeTruthy();
  });
});

describe("a calendar's week", () => {
  it("is typed: what is understood is sent, and only that", async () => {
    const { calls } = open("/settings/calendars/4");
    const monday = await screen.findByRole("textbox", { name: "Hours of Monday" });
    await userEvent.clear(monday);
    await userEvent.type(monday, "9-13, 17-20");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(changed(calls)).toHaveLength(1));
    const [call] = changed(calls);
    expect(Object.keys(call?.body ?? {})).toEqual(["weekly"]);
    expect(call?.body.weekly).toMatchObject({ mon: ["09:00-13:00", "17:00-20:00"] });
    expect(call?.headers["If-Match"]).toBe('"v3"');
  });

  it("is moved by keys: arrows, Shift with arrows, Delete", async () => {
    const { calls } = open("/settings/calendars/4");
    (await screen.findByRole("button", { name: "Monday, open 09:00–17:00" })).focus();
    await userEvent.keyboard("{ArrowRight}{Shift>}{ArrowRight}{/Shift}");
    expect(screen.getByRole("button", { name: "Monday, open 09:15–17:30" })).toBe(document.activeElement);
    screen.getByRole("button", { name: "Friday, open 22:00–06:00" }).focus();
    await userEvent.keyboard("{Delete}");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(changed(calls)).toHaveLength(1));
    expect(changed(calls)[0]?.body.weekly).toMatchObject({ mon: ["09:15-17:30"], fri: [] });
  });

  it("is not sent while it cannot be understood", async () => {
    const { calls } = open("/settings/calendars/4");
    const monday = await screen.findByRole("textbox", { name: "Hours of Monday" });
    await userEvent.clear(monday);
    await userEvent.type(monday, "nine to five");
    expect(monday.getAttribute("aria-invalid")).toBe("true");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(changed(calls)).toEqual([]);
  });

  it("is copied to the other workdays", async () => {
    const { calls } = open("/settings/calendars/4");
    await userEvent.click(await screen.findByRole("button", { name: "Copy Monday" }));
    await userEvent.click(screen.getByRole("menuitem", { name: "To all workdays" }));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(changed(calls)[0]?.body.weekly).toMatchObject({ fri: OFFICE, sat: [] }));
  });
});

describe("a calendar's days", () => {
  it("are holidays of a country or its part, each of which can be kept open", async () => {
    const { calls } = open("/settings/calendars/4");
    await screen.findByText("Germany");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Country" }), "DE");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Region" }), "DE-BY");
    await userEvent.click(await screen.findByText(/1 day closed/));
    await userEvent.click(screen.getByRole("button", { name: "Open that day" }));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(changed(calls)[0]?.body).toEqual({
        holidays: "DE-BY",
        exceptions: { "2026-12-24": [], "2099-12-25": OFFICE },
      }),
    );
  });

  it("are single ones, off or open with hours of their own", async () => {
    const { calls } = open("/settings/calendars/4");
    await userEvent.type(await screen.findByLabelText("Day"), "2026-12-31");
    await userEvent.click(screen.getByRole("button", { name: "Day off" }));
    await userEvent.click(screen.getByRole("button", { name: "Remove Thu, 24 Dec 2026" }));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(changed(calls)[0]?.body).toEqual({ exceptions: { "2026-12-31": [] } }));
  });
});

describe("two who change one calendar", () => {
  it("keeps my edits on what the other made, and sends them with the new version", async () => {
    let refused = false;
    const { calls } = open("/settings/calendars/4", (call) => {
      if (call.method === "PATCH" && !refused) {
        refused = true;
        return { status: 412, body: { code: "stale", detail: "changed since" } };
      }
      if (call.path === "/calendars/4" && refused && call.method === "GET") {
        return { body: calendar({ version: 4, zone: "Europe/Berlin", name: "Berlin" }) };
      }
      return undefined;
    });
    const name = await screen.findByRole("textbox", { name: "Name" });
    await userEvent.clear(name);
    await userEvent.type(name, "Piraeus");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    const told = await screen.findByRole("alert");
    expect(told.textContent).toContain("Changed by both: Name.");
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Name" }).value).toBe("Piraeus");
    expect(screen.getByRole<HTMLInputElement>("combobox", { name: "Time zone" }).value).toBe("Europe/Berlin");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(changed(calls)).toHaveLength(2));
    expect(changed(calls)[1]?.headers["If-Match"]).toBe('"v4"');
    expect(changed(calls)[1]?.body).toEqual({ name: "Piraeus" });
  });
});

it("a calendar's page tells a reader of the screen all that it shows", async () => {
  const { container } = open("/settings/calendars/4");
  await screen.findByRole("textbox", { name: "Hours of Monday" });
  const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  expect(found.violations.map((one) => one.id)).toEqual([]);
});
