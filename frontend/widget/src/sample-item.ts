/** An item as tests need it. */

import type { Item } from "./frames";

export function item(place: number, more: Partial<Item> = {}): Item {
  return {
    id: `i${place}`,
    place,
    author: "agent",
    name: "Anna",
    text: `text ${place}`,
    files: [],
    at: "2026-11-22T10:00:00.000Z",
    edited: false,
    deleted: false,
    client_msg_id: null,
    ...more,
  };
}
