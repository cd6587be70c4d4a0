import { describe, expect, it } from "vitest";
import { readOpening, readQuestions, wordsFor, writeOpening, writeQuestions } from "./chat-parts";

describe("questions before a chat", () => {
  it("are written as the service reads them, and read again", () => {
    const text = writeQuestions({ phone: "may", email: "must" });
    expect(JSON.parse(text)).toEqual([
      { name: "email", type: "email", required: true },
      { name: "phone", type: "phone", required: false },
    ]);
    expect(readQuestions(text)).toEqual({ email: "must", phone: "may" });
    expect(writeQuestions({})).toBe("");
  });

  it.each([
    '[{"name": "order", "type": "text"}]',
    '[{"name": "email", "type": "email", "label": "Your e-mail"}]',
    "no form",
  ])("stay as somebody wrote them by hand", (text) => expect(readQuestions(text)).toBeNull());
});

describe("opening hours of a chat", () => {
  const nine = { zone: "Europe/Athens", days: [0, 4], begin: "09:00", end: "18:00" };

  it("are written as the service reads them, and read again", () => {
    const text = writeOpening(nine);
    expect(JSON.parse(text)).toEqual({
      timezone: "Europe/Athens",
      weekly: { mon: ["09:00-18:00"], fri: ["09:00-18:00"] },
    });
    expect(readOpening(text)).toEqual(nine);
    expect(readOpening(" ")).toBeNull();
  });

  it.each([
    '{"timezone": "UTC", "weekly": {"mon": ["09:00-12:00", "13:00-18:00"]}}',
    '{"timezone": "UTC", "weekly": {"mon": ["09:00-12:00"], "tue": ["10:00-12:00"]}}',
    '{"timezone": "UTC", "weekly": {"mon": ["09:00-12:00"]}, "holidays": ["12-25"]}',
    "weekdays",
  ])("stay as somebody wrote them by hand", (text) => expect(readOpening(text)).toBeUndefined());
});

describe("words by language", () => {
  it("are those of the reader, else the first, else the text itself", () => {
    const both = '{"en": "Hello", "de": "Hallo"}';
    expect([wordsFor(both, "de"), wordsFor(both, "fi"), wordsFor("Hi", "fi")]).toEqual(["Hallo", "Hello", "Hi"]);
  });
});
