/** Fields of a set-up that the server would not take, in the language of the interface. */

import { ApiError } from "../http/api";
import { type AnyKey, t } from "../text/i18n";
import type { Manifest } from "./manifests";

/** Name of a field → what is wrong with it and what to write instead. */
export type Refused = Readonly<Record<string, string>>;

export const NONE_REFUSED: Refused = {};

interface WrongField {
  pointer: string;
  message: string;
  code?: string;
  least?: number;
  most?: number;
}

const POINTER = "/settings/";
const WORDS: Readonly<Record<string, AnyKey>> = {
  url: "setup.url",
  email: "setup.email",
  number: "setup.number",
  secret: "setup.secret",
  whsec: "setup.whsec",
  basic: "setup.basic",
  pattern: "setup.pattern",
  missing: "setup.missing",
};

/** What of an answer is about single fields; a code that is not known here keeps the server's words. */
export function refusedFields(error: unknown): Refused {
  if (!(error instanceof ApiError) || !Array.isArray(error.problem.errors)) return NONE_REFUSED;
  const wrong = (error.problem.errors as WrongField[]).filter(({ pointer }) => pointer.startsWith(POINTER));
  return Object.fromEntries(
    wrong.map(({ pointer, message, code, least, most }) => {
      const words = WORDS[code ?? ""];
      return [pointer.slice(POINTER.length), words ? t(words, { least: least ?? 0, most: most ?? 0 }) : message];
    }),
  );
}

/** All of them for the head of the form, each after its label; null where nothing is about a field. */
export function saidOfRefused(refused: Refused, manifest: Manifest | undefined): string | null {
  const label = (name: string) => manifest?.fields.find((field) => field.name === name)?.label ?? name;
  const lines = Object.entries(refused).map(([name, text]) => `${label(name)}: ${text}`);
  return lines.join(" ") || null;
}
