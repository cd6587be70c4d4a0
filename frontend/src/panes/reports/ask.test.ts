import { describe, expect, it } from "vitest";
import { cellOf, midnight, questionBehind, questionOf, readAsk, shifted, writeAsk } from "./ask";

const NOW = Date.parse("2026-11-22T23:30:00Z");

describe("the address of a report", () => {
  it("without anything asks for the last 30 days of the reader's zone, today included", () => {
    const ask = readAsk("zone=Europe/Athens", NOW);
    expect([ask.from, ask.to]).toEqual(["2026-10-25", "2026-11-23"]);
    expect(ask).toMatchObject({ hours: "calendar", clock: "customer", by: "channel", only: {}, cell: "", wait: "" });
  });

  it("says everything that is shown, and is read back as it was", () => {
    const query =
      "from=2026-11-01&to=2026-11-07&zone=Asia%2FJakarta&hours=business&clock=desk&by=team&team=7&kind=review&cell=bucket_3&of=team%3A7&wait=12";
    const ask = readAsk(query, NOW);
    expect(ask.only).toEqual({ team: "7", kind: "review" });
    expect(readAsk(writeAsk(ask), NOW)).toEqual(ask);
  });

  it("of a table is narrowed and grouped by anything it knows, and by nothing else", () => {
    const query =
      "report=targets&from=2026-11-01&to=2026-11-07&zone=UTC&by=weekday&measure=resolution&tag=4&language=el";
    const ask = readAsk(query, NOW);
    expect(ask).toMatchObject({ by: "weekday", measure: "resolution", only: { tag: "4", language: "el" } });
    expect(readAsk(writeAsk(ask), NOW)).toEqual(ask);
    expect(readAsk("report=agents&by=tag&measure=first", NOW)).toMatchObject({ by: "agent", measure: "" });
    expect(readAsk("report=volume&by=brand", NOW).by).toBe("brand");
    expect(readAsk("report=targets&by=brand", NOW).by).toBe("channel");
  });

  it("behind a backlog asks for the instant of its line", () => {
    const ask = readAsk("report=backlog&zone=UTC&cell=backlog.waits&of=at:2026-11-12T12:00:00.000Z", NOW);
    expect(questionBehind(ask).get("to")).toBe("2026-11-12T12:00:00.000Z");
  });

  it("is narrowed to one survey only where it is of surveys", () => {
    const ask = readAsk("report=nps&survey=12&from=2026-11-01&to=2026-11-07&zone=UTC", NOW);
    expect(readAsk(writeAsk(ask), NOW)).toEqual(ask);
    expect(questionOf(ask)).toMatchObject({ survey: "12" });
    expect(questionOf({ ...ask, report: "reviews" })).not.toHaveProperty("survey");
    expect(writeAsk({ ...ask, report: "reviews" })).not.toContain("survey");
    const line = { ...ask, survey: "", cell: "nps.answered", of: "survey:13" };
    expect(Object.fromEntries(questionBehind(line))).toMatchObject({ survey: "13" });
  });

  it("ignores what it does not understand, and turns no period around", () => {
    const ask = readAsk("from=2026-12-01&to=2026-11-20&zone=Moon/Base&hours=never&by=mood", NOW);
    expect([ask.from, ask.to]).toEqual(["2026-11-20", "2026-11-20"]);
    expect(ask).toMatchObject({ hours: "calendar", by: "channel" });
    expect(ask.zone).not.toBe("Moon/Base");
  });
});

describe("the question to the server", () => {
  it("begins and ends at midnight of the zone, over a change of the clocks too", () => {
    // Athens left summer time on 2026-10-25.
    expect(midnight("2026-10-25", "Europe/Athens")).toBe("2026-10-24T21:00:00.000Z");
    expect(midnight("2026-10-26", "Europe/Athens")).toBe("2026-10-25T22:00:00.000Z");
    expect(midnight("2026-11-22", "Asia/Jakarta")).toBe("2026-11-21T17:00:00.000Z");
    expect(shifted("2026-10-25", 1)).toBe("2026-10-26");
    const ask = readAsk("from=2026-10-25&to=2026-10-25&zone=Europe/Athens&network=telegram", NOW);
    expect(questionOf(ask)).toEqual({
      from: "2026-10-24T21:00:00.000Z",
      to: "2026-10-25T22:00:00.000Z",
      zone: "Europe/Athens",
      hours: "calendar",
      clock: "customer",
      network: "telegram",
    });
  });

  it("behind a number is narrowed to its line: a day, a group, or those in no group", () => {
    const ask = readAsk("from=2026-11-01&to=2026-11-30&zone=UTC&cell=n&of=day:2026-11-08", NOW);
    const asked = (of: string, channels: string[] = []) =>
      Object.fromEntries(questionBehind({ ...ask, of }, () => channels));
    expect(asked("day:2026-11-08")).toMatchObject({ from: "2026-11-08T00:00:00.000Z", to: "2026-11-09T00:00:00.000Z" });
    expect(asked("team:7")).toMatchObject({ from: "2026-11-01T00:00:00.000Z", team: "7" });
    expect(asked("team:none")).toMatchObject({ team: "0" });
    expect(asked("mood:good")).toEqual(questionOf(ask));
    expect(asked("slot:5.22")).toMatchObject({ weekday: "5", hour: "22", bucket: "began" });
    expect(asked("agent:9")).toMatchObject({ agent: "9" });
    expect(questionBehind({ ...ask, of: "location:Athens" }, () => ["4", "5"]).getAll("channel")).toEqual(["4", "5"]);
  });

  it("behind a week asks for those of its days alone that are in the period", () => {
    const ask = readAsk("from=2026-11-04&to=2026-11-10&zone=UTC&of=week:2026-11-02", NOW);
    const asked = Object.fromEntries(questionBehind(ask));
    expect([asked.from, asked.to]).toEqual(["2026-11-04T00:00:00.000Z", "2026-11-09T00:00:00.000Z"]);
  });

  it("names the report that a cell belongs to", () => {
    expect(cellOf("n")).toEqual({ report: "response", name: "n" });
    expect(cellOf("targets.answered_late")).toEqual({ report: "targets", name: "answered_late" });
  });
});
