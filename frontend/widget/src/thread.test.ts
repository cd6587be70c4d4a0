import { describe, expect, it } from "vitest";
import type { Item, ServerFrame } from "./frames";
import { item } from "./sample-item";
import { Thread } from "./thread";

const message = (seq: number, more: Partial<Item> = {}): ServerFrame => ({
  type: "message",
  seq,
  item: item(seq, more),
});
const entry = (id: string, at = 1) => ({ id, text: id, files: [], form: null, at });

describe("thread", () => {
  it("shows the same whatever comes twice", () => {
    const once = new Thread();
    const twice = new Thread();
    const frames: ServerFrame[] = [
      message(1),
      message(2),
      { type: "message_updated", seq: 3, item: item(1, { text: "changed", edited: true }) },
      { type: "message_deleted", seq: 4, item: item(2, { deleted: true, text: "" }) },
    ];
    for (const frame of frames) once.apply(frame);
    for (const frame of [...frames, ...frames.slice(2)]) twice.apply(frame);

    expect(twice.ordered()).toEqual(once.ordered());
    expect(once.ordered().map((one) => one.text)).toEqual(["changed", ""]);
    expect(once.lastSeq).toBe(4);
  });

  it("keeps the place of an edited item and its count moving", () => {
    const thread = new Thread();
    for (const seq of [1, 2, 3]) thread.apply(message(seq));
    thread.apply({ type: "message_updated", seq: 4, item: item(1, { text: "new words" }) });

    expect(thread.ordered().map((one) => one.id)).toEqual(["i1", "i2", "i3"]);
    expect(thread.lastSeq).toBe(4);
  });

  it("does not show what was taken back before it was seen", () => {
    const thread = new Thread();
    thread.apply({ type: "message_deleted", seq: 2, item: item(1, { deleted: true }) });

    expect(thread.ordered()).toEqual([]);
    expect(thread.lastSeq).toBe(2);
  });

  it("replaces a pending message by its item, whichever of ack and item comes first", () => {
    for (const order of [0, 1]) {
      const thread = new Thread();
      thread.queue(entry("mine-1"));
      const frames: ServerFrame[] = [
        { type: "ack", client_msg_id: "mine-1", id: "i1", seq: 1, created_at: "" },
        message(1, { author: "visitor", client_msg_id: "mine-1" }),
      ];
      if (order) frames.reverse();
      for (const frame of frames) thread.apply(frame);

      expect(thread.pending.size).toBe(0);
      expect(thread.ordered()).toHaveLength(1);
    }
  });

  it("sends again only what was neither kept nor refused, oldest first", () => {
    const thread = new Thread();
    for (const [id, at] of [
      ["c", 3],
      ["a", 1],
      ["b", 2],
      ["d", 4],
    ] as const)
      thread.queue(entry(id, at));
    thread.apply({ type: "ack", client_msg_id: "b", id: "i1", seq: 1, created_at: "" });
    const refusal = { type: "error", detail: "", fields: {}, retry_after_seconds: null } as const;
    thread.apply({ ...refusal, code: "too_long", client_msg_id: "d" });

    expect(thread.unsent().map((one) => one.id)).toEqual(["a", "c"]);
    expect(thread.pending.get("d")?.problem).toBe("too_long");
    thread.retry("d");
    expect(thread.unsent().map((one) => one.id)).toEqual(["a", "c", "d"]);
  });

  it("keeps a message that was only too early", () => {
    const thread = new Thread();
    thread.queue(entry("a"));
    thread.apply({
      type: "error",
      code: "rate_limited",
      detail: "",
      client_msg_id: "a",
      retry_after_seconds: 2,
      fields: {},
    });

    expect(thread.unsent()).toHaveLength(1);
  });

  it("begins anew when too much happened, but keeps what is on its way", () => {
    const thread = new Thread();
    for (const seq of [1, 2]) thread.apply(message(seq));
    thread.queue(entry("mine"));
    thread.apply({ type: "reset", seq: 900, items: [item(899), item(900)], more: true });

    expect(thread.ordered().map((one) => one.place)).toEqual([899, 900]);
    expect([thread.lastSeq, thread.more, thread.unsent().length]).toEqual([900, true, 1]);
  });
});
