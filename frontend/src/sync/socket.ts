/** Drives the machine with a real WebSocket, timers and the browser's online and focus signals. */

import { decodeFrame } from "../protocol/decode";
import { type ClientFrame, type ServerFrame, SUBPROTOCOL } from "../protocol/types.generated";
import { backoffMs } from "./backoff";
import { type Effect, type Input, SyncMachine, type SyncStatus } from "./machine";

/** Presence lasts 30 s on the server; a quiet socket is looked after as often. */
const KEEP_MS = 12_000;
const QUIET_MS = 40_000;
/** Requests that fail within this time of each other are looked into later each time, up to some seconds. */
const DOUBT_MS = 60_000;
const DOUBTS = 4;

export interface LiveOptions {
  url: string;
  view: () => string;
  apply: (frame: ServerFrame) => void;
  changed: (status: SyncStatus) => void;
  ended: (why: "sign_in" | "revoked") => void;
  /** What this window shows, said again with every keep-alive. */
  viewing: () => ClientFrame;
}

export class Live {
  private machine: SyncMachine;
  private socket: WebSocket | null = null;
  private timer = 0;
  private keep = 0;
  private heardAt = 0;
  private doubt = 0;
  private doubts = 0;
  private doubtedAt = 0;
  /** What the screen knows already; frames come many in a second, and most change nothing of it. */
  private told: SyncStatus = { phase: "offline", missing: 0, missed: 0 };

  constructor(private options: LiveOptions) {
    this.machine = new SyncMachine(options.view);
  }

  start(): void {
    window.addEventListener("online", this.online);
    window.addEventListener("offline", this.offline);
    document.addEventListener("visibilitychange", this.focus);
    this.keep = window.setInterval(this.keepAlive, KEEP_MS);
    this.input({ type: "start" });
  }

  stop(): void {
    window.removeEventListener("online", this.online);
    window.removeEventListener("offline", this.offline);
    document.removeEventListener("visibilitychange", this.focus);
    window.clearInterval(this.keep);
    window.clearTimeout(this.timer);
    window.clearTimeout(this.doubt);
    this.input({ type: "stop" });
  }

  /** Try at once, whatever the waiting time says. */
  retry = (): void => this.input({ type: "online" });

  /** A request found no server: the socket may be dead without knowing it, or that request alone was lost. */
  suspect = (): void => {
    if (this.machine.phase !== "live" || this.doubt) return;
    const now = Date.now();
    this.doubts = now - this.doubtedAt > DOUBT_MS ? 0 : Math.min(this.doubts + 1, DOUBTS);
    this.doubtedAt = now;
    const look = () => {
      this.doubt = 0;
      this.input({ type: "doubt" });
      void this.probe();
    };
    this.doubt = window.setTimeout(look, this.doubts && backoffMs(this.doubts));
  };

  /** Sends while connected; dropped otherwise, since nothing sent here must last. */
  send(frame: ClientFrame): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private input(input: Input): void {
    for (const effect of this.machine.handle(input)) this.carryOut(effect);
    const now = this.machine.status();
    const { phase, missing, missed } = this.told;
    if (now.phase === phase && now.missing === missing && now.missed === missed) return;
    this.told = now;
    this.options.changed(now);
  }

  private carryOut(effect: Effect): void {
    switch (effect.type) {
      case "connect":
        return this.open();
      case "disconnect":
        return this.drop();
      case "send":
        return this.send(effect.frame);
      case "timer":
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.input({ type: "timer" }), effect.ms);
        return;
      case "apply":
        this.options.apply(effect.frame);
        // The first thing after coming back is to say what is on this screen.
        if (effect.frame.type === "hello") queueMicrotask(() => this.send(this.options.viewing()));
        return;
      case "ended":
        return this.options.ended(effect.why);
    }
  }

  private open(): void {
    this.drop();
    const socket = new WebSocket(this.options.url, [SUBPROTOCOL]);
    this.socket = socket;
    this.heardAt = Date.now();
    socket.onmessage = (message) => {
      this.heardAt = Date.now();
      const frame = decodeFrame(String(message.data));
      if (frame.type !== "unexpected") this.input({ type: "frame", frame });
    };
    socket.onclose = (close) => {
      if (this.socket === socket) this.input({ type: "closed", code: close.code });
    };
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  private keepAlive = (): void => {
    if (this.machine.phase !== "live") return;
    this.send(this.options.viewing());
    if (Date.now() - this.heardAt > QUIET_MS) void this.probe();
  };

  private async probe(): Promise<void> {
    try {
      await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(5_000) });
      this.heardAt = Date.now();
      this.input({ type: "alive" });
    } catch {
      this.input({ type: "suspect" });
    }
  }

  private online = (): void => this.input({ type: "online" });
  private offline = (): void => this.input({ type: "offline" });
  private focus = (): void => {
    if (document.visibilityState === "visible") this.input({ type: "focus" });
  };
}
