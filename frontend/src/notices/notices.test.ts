import { describe, expect, it } from "vitest";
import { byDay } from "../panes/overlays/notifications";
import type { NotificationShape, PreferencesShape } from "../protocol/types.generated";
import { KINDS, kindOf, lineOf, saysOf } from "./kinds";
import { browserName } from "./push";
import { isQuiet } from "./quiet";

const told = (id: string, at: string, change: Partial<NotificationShape> = {}): NotificationShape => ({
  id,
  kind: "message",
  conversation_id: "1",
  text: "",
  at,
  read: false,
  message_id: null,
  count: 1,
  data: {},
  ...change,
});

const chosen = (change: Partial<PreferencesShape>): PreferencesShape => ({
  ways: Object.fromEntries(KINDS.map((kind) => [kind, []])),
  usual: {},
  urgent: ["escalated"],
  muted_channels: [],
  quiet: { begin: "22:00", end: "07:00", days: [0, 1, 2, 3, 4] },
  zone: "Europe/Athens",
  urgent_passes: true,
  digest: "off",
  digest_at: "08:00",
  stars: 2,
  push_words: false,
  mail: true,
  version: 1,
  ...change,
});

describe("what a notification says", () => {
  it("counts, names stars and levels, and tells changes to one's work apart", () => {
    expect(lineOf(told("1", "", { count: 20 }))).toBe("Customer wrote ×20");
    expect(lineOf(told("1", "", { kind: "review", data: { stars: 1 } }))).toBe("Low rating ★ 1");
    expect(lineOf(told("1", "", { kind: "escalated", data: { level: 2 } }))).toBe("Escalation, Level 2");
    expect(lineOf(told("1", "", { kind: "returned", data: { what: "woken" } }))).toBe("The snooze is over");
    expect(lineOf(told("1", "", { kind: "mended_disk" }))).toBe("Mended");
  });

  it("takes an alarm of any kind for one of admins", () => {
    expect([kindOf("attention_disk"), kindOf("mended_channel"), kindOf("message")]).toEqual([
      "attention",
      "attention",
      "message",
    ]);
  });
});

describe("the centre", () => {
  it("puts what belongs to one conversation together, day by day, the newest first", () => {
    const days = byDay([
      told("1", "2026-11-21T10:00:00.000Z"),
      told("2", "2026-11-22T10:00:00.000Z"),
      told("3", "2026-11-22T11:00:00.000Z", { conversation_id: "2" }),
      told("4", "2026-11-22T12:00:00.000Z"),
      told("5", "2026-11-22T09:00:00.000Z", { conversation_id: null, kind: "attention_disk" }),
    ]);
    expect(days.map((day) => day.groups.map((group) => group.items.map((one) => one.id)))).toEqual([
      [["4", "2"], ["3"], ["5"]],
      [["1"]],
    ]);
  });
});

describe("quiet hours", () => {
  const at = (text: string) => Date.parse(text);

  it("are those of the agent's own zone, over midnight", () => {
    // Athens is two hours ahead in winter; 2026-11-20 is a Friday.
    expect(isQuiet(chosen({}), "message", at("2026-11-20T19:59:00Z"))).toBe(false);
    expect(isQuiet(chosen({}), "message", at("2026-11-20T20:00:00Z"))).toBe(true);
    expect(isQuiet(chosen({}), "message", at("2026-11-21T04:59:00Z"))).toBe(true);
    expect(isQuiet(chosen({}), "message", at("2026-11-21T05:00:00Z"))).toBe(false);
    // They do not begin on Saturday.
    expect(isQuiet(chosen({}), "message", at("2026-11-21T21:00:00Z"))).toBe(false);
  });

  it("let urgent kinds pass if one says so", () => {
    const night = at("2026-11-20T22:00:00Z");
    expect(isQuiet(chosen({}), "escalated", night)).toBe(false);
    expect(isQuiet(chosen({ urgent_passes: false }), "escalated", night)).toBe(true);
    expect(isQuiet(chosen({ quiet: null }), "message", night)).toBe(false);
  });
});

describe("a browser's name", () => {
  it("says which and where", () => {
    const edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 (KHTML, like Gecko) Chrome/140 Safari/537 Edg/140";
    expect(browserName(edge)).toBe("Edge, Windows");
    expect(browserName("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")).toBe(
      "Firefox, Linux",
    );
    expect(browserName("curl/8")).toBe("curl/8");
  });
});

describe("what the service notes by itself", () => {
  it("has its line and its words in the reader's language, whatever stands in the row", () => {
    const at = "2026-11-22T10:00:00Z";
    const back = told("1", at, { kind: "sent_back", text: "sent your answer back" });
    expect([lineOf(back), saysOf(back)]).toEqual(["Sent back", "Your answer was sent back"]);
    expect(lineOf(told("2", at, { kind: "approval" }))).toBe("Answer to approve");
    expect(lineOf(told("3", at, { kind: "line_held_back" }))).toBe("Public line held back");
  });

  it("leaves words of people as they are", () => {
    expect(saysOf(told("1", "2026-11-22T10:00:00Z", { kind: "mentioned", text: "Look here" }))).toBe("Look here");
  });
});
