import { describe, expect, it } from "vitest";
import { format } from "./i18n";

type Words = Readonly<Record<string, string>>;
const found = import.meta.glob<{ words: Words }>("./*/*.ts", { eager: true });
const OTHERS = ["el", "id", "hy", "fi", "de"];
const PARTS = [...new Set(Object.keys(found).map((path) => path.split("/")[1] ?? ""))].filter(
  (part) => found[`./${part}/en.ts`]?.words,
);
const wordsOf = (part: string, code: string): Words => found[`./${part}/${code}.ts`]?.words ?? {};
/** Names in braces; a branch of a plural that is a single word is none. */
const filledIn = (text: string) =>
  new Set([...text.matchAll(/(?<!(?:one|few|many|other|=\d+) )\{(\w+)[},]/g)].map((match) => match[1]));

describe.each(PARTS)("the words of %s, which come with their page", (part) => {
  const english = wordsOf(part, "en");

  it("are there in every language, fill in the same things, and are translated", () => {
    for (const code of OTHERS) {
      const words = wordsOf(part, code);
      expect(Object.keys(words).sort(), code).toEqual(Object.keys(english).sort());
      for (const [key, text] of Object.entries(english)) {
        const given = filledIn(words[key] ?? "");
        for (const name of filledIn(text)) expect(given.has(name), `${code} ${key}: {${name}}`).toBe(true);
      }
      const same = Object.entries(english).filter(([key, text]) => words[key] === text && /\p{L}{3}/u.test(text));
      expect(same.length, code).toBeLessThan(Math.max(3, Object.keys(english).length * 0.08));
    }
  });

  it("can be formatted", () => {
    for (const code of ["en", ...OTHERS]) {
      for (const text of Object.values(wordsOf(part, code))) {
        expect(format(text, { n: 3 }, 3)).not.toMatch(/plural|undefined/);
      }
    }
  });

  it("are all said somewhere", () => {
    const sources = import.meta.glob<string>("../**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
    const code = Object.entries(sources)
      .filter(([path]) => !/\.test\.tsx?$|^\.\/|\/text\//.test(path))
      .map(([, text]) => text)
      .join("\n");
    const prefixes = [...code.matchAll(/`([a-z]\w*(?:\.\w+)*\.)\$\{/g)].map((match) => match[1] ?? "");
    const unused = Object.keys(english).filter(
      (key) => !code.includes(`"${key}"`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });
});
