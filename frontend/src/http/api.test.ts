import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { playServer } from "../testing/render";
import { Api, ApiError } from "./api";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const tooFast = (seconds?: number) => ({
  status: 429,
  body: { status: 429, code: "rate_limited", detail: "too many requests", retry_after_seconds: seconds },
});

describe("a request that came too fast", () => {
  it("waits as long as it is told, and is asked again", async () => {
    let refused = 2;
    const calls = playServer(() => (refused-- > 0 ? tooFast(2) : { body: { id: "7" } }));
    const answer = new Api().post("/attachments", { name: "a" }, { key: "k1" });
    await vi.advanceTimersByTimeAsync(1_900);
    expect(calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_200);
    await expect(answer).resolves.toEqual({ id: "7" });
    expect(calls.map((call) => call.headers["Idempotency-Key"])).toEqual(["k1", "k1", "k1"]);
  });

  it.each([
    ["a wait is long", 60, 1],
    ["nobody said how long", undefined, 1],
    ["it does not end", 1, 6],
  ])("is given up where %s", async (_case, seconds, times) => {
    const calls = playServer(() => tooFast(seconds));
    const api = new Api();
    const failures: unknown[] = [];
    api.onFailure = (error) => failures.push(error);
    const answer = api.get("/tags").catch((error) => error);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await answer).toBeInstanceOf(ApiError);
    expect(calls).toHaveLength(times);
    expect(failures).toHaveLength(1);
  });
});
