import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { conversation } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { ConversationList } from "./list";

const COUNT = 5_000;
const rows = Array.from({ length: COUNT }, (_, n) => conversation({ id: `${n + 1}`, preview: `row ${n + 1}` }));

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(760);
  playServer(() => undefined);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const drawn = () => screen.getAllByRole("option").map((row) => Number(row.getAttribute("aria-posinset")));

describe("a list of thousands", () => {
  it("draws those in view and says of each where it stands", () => {
    show(coreWith(rows), <ConversationList />);
    expect(drawn()[0]).toBe(1);
    expect(drawn().length).toBeLessThan(40);
    expect(screen.getAllByRole("option")[0]?.getAttribute("aria-setsize")).toBe(String(COUNT));
  });

  it("draws others once it is scrolled", () => {
    show(coreWith(rows), <ConversationList />);
    const list = screen.getByRole("listbox");
    list.scrollTop = 76 * 3_000;
    fireEvent.scroll(list);
    expect(drawn()).toContain(3_001);
    expect(drawn()).toContain(3_010);
    expect(drawn().length).toBeLessThan(40);
  });

  it("follows the cursor, and tells readers where it is", () => {
    const core = coreWith(rows);
    show(core, <ConversationList />);
    act(() => core.show({ cursor: "900" }));
    const list = screen.getByRole("listbox");
    expect(list.scrollTop).toBe(900 * 76 - 760);
    expect(drawn()).toContain(900);
    expect(list.getAttribute("aria-activedescendant")).toBe("row-900");
  });
});
