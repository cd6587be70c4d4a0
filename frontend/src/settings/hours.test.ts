import { describe, expect, it } from "vitest";
import { clockTime, moved, readShifts, runs, withShift, writeShifts } from "./hours";

describe("shifts as they are typed", () => {
  it("are read in the ways people write them, several a day, past midnight too", () => {
    expect(readShifts("9-13, 17:00–20")).toEqual([
      [540, 780],
      [1020, 1200],
    ]);
    expect(readShifts("22:00 - 06:00")).toEqual([[1320, 1800]]);
    expect(readShifts("0900-1730")).toEqual([[540, 1050]]);
    expect(readShifts("00:00-24:00")).toEqual([[0, 1440]]);
    expect(readShifts("17-20 9-13")).toEqual([
      [540, 780],
      [1020, 1200],
    ]);
    expect(readShifts("  ")).toEqual([]);
  });

  it("are refused where they say nothing that can be, or overlap", () => {
    for (const text of ["nine", "25-26", "9:75-10", "9-13, 12-14", "24:00-02:00", "9-"]) {
      expect(readShifts(text), text).toBeNull();
    }
  });

  it("are written as the server keeps them, and read again as they were", () => {
    const shifts = readShifts("9-13, 22-6") ?? [];
    expect(writeShifts(shifts)).toEqual(["09:00-13:00", "22:00-06:00"]);
    expect(readShifts(writeShifts(shifts).join(","))).toEqual(shifts);
    expect(clockTime(1440)).toBe("24:00");
  });
});

describe("shifts as they are drawn", () => {
  it("become one where they touch or overlap, and are never longer than a day", () => {
    expect(withShift([[540, 780]], [780, 900])).toEqual([[540, 900]]);
    expect(withShift([[540, 600]], [1020, 1080])).toEqual([
      [540, 600],
      [1020, 1080],
    ]);
    expect(withShift([[0, 1440]], [600, 2000])).toEqual([[0, 1440]]);
  });

  it("move by arrow keys, whole or at their end, but not into each other nor off the day", () => {
    const day = [
      [540, 780],
      [795, 900],
    ] as const;
    expect(moved(day, 0, 15, "end")).toEqual([
      [540, 795],
      [795, 900],
    ]);
    expect(moved(day, 0, 30, "whole")).toEqual([...day]);
    expect(moved([[0, 60]], 0, -15, "whole")).toEqual([[0, 60]]);
    expect(moved([[540, 555]], 0, -15, "end")).toEqual([[540, 555]]);
  });
});

it("days with equal hours side by side are one line", () => {
  const office = ["09:00-17:00"];
  expect(runs({ mon: office, tue: office, wed: office, thu: office, fri: office })).toEqual([
    ["mon", "fri", office],
    ["sat", "sun", []],
  ]);
});
