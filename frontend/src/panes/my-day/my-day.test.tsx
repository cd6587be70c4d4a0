import { cleanup, screen, within } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { coreWith, playServer, show } from "../../testing/render";
import { MyDayPage } from "./my-day-page";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const day = (name: string, change = {}) => ({
  day: name,
  answered: 0,
  median_seconds: null,
  replies: 0,
  closed: 0,
  kept: 0,
  due: 0,
  values: null,
  ...change,
});
const days = {
  zone: "UTC",
  days: [
    day("2026-11-20"),
    day("2026-11-21", { answered: 2, values: [60, 120], closed: 1 }),
    day("2026-11-22", { answered: 12, median_seconds: 492, replies: 14, closed: 9, kept: 11, due: 12 }),
  ],
  total: day("", { answered: 14, median_seconds: 480, closed: 10, kept: 11, due: 12 }),
  waiting: 4,
  position: 9,
};

function open(answer: { status?: number; body?: unknown } = { body: days }) {
  const calls = playServer(() => answer);
  const { container } = show(coreWith([]), <MyDayPage />);
  return { calls, container };
}

describe("my day", () => {
  it("shows today's answers, who waits, the median and the promises kept", async () => {
    const { calls } = open();
    const today = within(await screen.findByRole("region", { name: "Today" }));
    expect(today.getByText("8 m 12 s")).toBeTruthy();
    expect(today.getByText("91.7 %")).toBeTruthy();
    expect(today.getByRole("link", { name: /Waiting for you.*4/ }).getAttribute("href")).toBe(
      "/desk/waiting?assignee=me",
    );
    expect(calls[0]?.path).toMatch(/^\/reports\/my-days\?zone=/);
  });

  it("shows the days before, today first; few waits as they are; and nobody else", async () => {
    open();
    const rows = within(await screen.findByRole("region", { name: /last 14 days/ })).getAllByRole("row");
    expect(rows[1]?.textContent).toContain("Today128 m 12 s91.7 % 11/129");
    expect(rows[2]?.textContent).toContain("1 m, 2 m");
    expect(rows.at(-1)?.textContent).toContain("Together14");
    expect(rows).toHaveLength(5);
  });

  it("says why there is nothing to show", async () => {
    open({ status: 503, body: { detail: "busy" } });
    expect((await screen.findByRole("alert")).textContent).toContain("busy");
  });

  it("has nothing that a reader of the screen cannot tell", async () => {
    const { container } = open();
    await screen.findByRole("region", { name: "Today" });
    const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations.map((one) => one.id)).toEqual([]);
  });
});
