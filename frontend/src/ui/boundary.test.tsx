import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Boundary } from "./boundary";

let wrong: string | null = null;
function Part() {
  if (wrong) throw new Error(wrong);
  return <p>All of it</p>;
}

beforeEach(() => {
  // React tells the console of every error, caught or not.
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  cleanup();
  wrong = null;
});

describe("a part that fails", () => {
  it("says so in its own place, and is shown again when it is whole", () => {
    wrong = "no such field";
    render(
      <>
        <Boundary>
          <Part />
        </Boundary>
        <p>The rest</p>
      </>,
    );
    expect(screen.getByRole("alert").textContent).toContain("no such field");
    expect(screen.getByText("The rest")).toBeTruthy();
    wrong = null;
    fireEvent.click(screen.getByRole("button", { name: "Show it again" }));
    expect(screen.getByText("All of it")).toBeTruthy();
  });

  it("that could not be loaded is asked for by a window that begins anew", () => {
    const reload = vi.spyOn(location, "reload").mockImplementation(() => {});
    wrong = "Failed to fetch dynamically imported module: http://localhost/assets/x.js";
    render(
      <Boundary>
        <Part />
      </Boundary>,
    );
    expect(screen.getByRole("alert").textContent).toContain("The server did not answer.");
    fireEvent.click(screen.getByRole("button", { name: "Show it again" }));
    expect(reload).toHaveBeenCalled();
  });

  it("tells whoever asked for it where it has no place of its own", () => {
    const failed = vi.fn();
    wrong = "gone";
    render(
      <Boundary failed={failed}>
        <Part />
      </Boundary>,
    );
    expect(failed).toHaveBeenCalledOnce();
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
