import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Report, ReportLine } from "../../protocol/types.generated";
import { parseRoute } from "../../store/route";
import { AT, conversation } from "../../testing/examples";
import { type Call, coreWith, playServer, show } from "../../testing/render";
import { useDesk } from "../../ui/use-core";
import ReportsPage from "./reports-page";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

const line = (cells: Record<string, number | null>, change: Partial<ReportLine> = {}): ReportLine => ({
  key: {},
  name: {},
  cells,
  values: null,
  previous: null,
  restated: 0,
  ...change,
});

const spread = (n: number, median: number | null) => ({
  n,
  median,
  p90: median && median * 10,
  mean: median && median * 4,
  up_to_30: n - 1,
  longer: 1,
});

const report = (change: Partial<Report>): Report => ({
  name: "response",
  definition: "response/1",
  says: "",
  clock: "customer",
  hours: "calendar",
  zone: "UTC",
  by: [],
  head: 1284402,
  since: AT,
  until: AT,
  position: 1284402,
  columns: [
    { key: "n", title: "Number", unit: "count", cell: "n" },
    { key: "up_to_30", title: "≤ 30 s", unit: "count", cell: "bucket_0" },
    { key: "longer", title: "> 24 h", unit: "count", cell: "bucket_9" },
  ],
  total: line(spread(4812, 492)),
  lines: [],
  previous: null,
  ...change,
});

const targets = (lines: ReportLine[] = []) =>
  report({
    definition: "targets/1",
    total: line({ in_target: 0.915, due: 5000, open_late: 3 }),
    previous: line({ in_target: 0.934 }),
    lines,
  });

const whole = report({ previous: line(spread(4201, 556)), total: line(spread(4812, 492), { restated: 1 }) });
const byDay = report({
  lines: [
    line(spread(40, 480), { key: { day: "2026-11-07" } }),
    line({ ...spread(3, null) }, { key: { day: "2026-11-09" }, values: [60, 70, 80] }),
  ],
});
const byChannel = report({
  lines: [
    line(spread(540, 393), { key: { channel: "ch1" }, name: { channel: "@help_bot" }, previous: spread(500, 453) }),
    line(spread(14, 1320), { key: { channel: "none" }, name: { channel: "" }, previous: spread(20, 1000) }),
  ],
});
const behind = {
  items: [{ item_id: "12", wait_id: "12", at: AT, seconds: 8045, conversation: conversation() }],
  next_cursor: null,
};
const explained = {
  wait_id: "12",
  conversation_id: "1",
  clocks: [
    { clock: "customer", since: AT, until: AT, seconds: 8045, business_seconds: 4299, ends_with: "when accepted" },
    { clock: "desk", since: AT, until: AT, seconds: 8040, business_seconds: 4294, ends_with: "when let go" },
  ],
  parts: { lag: 0, queue: 2040, person: 6000, delivery: 5 },
  deadline_at: AT,
  missed: true,
  steps: [{ position: 1281004, at: AT, type: "message_received", actor: "Eleni", words: "It came" }],
  stored: true,
  position: 1284402,
};

const slot = (weekday: number, hour: number, cells: Record<string, number | null>) =>
  line(cells, { key: { weekday: String(weekday), hour: String(hour) } });
const rated = { reviews: 52, average: 3.5, answered_share: 0.9, needed: 40, edited_after_reply: 3, stars_5: 19 };
const reviews = (by: string[]) => {
  const key = {
    ...(by.includes("week") ? { week: "2026-11-02" } : {}),
    ...(by.includes("channel") ? { channel: "ch1" } : {}),
  };
  const lines = by.length ? [line(rated, { key, name: { channel: "Shop" }, previous: { average: 3.25 } })] : [];
  return report({ name: "reviews", total: line(rated), lines });
};
const moderation = (by: string) =>
  report({
    name: "moderation",
    total: line({ hidden: 2, by_person: 2 }),
    lines: [line({ hidden: 2 }, { key: { [by]: "8" }, name: { [by]: by === "post" ? "New shoes" : "Maria" } })],
  });

type Answer = { status?: number; body?: unknown } | undefined;

function Page() {
  const route = useDesk((desk) => desk.route);
  return route.page === "reports" ? <ReportsPage query={route.query} /> : null;
}

function open(query: string, answer: (call: Call) => Answer = () => undefined) {
  const calls = playServer((call) => {
    const given = answer(call);
    if (given) return given;
    const { pathname, searchParams } = new URL(call.path, "http://x");
    if (pathname.endsWith("/explain")) return { body: explained };
    if (pathname.includes("/cells/")) return { body: behind };
    if (pathname === "/reports/targets") {
      return { body: targets(searchParams.has("by") ? [line({ in_target: 0.933 }, { key: { channel: "ch1" } })] : []) };
    }
    if (pathname === "/reports/volume") return { body: report({ lines: [slot(5, 22, { asked: 7 })] }) };
    if (pathname === "/reports/reviews") return { body: reviews(searchParams.getAll("by")) };
    if (pathname === "/reports/moderation") return { body: moderation(searchParams.get("by") ?? "") };
    if (searchParams.get("by") === "weekday") return { body: report({ lines: [slot(5, 22, spread(23, 6720))] }) };
    if (searchParams.get("by") === "day") return { body: byDay };
    return { body: searchParams.has("by") ? byChannel : whole };
  });
  const core = coreWith([]);
  core.show({ route: parseRoute("/reports", `?${query}`) });
  const { container } = show(core, <Page />);
  return { core, calls, container };
}

const PERIOD = "from=2026-11-01&to=2026-11-14&zone=UTC";

describe("the response-time report", () => {
  it("shows the key figures, each against the period before", async () => {
    open(PERIOD);
    const key = within(await screen.findByRole("region", { name: "Key figures" }));
    expect(key.getByText("8 m 12 s")).toBeTruthy();
    expect(key.getByText("was 9 m 16 s")).toBeTruthy();
    expect(key.getByText("−1 m 4 s", { exact: false })).toBeTruthy();
    expect(key.getByText("91.5 %")).toBeTruthy();
    expect(key.getByText("of 5,000 due; 3 open and late counted")).toBeTruthy();
    expect(screen.getByText(/1 wait was counted anew/)).toBeTruthy();
  });

  it("says beside it how long it was in business hours, or in all hours where those are counted", async () => {
    const byHours = (call: Call) => {
      const { pathname, searchParams } = new URL(call.path, "http://x");
      const business =
        pathname === "/reports/response" && !searchParams.has("by") && searchParams.get("hours") === "business";
      return business ? { body: report({ total: line(spread(4812, 180)) }) } : undefined;
    };
    open(PERIOD, byHours);
    expect((await screen.findAllByText("Business hours: 3 m"))[0]).toBeTruthy();
    cleanup();
    open(`${PERIOD}&hours=business`, byHours);
    expect((await screen.findAllByText("All hours: 8 m 12 s"))[0]).toBeTruthy();
  });

  it("asks with what the address says, and says in the address what is chosen", async () => {
    const { calls } = open(`${PERIOD}&hours=business&network=telegram`);
    await screen.findByRole("region", { name: "Key figures" });
    const first = new URL(calls[0]?.path ?? "", "http://x").searchParams;
    expect(Object.fromEntries(first)).toMatchObject({
      from: "2026-11-01T00:00:00.000Z",
      to: "2026-11-15T00:00:00.000Z",
      hours: "business",
      network: "telegram",
    });
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Kind" }), "review");
    expect(location.search).toContain("kind=review");
    await userEvent.click(screen.getByRole("button", { name: "All hours" }));
    expect(location.search).not.toContain("hours=");
    expect(location.search).toContain("network=telegram");
  });

  it("says which of the usual periods is shown, and that all answers are counted", async () => {
    open("");
    const pressed = () =>
      screen.getAllByRole("button", { name: /^\d+ days$/ }).map((one) => one.getAttribute("aria-pressed"));
    await screen.findByRole("region", { name: "Key figures" });
    expect(pressed()).toEqual(["false", "true", "false"]);
    await userEvent.click(screen.getByRole("button", { name: "7 days" }));
    expect(pressed()).toEqual(["true", "false", "false"]);
    expect(await screen.findByRole("combobox", { name: "Which ones" })).toHaveProperty(
      "selectedOptions.0.text",
      "All answers",
    );
  });

  it("is mailed with its filters and without its period, by those who may set that", async () => {
    const { core } = open(`hours=business&team=7&${PERIOD}`);
    expect(screen.queryByRole("button", { name: "Mail this report" })).toBeNull();
    core.store.update((state) => ({ ...state, me: state.me && { ...state.me, permissions: ["settings"] } }), true);
    await userEvent.click(await screen.findByRole("button", { name: "Mail this report" }));
    await userEvent.type(await screen.findByLabelText("Name"), "Weekly");
    await userEvent.type(screen.getByLabelText(/Other addresses/), "a@shop.example");
    const calls = playServer(({ method }) => (method === "POST" ? { status: 201, body: { id: "5", version: 1 } } : {}));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(core.desk.get().route).toEqual({ page: "settings", section: "report-mails" }));
    const made = calls.find((call) => call.method === "POST" && call.path === "/report-mails");
    expect(made?.body).toMatchObject({ name: "Weekly", query: "hours=business&team=7" });
  });

  it("has for each chart a table with the same figures", async () => {
    open(PERIOD);
    const chart = within(await screen.findByRole("region", { name: "How long people waited" }));
    expect(chart.getByRole("img").getAttribute("aria-label")).toContain("≤ 30 s, 4,811");
    // The last has no bound of its own: it is told in the reader's words too, not in the server's.
    expect(chart.getByRole("rowheader", { name: "> 30 s" })).toBeTruthy();
    expect(chart.getByText("4,200")).toBeTruthy();
    const trend = within(screen.getByRole("region", { name: "By day" }));
    expect(trend.getByText("8 m")).toBeTruthy();
    expect(trend.getByText("too few")).toBeTruthy();
  });

  it("compares lines only where there are enough waits", async () => {
    open(PERIOD);
    const rows = within(await screen.findByRole("region", { name: "Compared" })).getAllByRole("row");
    expect(rows[1]?.textContent).toContain("93.3 %");
    expect(rows[1]?.textContent).toContain("−1 m");
    expect(rows[2]?.textContent).toContain("under 30");
  });

  it("leads from a number to its conversations and on to the events of one wait", async () => {
    const { calls } = open(PERIOD);
    const chart = within(await screen.findByRole("region", { name: "By day" }));
    await userEvent.click(chart.getByText("As a table"));
    await userEvent.click(chart.getByRole("button", { name: "40" }));
    const list = within(await screen.findByRole("complementary", { name: "Behind this number" }));
    expect((await list.findByRole("link", { name: "Eleni Markaki" })).getAttribute("href")).toBe("/desk/all/1");
    const asked = calls.find((call) => call.path.startsWith("/reports/response/cells/n?"))?.path ?? "";
    expect(new URL(asked, "http://x").searchParams.get("from")).toBe("2026-11-07T00:00:00.000Z");
    await userEvent.click(list.getByRole("button", { name: "2 h 14 m" }));
    const told = within(await screen.findByRole("complementary", { name: "Explain this number" }));
    expect(await told.findByText("Another item came: the wait keeps its start")).toBeTruthy();
    expect(told.getByText("1 h 11 m 39 s")).toBeTruthy();
    expect(told.getByText(/Recomputed from the log just now: same\./)).toBeTruthy();
    expect(location.search).toContain("wait=12");
    await userEvent.click(told.getByRole("button", { name: "Back to the list" }));
    expect(await screen.findByRole("complementary", { name: "Behind this number" })).toBeTruthy();
  });

  it("colours the hours of the week, and leads from one to its conversations", async () => {
    const { calls } = open(PERIOD);
    const heat = within(await screen.findByRole("region", { name: "When it is slow" }));
    await userEvent.click(heat.getByRole("button", { name: "Saturday 22:00: 1 h 52 m, 23 waits" }));
    await screen.findByRole("complementary", { name: "Behind this number" });
    const asked = new URL(calls.find((call) => call.path.includes("/cells/"))?.path ?? "", "http://x");
    expect(asked.pathname).toBe("/reports/response/cells/n");
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({ weekday: "5", hour: "22", bucket: "began" });
    await userEvent.click(heat.getByRole("button", { name: "What came in" }));
    expect(location.search).toContain("heat=volume");
    expect(heat.getByRole("button", { name: "Saturday 22:00: 7, 7 waits" })).toBeTruthy();
  });

  it("is walked by arrow keys, hour by hour and day by day", async () => {
    open(PERIOD);
    const heat = within(await screen.findByRole("region", { name: "When it is slow" }));
    const nine = heat.getByRole("button", { name: "Monday 09:00: nothing" });
    expect(nine.tabIndex).toBe(0);
    nine.focus();
    await userEvent.keyboard("{ArrowDown}{ArrowRight}");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Tuesday 10:00: nothing");
    expect(nine.tabIndex).toBe(-1);
  });

  it("leads from the share in target to those on both its sides", async () => {
    const { calls } = open(PERIOD);
    const key = within(await screen.findByRole("region", { name: "Key figures" }));
    await userEvent.click(key.getByRole("button", { name: "91.5 %" }));
    const list = within(await screen.findByRole("complementary", { name: "Behind this number" }));
    const paths = () =>
      calls.filter((call) => call.path.includes("/cells/")).map((call) => new URL(call.path, "http://x"));
    expect(paths().map((url) => [url.pathname, url.searchParams.get("measure")])).toEqual([
      ["/reports/targets/cells/answered_late", null],
      ["/reports/targets/cells/answered_late", "resolution"],
    ]);
    await userEvent.click(list.getByRole("button", { name: "Open and late" }));
    expect(location.search).toContain("cell=targets.open_late");
    expect(paths().at(-1)?.pathname).toBe("/reports/targets/cells/open_late");
  });

  it("does not count again when a number is opened", async () => {
    const { calls } = open(PERIOD);
    await screen.findByRole("region", { name: "Key figures" });
    const before = calls.length;
    await userEvent.click(screen.getByRole("button", { name: "4,812" }));
    await screen.findByRole("complementary");
    await waitFor(() => expect(calls.length).toBe(before + 1));
  });

  it("gives the same figures as a file", async () => {
    open(`${PERIOD}&team=7`);
    const file = new URL((await screen.findByRole<HTMLAnchorElement>("link", { name: "CSV" })).href, "http://x");
    expect(file.pathname).toBe("/api/v1/reports/response");
    expect(Object.fromEntries(file.searchParams)).toMatchObject({ format: "csv", team: "7", by: "channel" });
  });

  it("keeps what it showed when a new question fails, and says why", async () => {
    let broken = false;
    open(PERIOD, () => (broken ? { status: 400, body: { detail: "the period is too long" } } : undefined));
    await screen.findByRole("region", { name: "Key figures" });
    broken = true;
    await userEvent.click(screen.getByRole("button", { name: "Business hours" }));
    expect((await screen.findByRole("alert")).textContent).toContain("the period is too long");
    expect(screen.getByText("8 m 12 s")).toBeTruthy();
  });

  it("shows the values themselves where they are too few for percentiles", async () => {
    const few = report({ total: line(spread(3, null), { values: [60, 70, 80] }) });
    open(PERIOD, ({ path }) =>
      path.startsWith("/reports/response?") && !path.includes("by=") ? { body: few } : undefined,
    );
    expect(await screen.findByText("1 m, 1 m 10 s, 1 m 20 s")).toBeTruthy();
  });

  it("has nothing that a reader of the screen cannot tell", async () => {
    const { container } = open(`${PERIOD}&cell=n&wait=12`);
    await screen.findByText("Another item came: the wait keeps its start");
    const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations.map((one) => one.id)).toEqual([]);
  });
});

describe("the tables of figures", () => {
  it("stand on one page, each number with what is behind it, each name narrowing to itself", async () => {
    const cells = { response_rate: 0.9, action_rate: 1, received: 20, answered: 18, left: 2 };
    const columns = Object.keys(cells).map((key) => ({
      key,
      title: key,
      unit: key.endsWith("rate") ? ("share" as const) : ("count" as const),
      cell: key.endsWith("rate") ? "" : key,
    }));
    const rate = (by: string) =>
      report({
        name: "rate",
        columns,
        total: line(cells),
        lines: [line(cells, { key: { [by]: by === "day" ? "2026-11-02" : "4" }, name: { [by]: "delivery" } })],
      });
    const { calls } = open(`report=rate&by=tag&${PERIOD}`, ({ path }) => {
      const { pathname, searchParams } = new URL(path, "http://x");
      return pathname === "/reports/rate" ? { body: rate(searchParams.get("by") ?? "") } : undefined;
    });
    const row = within(await screen.findByRole("region", { name: "Compared" })).getByRole("row", { name: /delivery/ });
    await userEvent.click(within(row).getByRole("button", { name: "18" }));
    const asked = new URL(calls.at(-1)?.path ?? "", "http://x");
    expect([asked.pathname, asked.searchParams.get("tag")]).toEqual(["/reports/rate/cells/answered", "4"]);
    await userEvent.click(within(row).getByRole("button", { name: /delivery/ }));
    await waitFor(() =>
      expect(calls.some(({ path }) => path.startsWith("/reports/rate?") && path.includes("tag=4"))).toBe(true),
    );
  });
});

describe("the report of reviews", () => {
  it("shows stars and answers by place and week, against the period before", async () => {
    const { calls } = open(`report=reviews&${PERIOD}`);
    const places = within(await screen.findByRole("region", { name: "By location" }));
    const row = places.getByRole("row", { name: /Shop/ });
    expect(row.textContent).toContain("+0.25");
    expect(row.textContent).toContain("90 %");
    await userEvent.click(within(row).getByRole("button", { name: "52" }));
    await screen.findByRole("complementary", { name: "Behind this number" });
    const asked = new URL(calls.at(-1)?.path ?? "", "http://x");
    expect([asked.pathname, asked.searchParams.get("channel")]).toEqual(["/reports/reviews/cells/reviews", "ch1"]);
  });

  it("gives its figures as a file", async () => {
    open(`report=reviews&${PERIOD}`);
    const file = new URL((await screen.findByRole<HTMLAnchorElement>("link", { name: "XLSX" })).href, "http://x");
    expect(file.pathname).toBe("/api/v1/reports/reviews");
    expect([file.searchParams.getAll("by"), file.searchParams.get("format")]).toEqual([["channel", "week"], "xlsx"]);
  });
});

describe("the report of moderation", () => {
  it("counts by person and by post, each number with what is behind it", async () => {
    const { calls } = open(`report=moderation&${PERIOD}`);
    const posts = within(await screen.findByRole("region", { name: "By post" }));
    expect(posts.getByRole("link", { name: "New shoes" }).getAttribute("href")).toContain("/posts/8");
    const people = within(screen.getByRole("region", { name: "By person" }));
    await userEvent.click(within(people.getByRole("row", { name: /Maria/ })).getByRole("button", { name: "2" }));
    await screen.findByRole("complementary", { name: "Behind this number" });
    const asked = new URL(calls.at(-1)?.path ?? "", "http://x");
    expect([asked.pathname, asked.searchParams.get("agent")]).toEqual(["/reports/moderation/cells/hidden", "8"]);
  });
});
