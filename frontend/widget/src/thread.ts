/**
 * What the visitor has: items by id, messages on their way, and the last number of his own count. Pure: the socket puts
 * frames in, the view reads.
 */

import type { Item, Queued, ServerError, ServerFrame, Status } from "./frames";

export interface Pending extends Queued {
  /** Empty while it waits; else why it was not taken. */
  problem: string;
  fields: Record<string, string>;
}

export class Thread {
  readonly items = new Map<string, Item>();
  readonly pending = new Map<string, Pending>();
  lastSeq = 0;
  readUpTo = 0;
  more = false;
  status: Status | null = null;
  agent = "";
  verified = false;
  typing = false;

  /** Takes a frame in. Doing it twice changes nothing. */
  apply(frame: ServerFrame): void {
    switch (frame.type) {
      case "message":
      case "message_updated":
      case "message_deleted":
        this.#put(frame.item);
        this.lastSeq = Math.max(this.lastSeq, frame.seq);
        if (frame.item.author !== "visitor") this.typing = false;
        break;
      case "reset":
        this.items.clear();
        for (const item of frame.items) this.#put(item);
        this.lastSeq = frame.seq;
        this.readUpTo = 0;
        this.more = frame.more;
        break;
      case "ready":
        this.lastSeq = Math.max(this.lastSeq, frame.seq);
        this.readUpTo = Math.max(this.readUpTo, frame.read_up_to_seq);
        this.verified = frame.verified;
        break;
      case "ack":
        // The item itself comes in its turn; until then the pending one stands for it.
        this.#acknowledge(frame.client_msg_id);
        break;
      case "status":
        this.status = frame;
        break;
      case "typing":
        this.typing = frame.on;
        break;
      case "read":
        this.readUpTo = Math.max(this.readUpTo, frame.up_to_seq);
        break;
      case "agent_joined":
        this.agent = frame.name;
        break;
      case "identified":
        this.verified = frame.verified;
        break;
      case "error":
        this.#refuse(frame);
        break;
      case "pong":
        break;
    }
  }

  /** Items in the order in which they became visible. */
  ordered(): Item[] {
    return [...this.items.values()].sort((a, b) => a.place - b.place);
  }

  /** Older items, read on demand. */
  prepend(items: Item[], more: boolean): void {
    for (const item of items) if (!this.items.has(item.id)) this.#put(item);
    this.more = more;
  }

  queue(entry: Queued): void {
    this.pending.set(entry.id, { ...entry, problem: "", fields: {} });
  }

  /** What is to be sent, oldest first: all that was neither kept nor refused. */
  unsent(): Pending[] {
    return [...this.pending.values()]
      .filter((one) => !one.problem && !this.#acked.has(one.id))
      .sort((a, b) => a.at - b.at);
  }

  /** Kept by the server, though its item has not come yet. */
  isKept(id: string): boolean {
    return this.#acked.has(id);
  }

  retry(id: string): void {
    const one = this.pending.get(id);
    if (one) this.pending.set(id, { ...one, problem: "", fields: {} });
  }

  drop(id: string): void {
    this.pending.delete(id);
    this.#acked.delete(id);
  }

  /** The newest number of an item that somebody else wrote: what can be told as delivered or read. */
  newestTheirs(): number {
    let newest = 0;
    for (const item of this.items.values()) if (item.author !== "visitor") newest = Math.max(newest, item.place);
    return newest;
  }

  /** Another person begins: nothing of the one before stays. */
  clear(): void {
    this.items.clear();
    this.pending.clear();
    this.#acked.clear();
    this.lastSeq = this.readUpTo = 0;
    this.more = this.verified = this.typing = false;
    this.status = null;
    this.agent = "";
  }

  readonly #acked = new Set<string>();

  #put(item: Item): void {
    const known = this.items.get(item.id);
    if (item.deleted && !known) return;
    this.items.set(item.id, item);
    if (item.client_msg_id) this.drop(item.client_msg_id);
  }

  #acknowledge(id: string): void {
    if (this.pending.has(id)) this.#acked.add(id);
  }

  #refuse(error: ServerError): void {
    const one = error.client_msg_id ? this.pending.get(error.client_msg_id) : undefined;
    if (!one || isPassing(error)) return;
    this.pending.set(one.id, { ...one, problem: error.code, fields: error.fields });
  }
}

/** An error that ends by itself: the message stays and is sent again. */
export function isPassing(error: ServerError): boolean {
  return error.code === "rate_limited" || error.retry_after_seconds !== null;
}
