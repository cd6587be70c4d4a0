import { act, cleanup } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mergeRows } from "../../store/reconcile";
import { conversation, NOW } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { useAskedAgain } from "./use-asked-again";

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function Asked({ name }: { name: string }) {
  useAskedAgain(name, true);
  return null;
}

const due = (id: string, ms: number) => conversation({ id, deadline_at: new Date(NOW + ms).toISOString() });

/** A list on screen with these rows; how often it has been asked since. */
async function open(name: string, rows: ReturnType<typeof due>[]) {
  const calls = playServer(() => ({ body: { items: rows, next_cursor: null } }));
  const core = coreWith(rows);
  core.store.update(
    (state) => mergeRows({ ...state, clockOffsetMs: 0 }, name, { items: rows, next_cursor: null }, true, NOW),
    true,
  );
  show(core, <Asked name={name} />);
  await act(() => vi.advanceTimersByTimeAsync(4_000));
  const before = calls.length;
  return { core, asked: () => calls.length - before };
}

describe("a list by deadlines", () => {
  it("is asked again when one passes, though nothing happened", async () => {
    const { asked } = await open("all?target=late", [due("1", 30_000), due("2", 40_000)]);
    await act(() => vi.advanceTimersByTimeAsync(26_000));
    expect(asked()).toBe(0);
    await act(() => vi.advanceTimersByTimeAsync(1_000));
    expect(asked()).toBe(1);
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(asked()).toBe(2);
    await act(() => vi.advanceTimersByTimeAsync(20_000));
    expect(asked()).toBe(2);
  });

  it("is asked now and then for the deadlines of rows that are not here", async () => {
    const { asked } = await open("all?target=late", []);
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(asked()).toBe(1);
  });

  it("leaves lists alone that have nothing to do with deadlines", async () => {
    const { asked } = await open("waiting", [due("1", 30_000)]);
    await act(() => vi.advanceTimersByTimeAsync(120_000));
    expect(asked()).toBe(0);
  });
});
