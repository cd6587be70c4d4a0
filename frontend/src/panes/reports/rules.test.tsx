import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { RuleCountShape, RuleCounts, RuleReport } from "../../protocol/types.generated";
import { AT, conversation } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { useDesk } from "../../ui/use-core";
import ReportsPage from "./reports-page";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

const counts = (runs: number): RuleCounts => ({ runs, undone: 2, refused: 0, conversations: 9 });
const rule = (id: string, name: string, runs: number, before: number): RuleCountShape => ({
  rule_id: id,
  rule_name: name,
  ...counts(runs),
  actions: [],
  previous: counts(before),
});
const figures: RuleReport = {
  items: [rule("5", "Refunds", 12, 8), rule("6", "", 3, 3)],
  next_cursor: null,
  position: 77,
  since: AT,
  until: AT,
  zone: "UTC",
  total: counts(15),
  actions: [{ do: "tag", done: 11, unchanged: 3, refused: 0, undone: 1 }],
  days: [
    { day: "2026-11-01", runs: 0, undone: 0, refused: 0, conversations: 0 },
    { day: "2026-11-02", runs: 15, undone: 2, refused: 0, conversations: 9 },
  ],
  previous: counts(11),
};

function Page() {
  const route = useDesk((desk) => desk.route);
  return route.page === "reports" ? <ReportsPage query={route.query} /> : null;
}

function open(body: RuleReport) {
  const calls = playServer(({ path }) => {
    if (path.startsWith("/reports/rules/cells/")) return { body: { items: [], next_cursor: null, position: 77 } };
    return path.startsWith("/reports/rules") ? { body } : undefined;
  });
  const core = coreWith([conversation()]);
  core.store.update((state) => ({ ...state, me: state.me && { ...state.me, permissions: ["settings"] } }), true);
  core.show({ route: { page: "reports", query: "report=rules&from=2026-11-01&to=2026-11-07&zone=UTC&team=7" } });
  return { calls, ...show(core, <Page />) };
}

const PERIOD = { from: "2026-11-01T00:00:00.000Z", to: "2026-11-08T00:00:00.000Z" };

describe("the report of rules", () => {
  it("says how often each ran, beside the period before, and asks for its period alone", async () => {
    const { calls } = open(figures);
    const key = within(await screen.findByRole("region", { name: "Key figures" }));
    expect(key.getByRole("button", { name: "15" })).toBeTruthy();
    expect(key.getByText("+4")).toBeTruthy();
    const lines = within(screen.getByRole("region", { name: "By rule" }));
    const row = lines.getByRole("row", { name: /Refunds/ });
    expect([...row.querySelectorAll("td")].map((cell) => cell.textContent)).toEqual(["12", "2", "0", "9", "+4"]);
    expect(lines.getByRole("row", { name: /Removed rule 6/ })).toBeTruthy();
    const asked = new URL(calls[0]?.path ?? "", "http://x").searchParams;
    expect(Object.fromEntries(asked)).toEqual({ ...PERIOD, zone: "UTC", compare: "true" });
    expect(screen.queryByRole("combobox", { name: /team/i })).toBeNull();
  });

  it("says what became of each action and how much was done each day, with the conversations behind", async () => {
    const { calls } = open(figures);
    const actions = within(await screen.findByRole("region", { name: "By action" }));
    const row = actions.getByRole("row", { name: /Tag/ });
    expect([...row.querySelectorAll("td")].map((cell) => cell.textContent)).toEqual(["11", "3", "0", "1"]);
    await userEvent.click(within(row).getByRole("button", { name: "3" }));
    const last = () =>
      new URL(calls.findLast((call) => call.path.startsWith("/reports/rules/cells/"))?.path ?? "", "http://x");
    await waitFor(() => expect(last().pathname).toBe("/reports/rules/cells/unchanged"));
    expect(last().searchParams.get("action")).toBe("tag");

    const days = within(screen.getByRole("region", { name: "By day" }));
    expect(days.getByRole("img").getAttribute("aria-label")).toBe("By day: 2 Nov, 15");
    await userEvent.click(days.getByText("As a table"));
    await userEvent.click(days.getByRole("button", { name: "15" }));
    await waitFor(() => expect(last().pathname).toBe("/reports/rules/cells/runs"));
    expect(Object.fromEntries(last().searchParams)).toEqual({
      from: "2026-11-02T00:00:00.000Z",
      to: "2026-11-03T00:00:00.000Z",
      limit: "50",
    });
  });

  it("leads from a rule to its runs, and from a number to the conversations behind it", async () => {
    const { calls } = open(figures);
    const row = within(await screen.findByRole("row", { name: /Refunds/ }));
    expect(row.getByRole("link", { name: "Refunds" }).getAttribute("href")).toBe("/settings/rules/5");
    await userEvent.click(row.getByRole("button", { name: "2" }));
    expect(location.search).toContain("cell=rules.undone");
    const path = await waitFor(() => {
      const found = calls.find((call) => call.path.startsWith("/reports/rules/cells/"));
      if (!found) throw new Error("nothing was asked");
      return new URL(found.path, "http://x");
    });
    expect(path.pathname).toBe("/reports/rules/cells/undone");
    expect(Object.fromEntries(path.searchParams)).toEqual({ ...PERIOD, rule: "5", limit: "50" });
  });

  it("is a file in each of three forms, of its period", async () => {
    open(figures);
    await screen.findByRole("region", { name: "By rule" });
    const files = ["CSV", "XLSX", "NDJSON"].map(
      (name) => new URL(screen.getByRole<HTMLAnchorElement>("link", { name }).href, "http://x"),
    );
    expect(files.map((file) => file.searchParams.get("format"))).toEqual(["csv", "xlsx", "ndjson"]);
    expect(files[2]?.pathname).toBe("/api/v1/reports/rules");
    expect(Object.fromEntries(files[2]?.searchParams ?? [])).toEqual({
      ...PERIOD,
      zone: "UTC",
      compare: "true",
      format: "ndjson",
    });
  });

  it("says when no rule ran", async () => {
    open({ ...figures, items: [], total: counts(0) });
    expect(await screen.findByText("No rule ran in this period.")).toBeTruthy();
  });

  it("has nothing that a reader of the screen cannot tell", async () => {
    const { container } = open(figures);
    await screen.findByRole("region", { name: "By rule" });
    const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations.map((one) => one.id)).toEqual([]);
  });
});
