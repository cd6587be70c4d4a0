import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EventShape } from "../../protocol/types.generated";
import type { Item } from "../../store/select";
import { AT, conversation, NOW } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { EventLine } from "./event-line";
import { blocks } from "./lanes";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const RULE = { kind: "rule" as const, id: "5", name: "Refunds" };
const event = (position: number, type: string, data: Record<string, unknown>, actor: EventShape["actor"] = RULE) =>
  ({ position, type, at: AT, conversation_id: "1", actor, data }) as EventShape;

const URGENT = event(11, "priority_changed", { before: "normal", after: "urgent" });
const RAN = event(12, "rule_ran", {
  rule_id: "5",
  run_id: "90",
  since_position: 11,
  actions: ["priority", "note", "hide"],
  refused: ["hide"],
});

function ready(events: EventShape[], answer: unknown = {}) {
  const calls = playServer(() => ({ body: answer }));
  const core = coreWith([conversation()]);
  core.store.update((state) => {
    const timeline = state.timelines["1"];
    const known = Object.fromEntries(events.map((one) => [one.position, one]));
    const me = state.me && { ...state.me, permissions: ["read", "triage", "settings"] };
    return timeline ? { ...state, me, timelines: { "1": { ...timeline, events: known } } } : state;
  }, true);
  show(core, <EventLine event={RAN} now={NOW} />);
  return { core, calls };
}

describe("what a rule did, in the timeline", () => {
  it("stands in one line: what its events say, what has none, and how much was refused", () => {
    ready([URGENT, RAN]);
    expect(document.body.textContent).toContain(
      "Refunds set the priority: Urgent · wrote a note · 1 could not be done",
    );
  });

  it("takes the place of the lines of what it caused, and of no others", () => {
    const byHand = event(10, "priority_changed", { after: "low" }, { kind: "agent", id: "a1", name: "Maria" });
    const items = [byHand, URGENT, RAN].map(
      (one): Item => ({ type: "event", id: `e${one.position}`, at: NOW, position: one.position, event: one }),
    );
    const shown = blocks(items, []).flatMap((block) => (block.type === "day" ? [] : block.items.map((one) => one.id)));
    expect(shown).toEqual(expect.arrayContaining(["e10", "e12"]));
    expect(shown).not.toContain("e11");
  });

  it("is taken back from its menu, which says what was left", async () => {
    const deeds = [
      { do: "priority", refused: "", changed: true, undone: true, why: "" },
      { do: "note", refused: "", changed: true, undone: false, why: "a note stays" },
    ];
    const { core, calls } = ready([URGENT, RAN], { deeds });
    await userEvent.click(screen.getByRole("button", { name: "What can be done with this run" }));
    await userEvent.click(screen.getByRole("menuitem", { name: "Take it back" }));
    await waitFor(() => expect(core.desk.get().toast?.text).toBe("Taken back: 1. Left as it is: 1."));
    expect(calls.map((call) => [call.method, call.path])).toEqual([["POST", "/rules/runs/90/undo"]]);
  });

  it("is not offered to be taken back twice", async () => {
    ready([URGENT, RAN, event(13, "rule_run_undone", { rule_id: "5", run_id: "90" })]);
    await userEvent.click(screen.getByRole("button", { name: "What can be done with this run" }));
    expect(screen.getAllByRole("menuitem").map((one) => one.textContent)).toEqual(["Open the rule"]);
  });
});
