import { afterEach, expect, it, vi } from "vitest";
import { copyText } from "./copy";

afterEach(() => void vi.unstubAllGlobals());

function without(clipboard: Partial<Clipboard> | undefined): void {
  vi.stubGlobal("navigator", { ...navigator, clipboard });
}

it("copies where there is no clipboard, as over plain http", async () => {
  without(undefined);
  const put: string[] = [];
  const copying = vi.fn(() => {
    const event = new Event("copy", { cancelable: true }) as ClipboardEvent;
    Object.assign(event, { clipboardData: { setData: (_type: string, text: string) => put.push(text) } });
    document.dispatchEvent(event);
    return event.defaultPrevented;
  });
  Object.assign(document, { execCommand: copying });

  expect(await copyText("https://inbox.example/links/abc")).toBe(true);
  expect(put).toEqual(["https://inbox.example/links/abc"]);

  document.dispatchEvent(new Event("copy"));
  expect(put).toHaveLength(1);
});

it("says when the browser does not let us", async () => {
  without({ writeText: () => Promise.reject(new DOMException("", "NotAllowedError")) });

  expect(await copyText("text")).toBe(false);
});
