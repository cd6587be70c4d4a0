/** What an answer lets the customer choose from while it is written; it comes back with the words when they do. */

import type { Core } from "../core";
import { newKey } from "../http/api";
import type { MessageShape } from "../protocol/types.generated";
import { without } from "../store/apply";

export interface Choice {
  key: string;
  title: string;
  /** Null: there is no field for it yet. */
  description: string | null;
  url: string | null;
}

export interface Choices {
  items: readonly Choice[];
  /** Of the button that opens them, where they are a list. */
  title: string;
  /** The customer is asked where he is, instead. */
  location: boolean;
  /** Just asked for: the caret goes there. */
  fresh?: boolean;
}

export const blank = (): Choice => ({ key: newKey(), title: "", description: null, url: null });

/** Null: none. They are kept in this browser, too, as the words are: a reload loses neither. */
export function putChoices(core: Core, id: string, next: Choices | null): void {
  if (next) localStorage.setItem(storageKey(id), JSON.stringify({ ...next, fresh: undefined }));
  else localStorage.removeItem(storageKey(id));
  show(core, id, next);
}

/** Those that were being written before a reload, unless others are already here. */
export function restoreChoices(core: Core, id: string): void {
  if (core.desk.get().choices[id]) return;
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey(id)) ?? "null") as Choices | null;
    if (kept) show(core, id, kept);
  } catch {
    localStorage.removeItem(storageKey(id));
  }
}

const storageKey = (id: string) => `inbox.choices.${id}`;

function show(core: Core, id: string, next: Choices | null): void {
  core.desk.update(
    (desk) => ({ ...desk, choices: next ? { ...desk.choices, [id]: next } : without(desk.choices, id) }),
    true,
  );
}

/** Those of an answer that was taken back. */
export function backFrom(core: Core, { conversation_id: id, options }: MessageShape): void {
  if (!options) return;
  const items = options.items.map((one) => ({
    key: newKey(),
    title: one.title,
    description: one.description || null,
    url: one.url || null,
  }));
  putChoices(core, id, { items, title: options.title, location: options.location });
}
