import { describe, expect, it, vi } from "vitest";
import { conversation, event, message, NOW, snapshot } from "../testing/examples";
import { apply } from "./apply";
import { mergeMessages, mergeRows } from "./reconcile";
import { freshIds, goneIds, row, timelineItems } from "./select";
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

  it("takes in all that was heard since the last frame at once, with that frame", () => {
    let frame = () => {};
    const take = vi.fn((sum: number, heard: readonly number[]) => heard.reduce((a, b) => a + b, sum));
    const store = new Store<number, number>(
      0,
      (run) => {
        frame = run;
      },
      take,
    );
    const listener = vi.fn();
    store.subscribe(listener);

    store.hear(1);
    store.hear(2);
    expect(take).not.toHaveBeenCalled();
    frame();

    expect(take).toHaveBeenCalledExactlyOnceWith(0, [1, 2]);
    expect(store.getSnapshot()).toBe(3);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it("decides by what was heard, whether it is painted yet or not, in the order it came", () => {
    const store = new Store<string, string>(
      "",
      () => {},
      (said, heard) => said + heard.join(""),
    );
    store.hear("a");
    store.update((said) => `${said}b`);
    store.hear("c");
    expect(store.get()).toBe("abc");
  });

  it("does not let more and more wait where no frames are painted", () => {
    const take = vi.fn((n: number, heard: readonly number[]) => n + heard.length);
    const store = new Store<number, number>(0, () => {}, take);
    for (let n = 0; n < 1_200; n += 1) store.hear(n);
    expect(take).toHaveBeenCalledTimes(2);
    expect(store.get()).toBe(1_200);
  });

  it("forgets with all else what was heard and not taken in", () => {
    const store = new Store<number, number>(
      0,
      () => {},
      (n, heard) => n + heard.length,
    );
    store.hear(1);
    store.reset();
    expect(store.get()).toBe(0);
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

  it("give the same object where something changed and the answer did not", () => {
    const two = apply(START, snapshot([conversation(), conversation({ id: "2" })]), NOW);
    const left = apply(two, event({ row: conversation({ waiting_since: null, as_of: 11 }) }), NOW);
    const before = goneIds(left, "waiting");
    const after = apply(left, event({ position: 12, row: conversation({ id: "2", preview: "more", as_of: 12 }) }), NOW);
    expect(after.rows).not.toBe(left.rows);
    expect(goneIds(after, "waiting")).toBe(before);
    expect([...before]).toEqual(["1"]);
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
