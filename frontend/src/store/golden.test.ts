/** Frames as the server sent them for a scripted history (tests/inbox/live/test_goldens.py): both sides end up with the same rows. */
import { describe, expect, it } from "vitest";
import type { ServerFrame } from "../protocol/types.generated";
import golden from "../testing/frames.golden.json";
import { apply } from "./apply";
import { START, type State } from "./state";

const frames = golden.frames as unknown as ServerFrame[];
const all = [golden.snapshot as unknown as ServerFrame, ...frames];
const NOW = 1_800_000_100_000;

function stateAfter(sequence: readonly ServerFrame[]): State {
  return sequence.reduce((state, frame) => apply(state, frame, NOW), START);
}

/** `unread` belongs to the agent, not to the row. */
function shared(rows: Record<string, object>): Record<string, object> {
  return Object.fromEntries(Object.entries(rows).map(([id, row]) => [id, { ...row, unread: false }]));
}

describe("the server's golden frames", () => {
  it("lead to the rows of a fresh snapshot", () => {
    const state = stateAfter(all);
    expect(shared(state.rows)).toEqual(shared(golden.rows));
    expect(state.position).toBe(golden.position);
  });

  it("lead there too when every frame comes twice", () => {
    expect(stateAfter(all.flatMap((frame) => [frame, frame])).rows).toEqual(stateAfter(all).rows);
  });

  it("are as many as the server says it sent", () => {
    expect(frames.filter((frame) => frame.type === "event" || frame.type === "left").length).toBe(golden.sent);
  });
});
