import { describe, expect, it } from "vitest";
import type { Item } from "../../store/select";
import { message, NOW, thread } from "../../testing/examples";
import { blocks } from "./lanes";

const open = thread({ id: "t1", audience: "public", kind: "comment" });
const inside = thread({ id: "t2" });
let position = 0;
const said = (threadId: string | null, direction: "in" | "out" | "note" = "in"): Item => {
  position += 1;
  const given = message({ id: `m${position}`, thread_id: threadId, direction });
  return { type: "message", id: given.id, at: NOW + position * 1000, position, message: given };
};
const happened = (type: string): Item => {
  position += 1;
  const at = NOW + position * 1000;
  const event = {
    position,
    type,
    at: new Date(at).toISOString(),
    conversation_id: "1",
    actor: { kind: "agent" as const, id: "a1", name: "M" },
    data: {},
  };
  return { type: "event", id: `e${position}`, at, position, event };
};
const shape = (items: Item[]) =>
  blocks(items, [open, inside]).map((block) =>
    block.type === "lane" ? `${block.thread?.audience} ${block.items.length}` : block.type,
  );

describe("lanes", () => {
  it("begin anew when another thread takes over", () => {
    expect(shape([said("t1"), said("t1", "out"), said("t2"), said("t1")])).toEqual([
      "day",
      "public 2",
      "private 1",
      "public 1",
    ]);
  });

  it("hold the notes and events that came in between", () => {
    expect(shape([said("t2"), said(null, "note"), happened("tag_added"), said("t2")])).toEqual(["day", "private 4"]);
  });

  it("stand apart where a second thread joins", () => {
    expect(shape([said("t1"), happened("thread_bound"), said("t2")])).toEqual([
      "day",
      "public 1",
      "between",
      "private 1",
    ]);
  });

  it("go on over midnight, with the day said inside", () => {
    const late = said("t2");
    late.at += 86_400_000;
    const [, lane] = blocks([said("t2"), late], [open, inside]);
    expect(lane?.type === "lane" && lane.items.map((item) => item.type)).toEqual(["message", "day", "message"]);
  });

  it("leave out what only machines care for", () => {
    expect(shape([said("t1"), happened("wait_opened")])).toEqual(["day", "public 1"]);
  });
});
