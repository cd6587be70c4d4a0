import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { run } from "../../commands/registry";
import { undoLast } from "../../commands/triage";
import type { ReadingShape } from "../../protocol/types.generated";
import { putMessage } from "../../store/apply";
import { conversation, message, thread } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { Timeline } from "./timeline";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const user = userEvent.setup({ pointerEventsCheck: 0 });
const row = conversation({ threads: [thread({ id: "t1" })] });
const reading = (change: Partial<ReadingShape> = {}): ReadingShape => ({
  sentiment: "negative",
  urgency: "urgent",
  score: -60,
  by: "rules",
  reasons: [
    { what: "bad", words: "terrible", start: 0, end: 8 },
    { what: "money", words: "charged twice", start: 12, end: 25 },
  ],
  said: [],
  ...change,
});

function opened(read: ReadingShape | null, permissions = ["triage"], direction: "in" | "out" = "in") {
  const core = coreWith([row]);
  core.store.update((state) => ({ ...state, me: state.me && { ...state.me, permissions } }), true);
  core.desk.update(
    (desk) => ({ ...desk, route: { page: "desk", view: "waiting", conversation: row.id } as typeof desk.route }),
    true,
  );
  core.store.update((state) => putMessage(state, message({ direction, reading: read })), true);
  show(core, <Timeline row={row} failed={null} />);
  return core;
}

const answers = (read: ReadingShape) =>
  playServer((call) =>
    call.path.endsWith("/reading")
      ? { status: 200, body: { message: message({ reading: read, as_of: 11 }) } }
      : { status: 200, body: { items: [] } },
  );
const asked = (calls: readonly { method: string; path: string; body: unknown }[]) =>
  calls.filter((call) => call.path.endsWith("/reading"));
const MARK = "Reads as negative, urgent";

describe("how an item reads", () => {
  it("says so with its reasons before anything is opened", () => {
    opened(reading());
    expect(screen.getByRole("button", { name: MARK }).title).toContain("terrible");
    expect(screen.getByRole("button", { name: MARK }).title).toContain("charged twice");
  });

  it("has no mark on what we wrote, and none to press for those who may not triage", () => {
    opened(null, ["triage"], "out");
    expect(screen.queryByRole("button", { name: /Reads as/ })).toBeNull();
    cleanup();
    opened(reading(), []);
    expect(screen.queryByRole("button", { name: /Reads as/ })).toBeNull();
    expect(screen.getByText(MARK)).toBeTruthy();
  });

  it("is corrected by its menu, and that is undone with U", async () => {
    const requests = answers(reading({ sentiment: "positive", by: "agent", said: ["negative", "urgent"] }));
    const core = opened(reading());
    await user.click(screen.getByRole("button", { name: MARK }));
    await user.click(screen.getByRole("menuitem", { name: "positive" }));
    await waitFor(() => expect(screen.getByRole("button", { name: "Reads as positive, urgent" })).toBeTruthy());
    await undoLast(core);
    expect(asked(requests).map((one) => `${one.method} ${one.path}`)).toEqual([
      `PUT /messages/${message().id}/reading`,
      `DELETE /messages/${message().id}/reading`,
    ]);
    expect(asked(requests)[0]?.body).toEqual({ sentiment: "positive" });
  });

  it("opens by key, also where it reads as ordinary", async () => {
    const core = opened(reading({ sentiment: "neutral", urgency: "normal", reasons: [] }));
    run(core, "reading");
    await waitFor(() => expect(screen.getByRole("menu", { name: "Reads as neutral" })).toBeTruthy());
    expect(screen.getByRole("menuitem", { name: "urgent" })).toBeTruthy();
  });

  it("offers the way back where a colleague corrected it", async () => {
    const requests = answers(reading());
    opened(reading({ sentiment: "neutral", urgency: "normal", by: "agent", said: ["negative", "urgent"] }));
    await user.click(screen.getByRole("button", { name: "Reads as neutral" }));
    await user.click(screen.getByRole("menuitem", { name: "As it was read: negative, urgent" }));
    await waitFor(() => expect(asked(requests)[0]?.method).toBe("DELETE"));
  });
});
