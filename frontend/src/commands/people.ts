/** Two contacts who are one person: found, merged, and parted again exactly as they were. */

import type { Core } from "../core";
import { newKey } from "../http/api";
import type { ContactRef, ContactShape, SuggestionsShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { pushUndo, reason } from "./triage";

export interface ContactsPage {
  items: ContactShape[];
  next_cursor: string | null;
}

export async function findContacts(core: Core, query: string): Promise<ContactShape[]> {
  return (await contactsPage(core, query, null)).items;
}

/** A page of those who are called, or can be reached, like that; less than two letters find nobody. */
export async function contactsPage(core: Core, query: string, cursor: string | null): Promise<ContactsPage> {
  const q = query.trim();
  if (q.length < 2) return { items: [], next_cursor: null };
  return core.api.get<ContactsPage>("/contacts", { q, limit: "20", cursor: cursor ?? undefined });
}

/** Who may be the same person and why, and the company of his mail domain, as the server knows. */
export function suggestions(core: Core, contact: ContactShape): Promise<SuggestionsShape> {
  return core.api.get<SuggestionsShape>(`/contacts/${contact.id}/suggestions`);
}

/** Said once, it is not suggested to anybody again. */
export async function sayNotTheSame(core: Core, id: string, other: string): Promise<void> {
  await core.api.post(`/contacts/${id}/not-same`, { other_id: other });
}

/** Changes a contact; the answer is what it is afterwards, null when it was refused, and said so. */
export async function changeContact(
  core: Core,
  contact: ContactShape,
  change: Partial<ContactShape>,
): Promise<ContactShape | null> {
  try {
    return await core.api.patch<ContactShape>(`/contacts/${contact.id}`, change, { etag: contact.version });
  } catch (error) {
    core.toast(reason(error), "bad");
    return null;
  }
}

/** The field that tells who matters more, and its word for yes: rules, targets and lists know both. */
export const VIP = "vip";

/** What lists show of a person, as it is now: they are not told of a change of his by themselves. */
export function showContact(core: Core, { id, name, avatar_url, blocked, fields }: ContactShape): void {
  const now = { id, name, avatar_url, blocked, vip: saysYes(fields[VIP]) };
  core.store.update((state) => {
    const his = Object.values(state.rows).filter((row) => row.contact.id === id && differ(row.contact, now));
    if (!his.length) return state;
    return {
      ...state,
      rows: { ...state.rows, ...Object.fromEntries(his.map((row) => [row.id, { ...row, contact: now }])) },
    };
  });
}

const saysYes = (value: string | undefined): boolean => ["yes", "true", "1"].includes((value ?? "").toLowerCase());
const differ = (one: ContactRef, other: ContactRef): boolean =>
  one.name !== other.name ||
  one.avatar_url !== other.avatar_url ||
  one.blocked !== other.blocked ||
  one.vip !== other.vip;

export const isVip = ({ fields }: ContactShape): boolean => saysYes(fields[VIP]);

/** Says that a person matters more, or no longer; undone in one step. */
export async function setVip(
  core: Core,
  contact: ContactShape,
  vip: boolean,
  changed: (contact: ContactShape) => void,
): Promise<void> {
  const put = async (now: ContactShape, on: boolean) => {
    const { [VIP]: _, ...rest } = now.fields;
    const next = await changeContact(core, now, { fields: on ? { ...rest, [VIP]: "yes" } : rest });
    if (next) changed(next);
    return next !== null;
  };
  if (!(await put(contact, vip))) return;
  const name = contact.name || t("person.nameless");
  const run = async () => void (await put(await core.api.get<ContactShape>(`/contacts/${contact.id}`), !vip));
  pushUndo(core, { text: t(vip ? "person.vipDone" : "person.noVipDone", { name }), until: null, seconds: 0, run });
}

/** Keeps a person out of all queues, or lets him in again; undone in one step. */
export async function setBlocked(
  core: Core,
  contact: ContactShape,
  blocked: boolean,
  changed: (contact: ContactShape) => void,
): Promise<void> {
  const next = await changeContact(core, contact, { blocked });
  if (!next) return;
  changed(next);
  const name = contact.name || t("person.nameless");
  const run = async () => {
    const now = await core.api.get<ContactShape>(`/contacts/${contact.id}`);
    const back = await changeContact(core, now, { blocked: !blocked });
    if (back) changed(back);
  };
  const text = t(blocked ? "person.blockedDone" : "person.unblockedDone", { name });
  pushUndo(core, { text, until: null, seconds: 0, run });
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
