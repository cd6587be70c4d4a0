import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DraftShape } from "../protocol/types.generated";
import { apply } from "../store/apply";
import { UNCONFIRMED } from "../store/state";
import { conversation, NOW } from "../testing/examples";
import { coreWith } from "../testing/render";
import { dropDraft, keepDraft, saveDraft } from "./drafts";
import { draftText } from "./reply";

interface Asked {
  method: string;
  body: Record<string, unknown>;
  answer: (status?: number, body?: unknown) => Promise<void>;
  fail: () => Promise<void>;
}

/** Requests that are answered when the test says so. */
function slowServer(): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal(
    "fetch",
    (_url: string, init: RequestInit) =>
      new Promise<Response>((resolve, reject) => {
        const body = typeof init.body === "string" ? JSON.parse(init.body) : {};
        asked.push({
          method: init.method ?? "GET",
          body,
          answer: async (status = 200, said = {}) => {
            resolve(new Response(JSON.stringify(said), { status }));
            await vi.advanceTimersByTimeAsync(0);
          },
          fail: async () => {
            reject(new TypeError("failed to fetch"));
            await vi.advanceTimersByTimeAsync(0);
          },
        });
      }),
  );
  return asked;
}

const kept = (text: string, version: number): DraftShape => ({
  conversation_id: "1",
  mode: "reply",
  thread_id: null,
  in_reply_to: null,
  text,
  version,
  at: `2026-11-22T10:00:0${version}.000Z`,
  shared: false,
});
const heard = (draft: DraftShape) => ({
  type: "mine" as const,
  whole: false,
  drafts: [draft],
  read_from: 0,
  starred: {},
  following: {},
  shared_drafts: [],
  read: {},
  notifications: [],
});
const words = (text: string) => ({ id: "1", mode: "reply" as const, thread: null, text });
const pause = () => vi.advanceTimersByTimeAsync(800);

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("words being written", () => {
  it("are told one request at a time, each on the version before", async () => {
    const asked = slowServer();
    const core = coreWith([conversation()]);
    keepDraft(core, words("one"));
    await pause();
    keepDraft(core, words("one two"));
    await pause();
    expect(asked).toHaveLength(1);
    await asked[0]?.answer(200, kept("one", 1));
    expect(asked[1]?.body).toMatchObject({ text: "one two", version: 1 });
    expect(core.state().drafts["1:reply"]?.version).toBe(UNCONFIRMED);
    await asked[1]?.answer(200, kept("one two", 2));
    expect(core.state().drafts["1:reply"]).toEqual(kept("one two", 2));
  });

  it("stay those of this window when another one had newer", async () => {
    const asked = slowServer();
    const core = coreWith([conversation()]);
    keepDraft(core, words("mine"));
    await pause();
    await asked[0]?.answer(409, { code: "changed", version: 7 });
    expect(asked[1]?.body).toMatchObject({ text: "mine", version: 7 });
  });

  it("are told again after a while where nobody answered", async () => {
    const asked = slowServer();
    const core = coreWith([conversation()]);
    keepDraft(core, words("mine"));
    await pause();
    await asked[0]?.fail();
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked[1]?.body).toMatchObject({ text: "mine" });
  });

  it("are read from this browser while the server has older ones", async () => {
    slowServer();
    const core = coreWith([conversation()]);
    core.store.update((state) => apply(state, heard(kept("old", 1)), NOW), true);
    keepDraft(core, words("older and more"));
    expect(draftText(core, "1", "reply").text).toBe("older and more");
  });
});

describe("words that have left", () => {
  it("do not come back by a late answer or a late echo, and leave nothing on the server", async () => {
    const asked = slowServer();
    const core = coreWith([conversation()]);
    keepDraft(core, words("sent"));
    await pause();
    dropDraft(core, "1", "reply");
    await asked[0]?.answer(200, kept("sent", 1));
    expect(draftText(core, "1", "reply").text).toBe("");
    expect(asked[1]?.method).toBe("DELETE");
    core.store.update((state) => apply(state, heard(kept("sent", 1)), NOW), true);
    await asked[1]?.answer();
    core.store.update((state) => apply(state, heard(kept("sent", 1)), NOW), true);
    expect(draftText(core, "1", "reply").text).toBe("");
    core.store.update((state) => apply(state, heard(kept("from another window", 2)), NOW), true);
    expect(draftText(core, "1", "reply").text).toBe("from another window");
  });

  it("cost no request where the server never had them", async () => {
    const asked = slowServer();
    const core = coreWith([conversation()]);
    keepDraft(core, words("quick"));
    dropDraft(core, "1", "reply");
    await pause();
    expect(asked).toHaveLength(0);
  });

  it("are removed too where it is not known whether they had arrived", async () => {
    const asked = slowServer();
    const core = coreWith([conversation()]);
    keepDraft(core, words("sent"));
    await pause();
    dropDraft(core, "1", "reply");
    await asked[0]?.fail();
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked[1]?.method).toBe("DELETE");
  });

  it("that came back and were given up stay away when what was kept of them is confirmed late", async () => {
    const asked = slowServer();
    const core = coreWith([conversation()]);
    void saveDraft(core, words("taken back"));
    await vi.advanceTimersByTimeAsync(0);
    keepDraft(core, words(""));
    await asked[0]?.answer(200, kept("taken back", 1));
    core.store.update((state) => apply(state, heard(kept("taken back", 1)), NOW), true);
    expect(draftText(core, "1", "reply").text).toBe("");
    await pause();
    expect(asked[1]?.method).toBe("DELETE");
  });
});
