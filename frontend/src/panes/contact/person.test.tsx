import { act, cleanup } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { conversation } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { Person } from "./person";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the person beside a conversation", () => {
  it("is asked for again when the connection that was missing is back", async () => {
    const row = conversation();
    const calls = playServer(() => "unreachable");
    const core = coreWith([row]);
    core.show({ offlineSince: Date.now() });
    show(core, <Person id={row.id} />);
    await act(() => vi.advanceTimersByTimeAsync(500));
    const asked = () => calls.filter((call) => call.path === `/contacts/${row.contact.id}`).length;
    expect(asked()).toBe(1);
    await act(async () => core.show({ offlineSince: null }));
    expect(asked()).toBe(2);
  });
});
