/**
 * The connection as a state machine without a socket, clock or timer in it. The driver (socket.ts) feeds it inputs and
 * carries out the effects it returns; tests do the same with lists.
 *
 *   offline ── start/online ─▶ connecting ── hello ─▶ stale ── caught up ─▶ live
 *                    ▲                                                        │
 *                    └───────── closed, suspect, browser offline ◀────────────┘
 */

import { CLOSE, type ClientFrame, type ServerFrame } from "../protocol/types.generated";
import { backoffMs } from "./backoff";

export type Phase = "offline" | "connecting" | "stale" | "live" | "ended";

export type Input =
  | { type: "start" }
  | { type: "stop" }
  | { type: "frame"; frame: ServerFrame }
  | { type: "closed"; code: number }
  | { type: "timer" }
  | { type: "doubt" }
  | { type: "alive" }
  | { type: "suspect" }
  | { type: "online" }
  | { type: "focus" }
  | { type: "offline" };

export type Effect =
  | { type: "connect" }
  | { type: "disconnect" }
  | { type: "send"; frame: ClientFrame }
  | { type: "timer"; ms: number }
  | { type: "apply"; frame: ServerFrame }
  | { type: "ended"; why: "sign_in" | "revoked" };

/** What the machine tells the screen. */
export interface SyncStatus {
  phase: Phase;
  /** Changes still to be fetched after coming back; 0 when live. */
  missing: number;
  /** Changes missed when the connection came back: the whole of what `missing` counts down. */
  missed: number;
}

export class SyncMachine {
  phase: Phase = "offline";
  epoch = 0;
  /** Highest position applied; 0 before the first snapshot. */
  position = 0;
  missed = 0;
  private target = 0;
  private counted = 0;
  private attempt = 0;
  private resuming = false;
  /** Asked for and not come yet: what is shown is not what the position says, so nothing goes on from it. */
  private snapshotDue = false;
  /** Stale only until the server has answered. */
  private doubted = false;

  constructor(
    private view: () => string,
    private random: () => number = Math.random,
  ) {}

  status(): SyncStatus {
    const missing = this.phase === "stale" ? Math.max(0, this.target - this.position) : 0;
    return { phase: this.phase, missing, missed: this.missed };
  }

  handle(input: Input): Effect[] {
    switch (input.type) {
      case "start":
        return this.connect();
      case "stop":
        this.phase = "ended";
        return [{ type: "disconnect" }];
      case "closed":
        return this.closed(input.code);
      case "frame":
        return this.phase === "ended" ? [] : this.frame(input.frame);
      case "timer":
        return this.phase === "offline" ? this.connect() : [];
      case "online":
      case "focus":
        this.attempt = 0;
        return this.phase === "offline" ? this.connect() : [];
      case "doubt":
        return this.doubt();
      case "alive":
        if (this.doubted && this.phase === "stale" && !this.snapshotDue) this.caughtUp();
        return [];
      case "suspect":
      case "offline":
        return this.phase === "ended" ? [] : [{ type: "disconnect" }, ...this.lost(CLOSE.restart)];
    }
  }

  /** A request found no server: not live before the server has answered. What waited for that goes out then. */
  private doubt(): Effect[] {
    if (this.phase !== "live") return [];
    this.phase = "stale";
    this.missed = 0;
    this.target = this.position;
    this.doubted = true;
    return [];
  }

  private connect(): Effect[] {
    if (this.phase === "ended") return [];
    this.phase = "connecting";
    return [{ type: "connect" }];
  }

  private closed(code: number): Effect[] {
    if (this.phase === "ended") return [];
    if (code === CLOSE.sign_in || code === CLOSE.revoked) {
      this.phase = "ended";
      return [{ type: "ended", why: code === CLOSE.revoked ? "revoked" : "sign_in" }];
    }
    return this.lost(code);
  }

  private lost(code: number): Effect[] {
    if (this.phase === "offline") return [];
    this.phase = "offline";
    // What we last said was refused: a position that made it so must not be offered again.
    if (code === CLOSE.bad_frame) this.position = 0;
    if (code === CLOSE.flood) this.attempt = Math.max(this.attempt, 4);
    const ms = code === CLOSE.too_slow ? 0 : backoffMs(this.attempt, this.random);
    this.attempt += 1;
    return [{ type: "timer", ms }];
  }

  private frame(frame: ServerFrame): Effect[] {
    switch (frame.type) {
      case "hello":
        return [{ type: "apply", frame }, ...this.hello(frame.epoch, frame.position)];
      case "snapshot":
        this.position = frame.position;
        this.snapshotDue = false;
        this.caughtUp();
        return [{ type: "apply", frame }];
      case "event":
      case "left":
        this.counted += 1;
        this.position = Math.max(this.position, frame.position);
        if (this.resuming && this.position >= this.target) this.caughtUp();
        return [{ type: "apply", frame }];
      case "progress":
        return this.progress(frame.position, frame.sent, frame);
      case "resync":
        this.resuming = false;
        return [this.askSnapshot()];
      case "counts":
      case "presence":
      case "mine":
      case "error":
        return [{ type: "apply", frame }];
    }
  }

  private hello(epoch: number, head: number): Effect[] {
    this.counted = 0;
    this.target = head;
    this.phase = "stale";
    this.doubted = false;
    if (this.position > 0 && epoch === this.epoch && !this.snapshotDue) {
      this.resuming = true;
      this.missed = Math.max(0, head - this.position);
      if (this.missed === 0) this.caughtUp();
      return [{ type: "send", frame: { type: "resume", epoch, position: this.position } }];
    }
    this.epoch = epoch;
    this.position = 0;
    this.missed = 0;
    this.resuming = false;
    return [this.askSnapshot()];
  }

  /** The proof that nothing was missed: both sides counted the same frames since hello. */
  private progress(position: number, sent: number, frame: ServerFrame): Effect[] {
    if (sent !== this.counted) {
      this.counted = sent;
      this.phase = "stale";
      return [this.askSnapshot()];
    }
    this.position = Math.max(this.position, position);
    if (this.resuming && this.position >= this.target) this.caughtUp();
    return [{ type: "apply", frame }];
  }

  private caughtUp(): void {
    this.phase = "live";
    this.doubted = false;
    this.resuming = false;
    this.attempt = 0;
  }

  private askSnapshot(): Effect {
    this.snapshotDue = true;
    return { type: "send", frame: { type: "snapshot", view: this.view() } };
  }
}
