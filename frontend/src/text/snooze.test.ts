import { describe, expect, it } from "vitest";
import { parseSnooze } from "./snooze";

// A Sunday, half past two in the afternoon on the reader's own clock.
const NOW = new Date(2026, 10, 22, 14, 30).getTime();
const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();
const until = (text: string, language = "en") => {
  const found = parseSnooze(text, NOW, language);
  return found && "until" in found ? found.until : found;
};

describe("spans", () => {
  it("adds what is named", () => {
    expect(until("2h30m")).toBe(NOW + 150 * 60_000);
    expect(until("45 min")).toBe(NOW + 45 * 60_000);
    expect(until("1.5h")).toBe(NOW + 90 * 60_000);
    expect(until("3d")).toBe(NOW + 3 * 86_400_000);
  });

  it("knows the units of the other languages", () => {
    expect(until("2 std", "de")).toBe(NOW + 2 * 3_600_000);
    expect(until("2 tuntia", "fi")).toBe(NOW + 2 * 3_600_000);
    expect(until("2 jam", "id")).toBe(NOW + 2 * 3_600_000);
    expect(until("2 ώρες", "el")).toBe(NOW + 2 * 3_600_000);
    expect(until("2 ժամ", "hy")).toBe(NOW + 2 * 3_600_000);
  });
});

describe("instants", () => {
  it("reads days and hours", () => {
    expect(until("tomorrow 9")).toBe(at(23, 9));
    expect(until("tomorrow at 2pm")).toBe(at(23, 14));
    expect(until("mon 14:30")).toBe(at(23, 14, 30));
    expect(until("sunday 9")).toBe(at(29, 9));
    expect(until("tomorrow")).toBe(at(23, 9));
  });

  it("takes an hour that has passed as tomorrow's", () => {
    expect(until("18:00")).toBe(at(22, 18));
    expect(until("9:00")).toBe(at(23, 9));
  });

  it("reads them in the language of the interface", () => {
    expect(until("morgen 9", "de")).toBe(at(23, 9));
    expect(until("αύριο 9", "el")).toBe(at(23, 9));
    expect(until("huomenna klo 9", "fi")).toBe(at(23, 9));
    expect(until("besok 9", "id")).toBe(at(23, 9));
    expect(until("վաղը 9", "hy")).toBe(at(23, 9));
    expect(until("dienstag 8", "de")).toBe(at(24, 8));
    expect(until("երեքշաբթի 8", "hy")).toBe(at(24, 8));
  });
});

describe("the rest", () => {
  it("waits for a reply", () => {
    expect(parseSnooze("until reply", NOW)).toEqual({ untilReply: true });
    expect(parseSnooze("Bis Antwort", NOW, "de")).toEqual({ untilReply: true });
  });

  it("refuses what it cannot read or what has passed", () => {
    for (const text of ["", "soon", "25:00", "2x", "today 9", "0m"]) expect(parseSnooze(text, NOW)).toBeNull();
  });
});
