import { describe, expect, it } from "vitest";
import { fieldsFor } from "./form";
import { about, clock } from "./timeline";
import { CATALOGUES, chosenLanguage, fill, wordsOf } from "./words";

describe("words", () => {
  it("has every word, with the same values, in all six languages", () => {
    const english = CATALOGUES.en as Record<string, string>;
    for (const catalogue of Object.values(CATALOGUES) as unknown as Record<string, string>[]) {
      for (const [key, text] of Object.entries(english)) {
        const values = (given: string | undefined) => (given?.match(/\{\w+\}/g) ?? []).sort();
        expect(values(catalogue[key]), key).toEqual(values(text));
        expect(catalogue[key]).not.toBe("");
      }
    }
    expect(Object.keys(CATALOGUES).sort()).toEqual(["de", "el", "en", "fi", "hy", "id"]);
  });

  it("speaks the page's language, else the browser's, else the channel's first", () => {
    const offered = ["de", "el", "en"];
    expect(chosenLanguage(["el-GR", "en"], offered)).toBe("el");
    expect(chosenLanguage(["fr", "en-GB"], offered)).toBe("en");
    expect(chosenLanguage(["", "fr"], offered)).toBe("de");
    expect(chosenLanguage(["de"], [])).toBe("en");
  });

  it("says when in the language's own way, in Armenian too, which browsers do not know", () => {
    const [at, later] = ["2026-11-03T15:04:00", new Date("2026-11-05T09:00:00")];
    const said = Object.fromEntries(["en", "de", "el", "fi", "hy"].map((one) => [one, clock(at, one, new Date(at))]));
    expect(said).toEqual({
      en: expect.stringMatching(/^03:04.PM$/),
      de: "15:04",
      el: "15:04",
      fi: "15.04",
      hy: "15:04",
    });
    expect(clock(at, "hy", later)).toBe("03.11., 15:04");
  });

  it("says how long an answer takes in the unit that says it", () => {
    expect(about(20, wordsOf("en"))).toBe("about 1 min");
    expect(about(7200, wordsOf("en"))).toBe("about 2 h");
    expect(fill("{a} {b}", { a: 1 })).toBe("1 ");
  });

  it("asks for an address while nobody is there, whatever the form says", () => {
    const form = [{ name: "mail", type: "email", label: "", required: false, options: [], version: "" } as const];
    expect(fieldsFor("offline", form as never).map((one) => [one.name, one.required])).toEqual([["mail", true]]);
    expect(fieldsFor("offline", []).map((one) => one.name)).toEqual(["name", "email"]);
    expect(fieldsFor("", form as never)).toEqual([]);
  });
});
