import { describe, expect, it } from "vitest";
import { deviceOf } from "./device";

describe("the browser that signed in", () => {
  it.each([
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36",
      "Chrome · Linux",
    ],
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/149.0.0.0 Safari/537.36 Edg/149.0",
      "Edge · Windows",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1",
      "Safari · iPhone",
    ],
    ["Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox · Android"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · macOS"],
  ])("is called by its name and its machine", (userAgent, name) => {
    expect(deviceOf(userAgent)).toBe(name);
  });

  it("is shown as it calls itself where it is a program", () => {
    expect(deviceOf("crm-sync/2.1")).toBe("crm-sync/2.1");
  });
});
