import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { coreWith, show } from "../../testing/render";
import { reportWords } from "../../text/reports/load";
import { readAsk } from "./ask";
import { FoldedFilters } from "./folded-filters";

beforeAll(async () => {
  await reportWords();
});
afterEach(cleanup);

describe("the filters of a report on a phone", () => {
  it("are one button that counts them; what is chosen stands beside it and can be taken away", async () => {
    const drop = vi.fn();
    const ask = readAsk("from=2026-10-24&to=2026-11-22&zone=UTC", 0);
    show(
      coreWith([]),
      <FoldedFilters ask={ask} chosen={[{ id: "team", label: "Returns", drop }]}>
        <input aria-label="First day" />
      </FoldedFilters>,
    );
    expect(screen.getByText("24 Oct 2026 – 22 Nov 2026")).toBeTruthy();
    expect(screen.queryByLabelText("First day")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Take Returns away" }));
    expect(drop).toHaveBeenCalledOnce();
    await userEvent.click(screen.getByRole("button", { name: "Filters (1)" }));
    expect(screen.getByLabelText("First day")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Show" }));
    expect(screen.queryByLabelText("First day")).toBeNull();
  });
});
