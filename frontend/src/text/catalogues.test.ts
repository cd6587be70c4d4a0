import { describe, expect, it } from "vitest";
import { en } from "./en";
import { format, LANGUAGES, type Language, loadLanguage, preferredLanguage, t } from "./i18n";

const OTHERS = (Object.keys(LANGUAGES) as Language[]).filter((code) => code !== "en");
const load = async (code: Language) =>
  ((await import(`./${code}.ts`)) as { catalogue: Record<string, string> }).catalogue;
const names = (text: string) => new Set([...text.matchAll(/\{\s*(\w+)/g)].map((match) => match[1]));

describe.each(OTHERS)("the catalogue %s", (code) => {
  it("has every key of the English one and no other", async () => {
    expect(Object.keys(await load(code)).sort()).toEqual(Object.keys(en).sort());
  });

  it("fills in the same things", async () => {
    const catalogue = await load(code);
    for (const [key, text] of Object.entries(en)) {
      const wanted = [...text.matchAll(/\{([a-z_]+)[},]/g)].map((match) => match[1] ?? "");
      const given = names(catalogue[key] ?? "");
      for (const name of wanted) {
        expect(given.has(name), `${code} ${key}: {${name}}`).toBe(true);
      }
    }
  });

  it("is really translated", async () => {
    const catalogue = await load(code);
    const same = Object.entries(en).filter(
      ([key, text]) => catalogue[key] === text && /\p{L}{3}/u.test(text.replace(/\{.*\}/g, "")),
    );
    expect(same.length).toBeLessThan(Object.keys(en).length * 0.08);
  });

  it("formats every message without failing", async () => {
    for (const text of Object.values(await load(code))) {
      expect(format(text, { n: 3, done: 1, refused: 1, parts: 2, limit: 5 }, 3)).not.toMatch(/plural|undefined/);
    }
  });
});

it.each(OTHERS)("call a median a median in %s, never an average", async (code) => {
  const catalogue = await load(code);
  const { words } = (await import(`./reports/${code}.ts`)) as { words: Record<string, string> };
  const { words: figures } = (await import(`./figures/${code}.ts`)) as { words: Record<string, string> };
  const median = (catalogue["reports.median"] ?? "").toLowerCase().slice(0, 5);
  for (const said of [words["reports.heat.median"], figures["figure.medianAge"]]) {
    expect(said?.toLowerCase()).toContain(median);
  }
});

describe("the German words", () => {
  const parts = import.meta.glob<string>(["./de.ts", "./*/de.ts"], { query: "?raw", import: "default", eager: true });
  // What is written to a customer has its own tone: a place's fallback is no word of ours.
  const lines = Object.values(parts)
    .flatMap((text) => text.split("\n"))
    .filter((line) => !line.includes('"places.example"'));

  it("call the reader Sie on every page", () => {
    expect(lines.filter((line) => /(?<!\p{L})(du|dir|dich|dein(e[mnrs]?)?)(?!\p{L})/iu.test(line))).toEqual([]);
  });

  it("have one word for a conversation and one for a tag", () => {
    expect(lines.filter((line) => /unterhaltung|konversation|schlagw[oö]rt/i.test(line))).toEqual([]);
  });
});

describe("the English catalogue", () => {
  const sources = import.meta.glob<string>("../**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
  const code = Object.entries(sources)
    .filter(([path]) => !/\.test\.tsx?$|\/text\/(en|el|id|hy|fi|de)\.ts$|^\.\/(en|el|id|hy|fi|de)\.ts$/.test(path))
    .map(([, text]) => text)
    .join("\n");
  // `status.${one}` uses every key that begins so.
  const prefixes = [...code.matchAll(/`([a-z]\w*(?:\.\w+)*\.)\$\{/g)].map((match) => match[1] ?? "");

  it("has no sentence that nobody says", () => {
    const unused = Object.keys(en).filter(
      (key) => !code.includes(`"${key}"`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });
});

describe("messages", () => {
  it("choose the plural of the language", async () => {
    expect(t("net.waiting", { n: 1 })).toBe("1 answer waits here.");
    expect(t("net.waiting", { n: 2 })).toBe("2 answers wait here.");
    await loadLanguage("de");
    expect(t("person.conversations", { n: 1234 })).toContain("1.234");
    await loadLanguage("en");
  });

  it("take an exact number before the plural form", () => {
    expect(t("empty.snoozed", { n: 0 })).toBe("Nothing is snoozed.");
    expect(t("empty.snoozed", { n: 41 })).toBe("41 are snoozed.");
  });

  it("leave quoted braces as they are", () => {
    expect(t("places.example")).toContain("{contact.first_name");
  });

  it("never put customers' braces through the formatter", () => {
    expect(t("done.tagged", { name: "{n, plural, other {x}}" })).toContain("{n, plural");
  });
});

describe("the language", () => {
  it("is the one chosen, else the browser's first that we speak, else English", () => {
    expect(preferredLanguage("el", ["de"])).toBe("el");
    expect(preferredLanguage(null, ["fr-FR", "fi-FI"])).toBe("fi");
    expect(preferredLanguage("xx", ["fr"])).toBe("en");
  });
});
