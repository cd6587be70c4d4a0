import { afterEach, describe, expect, it, vi } from "vitest";
import { armenianFormat, armenianLanguage, armenianNumber } from "./armenian";
import { diff } from "./diff";
import { formatNumber, languageName, loadLanguage } from "./i18n";
import { lengthIn } from "./length";
import { pieces } from "./links";
import { hue, initials } from "./names";
import { clock, duration, hourName } from "./time";

describe("length", () => {
  it("counts as the network counts", () => {
    const text = "Ω👩‍👩‍👧é";
    expect(lengthIn(text, "graphemes")).toBe(3);
    expect(lengthIn(text, "characters")).toBe(7);
    expect(lengthIn(text, "utf16")).toBe(10);
    expect(lengthIn(text, "bytes")).toBe(22);
  });
});

describe("links", () => {
  it("finds addresses and leaves the sentence's own marks out", () => {
    expect(pieces("See https://a.example/x?y=1, or www.b.example.")).toEqual([
      { text: "See " },
      { text: "https://a.example/x?y=1", href: "https://a.example/x?y=1" },
      { text: ", or " },
      { text: "www.b.example", href: "https://www.b.example" },
      { text: "." },
    ]);
  });

  it("never makes a link of a script", () => {
    expect(pieces("javascript:alert(1)").every((piece) => !("href" in piece))).toBe(true);
  });
});

describe("names", () => {
  it("gives two letters in any script, or a question mark", () => {
    expect(initials("Eleni Markaki")).toBe("EM");
    expect(initials("Παπαδοπούλου Αικατερίνη")).toBe("ΠΑ");
    expect(initials("@juha")).toBe("JU");
    expect(initials("")).toBe("?");
  });

  it("gives a person the same hue every time", () => {
    expect(hue("c1")).toBe(hue("c1"));
    expect(hue("c1")).toBeLessThan(360);
  });
});

describe("durations", () => {
  it("are short and exact", () => {
    expect(duration(20_000)).toBe("20 s");
    expect(duration(100_000)).toBe("1 m 40 s");
    expect(duration(25 * 60_000)).toBe("25 m");
    expect(duration(192 * 60_000)).toBe("3 h 12 m");
    expect(duration(50 * 3_600_000)).toBe("2 d 2 h");
    expect(duration(-5)).toBe("0 s");
  });
});

describe("versions", () => {
  it("tell what was taken out from what was put in", () => {
    const { before, after } = diff("one week late", "two weeks late");
    expect(
      before
        .filter((run) => run.kind === "del")
        .map((run) => run.text)
        .join(""),
    ).toContain("week");
    expect(
      after
        .filter((run) => run.kind === "add")
        .map((run) => run.text)
        .join(""),
    ).toContain("weeks");
    expect(
      after
        .filter((run) => run.kind !== "del")
        .map((run) => run.text)
        .join(""),
    ).toBe("two weeks late");
  });
});

describe("the clock", () => {
  const past = Date.UTC(2026, 10, 23, 0, 30);

  afterEach(() => loadLanguage("en"));

  it.each([
    ["el", "00:30"],
    ["de", "00:30"],
    ["fi", "00.30"],
    ["id", "00.30"],
    ["hy", "00:30"],
  ] as const)("begins the day at zero, and with the marks of %s", async (language, said) => {
    await loadLanguage(language);
    expect(clock(past, "UTC")).toBe(said);
    expect(hourName(9)).toBe(said.replace(/^00(.)30$/, "09$100"));
  });
});

describe("Armenian numbers and names", () => {
  it("have their own marks and words where the browser has none", () => {
    const { format } = armenianNumber();
    expect([1234.5, 12_345.6, -77.4].map(format)).toEqual(["1234,5", "12\u00a0345,6", "-77,4"]);
    expect(armenianLanguage("el")).toBe("հունարեն");
  });

  it("are asked for in Armenian only, and only where the browser has none", async () => {
    vi.spyOn(Intl.NumberFormat, "supportedLocalesOf").mockReturnValue([]);
    vi.spyOn(Intl.DisplayNames, "supportedLocalesOf").mockReturnValue([]);
    await loadLanguage("hy");
    expect([formatNumber(12_345.6), languageName("el"), languageName("xx")]).toEqual([
      "12\u00a0345,6",
      "հունարեն",
      "xx",
    ]);
    await loadLanguage("en");
    expect([formatNumber(12_345.6), languageName("el")]).toEqual(["12,345.6", "Greek"]);
    vi.restoreAllMocks();
  });
});

describe("Armenian dates", () => {
  it("have words where the browser has none", () => {
    const format = armenianFormat({ weekday: "long", day: "numeric", month: "long" });
    expect(format.format(new Date(2026, 10, 22))).toBe("կիրակի 22 նոյեմբերի");
  });
});
