import { act, cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { BY_ID, isFor, run } from "../../commands/registry";
import type { Core } from "../../core";
import type { MessageShape } from "../../protocol/types.generated";
import { putMessage } from "../../store/apply";
import { AT, conversation, message } from "../../testing/examples";
import { type Call, coreWith, playServer, show } from "../../testing/render";
import { Overlays } from "../overlays";
import { Timeline } from "./timeline";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const row = conversation();
const COMMANDS = ["approve", "approve-changed", "send-back"];

const waiting = (id: string, position: number): MessageShape =>
  message({
    id,
    position,
    direction: "out",
    text: `Answer ${id}`,
    author: { kind: "agent", id: "a2", name: "Jonas Brandt" },
    delivery: { state: "held", reason: "approval", at: AT, until: null, parts: 1, refused_recipients: {} },
  });

function ready(items: MessageShape[], permissions = ["settings"]): Core {
  const core = coreWith([row]);
  core.go({ page: "desk", view: "approve", conversation: row.id });
  core.store.update((state) => ({ ...state, me: state.me && { ...state.me, permissions } }), true);
  core.store.update((state) => items.reduce((next, item) => putMessage(next, item), state), true);
  const screenOf = (
    <>
      <Timeline row={row} failed={null} />
      <Overlays />
    </>
  );
  show(core, screenOf);
  return core;
}

/** What was asked for; every answer is the message as it is, no longer held. */
function accepts(): Call[] {
  const wanted: Call[] = [];
  playServer((call) => {
    if (call.method === "GET") return { body: { items: [] } };
    wanted.push(call);
    return { body: { message: { ...waiting("m1", 5), delivery: null } } };
  });
  return wanted;
}

const paths = (calls: readonly Call[]) => calls.map((call) => call.path.replace("/api/v1", ""));

describe("the keys of an answer that waits for a yes", () => {
  it("let it go, or send it back with what should be different", async () => {
    const calls = accepts();
    const core = ready([waiting("m1", 5)]);
    act(() => run(core, "send-back"));
    await userEvent.type(await screen.findByRole("textbox", { name: "What should be different?" }), "Too short");
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    expect(paths(calls)).toEqual(["/messages/m1/send-back"]);
    expect(calls[0]?.body).toEqual({ note: "Too short" });
  });

  it("mean the one that was written first, and ask where several wait", async () => {
    const calls = accepts();
    const core = ready([waiting("m2", 7), waiting("m1", 5)]);
    act(() => run(core, "approve"));
    expect(calls).toEqual([]);
    await userEvent.click(await screen.findByRole("button", { name: "Send this one all the same" }));
    expect(paths(calls)).toEqual(["/messages/m1/approve"]);
    expect(calls[0]?.body).toEqual({ force: true });
  });

  it("open the words to change them first", async () => {
    const calls = accepts();
    const core = ready([waiting("m1", 5)]);
    act(() => run(core, "approve-changed"));
    const words = await screen.findByRole("textbox", { name: "Change and approve" });
    await userEvent.clear(words);
    await userEvent.type(words, "Better");
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    expect(calls[0]?.body).toEqual({ text: "Better", force: false });
  });

  it.each([
    ["where nothing waits", [], ["settings"]],
    ["for those who may not", [waiting("m1", 5)], ["reply"]],
  ] as const)("are not there %s", (_case, items, permissions) => {
    accepts();
    const core = ready([...items], [...permissions]);
    expect(COMMANDS.filter((id) => BY_ID[id] && isFor(core, BY_ID[id]))).toEqual([]);
  });
});

describe("the words of an approver", () => {
  const WORDS = "Dear Eleni, it leaves on Friday";

  async function writes(core: Core): Promise<HTMLElement> {
    act(() => run(core, "approve-changed"));
    const words = await screen.findByRole("textbox", { name: "Change and approve" });
    await userEvent.clear(words);
    await userEvent.type(words, WORDS);
    return words;
  }

  it("stay when the server refuses them", async () => {
    const refusal = { status: 422, body: { status: 422, code: "parts", detail: "It would go in several parts." } };
    playServer((call) => (call.method === "GET" ? { body: { items: [] } } : refusal));
    const words = await writes(ready([waiting("m1", 5)]));
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    expect((await screen.findByRole("alert")).textContent).toBe("It would go in several parts.");
    expect(words).toHaveProperty("value", WORDS);
    expect(words.isConnected).toBe(true);
  });

  it.each([
    ["let it go", "sending", ""],
    ["sent it back", "cancelled", "sent_back"],
  ] as const)("stay when a colleague %s meanwhile, and cannot be sent any more", async (_case, state, why) => {
    const calls = accepts();
    const core = ready([waiting("m1", 5)]);
    const words = await writes(core);
    const delivery = { state, reason: why, at: AT, until: null, parts: 1, refused_recipients: {} };
    act(() => core.store.update((s) => putMessage(s, { ...waiting("m1", 5), as_of: 99, delivery }), true));
    expect(screen.getByRole("alert").textContent).toContain("A colleague decided this meanwhile.");
    expect(words).toHaveProperty("value", WORDS);
    expect(words.isConnected).toBe(true);
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    expect(calls).toEqual([]);
  });
});
