import { act, cleanup, render } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { conversation } from "../../testing/examples";
import { coreWith, playServer } from "../../testing/render";
import { CoreContext } from "../../ui/use-core";
import { useLoaded } from "./conversation";

function Opened({ id }: { id: string }) {
  return <p>{useLoaded(id).failed ?? "no failure"}</p>;
}

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a conversation", () => {
  it("that was opened without a connection comes when there is one again", async () => {
    vi.useFakeTimers();
    let cut = true;
    playServer((call) => {
      if (cut) return "unreachable";
      if (call.path.includes("/messages")) return { body: { items: [], events: [], next_cursor: null } };
      return { body: { conversation: conversation({ id: "2" }), waits: [], participants: [], linked: [] } };
    });
    const core = coreWith([conversation({ id: "1" }), conversation({ id: "2" })]);
    core.show({ offlineSince: Date.now() });
    const { container } = render(
      <CoreContext value={core}>
        <Opened id="2" />
      </CoreContext>,
    );
    await act(() => vi.advanceTimersByTimeAsync(500));
    expect(container.textContent).toContain("The server did not answer.");
    cut = false;
    act(() => core.show({ offlineSince: null }));
    await act(() => vi.advanceTimersByTimeAsync(500));
    expect(core.state().timelines["2"]?.loaded).toBe(true);
    expect(container.textContent).toBe("no failure");
  });
});
