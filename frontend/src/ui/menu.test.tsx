import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Menu } from "./menu";

afterEach(cleanup);

function ready() {
  const hide = vi.fn();
  const ban = vi.fn();
  const outer = vi.fn();
  window.addEventListener("keydown", outer);
  render(
    <Menu
      label="More"
      items={[
        { id: "hide", label: "Hide", run: hide },
        { id: "copy", label: "Copy", run: () => {} },
        { id: "ban", label: "Ban", danger: true, run: ban },
      ]}
    >
      …
    </Menu>,
  );
  return { hide, ban, outer };
}

const button = () => screen.getByRole("button", { name: "More" });
const item = (name: string) => screen.getByRole("menuitem", { name });

describe("a menu", () => {
  it("opens on its first line by the arrow, and moves in a circle", async () => {
    ready();
    button().focus();
    await userEvent.keyboard("{ArrowDown}");
    expect(button().getAttribute("aria-expanded")).toBe("true");
    expect(document.activeElement).toBe(item("Hide"));
    await userEvent.keyboard("{ArrowUp}");
    expect(document.activeElement).toBe(item("Ban"));
    await userEvent.keyboard("{Home}c");
    expect(document.activeElement).toBe(item("Copy"));
  });

  it("runs what was chosen, closes, and gives the focus back", async () => {
    const { ban } = ready();
    await userEvent.click(button());
    await userEvent.keyboard("{End}{Enter}");
    expect(ban).toHaveBeenCalledOnce();
    expect(screen.queryByRole("menu")).toBeNull();
    expect(document.activeElement).toBe(button());
  });

  it("closes by Escape and by a press elsewhere, running nothing", async () => {
    const { hide } = ready();
    await userEvent.click(button());
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("menu")).toBeNull();
    await userEvent.click(button());
    await userEvent.click(document.body);
    expect(screen.queryByRole("menu")).toBeNull();
    expect(hide).not.toHaveBeenCalled();
  });

  it("takes letters typed quickly as one name, and one letter again as the next line", async () => {
    const given = vi.fn();
    const people = ["Aino Korhonen", "Petra Lindqvist", "Rizky Pratama", "Tigran Galstyan", "Tom Adler"];
    render(
      <Menu label="Give" items={people.map((label) => ({ id: label, label, run: () => given(label) }))}>
        …
      </Menu>,
    );
    await userEvent.click(screen.getByRole("button", { name: "Give" }));
    await userEvent.keyboard("petra l{Enter}");
    expect(given).toHaveBeenCalledExactlyOnceWith("Petra Lindqvist");
    await userEvent.click(screen.getByRole("button", { name: "Give" }));
    await userEvent.keyboard("t");
    expect(document.activeElement).toBe(item("Tigran Galstyan"));
    await userEvent.keyboard("t");
    expect(document.activeElement).toBe(item("Tom Adler"));
  });

  it("keeps a letter that none of its lines begins with", async () => {
    const { outer } = ready();
    await userEvent.click(button());
    outer.mockClear();
    await userEvent.keyboard("e");
    expect(outer).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(item("Hide"));
  });

  it("keeps its keys from being commands of the desk", async () => {
    const { outer } = ready();
    await userEvent.click(button());
    outer.mockClear();
    await userEvent.keyboard("{ArrowDown}b{Escape}");
    expect(outer).not.toHaveBeenCalled();
  });
});
