import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { Paused, Sla } from "./marks";

const NOON = Date.parse("2026-11-22T12:00:00Z");
const at = (minutes: number) => new Date(NOON + minutes * 60_000).toISOString();
afterEach(cleanup);

describe("a target's countdown", () => {
  it("says how long is left, and fills as time goes", () => {
    const { container } = render(<Sla deadline={at(45)} since={at(-15)} now={NOON} />);
    expect(screen.getByText(/45/)).toBeTruthy();
    expect(container.querySelector<HTMLElement>("[style]")?.style.getPropertyValue("--p")).toBe("25");
  });

  it("looks otherwise from three quarters on", () => {
    const calm = render(<Sla deadline={at(31)} since={at(-89)} now={NOON} />).container.firstElementChild?.className;
    cleanup();
    const soon = render(<Sla deadline={at(30)} since={at(-90)} now={NOON} />).container.firstElementChild?.className;
    expect(soon).not.toBe(calm);
  });

  it("says how long it is over, from the deadline itself on", () => {
    render(<Sla deadline={at(-125)} since={at(-200)} now={NOON} />);
    expect(screen.getByText(/over/).textContent).toContain("2 h 5 m");
    cleanup();
    render(<Sla deadline={at(0)} since={at(-60)} now={NOON} />);
    expect(screen.getByText(/over/)).toBeTruthy();
  });

  it("says until when it stands still", () => {
    render(<Paused until={null} />);
    expect(screen.getByText(/reply/i)).toBeTruthy();
  });
});
