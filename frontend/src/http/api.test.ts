import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { playServer } from "../testing/render";
import { Api, ApiError, Unreachable } from "./api";

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

describe("an answer that says nothing of what was asked", () => {
  it.each([
    ["the database was lost before it confirmed", { status: 503, body: { status: 503, code: "unconfirmed" } }],
    ["a proxy lost the server", { status: 502, body: undefined }],
    ["a proxy waited for too long", { status: 504, body: undefined }],
  ])("is as good as none: %s", async (_case, answer) => {
    playServer(() => answer);
    const failed = await new Api().post("/conversations/1/replies", {}, { key: "k1" }).catch((error) => error);
    expect(failed).toBeInstanceOf(Unreachable);
  });

  it("is another thing than a server that did nothing", async () => {
    playServer(() => ({
      status: 503,
      body: { status: 503, code: "store_unavailable", detail: "nothing was changed" },
    }));
    const failed = await new Api().post("/conversations/1/replies", {}, { key: "k1" }).catch((error) => error);
    expect(failed).toBeInstanceOf(ApiError);
  });
});
