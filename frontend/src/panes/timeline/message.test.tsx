import { act, cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { run } from "../../commands/registry";
import { undoLast } from "../../commands/triage";
import type { Core } from "../../core";
import type { MessageShape } from "../../protocol/types.generated";
import { putMessage } from "../../store/apply";
import { AT, capability, channel, conversation, message, thread } from "../../testing/examples";
import { type Call, coreWith, playServer, show } from "../../testing/render";
import { t } from "../../text/i18n";
import { Timeline } from "./timeline";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

// The tools take the pointer only while it is over their message.
const user = userEvent.setup({ pointerEventsCheck: 0 });

const open = thread({ id: "t1", kind: "comment", audience: "public" });
const row = conversation({ threads: [open], kind: "comment", audience: "public" });
const said = (change: Partial<MessageShape> = {}) =>
  message({ kind: "comment", audience: "public", text: "Buy cheap now", ...change });
const agent = { kind: "agent", id: "a2", name: "Jonas Brandt" } as const;

function ready(item: MessageShape, actions: string[], permissions = ["moderate", "reply"]): Core {
  const core = coreWith([row]);
  const capabilities = { comment: capability({ audience: "public", actions }) };
  const channels = { ch1: channel({ capabilities, reactions_out: ["👍"] }) };
  core.store.update((state) => ({ ...state, channels, me: state.me && { ...state.me, permissions } }), true);
  core.store.update((state) => putMessage(state, item), true);
  show(core, <Timeline row={row} failed={null} />);
  return core;
}

/** What the agent asked for; what the page looks up by itself (own fields, links) is nothing here. */
function accepts(): Call[] {
  const wanted: Call[] = [];
  playServer((call) => {
    if (call.method === "GET") return { body: { items: [] } };
    wanted.push(call);
    return { status: 202, body: { message: said({ as_of: 11 }) } };
  });
  return wanted;
}
const MORE = "More for this message";

describe("moderation of a comment", () => {
  it("offers only what the channel allows", async () => {
    playServer(() => ({ body: { items: [] } }));
    ready(said(), ["hide", "unhide"]);
    expect(screen.getByRole("button", { name: /Hide from others/ })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Answer in private" })).toBeNull();
    await user.click(screen.getByRole("button", { name: MORE }));
    expect(screen.queryByRole("menuitem", { name: /Delete/ })).toBeNull();
  });

  it("offers nothing of it to those without the right", () => {
    playServer(() => ({ body: { items: [] } }));
    ready(said(), ["hide", "unhide", "ban"], []);
    expect(screen.queryByRole("button", { name: /Hide from others/ })).toBeNull();
  });

  it("hides at once and takes it back in one step", async () => {
    const calls = accepts();
    const core = ready(said(), ["hide", "unhide"]);
    await user.click(screen.getByRole("button", { name: /Hide from others/ }));
    await waitFor(() => expect(core.desk.get().undos).toHaveLength(1));
    await undoLast(core);
    expect(calls.map((call) => call.body.action)).toEqual(["hide", "revert"]);
  });

  it("hides by the key H and likes by the key L", async () => {
    const calls = accepts();
    const core = ready(said(), ["hide", "unhide", "react"]);
    run(core, "hide");
    run(core, "like");
    await waitFor(() =>
      expect(calls.map((call) => call.body)).toEqual([{ action: "hide" }, { action: "react", emoji: "👍" }]),
    );
  });

  it("asks before it deletes, and sends the reason that was given", async () => {
    const calls = accepts();
    ready(said(), ["delete_comment"]);
    await user.click(screen.getByRole("button", { name: MORE }));
    await user.click(screen.getByRole("menuitem", { name: /Delete for good/ }));
    expect(calls).toEqual([]);
    const dialog = screen.getByRole("alertdialog");
    await user.type(within(dialog).getByLabelText(/Why, for your team/), "Spam links");
    await user.click(within(dialog).getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(calls[0]?.body).toEqual({ action: "delete", reason: "Spam links" }));
  });

  it("leaves what cannot be undone without an undo", async () => {
    accepts();
    const core = ready(said(), ["ban"]);
    await user.click(screen.getByRole("button", { name: MORE }));
    await user.click(screen.getByRole("menuitem", { name: /Ban the author/ }));
    await user.click(screen.getByRole("button", { name: "Ban" }));
    await waitFor(() => expect(core.desk.get().toast?.text).toContain("Asked to ban Eleni"));
    expect(core.desk.get().undos).toEqual([]);
  });

  it("turns the composer to the author in private", async () => {
    playServer(() => ({ body: { items: [] } }));
    const core = ready(said(), ["reply_comment", "private_reply"]);
    await user.click(screen.getByRole("button", { name: "Answer in private" }));
    expect(core.desk.get().mode["1"]).toBe("private");
    expect(core.desk.get().replyTo["1"]).toBe("m1");
  });
});

describe("what is no longer there for everyone", () => {
  const moderation = { action: "hide", reason: "Spam links", by: agent, at: AT, emoji: "", revertible: true } as const;

  it("is shown with who hid it, why, and the way back", async () => {
    const calls = accepts();
    ready(said({ hidden_at: AT, moderation }), ["hide", "unhide"]);
    const item = screen.getByRole("article");
    expect(item.textContent).toContain("Hidden by Jonas Brandt");
    expect(item.textContent).toContain("Reason: Spam links.");
    expect(item.textContent).toContain("Only its author still sees it.");
    await user.click(screen.getByRole("button", { name: "Show again" }));
    await waitFor(() => expect(calls[0]?.body.action).toBe("unhide"));
  });

  it("says who deleted it: one of us, or the author", () => {
    playServer(() => ({ body: { items: [] } }));
    ready(said({ deleted_at: AT, moderation: { ...moderation, action: "delete", revertible: false } }), []);
    expect(screen.getByRole("article").textContent).toContain("Deleted by Jonas Brandt");
    cleanup();
    ready(said({ deleted_at: AT }), []);
    expect(screen.getByRole("article").textContent).toContain("Deleted by the author");
  });
});

describe("an answer that waits to be sent", () => {
  it("says what it waits for, once there is a reason", () => {
    playServer(() => ({ body: { items: [] } }));
    const why = "The network asked us to slow down.";
    const delivery = { state: "queued", reason: why, at: AT, until: null, parts: 1, refused_recipients: {} } as const;
    ready(said({ direction: "out", author: agent, delivery }), []);
    expect(screen.getByText(why)).toBeTruthy();
  });
});

describe("the audience", () => {
  it("is named on each item", async () => {
    playServer(() => ({ body: { items: [] } }));
    const core = ready(said(), []);
    const privately = message({ id: "m2", audience: "private", direction: "out", position: 11, author: agent });
    core.store.update((state) => putMessage(state, privately), true);
    expect(await screen.findByRole("article", { name: /Jonas Brandt.*Private$/ })).toBeTruthy();
    expect(screen.getByRole("article", { name: /Eleni.*Public$/ })).toBeTruthy();
  });
});

describe("an item of one of several threads", () => {
  it("leads to splitting its thread off, to those who may (C14)", async () => {
    playServer(() => ({ body: { items: [] } }));
    const both = conversation({ threads: [open, thread({ id: "t2" })] });
    const core = coreWith([both]);
    const grant = (permissions: string[]) =>
      core.store.update((state) => ({ ...state, me: state.me && { ...state.me, permissions } }), true);
    grant(["reply"]);
    core.store.update((state) => putMessage(state, said({ thread_id: "t1" })), true);
    show(core, <Timeline row={both} failed={null} />);
    await user.click(screen.getByRole("button", { name: MORE }));
    expect(screen.queryByRole("menuitem", { name: t("cmd.split") })).toBeNull();
    await user.keyboard("{Escape}");
    act(() => grant(["triage"]));
    await user.click(screen.getByRole("button", { name: MORE }));
    await user.click(screen.getByRole("menuitem", { name: t("cmd.split") }));
    expect(core.desk.get().picker).toBe("split:t1");
  });
});
