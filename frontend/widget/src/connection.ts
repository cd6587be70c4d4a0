/**
 * The line to the service: one socket that comes back by itself, and plain requests where no socket gets through.
 *
 * It signs in with the last number the visitor has and is sent what came after it, so that nothing is lost over cuts;
 * what he wrote meanwhile is sent again with the same ids, so that nothing is doubled.
 */

import { backoffMs } from "../../src/sync/backoff";
import { CLOSED, type ClientFrame, type PageSeen, type ServerFrame } from "./frames";
import { isPassing, type Thread } from "./thread";

export type LineState = "connecting" | "live" | "offline" | "refused";

export interface World {
  socket(url: string): WebSocket;
  fetch(url: string, init: RequestInit): Promise<Response>;
  random(): number;
  setTimeout(call: () => void, ms: number): number;
  clearTimeout(id: number): void;
}

export interface Listener {
  frame(frame: ServerFrame): void;
  state(state: LineState): void;
  /** A new token is to be kept; null: the one there was is worth nothing. */
  token(token: string | null): void;
}

const PING_MS = 25_000;
const DEAD_MS = 60_000;
const LEAST_MS = 1_000;
const FLOOD_MS = 30_000;
/** Attempts that never got through, after which plain requests are tried. */
const TRIES_BEFORE_PLAIN = 3;
const PLAIN_WAIT_SECONDS = 25;

export class Connection {
  page: PageSeen | null = null;
  language = "";
  #socket: WebSocket | null = null;
  #attempt = 0;
  #failed = 0;
  #renewed = 0;
  #retry = 0;
  #ping = 0;
  #heard = 0;
  #live = false;
  #stopped = true;
  #plain: AbortController | null = null;

  constructor(
    private readonly base: string,
    private readonly thread: Thread,
    private readonly listener: Listener,
    private readonly world: World,
    private token: string | null,
  ) {}

  get isLive(): boolean {
    return this.#live;
  }

  get bearer(): string {
    return this.token ?? "";
  }

  /** Connects, and stays connected until `stop`. */
  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#hangUp();
    this.world.clearTimeout(this.#retry);
  }

  /** Another token, from a sign-in, a sign-out or another tab: signs in anew with it. */
  use(token: string | null): void {
    if (token === this.token && token !== null) return;
    this.token = token;
    if (this.#stopped) return;
    this.#hangUp();
    this.world.clearTimeout(this.#retry);
    void this.#connect();
  }

  /** The browser says that the network is gone: does not wait until the silence tells. */
  cut(): void {
    if (this.#stopped) return;
    this.#hangUp();
    this.#again();
  }

  /** The network is back: does not wait for the next attempt. */
  hurry(): void {
    if (this.#stopped || this.#live || this.#socket || this.#plain) return;
    this.world.clearTimeout(this.#retry);
    this.#attempt = 0;
    void this.#connect();
  }

  /** Sends a frame if the line is there; what is not a message is lost without harm. */
  send(frame: ClientFrame): boolean {
    if (!this.#live || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Sends every message that is on its way. */
  flush(): void {
    for (const one of this.thread.unsent()) {
      const body = {
        client_msg_id: one.id,
        text: one.text,
        files: one.files.map((file) => file.file),
        form: one.form,
        page: this.page,
      };
      if (this.#plain) void this.#post(body);
      else if (!this.send({ type: "message", ...body })) return;
    }
  }

  async #connect(): Promise<void> {
    this.listener.state(this.#attempt === 0 ? "connecting" : "offline");
    if (!this.token && !(await this.#session())) return;
    if (this.#stopped || this.#socket) return;
    if (this.#failed >= TRIES_BEFORE_PLAIN) {
      void this.#poll();
      return;
    }
    const socket = this.world.socket(`${this.base.replace(/^http/, "ws")}/ws`);
    this.#socket = socket;
    this.#failed += 1;
    socket.onopen = () => {
      this.#heard = Date.now();
      socket.send(
        JSON.stringify({
          type: "auth",
          token: this.token ?? "",
          last_seq: this.thread.lastSeq,
          language: this.language,
          page: this.page,
        } satisfies ClientFrame),
      );
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#received(JSON.parse(String(event.data)) as ServerFrame);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#lost(event.code);
    };
  }

  #received(frame: ServerFrame): void {
    this.#heard = Date.now();
    this.thread.apply(frame);
    if (frame.type === "ready") this.#ready();
    if ((frame.type === "ready" || frame.type === "identified") && frame.token) {
      this.token = frame.token;
      this.listener.token(frame.token);
    }
    if (frame.type === "error" && frame.client_msg_id && isPassing(frame)) {
      this.world.setTimeout(() => this.flush(), (frame.retry_after_seconds ?? 1) * 1000);
    }
    this.listener.frame(frame);
  }

  #ready(): void {
    this.#live = true;
    this.#attempt = 0;
    this.#failed = 0;
    this.listener.state("live");
    this.flush();
    this.#beat();
  }

  #beat(): void {
    this.world.clearTimeout(this.#ping);
    this.#ping = this.world.setTimeout(() => {
      if (!this.#live) return;
      if (Date.now() - this.#heard > DEAD_MS) {
        this.#hangUp();
        this.#again();
        return;
      }
      this.send({ type: "ping" });
      this.#beat();
    }, PING_MS);
  }

  #lost(code: number): void {
    this.#hangUp();
    if (this.#stopped) return;
    if (code === CLOSED.refused) {
      this.#stopped = true;
      this.listener.state("refused");
      return;
    }
    if (code === CLOSED.token) {
      // One new session a minute: a token that is refused at once must not become a loop.
      if (Date.now() - this.#renewed < 60_000) {
        this.#again(FLOOD_MS);
        return;
      }
      this.token = null;
      this.thread.lastSeq = 0;
      this.listener.token(null);
      this.#again(0);
      return;
    }
    this.#again(code === CLOSED.flood ? FLOOD_MS : undefined);
  }

  #again(ms?: number): void {
    if (this.#stopped) return;
    this.listener.state("offline");
    this.world.clearTimeout(this.#retry);
    const wait = ms ?? Math.max(LEAST_MS, backoffMs(this.#attempt, this.world.random));
    this.#attempt += 1;
    this.#retry = this.world.setTimeout(() => void this.#connect(), wait);
  }

  #hangUp(): void {
    this.#live = false;
    this.world.clearTimeout(this.#ping);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onclose = socket.onmessage = socket.onopen = null;
      socket.close();
    }
    this.#plain?.abort();
    this.#plain = null;
  }

  async #session(): Promise<boolean> {
    this.#renewed = Date.now();
    try {
      const answer = await this.world.fetch(`${this.base}/session`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: "{}",
      });
      if (answer.status === 403 || answer.status === 404) {
        this.#stopped = true;
        this.listener.state("refused");
        return false;
      }
      if (!answer.ok) throw new Error(`session: ${answer.status}`);
      this.token = ((await answer.json()) as { token: string }).token;
      this.listener.token(this.token);
      return true;
    } catch {
      this.#again();
      return false;
    }
  }

  /** Plain requests that wait for news, until a socket may be tried again. */
  async #poll(): Promise<void> {
    const plain = new AbortController();
    this.#plain = plain;
    const until = Date.now() + DEAD_MS;
    try {
      while (!plain.signal.aborted && Date.now() < until) {
        const wait = this.#live ? PLAIN_WAIT_SECONDS : 0;
        const answer = await this.world.fetch(`${this.base}/events?after=${this.thread.lastSeq}&wait=${wait}`, {
          headers: { Authorization: `Bearer ${this.token}` },
          signal: plain.signal,
        });
        if (!answer.ok) throw new Error(`events: ${answer.status}`);
        this.#news((await answer.json()) as Events);
      }
    } catch {
      if (plain.signal.aborted) return;
    }
    this.#plain = null;
    this.#live = false;
    // A socket is tried once more; if it fails, plain requests go on at once.
    this.#failed = TRIES_BEFORE_PLAIN - 1;
    this.#again(LEAST_MS);
  }

  #news(found: Events): void {
    for (const frame of [...found.items, { ...found.status, type: "status" } as const]) {
      this.thread.apply(frame);
      this.listener.frame(frame);
    }
    this.thread.apply({ type: "read", up_to_seq: found.read_up_to_seq });
    if (!this.#live) {
      this.#live = true;
      this.listener.state("live");
      this.flush();
    }
  }

  async #post(body: object & { client_msg_id: string }): Promise<void> {
    try {
      const answer = await this.world.fetch(`${this.base}/messages`, {
        method: "POST",
        headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      const said = (await answer.json()) as Record<string, unknown>;
      const frame = answer.ok
        ? ({ ...said, type: "ack" } as ServerFrame)
        : ({
            fields: {},
            retry_after_seconds: null,
            ...said,
            type: "error",
            client_msg_id: body.client_msg_id,
          } as ServerFrame);
      this.thread.apply(frame);
      this.listener.frame(frame);
    } catch {
      // It stays on its way and is sent with the next attempt.
    }
  }
}

interface Events {
  items: ServerFrame[];
  status: Extract<ServerFrame, { type: "status" }>;
  read_up_to_seq: number;
}
