import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { later } from "./later";

const Field = () => <input aria-label="Assign to" />;
const shown = (Part: React.ComponentType) =>
  render(
    <Suspense fallback="not yet">
      <Part />
    </Suspense>,
  );

afterEach(cleanup);

describe("a part that is loaded later", () => {
  it("is drawn at once where it was fetched ahead", async () => {
    let asked = 0;
    const Part = later(async () => {
      asked += 1;
      return Field;
    });
    Part.ahead();
    await Promise.resolve();
    await Promise.resolve();
    shown(Part);
    expect(screen.getByLabelText("Assign to")).toBeTruthy();
    expect(asked).toBe(1);
  });

  it("comes when it is there where nobody fetched it", async () => {
    shown(later(async () => Field));
    expect(screen.getByText("not yet")).toBeTruthy();
    expect(await screen.findByLabelText("Assign to")).toBeTruthy();
  });

  it("is asked for again when it is shown, where it could not be fetched ahead", async () => {
    let asked = 0;
    const Part = later(async () => {
      asked += 1;
      if (asked === 1) throw new TypeError("failed to fetch");
      return Field;
    });
    Part.ahead();
    await Promise.resolve();
    await Promise.resolve();
    shown(Part);
    expect(await screen.findByLabelText("Assign to")).toBeTruthy();
    expect(asked).toBe(2);
  });
});
