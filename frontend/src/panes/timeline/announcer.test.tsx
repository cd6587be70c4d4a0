import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MessageShape } from "../../protocol/types.generated";
import { message } from "../../testing/examples";
import { Announcer, PAUSE_MS } from "./announcer";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const eleni = { kind: "contact", id: "c1", name: "Eleni" } as const;
const item = (position: number, text: string, change: Partial<MessageShape> = {}) =>
  message({ id: `m${position}`, position, text, direction: "in", author: eleni, ...change });
const spoken = () => screen.getByRole("status").textContent;

describe("what is said of new items", () => {
  const opened = [item(1, "Hello?")];
  const shown = () => render(<Announcer messages={opened} loaded />);

  it("is nothing of what was there already, of our own, or of older ones", () => {
    const { rerender } = render(<Announcer messages={[]} loaded={false} />);
    rerender(<Announcer messages={[item(5, "Hello?")]} loaded />);
    rerender(<Announcer messages={[item(2, "Older"), item(5, "Hello?")]} loaded />);
    rerender(<Announcer messages={[item(5, "Hello?"), item(6, "On its way", { direction: "out" })]} loaded />);
    expect(spoken()).toBe("");
  });

  it("is one item by its words", () => {
    const { rerender } = shown();
    rerender(<Announcer messages={[...opened, item(2, "Are you there?")]} loaded />);
    expect(spoken()).toBe("Eleni: Are you there?");
  });

  it("is a burst in one sentence, and not before the one before was heard", () => {
    const { rerender } = shown();
    const all = [...opened];
    for (let position = 2; position <= 6; position += 1) {
      all.push(item(position, `Line ${position}`));
      rerender(<Announcer messages={[...all]} loaded />);
    }
    expect(spoken()).toBe("Eleni: Line 2");
    act(() => vi.advanceTimersByTime(PAUSE_MS));
    expect(spoken()).toBe("4 new messages, the last from Eleni");
  });
});
