import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Core } from "../../core";
import { conversation } from "../../testing/examples";
import { coreWith, playServer } from "../../testing/render";
import { CoreContext } from "../../ui/use-core";
import { useFirstPage } from "./use-first-page";

function List({ name }: { name: string }) {
  return <p>{useFirstPage(name, true) ?? "no objection"}</p>;
}
const show = (core: Core, name = "closed") =>
  render(
    <CoreContext value={core}>
      <List name={name} />
    </CoreContext>,
  );
const soon = (ms = 0) => act(() => vi.advanceTimersByTimeAsync(ms));
const page = { body: { items: [conversation()], next_cursor: null, position: 10 } };

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the first page of a view", () => {
  it("that was opened without a connection comes when there is one again", async () => {
    let cut = true;
    playServer(() => (cut ? "unreachable" : page));
    const core = coreWith([]);
    core.show({ offlineSince: Date.now() });
    show(core);
    await soon();
    expect(core.state().lists.closed?.loaded ?? false).toBe(false);
    cut = false;
    act(() => core.show({ offlineSince: null }));
    await soon();
    expect(core.state().lists.closed?.loaded).toBe(true);
  });

  it("is asked for again after a pause where the server failed", async () => {
    let broken = true;
    const calls = playServer(() => (broken ? { status: 503, body: { code: "busy" } } : page));
    const core = coreWith([]);
    show(core);
    await soon();
    broken = false;
    await soon(4_000);
    expect(calls).toHaveLength(1);
    await soon(2_000);
    expect(core.state().lists.closed?.loaded).toBe(true);
  });

  it("that the server will not give says why, once", async () => {
    const calls = playServer(() => ({ status: 404, body: { code: "not_found", detail: "there is no view 9" } }));
    show(coreWith([]), "saved:9");
    await soon(60_000);
    expect(screen.getByText("there is no view 9")).toBeTruthy();
    expect(calls).toHaveLength(1);
  });
});
