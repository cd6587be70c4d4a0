import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { agent, conversation } from "../testing/examples";
import { coreWith, playServer } from "../testing/render";
import { putChoices, restoreChoices } from "./choices";
import { keepDraft } from "./drafts";
import { arrived, changedHands, signOut } from "./kept-here";

const CHOICES = { items: [{ key: "k", title: "Yes", description: null, url: null }], title: "", location: false };

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Anna at work: words, choices and an answer that has not left are kept here. */
function atWork() {
  const core = coreWith([conversation()]);
  const mine = core.state().me?.agent.id ?? "";
  arrived(core, mine);
  keepDraft(core, { id: "1", mode: "reply", thread: "t1", text: "Dear" });
  putChoices(core, "1", CHOICES);
  localStorage.setItem("inbox.waiting", JSON.stringify([{ key: "w", conversation_id: "1", kind: "reply", text: "x" }]));
  return { core, mine };
}
const kept = () => Object.keys(localStorage).filter((key) => /draft|choices|waiting/.test(key)).length;

describe("whoever signs out", () => {
  it("leaves once his words are with the server, and leaves nothing in the browser", async () => {
    const calls = playServer(({ method }) => (method === "PUT" ? { body: { version: 1, at: "", text: "Dear" } } : {}));
    const { core } = atWork();

    await signOut(core);

    expect(calls.map((call) => `${call.method} ${call.path}`)).toEqual([
      "PUT /conversations/1/draft",
      "DELETE /session",
    ]);
    expect(kept()).toBe(0);
    expect([core.desk.get().session, core.desk.get().choices, core.state().me]).toEqual(["out", {}, null]);
  });

  it("stays while there is no connection: the session would go on", async () => {
    playServer(() => "unreachable");
    const { core } = atWork();
    vi.useFakeTimers();

    const leaving = signOut(core);
    await vi.advanceTimersByTimeAsync(3_000);
    await leaving;

    expect(core.desk.get().session).toBe("in");
    expect(core.desk.get().toast?.tone).toBe("bad");
    expect(kept()).toBe(3);
  });
});

describe("work that is kept here", () => {
  it("waits for its owner when his session ran out, and is taken up again by him", () => {
    playServer(() => ({}));
    const { core, mine } = atWork();
    core.signedOut("sign_in");
    expect(kept()).toBe(3);

    arrived(core, mine);

    expect(core.state().waitingSends).toHaveLength(1);
    restoreChoices(core, "1");
    expect(core.desk.get().choices["1"]).toEqual(CHOICES);
  });

  it("is neither found nor sent by somebody else", () => {
    playServer(() => ({}));
    const { core } = atWork();
    core.signedOut("sign_in");

    arrived(core, agent({ id: "99" }).id);

    expect([kept(), core.state().waitingSends]).toEqual([0, []]);
  });

  it("is forgotten at once when the session is ended from elsewhere", () => {
    playServer(() => ({}));
    const { core } = atWork();
    core.signedOut("revoked");
    expect(kept()).toBe(0);
  });

  it("is told by nobody after the session: words on their way stop", async () => {
    vi.useFakeTimers();
    const calls = playServer(() => ({}));
    const { core } = atWork();
    core.signedOut("sign_in");

    await vi.advanceTimersByTimeAsync(10_000);

    expect(calls.filter((call) => call.method === "PUT")).toEqual([]);
  });
});

describe("another tab of the same browser", () => {
  const said = (newValue: string | null) => new StorageEvent("storage", { key: "inbox.owner", newValue });

  it("that signs out, or lets somebody else in, ends this one", () => {
    const { core, mine } = atWork();
    expect(changedHands(core, said(null))).toBe("revoked");
    expect(changedHands(core, said("99"))).toBe("sign_in");
    expect(changedHands(core, said(mine))).toBeNull();
    expect(changedHands(core, new StorageEvent("storage", { key: "inbox.look", newValue: "{}" }))).toBeNull();
  });
});
