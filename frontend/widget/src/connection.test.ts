import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection, type LineState, type World } from "./connection";
import type { ClientFrame, ServerFrame } from "./frames";
import { item } from "./sample-item";
import { Thread } from "./thread";

/** A server on the other end of a made-up line: keeps messages once, replays what a visitor lacks. */
class Line implements World {
  readonly sockets: Socket[] = [];
  readonly kept: { key: string; text: string }[] = [];
  readonly sent: ClientFrame[] = [];
  readonly states: LineState[] = [];
  readonly tokens: (string | null)[] = [];
  readonly requests: string[] = [];
  isDown = false;
  sessions = 0;
  random = (): number => 1;
  setTimeout = (call: () => void, ms: number): number => Number(globalThis.setTimeout(call, ms));
  clearTimeout = (id: number): void => globalThis.clearTimeout(id);

  socket = (): WebSocket => {
    const made = new Socket(this);
    this.sockets.push(made);
    return made as unknown as WebSocket;
  };

  fetch = async (url: string, init: RequestInit): Promise<Response> => {
    this.requests.push(url);
    if (this.isDown) throw new TypeError("no network");
    if (url.endsWith("/session")) {
      this.sessions += 1;
      return Response.json({ token: `token-${this.sessions}` });
    }
    if (url.endsWith("/messages")) {
      const body = JSON.parse(String(init.body)) as { client_msg_id: string; text: string };
      return Response.json(this.keep(body.client_msg_id, body.text));
    }
    const after = Number(new URL(url, "http://x").searchParams.get("after"));
    if (this.kept.length <= after) await new Promise((done) => globalThis.setTimeout(done, 1000));
    return Response.json({
      items: this.after(after),
      read_up_to_seq: 0,
      status: { open: true, until: null, form: "", server_time: "" },
    });
  };

  keep(key: string, text: string): ServerFrame {
    let at = this.kept.findIndex((one) => one.key === key);
    if (at < 0) at = this.kept.push({ key, text }) - 1;
    return { type: "ack", client_msg_id: key, id: `i${at + 1}`, seq: at + 1, created_at: "" };
  }

  after(seq: number): ServerFrame[] {
    return this.kept.slice(seq).map((one, i) => {
      const place = seq + i + 1;
      const mine = one.key.startsWith("mine");
      const more = {
        text: one.text,
        author: mine ? "visitor" : "agent",
        client_msg_id: mine ? one.key : null,
      } as const;
      return { type: "message", seq: place, item: item(place, more) };
    });
  }

  get now(): Socket {
    const last = this.sockets[this.sockets.length - 1];
    if (!last) throw new Error("nobody has connected");
    return last;
  }
}

class Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readyState = 0;
  loses = false;
  token = "";

  constructor(private readonly line: Line) {
    queueMicrotask(() => {
      if (line.isDown) this.cut(1006);
      else {
        this.readyState = 1;
        this.onopen?.();
      }
    });
  }

  send(data: string): void {
    const frame = JSON.parse(data) as ClientFrame;
    this.line.sent.push(frame);
    if (frame.type === "auth") {
      this.token = frame.token;
      for (const one of this.line.after(frame.last_seq)) this.tell(one);
      this.tell({ type: "ready", seq: this.line.kept.length, read_up_to_seq: 0, token: null, verified: false });
    }
    if (frame.type === "message") {
      const ack = this.line.keep(frame.client_msg_id, frame.text);
      if (!this.loses) this.tell(ack);
    }
    if (frame.type === "ping" && !this.loses) this.tell({ type: "pong" });
  }

  tell(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  cut(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  close(): void {
    this.readyState = 3;
  }
}

function visitor(line: Line, token: string | null = "token-0"): { thread: Thread; connection: Connection } {
  const thread = new Thread();
  const listener = {
    frame: () => undefined,
    state: (state: LineState) => void line.states.push(state),
    token: (given: string | null) => void line.tokens.push(given),
  };
  return { thread, connection: new Connection("http://inbox.test/chat/7", thread, listener, line, token) };
}
const entry = (id: string, at: number) => ({ id, text: id, files: [], form: null, at });

describe("connection", () => {
  beforeEach(() => {
    vi.stubGlobal("WebSocket", { OPEN: 1 });
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("comes back after a cut with the last number it has, and misses nothing", async () => {
    const line = new Line();
    const { thread, connection } = visitor(line);
    line.keep("theirs-1", "one");
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    line.now.cut(1006);
    line.keep("theirs-2", "two");
    line.keep("theirs-3", "three");
    await vi.advanceTimersByTimeAsync(2_000);

    expect(line.sent.filter((one) => one.type === "auth").map((one) => one.last_seq)).toEqual([0, 1]);
    expect(thread.ordered().map((one) => one.text)).toEqual(["one", "two", "three"]);
    expect(line.states).toEqual(["connecting", "live", "offline", "offline", "live"]);
  });

  it("sends again what was not acknowledged, and it is kept once", async () => {
    const line = new Line();
    const { thread, connection } = visitor(line);
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    line.now.loses = true;
    thread.queue(entry("mine-1", 1));
    connection.flush();
    line.now.cut(1006);
    thread.queue(entry("mine-2", 2));
    connection.flush();
    await vi.advanceTimersByTimeAsync(2_000);
    for (const one of line.after(0)) line.now.tell(one);

    expect(line.kept.map((one) => one.key)).toEqual(["mine-1", "mine-2"]);
    expect(thread.unsent()).toEqual([]);
    expect(thread.ordered().map((one) => one.text)).toEqual(["mine-1", "mine-2"]);
  });

  it("survives a cut at any moment of a conversation", async () => {
    const line = new Line();
    const { thread, connection } = visitor(line);
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    for (let turn = 0; turn < 30; turn += 1) {
      thread.queue(entry(`mine-${turn}`, turn));
      line.now.loses = turn % 3 === 0;
      connection.flush();
      line.keep(`theirs-${turn}`, `answer ${turn}`);
      if (turn % 2 === 0) line.now.cut(1006);
      else for (const one of line.after(thread.lastSeq)) line.now.tell(one);
      await vi.advanceTimersByTimeAsync(40_000);
    }
    await vi.advanceTimersByTimeAsync(40_000);
    for (const one of line.after(thread.lastSeq)) line.now.tell(one);

    expect(thread.ordered().map((one) => one.text)).toEqual(line.kept.map((one) => one.text));
    expect(line.kept).toHaveLength(60);
    expect(thread.pending.size).toBe(0);
  });

  it("waits with full jitter, from one to thirty seconds", async () => {
    const line = new Line();
    line.isDown = true;
    const { connection } = visitor(line);
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(line.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(999);
    expect(line.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(line.sockets).toHaveLength(2);
  });

  it("asks for a new session once when its token is refused, and does not loop", async () => {
    const line = new Line();
    const { connection } = visitor(line, "forged");
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    line.now.cut(4401);
    await vi.advanceTimersByTimeAsync(10);
    expect(line.tokens).toEqual([null, "token-1"]);
    line.now.cut(4401);
    await vi.advanceTimersByTimeAsync(20_000);

    expect(line.sessions).toBe(1);
  });

  it("stays away from where it may not be", async () => {
    const line = new Line();
    const { connection } = visitor(line);
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    line.now.cut(4403);
    await vi.advanceTimersByTimeAsync(600_000);

    expect(line.sockets).toHaveLength(1);
    expect(line.states.at(-1)).toBe("refused");
  });

  it("says at once what the browser knows of the network", async () => {
    const line = new Line();
    const { connection } = visitor(line);
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    line.isDown = true;
    connection.cut();
    expect(line.states.at(-1)).toBe("offline");
    line.isDown = false;
    connection.hurry();
    await vi.advanceTimersByTimeAsync(0);

    expect(line.states.at(-1)).toBe("live");
  });

  it("leaves a line that has gone silent", async () => {
    const line = new Line();
    const { connection } = visitor(line);
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    line.now.loses = true;
    await vi.advanceTimersByTimeAsync(110_000);

    expect(line.sockets.length).toBeGreaterThan(1);
    expect(line.sockets[0]?.readyState).toBe(3);
  });

  it("goes on with plain requests where no socket gets through", async () => {
    const line = new Line();
    const { thread, connection } = visitor(line);
    line.socket = () => {
      const made = new Socket(line);
      line.sockets.push(made);
      queueMicrotask(() => made.cut(1006));
      made.send = () => undefined;
      return made as unknown as WebSocket;
    };
    connection.start();
    thread.queue(entry("mine-1", 1));
    await vi.advanceTimersByTimeAsync(20_000);
    line.keep("theirs-1", "heard you");
    await vi.advanceTimersByTimeAsync(5_000);
    connection.stop();

    expect(thread.ordered().map((one) => one.text)).toEqual(["mine-1", "heard you"]);
    expect(line.kept.map((one) => one.key)).toEqual(["mine-1", "theirs-1"]);
  });
});
