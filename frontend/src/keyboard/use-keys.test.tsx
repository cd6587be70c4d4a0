import { cleanup, fireEvent } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { conversation } from "../testing/examples";
import { coreWith, playServer, show } from "../testing/render";
import { Confirm } from "../ui/confirm";
import { useCore } from "../ui/use-core";
import { useKeys } from "./use-keys";

function Desk({ asks }: { asks: boolean }) {
  useKeys(useCore());
  return asks ? <Confirm title="Delete this?" action="Delete" cancel={() => {}} confirm={() => {}} /> : null;
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("keys", () => {
  it("reach the desk", () => {
    const core = coreWith([conversation()]);
    show(core, <Desk asks={false} />);
    fireEvent.keyDown(document.body, { key: "a", code: "KeyA" });
    expect(core.desk.get().picker).toBe("assign");
  });

  it("do not reach what lies behind a question", () => {
    const calls = playServer(() => undefined);
    const core = coreWith([conversation()]);
    show(core, <Desk asks />);
    for (const key of ["e", "a", "d", "j"]) fireEvent.keyDown(document.body, { key, code: `Key${key.toUpperCase()}` });
    expect(core.desk.get().picker).toBeNull();
    expect(calls).toEqual([]);
  });
});
