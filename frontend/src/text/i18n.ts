/**
 * Words of the interface. `t("key", {n: 3})` reads the catalogue of the chosen language; messages know plurals in ICU's
 * notation: `{n, plural, one {# answer} other {# answers}}`. English is always there, the others are loaded.
 */

import { en } from "./en";

export type Key = keyof typeof en;
export type Catalogue = Readonly<Record<Key, string>>;
export type Params = Readonly<Record<string, string | number>>;

export const LANGUAGES = {
  en: "English",
  el: "Ελληνικά",
  id: "Bahasa Indonesia",
  hy: "Հայերեն",
  fi: "Suomi",
  de: "Deutsch",
} as const;
export type Language = keyof typeof LANGUAGES;

const LOADERS: Record<Exclude<Language, "en">, () => Promise<{ catalogue: Catalogue }>> = {
  el: () => import("./el"),
  id: () => import("./id"),
  hy: () => import("./hy"),
  fi: () => import("./fi"),
  de: () => import("./de"),
};

let language: Language = "en";
let catalogue: Catalogue = en;
let plurals = new Intl.PluralRules("en");
let numbers = new Intl.NumberFormat("en");

export function isLanguage(value: string | null | undefined): value is Language {
  return value != null && value in LANGUAGES;
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
  language = next;
  catalogue = words;
  plurals = new Intl.PluralRules(next);
  numbers = new Intl.NumberFormat(next);
}

export const currentLanguage = (): Language => language;
export const formatNumber = (value: number): string => numbers.format(value);

/** "Greek" for "el", in the language of the interface; the code itself where it is unknown. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(language, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

export function t(key: Key, params: Params = {}): string {
  return format(catalogue[key] ?? en[key], params);
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
