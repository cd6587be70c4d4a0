import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EscalationLine, EscalationReport } from "../../protocol/types.generated";
import { AT, conversation } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { useDesk } from "../../ui/use-core";
import ReportsPage from "./reports-page";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

const line = (key: string, change: Partial<EscalationLine> = {}): EscalationLine => ({
  key,
  escalations: 4,
  acknowledged: 3,
  ended: 2,
  open: 2,
  median_acknowledge_seconds: 120,
  longest_acknowledge_seconds: 600,
  median_end_seconds: 3600,
  ...change,
});
const figures: EscalationReport = {
  since: AT,
  until: AT,
  position: 77,
  total: line(""),
  levels: [line("0"), line("2", { longest_acknowledge_seconds: 300 })],
  teams: [line("0"), line("404")],
  causes: [line("person"), line("target_breached")],
};

function Page() {
  const route = useDesk((desk) => desk.route);
  return route.page === "reports" ? <ReportsPage query={route.query} /> : null;
}

function open(body: EscalationReport, behind: unknown = {}) {
  const calls = playServer((call) =>
    call.path.startsWith("/reports/escalations/cells/")
      ? { body: behind }
      : call.path.startsWith("/reports/escalations")
        ? { body }
        : undefined,
  );
  const core = coreWith([conversation()]);
  core.show({ route: { page: "reports", query: "report=escalations&from=2026-11-01&to=2026-11-07&zone=UTC" } });
  show(core, <Page />);
  return calls;
}

describe("the report of escalations", () => {
  it("says how soon they were acknowledged and over, by level, team and cause", async () => {
    const calls = open(figures);
    const levels = within(await screen.findByRole("region", { name: "By level" }));
    const second = levels.getByRole("row", { name: /Level 2/ });
    expect([...second.querySelectorAll("td")].map((cell) => cell.textContent)).toEqual([
      "4", "3", "2 m", "5 m", "1 h", "2",
    ]); // biome-ignore format: one row
    expect(levels.getByRole("row", { name: /Before any level/ })).toBeTruthy();
    expect(screen.getByRole("row", { name: /No team/ })).toBeTruthy();
    expect(screen.getByRole("row", { name: /A target missed/ })).toBeTruthy();
    const asked = new URL(calls[0]?.path ?? "", "http://x").searchParams;
    expect(Object.fromEntries(asked)).toEqual({ from: "2026-11-01T00:00:00.000Z", to: "2026-11-08T00:00:00.000Z" });
  });

  it("opens the conversations behind a number of a line", async () => {
    const behind = { items: [], next_cursor: null, position: 77 };
    const calls = open(figures, behind);
    const levels = within(await screen.findByRole("region", { name: "By level" }));
    const row = within(levels.getByRole("row", { name: /Level 2/ }));
    fireEvent.click(row.getByRole("button", { name: "3" }));
    const path = await waitFor(() => {
      const found = calls.find((call) => call.path.startsWith("/reports/escalations/cells/"));
      if (!found) throw new Error("nothing was asked");
      return new URL(found.path, "http://x");
    });
    expect(path.pathname).toBe("/reports/escalations/cells/acknowledged");
    expect(Object.fromEntries(path.searchParams)).toEqual({
      from: "2026-11-01T00:00:00.000Z",
      to: "2026-11-08T00:00:00.000Z",
      level: "2",
      limit: "50",
    });
  });

  it("says a number that nothing is behind without opening anything", async () => {
    open({ ...figures, causes: [line("person", { open: 0 })] });
    const causes = within(await screen.findByRole("region", { name: "By cause" }));
    expect(causes.queryByRole("button", { name: "0" })).toBeNull();
    expect(causes.getByText("0")).toBeTruthy();
  });

  it("offers its lines as a file, and no filters that it has not", async () => {
    open(figures);
    await screen.findByRole("region", { name: "By level" });
    expect(screen.queryByRole("combobox", { name: /team/i })).toBeNull();
    const file = new URL(screen.getByRole("link", { name: "CSV" }).getAttribute("href") ?? "", "http://x");
    expect(file.pathname).toBe("/api/v1/reports/escalations");
    expect([file.searchParams.get("by"), file.searchParams.get("compare")]).toEqual(["level", null]);
  });

  it("says when nothing was escalated", async () => {
    open({ ...figures, total: line("", { escalations: 0 }), levels: [], teams: [], causes: [] });
    expect(await screen.findByText("Nothing was escalated in this period.")).toBeTruthy();
  });
});
