/** What `/` and `@` offer while writing. Pure: text and caret in, a query out, and the text with the choice put in. */

import type { AgentShape, CannedShape, MacroShape } from "../../../protocol/types.generated";
import { firstName } from "../../../text/names";

export interface Query {
  sign: "/" | "@";
  text: string;
  from: number;
}

/** The word being written at the caret, where it begins with the sign. */
export function queryAt(text: string, caret: number, signs: readonly ("/" | "@")[]): Query | null {
  const before = text.slice(0, caret);
  const match = /(?:^|[\s(])([/@])([^\s/@]{0,30})$/u.exec(before);
  const sign = match?.[1] as "/" | "@" | undefined;
  if (!match || !sign || !signs.includes(sign)) return null;
  const word = match[2] ?? "";
  return { sign, text: word.toLocaleLowerCase(), from: caret - word.length - 1 };
}

export function putIn(text: string, query: Query, caret: number, insert: string): { text: string; caret: number } {
  const next = text.slice(0, query.from) + insert + text.slice(caret);
  return { text: next, caret: query.from + insert.length };
}

/** Prepared answers by shortcut, then by name; those in the customer's language first. */
export function findCanned(all: readonly CannedShape[], query: string, language: string | null): CannedShape[] {
  const rank = (canned: CannedShape) => {
    const shortcut = canned.shortcut.toLocaleLowerCase();
    const hit = shortcut.startsWith(query)
      ? 0
      : canned.name.toLocaleLowerCase().includes(query)
        ? 2
        : shortcut.includes(query)
          ? 1
          : 9;
    const foreign = language && canned.language && canned.language !== language ? 0.5 : 0;
    return hit + foreign;
  };
  return all
    .filter((canned) => rank(canned) < 9)
    .sort((a, b) => rank(a) - rank(b) || a.shortcut.localeCompare(b.shortcut))
    .slice(0, 12);
}

/** Macros by shortcut, then by name. */
export function findMacros(all: readonly MacroShape[], query: string): MacroShape[] {
  const rank = (macro: MacroShape) =>
    query && macro.shortcut.toLocaleLowerCase().startsWith(query)
      ? 0
      : macro.name.toLocaleLowerCase().includes(query)
        ? 1
        : 9;
  return all
    .filter((macro) => rank(macro) < 9)
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .slice(0, 6);
}

export function findAgents(all: readonly AgentShape[], query: string, me: string | undefined): AgentShape[] {
  return all
    .filter((agent) => agent.active && agent.id !== me && agent.name.toLocaleLowerCase().includes(query))
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, 8);
}

/** Ids of the agents whose name stands in the note after an @. */
export function mentioned(text: string, agents: readonly AgentShape[]): string[] {
  return agents
    .filter(
      (agent) =>
        text.includes(`@${agent.name}`) || new RegExp(`@${literal(firstName(agent.name))}(?!\\p{L})`, "u").test(text),
    )
    .map((agent) => agent.id);
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
