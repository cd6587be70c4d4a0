import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Report, ReportLine, SurveyAskShape } from "../../protocol/types.generated";
import { AT, conversation } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { surveyWords } from "../../text/surveys/load";
import { useDesk } from "../../ui/use-core";
import ReportsPage from "./reports-page";

beforeAll(async () => {
  await surveyWords();
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

const cells = { csat: 0.75, nps: 42, low: 0.5, high: 0.9, sent: 20, answered: 8, response_rate: 0.4, good: 6 };
const scores = { score_1: 1, score_2: 1, score_3: 0, score_4: 2, score_5: 4 };
const line = (key: Record<string, string>, name: Record<string, string> = {}): ReportLine => ({
  key,
  name,
  cells: { ...cells, ...scores },
  values: null,
  previous: { ...cells, csat: 0.5 },
  restated: 0,
});
const report = (lines: ReportLine[], by: string[], total = line({})): Report => ({
  name: "csat",
  definition: "csat/1",
  says: "",
  clock: "desk",
  hours: "calendar",
  zone: "UTC",
  since: AT,
  until: AT,
  by,
  position: 77,
  head: 77,
  columns: [],
  total,
  lines,
  previous: { ...total, cells: { ...total.cells, csat: 0.5 } },
});
const said: SurveyAskShape = {
  id: "70",
  survey_id: "5",
  survey: "After close",
  scale: "csat",
  conversation_id: "1",
  number: 17,
  contact: "Eleni",
  way: "link",
  sent_at: AT,
  score: 2,
  answered_at: AT,
  answered_by: "page",
  comment: "Too late",
};

function Page() {
  const route = useDesk((desk) => desk.route);
  return route.page === "reports" ? <ReportsPage query={route.query} /> : null;
}

const asking = (id: string, name: string, scale = "csat") => ({ id, name, scale });

function open(name: string, total = line({}), surveys = [asking("5", "After close")]) {
  const calls = playServer((call) => {
    if (call.path.includes("/cells/")) return { body: { items: [], next_cursor: null } };
    if (call.path === "/surveys") return { body: { items: surveys } };
    if (call.path.startsWith("/survey-comments")) return { body: { items: [said], next_cursor: null } };
    const by = new URL(call.path, "http://x").searchParams.getAll("by");
    if (by[0] === "week")
      return { body: report([line({ week: "2026-11-02" }), line({ week: "2026-11-09" })], by, total) };
    if (by[0]) return { body: report([line({ [by[0]]: "7" }, { [by[0]]: "Anna" })], by, total) };
    return { body: report([], [], total) };
  });
  const core = coreWith([conversation()]);
  core.show({ route: { page: "reports", query: `report=${name}&from=2026-11-01&to=2026-11-14&zone=UTC` } });
  const { container } = show(core, <Page />);
  return { calls, container };
}

describe("the report of satisfaction", () => {
  it("says how many are satisfied with the interval, who was asked, and what they wrote", async () => {
    const { container } = open("csat");
    const key = within(await screen.findByRole("region", { name: "Key figures" }));
    expect(key.getByText("75 %")).toBeTruthy();
    expect(key.getByText("95 % between 50 % and 90 %")).toBeTruthy();
    expect(key.getByText("40 %")).toBeTruthy();
    expect(await screen.findByText("Too late")).toBeTruthy();
    expect(within(screen.getByRole("region", { name: "Scores" })).getAllByRole("row")).toHaveLength(5);
    const found = await axe.run(container, {
      rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    });
    expect(found.violations.map((one) => one.id)).toEqual([]);
  });

  it("is narrowed to one survey where there are several of its scale, and its address says so", async () => {
    const { calls } = open("csat", line({}), [
      asking("5", "After close"),
      asking("6", "After a return"),
      asking("7", "Would you?", "nps"),
    ]);
    const choice = await screen.findByRole("combobox", { name: "Survey" });
    expect(within(choice).queryByRole("option", { name: "Would you?" })).toBeNull();
    fireEvent.change(choice, { target: { value: "6" } });
    expect(location.search).toContain("survey=6");
    await waitFor(() =>
      expect(calls.some((call) => call.path.startsWith("/survey-comments") && call.path.includes("survey=6"))).toBe(
        true,
      ),
    );
    expect(calls.some((call) => call.path.startsWith("/reports/csat") && call.path.includes("survey=6"))).toBe(true);
    expect(screen.getByRole("link", { name: "Recommendation" }).getAttribute("href")).not.toContain("survey");
  });

  it("opens the conversations behind a score, and compares by what is chosen", async () => {
    const { calls } = open("csat");
    const five = await screen.findByRole("row", { name: /5 of 5/ });
    fireEvent.click(within(five).getByRole("button", { name: "4" }));
    await waitFor(() => expect(calls.some((call) => call.path.startsWith("/reports/csat/cells/score_5?"))).toBe(true));
    fireEvent.change(screen.getByRole("combobox", { name: "Grouped by" }), { target: { value: "tag" } });
    await waitFor(() => expect(calls.some((call) => call.path.endsWith("by=tag"))).toBe(true));
    const parts = within(screen.getByRole("region", { name: "Compared" }));
    await waitFor(() => expect(parts.getByRole("row", { name: /Anna/ })).toBeTruthy());
  });

  it("says that nobody was asked rather than showing empty charts", async () => {
    const none = line({});
    open("csat", { ...none, cells: { ...none.cells, sent: 0, answered: 0, csat: null } });
    expect(await screen.findByText("Nobody was asked in this period.")).toBeTruthy();
    expect(screen.queryByRole("region", { name: "Scores" })).toBeNull();
  });
});

describe("the report of recommendations", () => {
  it("shows the score in points, its three groups, and every score", async () => {
    const { calls } = open("nps");
    const key = within(await screen.findByRole("region", { name: "Key figures" }));
    expect(key.getByText("42")).toBeTruthy();
    expect(within(screen.getByRole("region", { name: "Scores" })).getAllByRole("row")).toHaveLength(14);
    expect(calls.some((call) => call.path.startsWith("/reports/nps?"))).toBe(true);
  });
});
