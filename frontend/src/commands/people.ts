/** Two contacts who are one person: found, merged, and parted again exactly as they were. */

import type { Core } from "../core";
import { newKey } from "../http/api";
import type { ContactShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { pushUndo, reason } from "./triage";

/** Somebody who may be the same person, and what speaks for it. */
export interface Likely {
  contact: ContactShape;
  because: "email" | "phone" | "name";
}

const digits = (phone: string | null) => (phone ?? "").replaceAll(/\D/g, "");
const folded = (text: string | null) => (text ?? "").trim().toLocaleLowerCase();
/** Shorter numbers are extensions and short codes, shared by many. */
const PHONE_DIGITS = 7;

/** What two contacts have in common that few others share; the strongest first. A name alone must be a full one. */
export function commonWith(one: ContactShape, other: ContactShape): Likely["because"] | null {
  if (folded(one.email) && folded(one.email) === folded(other.email)) return "email";
  const phone = digits(one.phone);
  if (phone.length >= PHONE_DIGITS && phone === digits(other.phone)) return "phone";
  const name = folded(one.name);
  return name.includes(" ") && name === folded(other.name) ? "name" : null;
}

export async function findContacts(core: Core, query: string): Promise<ContactShape[]> {
  if (query.trim().length < 2) return [];
  return (await core.api.get<{ items: ContactShape[] }>("/contacts", { q: query.trim(), limit: "20" })).items;
}

/** Asked by address, number and name; whoever has one of them in common and was not called another person. */
export async function likelySame(core: Core, contact: ContactShape): Promise<Likely[]> {
  // A number is written with spaces here and without them there.
  const queries = new Set([contact.email, contact.phone, digits(contact.phone), contact.name]);
  const pages = await Promise.all([...queries].map((query) => findContacts(core, query ?? "")));
  const others = new Map(pages.flat().map((other) => [other.id, other]));
  const no = notTheSame(contact.id);
  const order = { email: 0, phone: 1, name: 2 };
  return [...others.values()]
    .filter((other) => other.id !== contact.id && !other.merged_into && !no.has(other.id))
    .flatMap((other) => {
      const because = commonWith(contact, other);
      return because ? [{ contact: other, because }] : [];
    })
    .sort((a, b) => order[a.because] - order[b.because])
    .slice(0, 3);
}

const NOT_SAME = "inbox.notSame";

/** Ids that this agent said are other people; kept in this browser. */
function notTheSame(id: string): ReadonlySet<string> {
  try {
    const pairs = JSON.parse(localStorage.getItem(NOT_SAME) ?? "[]") as [string, string][];
    return new Set(pairs.flatMap(([a, b]) => (a === id ? [b] : b === id ? [a] : [])));
  } catch {
    return new Set();
  }
}

export function sayNotTheSame(id: string, other: string): void {
  const pairs = [...notTheSame(id)].map((known) => [id, known]);
  localStorage.setItem(NOT_SAME, JSON.stringify([...pairs, [id, other]].slice(-200)));
}

/** `other` becomes part of `contact`. The answer is who is left; null when it was refused, and said so. */
export async function mergeContacts(
  core: Core,
  contact: ContactShape,
  other: ContactShape,
  changed: (contact: ContactShape) => void,
): Promise<void> {
  try {
    const path = `/contacts/${other.id}/merge`;
    changed(await core.api.post<ContactShape>(path, { into_id: contact.id }, { key: newKey() }));
  } catch (error) {
    return core.toast(reason(error), "bad");
  }
  const run = async () => {
    await core.api.post<ContactShape>(`/contacts/${other.id}/unmerge`);
    changed(await core.api.get<ContactShape>(`/contacts/${contact.id}`));
  };
  const text = t("person.merged", { name: other.name || t("person.nameless") });
  pushUndo(core, { text, until: null, seconds: 0, run });
}
