import { afterEach, describe, expect, it } from "vitest";
import { armenianFormat } from "./armenian";
import { parseSnooze } from "./snooze";
import { clock, dayName, instant, shortDate, weekdayName } from "./time";
import { wallDate, wallTime } from "./wall";
import { chosenZone, instantOf, localInstant, machineZone, ownZone, setZone, wall } from "./zone";

const NOW = Date.parse("2026-11-22T18:30:00Z");

afterEach(() => setZone(""));

describe("the reader's zone (Q3)", () => {
  it("is the machine's until he chooses one; one that there is not is none", () => {
    expect(ownZone()).toBe(machineZone());
    setZone("Asia/Jakarta");
    expect([ownZone(), localStorage.getItem("inbox.zone")]).toEqual(["Asia/Jakarta", "Asia/Jakarta"]);
    setZone("Moon/Base");
    expect([chosenZone(), ownZone(), localStorage.getItem("inbox.zone")]).toEqual(["", machineZone(), null]);
  });

  it("is that of every time, and decides which day it is", () => {
    setZone("Asia/Jakarta");
    expect(clock(NOW)).toBe("01:30");
    expect(instant(NOW)).toBe("Mon 23 Nov, 01:30");
    expect(dayName(Date.parse("2026-11-22T16:00:00Z"), NOW)).toBe("Yesterday");
    expect(shortDate("2026-11-22T17:05:00Z", NOW)).toBe("00:05");
    setZone("America/New_York");
    expect(clock(NOW)).toBe("13:30");
    expect(dayName(Date.parse("2026-11-22T16:00:00Z"), NOW)).toBe("Today");
  });

  it("is that of Armenian words, too", () => {
    setZone("Pacific/Kiritimati");
    const options = { weekday: "long", day: "numeric", month: "long", timeZone: chosenZone() } as const;
    expect(armenianFormat(options).format(new Date(NOW))).toBe("երկուշաբթի 23 նոյեմբերի");
  });

  it("is that in which a time to come is typed, over a change of the clocks", () => {
    setZone("Asia/Jakarta");
    expect(parseSnooze("9:00", NOW)).toEqual({ until: Date.parse("2026-11-23T02:00:00Z") });
    expect(parseSnooze("tue 14:30", NOW)).toEqual({ until: Date.parse("2026-11-24T07:30:00Z") });
    setZone("Europe/Athens");
    const before = Date.parse("2026-10-24T12:00:00Z");
    expect(parseSnooze("tomorrow 9", before)).toEqual({ until: Date.parse("2026-10-25T07:00:00Z") });
  });

  it("moves neither dates, nor days of the week, nor what hangs on another place's wall", () => {
    for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago", ""]) {
      setZone(zone);
      expect(wallDate("2026-12-24")).toBe("Thu, 24 Dec 2026");
      expect([weekdayName(0), weekdayName(6)]).toEqual(["Mon", "Sun"]);
      expect(wallTime("2026-11-22T20:00", "2026-11-22T19:00:00Z", NOW)).toBe("20:00");
    }
  });

  it("tells the wall of an instant and the instant of a wall", () => {
    expect(wall(NOW, "Europe/Athens").toISOString()).toBe("2026-11-22T20:30:00.000Z");
    expect(instantOf(Date.parse("2026-11-22T20:30:00Z"), "Europe/Athens")).toBe(NOW);
    setZone("Asia/Yerevan");
    expect(localInstant("2026-11-22T22:30")).toBe(NOW);
  });
});
