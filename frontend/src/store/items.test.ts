import { describe, expect, it } from "vitest";
import type { EventShape } from "../protocol/types.generated";
import { AT, message } from "../testing/examples";
import { depthOf, openWaits } from "./items";
import { byId, EMPTY_TIMELINE } from "./state";

const line = (position: number, type: string, data: Record<string, unknown>): EventShape => ({
  position,
  type,
  at: AT,
  conversation_id: "1",
  actor: { kind: "contact", id: "c1", name: "Eleni" },
  data,
});
const withEvents = (...events: EventShape[]) => ({
  ...EMPTY_TIMELINE,
  events: Object.fromEntries(events.map((event) => [event.position, event])),
});

describe("waits of items", () => {
  it("stand at the item that opened them until they end", () => {
    const opened = line(1, "wait_opened", { wait_id: 7, message_id: 3 });
    const other = line(2, "wait_opened", { wait_id: 8, message_id: 4 });
    const ended = line(3, "wait_answered", { wait_id: "7", message_id: 9 });
    expect(Object.keys(openWaits(withEvents(opened, other)))).toEqual(["3", "4"]);
    expect(openWaits(withEvents(opened, other, ended))).toEqual({ 4: { id: "8", since: AT } });
  });

  it("come back when they are opened again", () => {
    const opened = line(1, "wait_opened", { wait_id: 7, message_id: 3 });
    const ended = line(2, "wait_dismissed", { wait_id: 7 });
    const again = line(3, "wait_reopened", { wait_id: 7 });
    expect(openWaits(withEvents(opened, ended))).toEqual({});
    expect(Object.keys(openWaits(withEvents(again, ended, opened)))).toEqual(["3"]);
  });
});

describe("the tree of comments", () => {
  const messages = byId([
    message({ id: "a", thread_id: "t1" }),
    message({ id: "b", thread_id: "t1", in_reply_to: "a" }),
    message({ id: "c", thread_id: "t1", in_reply_to: "b" }),
    message({ id: "d", thread_id: "t2", in_reply_to: "a" }),
    message({ id: "e", thread_id: "t1", in_reply_to: "e" }),
  ]);

  it("indents by what is answered within the same thread", () => {
    const depth = (id: string) => depthOf(messages[id] ?? message(), messages);
    expect(["a", "b", "c", "d"].map(depth)).toEqual([0, 1, 2, 0]);
  });

  it("ends where an item answers itself", () => {
    expect(depthOf(messages.e ?? message(), messages)).toBe(3);
  });
});
