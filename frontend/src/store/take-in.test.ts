import { afterEach, describe, expect, it, vi } from "vitest";
import type { ServerFrame } from "../protocol/types.generated";
import { conversation, event, message, NOW, snapshot } from "../testing/examples";
import golden from "../testing/frames.golden.json";
import { apply } from "./apply";
import { EMPTY_TIMELINE, START, type State } from "./state";
import { takeIn } from "./take-in";

afterEach(() => vi.unstubAllGlobals());

const heard = (frames: readonly ServerFrame[]) => frames.map((frame) => ({ frame, at: NOW }));
const opened = (): State => ({
  ...apply(START, snapshot([conversation(), conversation({ id: "2" })]), NOW),
  timelines: { "1": { ...EMPTY_TIMELINE, loaded: true } },
});
const writes = (n: number): ServerFrame => {
  const position = 10 + n;
  const written = message({ id: `m${n}`, text: `${n}`, position, as_of: position });
  return event({ position, row: conversation({ preview: `${n}`, as_of: position }), data: { message: written } });
};

describe("many frames taken in together", () => {
  it("lead where the same frames lead one by one", () => {
    const frames = [golden.snapshot, ...golden.frames] as unknown as ServerFrame[];
    const one = frames.reduce((state, frame) => apply(state, frame, NOW), START);
    expect(takeIn(START, heard(frames))).toEqual(one);

    const items = [writes(1), writes(3), writes(2), writes(3)];
    expect(takeIn(opened(), heard(items))).toEqual(items.reduce((state, frame) => apply(state, frame, NOW), opened()));
  });

  it("leave the state before them as it was: the screen still shows it", () => {
    const before = opened();
    const kept = structuredClone(before);
    const first = takeIn(before, heard([writes(1), writes(2)]));
    const keptFirst = structuredClone(first);
    takeIn(first, heard([writes(3), writes(4)]));
    expect(before).toEqual(kept);
    expect(first).toEqual(keptFirst);
  });

  it("make new objects only of what they change", () => {
    const before = opened();
    const after = takeIn(before, heard([writes(1), writes(2)]));
    expect(after.rows["1"]?.preview).toBe("2");
    expect(after.rows).not.toBe(before.rows);
    expect(after.timelines["1"]).not.toBe(before.timelines["1"]);
    expect(after.rows["2"]).toBe(before.rows["2"]);
    expect(after.lists).toBe(before.lists);
  });

  it("go in although one of them breaks, which is reported", () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const broken = { type: "presence", entries: [null], typing: [] } as unknown as ServerFrame;
    const after = takeIn(opened(), heard([writes(1), broken, writes(2)]));
    expect(after.rows["1"]?.preview).toBe("2");
    expect(reported).toHaveBeenCalledTimes(1);
  });

  it("stand at once, in order, in a list that shows nothing", () => {
    const calm = apply(START, snapshot([]), NOW);
    const row = (id: string, minutes: number) =>
      conversation({ id, waiting_since: new Date(NOW - minutes * 60_000).toISOString(), as_of: 11 });
    const frames = [event({ row: row("3", 1) }), event({ position: 12, row: row("4", 9) })];
    expect(takeIn(calm, heard(frames)).lists.waiting?.ids).toEqual(["4", "3"]);
  });
});
