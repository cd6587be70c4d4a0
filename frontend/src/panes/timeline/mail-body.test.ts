import { describe, expect, it } from "vitest";
import { mailDocument } from "./mail-body";

describe("the document of a mail", () => {
  it("loads nothing from elsewhere until it is allowed", () => {
    expect(mailDocument("<p>hi</p>", false)).toMatch(/default-src 'none'; img-src http[^;]* data:;/);
    expect(mailDocument("<p>hi</p>", false)).not.toContain("https: http:");
    expect(mailDocument("<p>hi</p>", true)).toContain("https: http:");
  });

  it("puts back the addresses of images once they are allowed", () => {
    const image = '<img alt="" data-remote-src="https://shop.example/a.png">';
    expect(mailDocument(image, false)).toContain(image);
    expect(mailDocument(image, true)).toContain('<img alt="" src="https://shop.example/a.png">');
  });

  it("never allows scripts or forms", () => {
    const page = mailDocument("", true);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain("form-action 'none'");
    expect(page).not.toContain("script-src");
  });
});
