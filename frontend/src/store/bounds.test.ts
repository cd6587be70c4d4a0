import { describe, expect, it } from "vitest";
import type { ConversationShape } from "../protocol/types.generated";
import { conversation, event, message, NOW, snapshot } from "../testing/examples";
import { apply } from "./apply";
import { bounded, type InUse, MOST_ROWS } from "./bounds";
import { fresh } from "./lists";
import { isUnread } from "./select";
import { EMPTY_TIMELINE, START, type State, UNCONFIRMED } from "./state";

const NOTHING: InUse = { ids: new Set(), lists: new Set(["waiting"]), opened: new Set() };
const rowOf = (nth: number, change: Partial<ConversationShape> = {}) =>
  conversation({ id: String(nth), as_of: nth, status: "closed", waiting_since: null, ...change });

/** A window that has heard of so many conversations, of which the first is in its list. */
function heard(count: number): State {
  let state = apply(START, snapshot([conversation({ id: "0", as_of: 1 })]), NOW);
  const rows = { ...state.rows };
  const lastIn: Record<string, number> = {};
  const read: Record<string, number> = {};
  for (let nth = 1; nth <= count; nth += 1) {
    rows[nth] = rowOf(nth);
    lastIn[nth] = nth;
    read[nth] = nth;
  }
  state = { ...state, rows, lastIn, read };
  return state;
}

describe("a window in a busy house", () => {
  it("keeps what it shows and the newest of the rest, whatever it hears of", () => {
    const state = { ...heard(5 * MOST_ROWS), timelines: { "7": EMPTY_TIMELINE } };
    const used = { ...NOTHING, ids: new Set(["3"]), opened: new Set(["7"]) };

    const next = bounded(state, used, NOW);

    expect(Object.keys(next.rows)).toHaveLength(MOST_ROWS / 2);
    for (const id of ["0", "3", "7", String(5 * MOST_ROWS)]) expect(next.rows[id]).toBeDefined();
    expect(next.rows["4"]).toBeUndefined();
  });

  it("keeps every row that waits behind the bar", () => {
    const state = heard(5 * MOST_ROWS);
    const come = {
      ...state,
      rows: { ...state.rows, "2": rowOf(2, { status: "open", waiting_since: "2026-11-22T08:00:00Z" }) },
    };
    expect(fresh(come, "waiting")).toEqual(["2"]);
    expect(fresh(bounded(come, NOTHING, NOW), "waiting")).toEqual(["2"]);
  });

  it("takes nothing for unread that was read before it was forgotten", () => {
    const next = bounded(heard(5 * MOST_ROWS), NOTHING, NOW);
    const again = apply(next, event({ conversation_id: "5", position: 90_000, row: rowOf(5, { as_of: 90_000 }) }), NOW);
    const row = again.rows["5"];
    expect(row && isUnread(again, row)).toBe(false);

    const said = message({ id: "m", conversation_id: "5", position: 90_001, as_of: 90_001, direction: "in" });
    const frame = event({
      conversation_id: "5",
      position: 90_001,
      row: rowOf(5, { as_of: 90_001 }),
      data: { message: said },
    });
    const written = apply(again, frame, NOW);
    const fresher = written.rows["5"];
    expect(fresher && isUnread(written, fresher)).toBe(true);
  });

  it("lets go of the items of conversations opened long ago", () => {
    const timelines = Object.fromEntries(["1", "2", "3"].map((id) => [id, EMPTY_TIMELINE]));
    const next = bounded({ ...heard(5), timelines }, { ...NOTHING, opened: new Set(["2"]) }, NOW);
    expect(Object.keys(next.timelines)).toEqual(["2"]);
  });

  it("forgets drafts that have left, once no late news of them can come, and none with words", () => {
    const draft = (text: string, minutes: number, version = 3) => ({
      conversation_id: "1",
      mode: "reply" as const,
      thread_id: null,
      in_reply_to: null,
      text,
      version,
      at: new Date(NOW - minutes * 60_000).toISOString(),
      shared: false,
    });
    const drafts = { a: draft("", 30), b: draft("", 1), c: draft("words", 30), d: draft("", 30, UNCONFIRMED) };
    const next = bounded({ ...heard(1), clockOffsetMs: 0, drafts }, NOTHING, NOW);
    expect(Object.keys(next.drafts)).toEqual(["b", "c", "d"]);
  });
});
