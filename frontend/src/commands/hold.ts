/** A claim while one writes an answer: colleagues see it, and theirs asks once more. Renewed while words come. */

import type { Core } from "../core";

const EVERY_MS = 20_000;
const held = new Map<string, number>();

/** Words are being written: claims, or claims for another minute. Whoever was first keeps it, so a refusal is no news. */
export function hold(core: Core, id: string): void {
  const now = Date.now();
  if (now - (held.get(id) ?? 0) < EVERY_MS) return;
  held.set(id, now);
  core.api.put(`/conversations/${id}/claim`, {}).catch(() => {});
}

/** No words are left here. An answer that went has ended it already. */
export function letGo(core: Core, id: string): void {
  if (held.delete(id)) core.api.delete(`/conversations/${id}/claim`).catch(() => {});
}
