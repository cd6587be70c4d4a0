import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode";

describe("decoding", () => {
  it("passes a frame it knows", () => {
    expect(decodeFrame('{"type":"progress","position":3,"sent":1}')).toEqual({
      type: "progress",
      position: 3,
      sent: 1,
    });
  });

  it("names what it does not know and never throws", () => {
    for (const text of [
      "",
      "[]",
      "null",
      '{"type":"later"}',
      '{"type":"progress","position":"3"}',
      '{"type":"toString"}',
    ]) {
      expect(decodeFrame(text).type).toBe("unexpected");
    }
  });
});
