import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AT, conversation, message, thread } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { ReviewCard } from "./review";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const about = thread({ kind: "review", audience: "public", title: "Alkyon Home, Kolonaki" });
const version = (n: number, rating: number, title: string, text: string) => ({
  version: n,
  rating,
  title,
  text,
  html: null,
  at: AT,
});
const versions = [
  version(1, 1, "Broken", "It arrived in four pieces"),
  version(2, 3, "Better now", "It arrived in a double box"),
];

function ready(count: number) {
  playServer(() => ({ body: { items: versions.slice(0, count).reverse() } }));
  const newest = versions[count - 1] ?? versions[0];
  const review = message({ kind: "review", audience: "public", ...newest, version: count });
  show(coreWith([conversation()]), <ReviewCard message={review} thread={about} language="en" />);
}

describe("a review", () => {
  it("shows stars, title, words and what it is about", () => {
    ready(1);
    expect(screen.getByRole("img", { name: "1 of 5 stars" })).toBeTruthy();
    expect(screen.getByText("Broken")).toBeTruthy();
    expect(screen.getByText("About Alkyon Home, Kolonaki")).toBeTruthy();
    expect(screen.queryByRole("radiogroup")).toBeNull();
  });

  it("after a change shows the older words and the newer side by side, changed words marked", async () => {
    ready(2);
    const older = await screen.findByRole("region", { name: "Version 1" });
    const newer = screen.getByRole("region", { name: "Version 2" });
    expect(older.querySelector("del")?.textContent).toBe("four pieces");
    expect(newer.querySelector("ins")?.textContent).toBe("a double box");
    expect(within(older).getByRole("img", { name: "1 of 5 stars" })).toBeTruthy();
    expect(screen.getByText("was 1")).toBeTruthy();
  });

  it("shows either version alone, by arrows too", async () => {
    ready(2);
    await screen.findByRole("region", { name: "Version 1" });
    screen.getByRole("radio", { name: "What changed" }).focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(screen.getByText("It arrived in four pieces")).toBeTruthy();
    expect(screen.queryByRole("region")).toBeNull();
    await userEvent.click(screen.getByRole("radio", { name: "Now" }));
    expect(screen.getByText("It arrived in a double box")).toBeTruthy();
  });
});
