/** Prepared answers as they go: the wording that fits, filled in, with what the channel always says at the end. */

import type { CannedShape, ChannelShape, ConversationShape } from "../protocol/types.generated";
import { type Filled, fillIn, valuesOf } from "./variables";

export type Audience = "public" | "private";

/** The variant for a language and an audience; the language counts before the audience (inbox/domain/prepared_answers). */
export function wording(canned: CannedShape, language: string | null, audience: Audience | null): string {
  const own = { text: canned.text, language: canned.language, audience: null };
  const fits = (asked: string | null, found: string | null) => asked === null || asked === found;
  const fitting = canned.variants.filter((one) => fits(one.language, language) && fits(one.audience, audience));
  const closeness = (one: { language: string | null; audience: string | null }) =>
    (one.language !== null && one.language === language ? 2 : 0) + (one.audience !== null ? 1 : 0);
  return [...fitting, own].reduce((best, one) => (closeness(one) > closeness(best) ? one : best)).text;
}

export function signed(text: string, signOff: string): string {
  const ending = signOff.trim();
  if (!ending || text.trimEnd().endsWith(ending)) return text;
  return `${text.trimEnd()}\n${ending}`;
}

interface Place {
  row: ConversationShape;
  audience: Audience | null;
  channel: ChannelShape | undefined;
  agent: string;
}

/** What would stand in the composer. */
export function prepared(canned: CannedShape, { row, audience, channel, agent }: Place): Filled {
  const { text, missing } = fillIn(wording(canned, row.language, audience), valuesOf(row, agent, channel));
  return { text: signed(text, channel?.settings.sign_off ?? ""), missing };
}
