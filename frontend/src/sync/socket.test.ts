import { afterEach, describe, expect, it, vi } from "vitest";
import type { ServerFrame } from "../protocol/types.generated";
import { event, snapshot } from "../testing/examples";
import type { SyncStatus } from "./machine";
import { Live } from "./socket";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** The browser's socket; only what the server says is played. */
class Played {
  static readonly OPEN = 1;
  static last: Played;
  readonly readyState = Played.OPEN;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  constructor() {
    Played.last = this;
  }
  send(): void {}
  close(): void {}
  says(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

function live() {
  vi.stubGlobal("WebSocket", Played);
  const heard: ServerFrame[] = [];
  const told: SyncStatus[] = [];
  const connection = new Live({
    url: "ws://desk.test/api/v1/live",
    view: () => "waiting",
    apply: (frame) => heard.push(frame),
    changed: (status) => told.push(status),
    ended: () => {},
    viewing: () => ({ type: "viewing", conversation_id: null, views: [] }),
  });
  connection.start();
  return { connection, heard, told };
}

const hello = { type: "hello", epoch: 1, position: 10, server_time: "2026-11-22T12:00:00Z" } as unknown as ServerFrame;

describe("a live connection", () => {
  it("hands on every frame, and tells how it stands only where that changed", () => {
    const { connection, heard, told } = live();
    Played.last.says(hello);
    Played.last.says(snapshot([]));
    const before = told.length;
    expect(told.at(-1)?.phase).toBe("live");

    for (let n = 1; n <= 50; n += 1) Played.last.says(event({ position: 10 + n }));

    expect(heard.length).toBe(52);
    expect(told.length).toBe(before);
    connection.stop();
  });

  it("tells that it broke, and that it is tried again", () => {
    const { connection, told } = live();
    Played.last.says(hello);
    Played.last.says(snapshot([]));
    Played.last.onclose?.({ code: 1006 });
    expect(told.at(-1)?.phase).toBe("offline");
    connection.retry();
    expect(told.at(-1)?.phase).toBe("connecting");
    connection.stop();
  });

  it("looks after the server when a request found none, later each time, and is live again when it answers", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", async () => new Response("ok"));
    vi.spyOn(Math, "random").mockReturnValue(1);
    const { connection, told } = live();
    Played.last.says(hello);
    Played.last.says(snapshot([]));
    const phases = async (ms: number) => {
      const before = told.length;
      connection.suspect();
      connection.suspect();
      await vi.advanceTimersByTimeAsync(ms);
      return told.slice(before).map(({ phase }) => phase);
    };
    expect(await phases(1)).toEqual(["stale", "live"]);
    expect(await phases(900)).toEqual([]);
    expect(await phases(101)).toEqual(["stale", "live"]);
    connection.stop();
  });
});
