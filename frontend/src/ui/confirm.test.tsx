import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Confirm } from "./confirm";

afterEach(cleanup);

const ask = (confirm: () => void) =>
  render(
    <Confirm title="Escalate" action="Escalate" safe cancel={() => {}} confirm={confirm}>
      <textarea aria-label="Why" required defaultValue="A refund" />
    </Confirm>,
  );

describe("a question that needs a few words", () => {
  it.each([{ ctrlKey: true }, { metaKey: true }])("is answered with the key that sends", (more) => {
    const confirm = vi.fn();
    ask(confirm);
    fireEvent.keyDown(screen.getByLabelText("Why"), { key: "Enter", ...more });
    expect(confirm).toHaveBeenCalledOnce();
  });

  it("takes Enter alone for a new line", () => {
    const confirm = vi.fn();
    ask(confirm);
    fireEvent.keyDown(screen.getByLabelText("Why"), { key: "Enter" });
    expect(confirm).not.toHaveBeenCalled();
  });
});
