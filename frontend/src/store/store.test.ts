import { describe, expect, it, vi } from "vitest";
import { conversation, message, NOW, snapshot } from "../testing/examples";
import { apply } from "./apply";
import { mergeMessages, mergeRows } from "./reconcile";
import { freshIds, row, timelineItems } from "./select";
import { START, type State } from "./state";
import { Store } from "./store";

describe("the store", () => {
  it("tells its listeners once per frame, however many changes came", () => {
    let frame = () => {};
    const store = new Store(0, (run) => {
      frame = run;
    });
    const listener = vi.fn();
    store.subscribe(listener);

    store.update((n) => n + 1);
    store.update((n) => n + 1);
    expect(store.get()).toBe(2);
    expect(store.getSnapshot()).toBe(0);
    frame();

    expect(listener).toHaveBeenCalledTimes(1);
    expect(store.getSnapshot()).toBe(2);
  });

  it("shows at once what the reader did himself", () => {
    const store = new Store(0, () => {});
    store.update((n) => n + 1, true);
    expect(store.getSnapshot()).toBe(1);
  });
});

describe("selectors", () => {
  const begun = (): State => apply(START, snapshot([conversation()]), NOW);

  it("give the same object while nothing they depend on changed", () => {
    const state = begun();
    const moved = { ...state, position: 99 };
    expect(freshIds(moved, "waiting")).toBe(freshIds(state, "waiting"));
    const pending = { ...state, pending: [{ id: "p", conversation_id: "1", patch: { priority: "high" as const } }] };
    expect(row(pending, "1")).toBe(row({ ...pending, position: 5 }, "1"));
    expect(row(pending, "1")?.priority).toBe("high");
  });
});

describe("fetched pages", () => {
  it("never overwrite what the socket brought since", () => {
    const state = apply(START, snapshot([conversation({ preview: "newer", as_of: 20 })]), NOW);
    const merged = mergeRows(
      state,
      "mine",
      { items: [conversation({ preview: "older", as_of: 15 })], next_cursor: null },
      true,
      NOW,
    );
    expect(merged.rows["1"]?.preview).toBe("newer");
    expect(merged.lists.mine?.ids).toEqual(["1"]);
  });

  it("add to a timeline by id, in the order things happened", () => {
    const late = message({ id: "m2", occurred_at: new Date(NOW + 1000).toISOString(), position: 12, as_of: 12 });
    const newest = mergeMessages(START, "1", { items: [late], events: [], next_cursor: "older" }, false);
    const all = mergeMessages(newest, "1", { items: [message()], events: [], next_cursor: null }, true);
    const timeline = all.timelines["1"];
    expect(timeline && timelineItems(timeline).map((item) => item.id)).toEqual(["m1", "m2"]);
    expect(timeline?.olderCursor).toBeNull();
  });
});
