import { act, cleanup, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { apply } from "../../store/apply";
import { addPending } from "../../store/pending";
import { conversation, event, NOW } from "../../testing/examples";
import { coreWith, show } from "../../testing/render";
import { Row } from "./row";

const shown = (change: Parameters<typeof conversation>[0]) => {
  const core = coreWith([conversation(change)]);
  show(core, <Row id="1" index={2} total={40} gone={false} compact={false} />);
  return core;
};

afterEach(cleanup);

describe("a row", () => {
  it("is an option that knows its place in a list of which only a part is drawn", () => {
    shown({});
    const option = screen.getByRole("option");
    expect(option.getAttribute("aria-posinset")).toBe("3");
    expect(option.getAttribute("aria-setsize")).toBe("40");
    expect(option.textContent).toContain("Eleni Markaki");
  });

  it.each([true, false])("names its network to who does not see the mark of it", (compact) => {
    const core = coreWith([conversation({ network: "telegram", channel_id: "ch1" })]);
    const { container } = show(core, <Row id="1" index={0} total={1} gone={false} compact={compact} />);
    for (const hidden of container.querySelectorAll("[aria-hidden]")) hidden.remove();
    expect(screen.getByRole("option").textContent).toMatch(/telegram/i);
  });

  it("says what is wrong in words, not by colour alone", () => {
    shown({ failed: "refused", kind: "review", audience: "public", rating: 2, preview: "" });
    expect(screen.getByText("Not delivered")).toBeTruthy();
    expect(screen.getByRole("img", { name: "2 of 5 stars" })).toBeTruthy();
    expect(screen.getByText("Stars only, no words")).toBeTruthy();
  });

  it("shows what was found within the little of it that fits", () => {
    const core = coreWith([conversation({})]);
    const found = "…question, I asked the workshop: yes, that works. Shall I change the \u0002order\u0003 for you?";
    show(core, <Row id="1" index={0} total={1} gone={false} compact={false} snippet={found} />);
    expect(screen.getByText("order").tagName).toBe("MARK");
    expect(screen.getByRole("option").textContent).toContain("…Shall I change the order for you?");
    cleanup();
    show(
      core,
      <Row id="1" index={0} total={1} gone={false} compact={false} snippet={"My \u0002order\u0003 is late"} />,
    );
    expect(screen.getByRole("option").textContent).toContain("My order is late");
  });

  it("shows a change at once and the server's word afterwards", () => {
    const core = shown({ assignee_id: null });
    expect(screen.getByRole("img", { name: "Nobody has it" })).toBeTruthy();
    act(() =>
      core.store.update((s) => addPending(s, { id: "p", conversation_id: "1", patch: { assignee_id: "a2" } }), true),
    );
    expect(screen.getByRole("img", { name: "Assigned to Jonas Brandt" })).toBeTruthy();
    act(() =>
      core.store.update(
        (s) => apply({ ...s, pending: [] }, event({ row: conversation({ assignee_id: "a1", as_of: 11 }) }), NOW),
        true,
      ),
    );
    expect(screen.getByRole("img", { name: "Assigned to you" })).toBeTruthy();
  });

  it("puts who is writing in the owner's place", () => {
    const core = shown({ assignee_id: "a1" });
    const until = new Date(Date.now() + 60_000).toISOString();
    act(() =>
      core.store.update(
        (s) => ({
          ...s,
          presence: { "1": [{ agent_id: "a2", conversation_id: "1", state: "writing", until, claimed: false }] },
        }),
        true,
      ),
    );
    expect(screen.getAllByTitle("Jonas is writing").length).toBeGreaterThan(0);
    expect(screen.queryByRole("img", { name: "Assigned to you" })).toBeNull();
  });
});
