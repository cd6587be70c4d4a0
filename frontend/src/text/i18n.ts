/**
 * Words of the interface. `t("key", {n: 3})` reads the catalogue of the chosen language; messages know plurals in ICU's
 * notation: `{n, plural, one {# answer} other {# answers}}`. English is always there, the others are loaded.
 */

import { armenianLanguage, armenianNumber } from "./armenian";
import { type Catalogue, en, type Key } from "./en";
import type { FigureKey } from "./figures/en";
import type { NetworkKey } from "./networks/en";
import type { OptionKey } from "./options/en";
import type { ReportKey } from "./reports/en";
import type { RuleKey } from "./rules/en";
import type { SettingKey } from "./settings/en";
import type { StartKey } from "./start/en";
import type { SurveyKey } from "./surveys/en";
import type { WorkReviewKey } from "./work-reviews/en";

export type { Key };
/** Of words that come with a page (later.ts). */
export type LaterKey =
  | FigureKey
  | NetworkKey
  | OptionKey
  | ReportKey
  | RuleKey
  | SettingKey
  | StartKey
  | SurveyKey
  | WorkReviewKey;
export type AnyKey = Key | LaterKey;
export type Params = Readonly<Record<string, string | number>>;

export const LANGUAGES = {
  en: "English",
  el: "Ελληνικά",
  id: "Bahasa Indonesia",
  hy: "Հայերեն",
  fi: "Suomi",
  de: "Deutsch",
} as const;
/** English from right to left: it proves the layout (text/pseudo.ts). */
export const PSEUDO = "qps-plocm";
export type Language = keyof typeof LANGUAGES | typeof PSEUDO;

const LOADERS: Record<Exclude<Language, "en">, () => Promise<{ catalogue: Catalogue }>> = {
  el: () => import("./el"),
  id: () => import("./id"),
  hy: () => import("./hy"),
  fi: () => import("./fi"),
  de: () => import("./de"),
  [PSEUDO]: () => import("./pseudo"),
};

/** Which way the interface is read. What customers write has a direction of its own. */
export const direction = (of: Language): "ltr" | "rtl" => (of === PSEUDO ? "rtl" : "ltr");

let language: Language = "en";
let catalogue: Catalogue = en;
/** Words that came with pages loaded since. */
let added: Readonly<Partial<Record<LaterKey, string>>> = {};
/** What loads those, for when the language changes. */
const brought = new Set<(language: Language) => Promise<typeof added>>();
let plurals = new Intl.PluralRules("en");
let numbers: { format: (value: number) => string } = new Intl.NumberFormat("en");

export function isLanguage(value: string | null | undefined): value is Language {
  return value != null && (value in LANGUAGES || value === PSEUDO);
}

/** The language chosen here, else the browser's first that we speak, else English. */
export function preferredLanguage(chosen: string | null, browser: readonly string[]): Language {
  if (isLanguage(chosen)) return chosen;
  for (const tag of browser) {
    const base = tag.split("-")[0];
    if (isLanguage(base)) return base;
  }
  return "en";
}

export async function loadLanguage(next: Language): Promise<void> {
  const words = next === "en" ? en : (await LOADERS[next]()).catalogue;
  const parts = await Promise.all([...brought].map((load) => load(next)));
  added = Object.assign({}, added, ...parts);
  language = next;
  catalogue = words;
  plurals = new Intl.PluralRules(next);
  numbers = lacksArmenian(next, Intl.NumberFormat) ? armenianNumber() : new Intl.NumberFormat(next);
}

const lacksArmenian = (of: Language, part: { supportedLocalesOf: (tag: string) => string[] }) =>
  of === "hy" && !part.supportedLocalesOf("hy").length;

export const currentLanguage = (): Language => language;
export const formatNumber = (value: number): string => numbers.format(value);

/** "Greek" for "el", in the language of the interface; the code itself where it is unknown. */
export function languageName(code: string): string {
  const named = lacksArmenian(language, Intl.DisplayNames) ? armenianLanguage(code) : undefined;
  if (named) return named;
  try {
    return new Intl.DisplayNames(language, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** Whether there are words for a key that is made of what the server says. */
export const knows = (key: string): key is AnyKey => key in en || key in added;

export function t(key: AnyKey, params: Params = {}): string {
  return format(catalogue[key as Key] ?? en[key as Key] ?? added[key as LaterKey] ?? key, params);
}

/** Makes words known that a page brings along; its own loader sees to it that they are there before the page is. */
export async function bringWords(load: (language: Language) => Promise<typeof added>): Promise<void> {
  brought.add(load);
  const words = await load(language);
  // Only now: several pages may bring theirs at once.
  added = { ...added, ...words };
}

/** Fills one message. `#` inside a plural is the number itself, written as the language writes it. */
export function format(message: string, params: Params, number?: number): string {
  let out = "";
  let at = 0;
  while (at < message.length) {
    const char = message[at];
    if (char === "#" && number !== undefined) {
      out += numbers.format(number);
      at += 1;
    } else if (char === "'" && message[at + 1] === "{") {
      // Quoted, as in ICU: braces that are meant as braces.
      const end = message.indexOf("'", at + 1);
      out += message.slice(at + 1, end);
      at = end + 1;
    } else if (char === "{") {
      const end = closing(message, at);
      out += placeholder(message.slice(at + 1, end), params, number);
      at = end + 1;
    } else {
      out += char;
      at += 1;
    }
  }
  return out;
}

function closing(message: string, from: number): number {
  let depth = 0;
  for (let at = from; at < message.length; at += 1) {
    if (message[at] === "{") depth += 1;
    if (message[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`unbalanced braces in the message "${message}"`);
}

function placeholder(inside: string, params: Params, number?: number): string {
  const match = /^\s*(\w+)\s*,\s*plural\s*,/.exec(inside);
  if (!match) {
    const value = params[inside.trim()];
    return typeof value === "number" ? numbers.format(value) : String(value ?? "");
  }
  const count = Number(params[match[1] ?? ""] ?? number ?? 0);
  const branches = branchesOf(inside.slice(match[0].length));
  const chosen = branches[`=${count}`] ?? branches[plurals.select(count)] ?? branches.other ?? "";
  return format(chosen, params, count);
}

function branchesOf(text: string): Record<string, string> {
  const branches: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("{", at);
    if (open < 0) break;
    const close = closing(text, open);
    branches[text.slice(at, open).trim()] = text.slice(open + 1, close);
    at = close + 1;
  }
  return branches;
}
