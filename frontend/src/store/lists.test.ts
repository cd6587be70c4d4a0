import { describe, expect, it } from "vitest";
import { conversation, event, NOW, snapshot, view } from "../testing/examples";
import { apply } from "./apply";
import { belongs, fill, fresh, gone, settle } from "./lists";
import { addPending } from "./pending";
import { START, type State } from "./state";

const at = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();
const first = conversation({ id: "1", waiting_since: at(30) });
const second = conversation({ id: "2", waiting_since: at(20) });
const begun = (): State => apply(START, snapshot([first, second]), NOW);
const come = (state: State, id: string, minutes: number) =>
  apply(state, event({ conversation_id: id, row: conversation({ id, waiting_since: at(minutes), as_of: 11 }) }), NOW);

describe("the order on screen", () => {
  it("does not move when a row comes: it waits behind the bar", () => {
    const next = come(begun(), "3", 40);
    expect(next.lists.waiting?.ids).toEqual(["1", "2"]);
    expect(fresh(next, "waiting")).toEqual(["3"]);
  });

  it("has nothing to keep still where nobody waits: the first row is there at once", () => {
    const calm = apply(START, snapshot([]), NOW);
    expect(fill(come(calm, "3", 1), NOW).lists.waiting?.ids).toEqual(["3"]);
    expect(fill(come(begun(), "3", 1), NOW).lists.waiting?.ids).toEqual(["1", "2"]);
  });

  it("does not move when a row goes: it stays until the reader settles", () => {
    const next = apply(begun(), event({ row: conversation({ waiting_since: null, as_of: 11 }) }), NOW);
    expect(next.lists.waiting?.ids).toEqual(["1", "2"]);
    expect([...gone(next, "waiting")]).toEqual(["1"]);
  });

  it("lets go at once of what went by something that happened long ago", () => {
    const row = conversation({ waiting_since: null, as_of: 11 });
    const next = apply(begun(), event({ row, at: at(26 * 60) }), NOW);
    expect(next.lists.waiting?.ids).toEqual(["2"]);
  });

  it("settles into what a fresh fetch would show, the open conversation kept", () => {
    const next = apply(
      come(begun(), "3", 25),
      event({ position: 12, row: conversation({ waiting_since: null, as_of: 12 }) }),
      NOW,
    );
    expect(settle(next, "waiting", null, NOW).lists.waiting?.ids).toEqual(["3", "2"]);
    expect(settle(next, "waiting", "1", NOW).lists.waiting?.ids).toContain("1");
  });

  it("leaves rows below the last page to that page", () => {
    const paged = { ...begun(), lists: { waiting: { ids: ["1", "2"], cursor: "next", loaded: true, seenAt: NOW } } };
    expect(fresh(come(paged, "3", 5), "waiting")).toEqual([]);
    expect(fresh(come(paged, "3", 25), "waiting")).toEqual(["3"]);
  });

  it("counts what was asked for and is not confirmed yet", () => {
    const next = addPending(begun(), { id: "p", conversation_id: "1", patch: { status: "closed" } });
    expect([...gone(next, "waiting")]).toEqual(["1"]);
    expect(next.rows["1"]?.status).toBe("open");
  });
});

describe("belonging", () => {
  const state = begun();

  it("knows the fixed views", () => {
    expect(belongs(conversation({ assignee_id: "a1" }), "mine", state)).toBe(true);
    expect(belongs(conversation({ assignee_id: "a2" }), "mine", state)).toBe(false);
    expect(belongs(conversation({ spam: true }), "waiting", state)).toBe(false);
    expect(belongs(conversation({ kind: "review" }), "kind:review", state)).toBe(true);
  });

  it("applies a saved filter field by field", () => {
    const saved = {
      ...state,
      views: { "saved:1": view({ key: "saved:1", filter: { status: "open", tag: "g1", assignee: "none" } }) },
    };
    expect(belongs(conversation({ tags: ["g1"] }), "saved:1", saved)).toBe(true);
    expect(belongs(conversation({ tags: [] }), "saved:1", saved)).toBe(false);
  });

  it("says that it cannot know what only the server can search", () => {
    const saved = { ...state, views: { "saved:1": view({ key: "saved:1", filter: { q: "mug" } }) } };
    expect(belongs(conversation(), "saved:1", saved)).toBeNull();
    expect(belongs(conversation(), "approve", state)).toBeNull();
  });
});
