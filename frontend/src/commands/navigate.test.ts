import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openId } from "../store/desk";
import { conversation } from "../testing/examples";
import { coreWith, playServer } from "../testing/render";
import { land, move } from "./navigate";

beforeEach(() => {
  vi.useFakeTimers();
  playServer(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const desk = () => coreWith(["1", "2", "3", "4"].map((id) => conversation({ id })));
const opened = (core: ReturnType<typeof desk>) => openId(core.desk.get());

describe("the key for the next row, a conversation being open", () => {
  it("opens the next one", () => {
    const core = desk();
    move(core, 1);
    expect(opened(core)).toBe("2");
  });

  it("passes by while it is held, and opens what it comes to when it is let go", () => {
    const core = desk();
    move(core, 1);
    move(core, 1, { held: true });
    move(core, 1, { held: true });
    expect(core.desk.get().cursor).toBe("4");
    expect(opened(core)).toBe("2");

    land(core);
    expect(opened(core)).toBe("4");
  });

  it("opens what it comes to where nobody says that it was let go", () => {
    const core = desk();
    move(core, 1, { held: true });
    expect(opened(core)).toBe("1");
    vi.advanceTimersByTime(1_000);
    expect(opened(core)).toBe("2");
  });

  it("leaves a reader alone who went elsewhere meanwhile", () => {
    const core = desk();
    move(core, 1, { held: true });
    core.go({ page: "desk", view: "mine", conversation: null });
    land(core);
    vi.advanceTimersByTime(1_000);
    expect(opened(core)).toBeNull();
  });
});
