import { describe, expect, it } from "vitest";
import { armenianFormat } from "./armenian";
import { diff } from "./diff";
import { lengthIn } from "./length";
import { pieces } from "./links";
import { hue, initials } from "./names";
import { duration } from "./time";

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

describe("Armenian dates", () => {
  it("have words where the browser has none", () => {
    const format = armenianFormat({ weekday: "long", day: "numeric", month: "long" });
    expect(format.format(new Date(2026, 10, 22))).toBe("կիրակի 22 նոյեմբերի");
  });
});
