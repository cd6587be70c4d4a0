/**
 * Words with places in them: `{contact.first_name|there}`. The server fills in the same way (inbox/domain/variables.py);
 * the tests of both hold the same examples.
 */

import type { ChannelShape, ConversationShape } from "../protocol/types.generated";
import { firstName } from "./names";

export interface Filled {
  text: string;
  /** Places that had neither a value nor a fallback. */
  missing: string[];
}

const PLACE = /\{\{?\s*([\w.]+)\s*(?:\|([^{}]*))?\}?\}/g;

export function fillIn(text: string, values: Readonly<Record<string, string>>): Filled {
  const missing = new Set<string>();
  const filled = text.replace(PLACE, (whole, name: string, otherwise: string | undefined) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (!value && otherwise === undefined) missing.add(name);
    return value || (otherwise ?? "").trim();
  });
  return { text: filled, missing: [...missing] };
}

/** What can be said of a conversation. The company is known to the server only: its place stays visible here. */
export function valuesOf(row: ConversationShape, agent: string, channel?: ChannelShape): Record<string, string> {
  const name = row.contact.name.trim();
  return {
    name,
    "contact.name": name,
    first_name: firstName(name),
    "contact.first_name": firstName(name),
    agent,
    "agent.name": agent,
    "agent.first_name": firstName(agent),
    number: `#${row.number}`,
    channel: channel?.name ?? "",
  };
}

/** The places there are, for the hints of editors. */
export const PLACES = [
  "contact.first_name",
  "contact.name",
  "contact.company",
  "agent.first_name",
  "number",
  "channel",
];
