import { act, cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { localDraft, takeOver, tellDrafts } from "../../../commands/drafts";
import { signal } from "../../../commands/registry";
import { answerItem, draftText, flushWaiting } from "../../../commands/reply";
import { undoLast } from "../../../commands/triage";
import type { Core } from "../../../core";
import { putMessage } from "../../../store/apply";
import { draftKey } from "../../../store/state";
import { capability, channel, conversation, message, thread } from "../../../testing/examples";
import { coreWith, playServer, show } from "../../../testing/render";
import { Composer } from "./composer";

const open = thread({ id: "t1", kind: "comment", audience: "public" });
const inside = thread({ id: "t2" });
const both = conversation({ threads: [inside, open] });

function ready(row = both): Core {
  const core = coreWith([row]);
  const capabilities = { direct: capability({ text_limit: 20 }), comment: capability({ audience: "public" }) };
  core.store.update((state) => ({ ...state, channels: { ch1: channel({ capabilities }) } }), true);
  show(core, <Composer row={row} />);
  return core;
}

const field = () => screen.getAllByRole<HTMLTextAreaElement>("textbox")[0] as HTMLTextAreaElement;

beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("the audience", () => {
  it("is said by the switch, the form's name and the send button alike", async () => {
    playServer(() => undefined);
    ready();
    expect(screen.getByRole("button", { name: /Send privately/ })).toBeTruthy();
    await userEvent.click(screen.getByRole("radio", { name: "Public" }));
    expect(screen.getByRole("button", { name: /Answer publicly/ })).toBeTruthy();
    expect(screen.getByRole("form", { name: "Public, anyone can read" })).toBeTruthy();
    await userEvent.click(screen.getByRole("radio", { name: "Note" }));
    expect(screen.getByRole("button", { name: /Add note/ })).toBeTruthy();
  });

  it("asks before words written in private become public", async () => {
    const calls = playServer(() => ({ status: 202, body: { message: message({ id: "m6", direction: "out" }) } }));
    ready();
    await userEvent.type(field(), "Dear Eleni");
    await userEvent.click(screen.getByRole("radio", { name: "Public" }));
    await userEvent.click(screen.getByRole("button", { name: /Answer publicly/ }));
    expect(screen.getByRole("alert").textContent).toContain("You wrote this in private.");
    expect(calls.some((call) => call.path.endsWith("/replies"))).toBe(false);
    await userEvent.click(screen.getByRole("button", { name: "Publish" }));
    await waitFor(() => expect(calls.find((call) => call.path.endsWith("/replies"))?.body.thread_id).toBe("t1"));
  });
});

describe("sending", () => {
  it("names the thread and what was seen, with a key, and clears the words once the server has them", async () => {
    const calls = playServer((call) =>
      call.path.endsWith("/replies")
        ? { status: 202, body: { message: message({ id: "m7", direction: "out" }) } }
        : undefined,
    );
    const core = ready();
    await userEvent.type(field(), "Hello");
    await userEvent.click(screen.getByRole("button", { name: /Send privately/ }));
    await waitFor(() => expect(field().value).toBe(""));
    const sent = calls.find((call) => call.path.endsWith("/replies"));
    expect(sent?.body).toMatchObject({ text: "Hello", thread_id: "t2", seen_position: 10 });
    expect(sent?.headers["Idempotency-Key"]).toMatch(/^[0-9a-f]{24}$/);
    expect(core.state().timelines["1"]?.messages.m7).toBeTruthy();
  });

  it("keeps what is written while the words before are on their way", async () => {
    playServer((call) =>
      call.path.endsWith("/replies")
        ? { status: 202, body: { message: message({ id: "m7", direction: "out" }) } }
        : undefined,
    );
    const quick = fetch;
    let arrive = () => {};
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      if (url.endsWith("/replies")) await new Promise<void>((resolve) => (arrive = resolve));
      return quick(url, init);
    });
    const core = ready();
    await userEvent.type(field(), "Hello");
    await userEvent.click(screen.getByRole("button", { name: /Send privately/ }));
    await userEvent.type(field(), "and more");
    arrive();
    await waitFor(() => expect(field().value).toBe("and more"));
    expect(draftText(core, "1", "reply").text).toBe("and more");
  });

  it("keeps the words and shows what is newer when something came meanwhile", async () => {
    const newer = message({ id: "m8", text: "Never mind, it is here", position: 12, as_of: 12 });
    const calls = playServer((call) =>
      call.path.endsWith("/replies") && !call.body.force
        ? { status: 409, body: { code: "newer_items", items: [newer], position: 12 } }
        : { status: 202, body: { message: message({ id: "m9", direction: "out" }) } },
    );
    ready();
    await userEvent.type(field(), "Hello");
    await userEvent.click(screen.getByRole("button", { name: /Send privately/ }));
    await screen.findByText("Never mind, it is here");
    expect(field().value).toBe("Hello");
    await userEvent.click(screen.getByRole("button", { name: "Send anyway" }));
    await waitFor(() => expect(calls.some((call) => call.body.force === true)).toBe(true));
  });

  it("empties the field when the answer is given up for what is newer, and writes anew from there", async () => {
    const newer = message({ id: "m8", text: "Never mind, it is here", position: 12, as_of: 12 });
    playServer((call) =>
      call.path.endsWith("/replies") ? { status: 409, body: { code: "newer_items", items: [newer] } } : undefined,
    );
    const core = ready();
    await userEvent.type(field(), "Hello");
    await userEvent.click(screen.getByRole("button", { name: /Send privately/ }));
    await userEvent.click(await screen.findByRole("button", { name: "Discard" }));
    expect(field().value).toBe("");
    expect(screen.queryByText("Never mind, it is here")).toBeNull();
    expect(core.desk.get().began[both.id]).toBeUndefined();
    expect(localStorage.length).toBe(0);
  });

  it("says a refusal in the server's words and keeps the agent's", async () => {
    playServer((call) =>
      call.path.endsWith("/replies")
        ? { status: 422, body: { code: "window_closed", detail: "WhatsApp accepts no free text now." } }
        : undefined,
    );
    ready();
    await userEvent.type(field(), "Hello");
    await userEvent.click(screen.getByRole("button", { name: /Send privately/ }));
    expect((await screen.findByRole("alert")).textContent).toContain("WhatsApp accepts no free text now.");
    expect(field().value).toBe("Hello");
  });

  it("keeps an answer here while there is no server", async () => {
    playServer(() => "unreachable");
    const core = ready();
    await userEvent.type(field(), "Hello");
    await userEvent.click(screen.getByRole("button", { name: /Send privately/ }));
    await waitFor(() => expect(core.state().waitingSends.map((send) => send.text)).toEqual(["Hello"]));
    expect(localStorage.getItem("inbox.waiting")).toContain("Hello");
  });

  it("is done with an answer whose first try was taken, though nobody heard so", async () => {
    let lost = true;
    const calls = playServer(() =>
      lost ? "unreachable" : { status: 409, body: { status: 409, code: "in_flight", detail: "look before asking" } },
    );
    const core = ready();
    await userEvent.type(field(), "Hello");
    await userEvent.click(screen.getByRole("button", { name: /Send privately/ }));
    await waitFor(() => expect(core.state().waitingSends).toHaveLength(1));
    lost = false;
    await flushWaiting(core);
    const keys = calls.filter(({ path }) => path.endsWith("/replies")).map(({ headers }) => headers["Idempotency-Key"]);
    expect(new Set(keys).size).toBe(1);
    expect(core.state().waitingSends).toEqual([]);
    expect(field().value).toBe("");
    expect(core.desk.get().toast?.tone).not.toBe("bad");
  });

  it("does not send more than the network takes", async () => {
    playServer(() => undefined);
    ready();
    await userEvent.type(field(), "x".repeat(23));
    expect(await screen.findByText("3 too long here")).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: /Send privately/ }).disabled).toBe(true);
  });
});

describe("an answer over the limit", () => {
  it("is offered in parts that can be looked at first", async () => {
    const calls = playServer(() => ({ status: 202, body: { message: message({ id: "m7", direction: "out" }) } }));
    ready();
    await userEvent.type(field(), "One two three. Four five six.");
    await userEvent.click(await screen.findByRole("button", { name: "See the parts" }));
    expect(screen.getByText("Part 2 of 2")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Send in 2 parts" }));
    await waitFor(() => expect(calls.find((call) => call.path.endsWith("/replies"))?.body.split).toBe(true));
  });
});

describe("an answer for later", () => {
  it("goes at the time that was typed, and is no undo window of hours", async () => {
    const later = new Date(Date.now() + 5 * 3_600_000).toISOString();
    const delivery = { state: "held", reason: "", at: later, until: later, parts: 1, refused_recipients: {} };
    const sent = { ...message({ id: "m7", direction: "out" }), delivery };
    const calls = playServer((call) =>
      call.path.endsWith("/replies") ? { status: 202, body: { message: sent } } : undefined,
    );
    const core = ready();
    await userEvent.type(field(), "Hello");
    await userEvent.click(screen.getByRole("button", { name: "More ways to send" }));
    await userEvent.click(screen.getByRole("menuitem", { name: /Send later/ }));
    expect(core.desk.get().picker).toBe("send-later");
    signal({ sendAt: Date.parse(later) });
    await waitFor(() => expect(calls.find((call) => call.path.endsWith("/replies"))?.body.send_at).toBe(later));
    await waitFor(() => expect(core.desk.get().undos.at(-1)).toMatchObject({ until: null }));
    expect(core.desk.get().undos.at(-1)?.text).toMatch(/^Goes /);
  });
});

describe("a private answer with a public line", () => {
  const held = (id: string) => {
    const until = new Date(Date.now() + 10_000).toISOString();
    const delivery = { state: "held", reason: "", at: until, until, parts: 1, refused_recipients: {} };
    return { ...message({ id, direction: "out", text: id }), delivery };
  };
  const comment = conversation({ threads: [open] });
  function begin() {
    const core = coreWith([comment]);
    const can = capability({ audience: "public", actions: ["reply_comment", "private_reply"] });
    core.store.update((state) => ({ ...state, channels: { ch1: channel({ capabilities: { comment: can } }) } }), true);
    show(core, <Composer row={comment} />);
    return core;
  }

  it("sends the line after the answer, and one undo takes both back", async () => {
    let n = 0;
    const calls = playServer((call) => {
      if (call.path.endsWith("/replies")) n += 1;
      return call.path.endsWith("/replies") ? { status: 202, body: { message: held(`m${n}`) } } : undefined;
    });
    const core = begin();
    await userEvent.click(screen.getByRole("radio", { name: "Private" }));
    await userEvent.type(field(), "What is your order number?");
    await userEvent.click(screen.getByRole("checkbox", { name: "and leave a public line" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Public line" }), "We wrote to you");
    await userEvent.click(screen.getByRole("button", { name: /Send both/ }));
    await waitFor(() => expect(n).toBe(2));
    const [first, second] = calls.filter((call) => call.path.endsWith("/replies"));
    expect(first?.body).toMatchObject({ audience: "private", text: "What is your order number?" });
    expect(second?.body).toMatchObject({ text: "We wrote to you", thread_id: "t1", ends_wait: false });
    expect(second?.body.audience).toBeUndefined();
    await waitFor(() => expect(core.desk.get().undos).toHaveLength(1));
    await undoLast(core);
    const undone = calls.filter((call) => call.path.endsWith("/actions")).map((call) => call.path);
    expect(undone).toEqual(["/messages/m2/actions", "/messages/m1/actions"]);
  });

  it("comes back as private words when it is taken back, to the same person, and asks before they are published", async () => {
    const mine = { ...held("m1"), audience: "private" as const, thread_id: "t1", in_reply_to: "c1" };
    const calls = playServer((call) =>
      call.path.endsWith("/replies") ? { status: 202, body: { message: mine } } : undefined,
    );
    const core = begin();
    await userEvent.click(screen.getByRole("radio", { name: "Private" }));
    await userEvent.type(field(), "Skoufa 12?");
    await userEvent.click(screen.getByRole("button", { name: /Send privately/ }));
    await waitFor(() => expect(core.desk.get().undos).toHaveLength(1));
    await undoLast(core);
    expect(core.desk.get().replyTo[comment.id]).toBe("c1");
    expect(await screen.findByRole("button", { name: /Send privately/ })).toBeTruthy();
    await userEvent.click(screen.getByRole("radio", { name: "Public" }));
    await userEvent.click(screen.getByRole("button", { name: /Answer publicly/ }));
    expect(screen.getByRole("alert").textContent).toContain("You wrote this in private.");
    expect(calls.filter((call) => call.path.endsWith("/replies"))).toHaveLength(1);
  });

  it("is still private when its draft is opened again, here or elsewhere", async () => {
    playServer(() => undefined);
    begin();
    await userEvent.click(screen.getByRole("radio", { name: "Private" }));
    await userEvent.type(field(), "Skoufa 12?");
    cleanup();
    begin();
    expect(field().value).toBe("Skoufa 12?");
    expect(screen.getByRole("button", { name: /Send privately/ })).toBeTruthy();
    cleanup();
    localStorage.clear();
    const elsewhere = begin();
    const draft = {
      conversation_id: comment.id,
      mode: "reply" as const,
      thread_id: null,
      text: "Skoufa 12?",
      in_reply_to: null,
    };
    act(() =>
      elsewhere.store.update(
        (state) => ({
          ...state,
          drafts: { [draftKey(comment.id, "reply")]: { ...draft, version: 1, at: "2099", shared: false } },
        }),
        true,
      ),
    );
    expect(field().value).toBe("Skoufa 12?");
    expect(screen.getByRole("button", { name: /Send privately/ })).toBeTruthy();
  });

  it("begins with one key, and sending goes to the line while that is empty", async () => {
    const calls = playServer(() => undefined);
    begin();
    act(() => signal("focus-both"));
    expect(screen.getByRole<HTMLInputElement>("checkbox", { name: "and leave a public line" }).checked).toBe(true);
    await userEvent.type(field(), "What is your order number?");
    act(() => signal("send"));
    expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Public line" }));
    expect(calls.some((call) => call.path.endsWith("/replies"))).toBe(false);
  });

  it("keeps the line's words where the network refuses it, and says so", async () => {
    let n = 0;
    playServer((call) => {
      if (call.path.endsWith("/draft")) return { body: { ...call.body, conversation_id: "1", version: 1, at: "2099" } };
      if (!call.path.endsWith("/replies")) return undefined;
      n += 1;
      return n === 1
        ? { status: 202, body: { message: held("m1") } }
        : { status: 422, body: { code: "rejected", detail: "Comments are closed." } };
    });
    const core = begin();
    await userEvent.click(screen.getByRole("radio", { name: "Private" }));
    await userEvent.type(field(), "Hi");
    await userEvent.click(screen.getByRole("checkbox", { name: "and leave a public line" }));
    await userEvent.clear(screen.getByRole("textbox", { name: "Public line" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Public line" }), "See your messages");
    await userEvent.click(screen.getByRole("button", { name: /Send both/ }));
    await waitFor(() => expect(core.desk.get().toast?.text).toContain("Comments are closed."));
    await waitFor(() => expect(field().value).toBe("See your messages"));
    expect(screen.getByRole("button", { name: /Answer publicly/ })).toBeTruthy();
  });
});

describe("a private answer to one of several who comment", () => {
  const several = conversation({ threads: [open], participants_count: 2 });
  const said = (id: string, name: string, position: number) =>
    message({
      id,
      thread_id: "t1",
      position,
      text: `${name} asks`,
      author: { ...message({}).author, id: name, name },
    });
  const anna = said("c1", "Anna", 5);
  const bob = said("c2", "Bob", 9);
  const kept = (in_reply_to: string | null) => ({
    conversation_id: several.id,
    mode: "reply" as const,
    thread_id: null,
    text: "Skoufa 12?",
    in_reply_to,
    version: 1,
    at: "2099",
    shared: false,
  });
  function begin(messages = [anna], draft?: ReturnType<typeof kept>) {
    const core = coreWith([several]);
    const can = capability({ audience: "public", actions: ["reply_comment", "private_reply"] });
    const drafts = draft ? { [draftKey(several.id, "reply")]: draft } : {};
    core.store.update(
      (state) =>
        messages.reduce((next, one) => putMessage(next, one), {
          ...state,
          drafts,
          channels: { ch1: channel({ capabilities: { comment: can } }) },
        }),
      true,
    );
    show(core, <Composer row={several} />);
    return core;
  }
  const sendButton = () => screen.getByRole<HTMLButtonElement>("button", { name: /Send privately/ });
  const accepted = () =>
    playServer(() => ({ status: 202, body: { message: message({ id: "m7", direction: "out" }) } }));
  async function goesTo(calls: ReturnType<typeof playServer>, item: string) {
    await userEvent.click(sendButton());
    await waitFor(() => expect(calls.some((call) => call.path.endsWith("/replies"))).toBe(true));
    const sent = calls.find((call) => call.path.endsWith("/replies"));
    expect(sent?.body).toMatchObject({ audience: "private", thread_id: "t1", in_reply_to: item });
  }

  it("goes to the one it was begun for after a reload, whoever commented meanwhile", async () => {
    begin();
    await userEvent.click(screen.getByRole("radio", { name: "Private" }));
    await userEvent.type(field(), "Skoufa 12?");
    cleanup();
    const calls = accepted();
    begin([anna, bob]);
    expect(screen.getByText("Anna: Anna asks")).toBeTruthy();
    await goesTo(calls, "c1");
  });

  it("does so on another device, and one that is taken over", async () => {
    const calls = accepted();
    begin([anna, bob], kept("c1"));
    expect(screen.getByText("Anna: Anna asks")).toBeTruthy();
    await goesTo(calls, "c1");
    cleanup();
    localStorage.clear();
    const again = playServer((call) =>
      call.path.endsWith("/take-over")
        ? { body: kept("c1") }
        : { status: 202, body: { message: message({ id: "m8", direction: "out" }) } },
    );
    const core = begin([anna, bob]);
    await takeOver(core, { ...kept("c1"), agent_id: "2" });
    act(() => signal("words-back"));
    await goesTo(again, "c1");
  });

  it("is told with the item, and with another where the agent turns to another", async () => {
    const calls = playServer(() => undefined);
    const core = begin([anna, bob]);
    act(() => answerItem(core, anna, true));
    await userEvent.type(field(), "Skoufa 12?");
    expect(localDraft(several.id, "reply")?.item).toBe("c1");
    act(() => answerItem(core, bob, true));
    expect(localDraft(several.id, "reply")).toMatchObject({ text: "Skoufa 12?", thread: null, item: "c2" });
    await tellDrafts(core);
    const told = calls.filter((call) => call.path.endsWith("/draft"));
    expect(told.at(-1)?.body).toMatchObject({ text: "Skoufa 12?", in_reply_to: "c2", thread_id: null });
  });

  it.each([null, "gone"])("waits for the agent to choose where its item is not known (%s)", async (item) => {
    const calls = accepted();
    const core = begin([anna, bob], kept(item));
    expect(screen.getByRole("status").textContent).toContain("Choose the comment this answers");
    expect(sendButton().disabled).toBe(true);
    act(() => signal("send"));
    expect(calls.some((call) => call.path.endsWith("/replies"))).toBe(false);
    act(() => answerItem(core, anna, true));
    await goesTo(calls, "c1");
  });
});

describe("a closed window", () => {
  it("says since when and offers templates where the network has them", async () => {
    playServer(() => undefined);
    const row = conversation({
      threads: [thread({ window_closes_at: new Date(Date.now() - 3_600_000).toISOString() })],
    });
    const core = coreWith([row]);
    const can = capability({ starts: true, window_seconds: 86_400 });
    core.store.update((state) => ({ ...state, channels: { ch1: channel({ capabilities: { direct: can } }) } }), true);
    show(core, <Composer row={row} />);
    expect(screen.getByText("Telegram accepts no free text now.")).toBeTruthy();
    expect(screen.queryByRole("textbox")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Choose a template" }));
    expect(core.desk.get().picker).toBe("templates");
  });

  it("is told to the key for answering: no letter that follows may become a command", async () => {
    playServer(() => undefined);
    const ended = new Date(Date.now() - 3_600_000).toISOString();
    const row = conversation({ threads: [thread({ window_closes_at: ended })] });
    const core = coreWith([row]);
    const can = (starts: boolean) => {
      const direct = capability({ starts, window_seconds: 86_400 });
      core.store.update((state) => ({ ...state, channels: { ch1: channel({ capabilities: { direct } }) } }), true);
    };
    can(true);
    show(core, <Composer row={row} />);
    act(() => signal("focus-reply"));
    expect(core.desk.get().picker).toBe("templates");
    core.show({ picker: null });
    act(() => can(false));
    act(() => signal("focus-reply"));
    expect(core.desk.get().picker).toBeNull();
    expect(document.activeElement?.textContent).toContain("Telegram accepts no free text now.");
  });
});

describe("the place of an answer", () => {
  it("does not change under words that were begun, wherever the customer writes next", async () => {
    playServer(() => undefined);
    const core = coreWith([both]);
    const can = { direct: capability(), comment: capability({ audience: "public" }) };
    core.store.update((state) => ({ ...state, channels: { ch1: channel({ capabilities: can }) } }), true);
    show(core, <Composer row={both} />);
    await userEvent.type(field(), "Dear");
    core.store.update((state) => putMessage(state, message({ id: "n", thread_id: "t1", position: 99 })), true);
    expect(screen.getByRole("button", { name: /Send privately/ })).toBeTruthy();
    expect(screen.getByRole<HTMLInputElement>("radio", { name: "Private" }).getAttribute("aria-checked")).toBe("true");
  });
});

describe("emoji", () => {
  it("are found by words and put in at the caret", async () => {
    playServer(() => undefined);
    ready();
    await userEvent.type(field(), "On its way ");
    await userEvent.click(screen.getByRole("button", { name: "Emoji" }));
    await userEvent.type(await screen.findByRole("combobox", { name: "Search emoji" }), "parcel{Enter}");
    expect(field().value).toBe("On its way 📦");
  });
});

describe("drafts", () => {
  it("survive in this browser", async () => {
    playServer(() => "unreachable");
    ready();
    await userEvent.type(field(), "Half a sen");
    cleanup();
    ready();
    expect(field().value).toBe("Half a sen");
  });

  it("keep the last letters, which the server never heard of when the page was left", async () => {
    playServer(() => undefined);
    ready();
    await userEvent.type(field(), "Half a sentence");
    cleanup();
    const core = coreWith([both]);
    core.store.update((state) => ({ ...state, channels: { ch1: channel() } }), true);
    const told = { conversation_id: "1", mode: "reply" as const, thread_id: "t2", in_reply_to: null, shared: false };
    const drafts = {
      [draftKey("1", "reply")]: { ...told, text: "Half a sen", version: 1, at: "2020-01-01T00:00:00Z" },
    };
    core.store.update((state) => ({ ...state, drafts }), true);
    show(core, <Composer row={both} />);
    expect(field().value).toBe("Half a sentence");
    act(() => {
      const since = { ...told, text: "Written on the phone since", version: 2, at: "2099-01-01T00:00:00Z" };
      core.store.update((state) => ({ ...state, drafts: { [draftKey("1", "reply")]: since } }), true);
    });
    expect(field().value).toBe("Written on the phone since");
  });
});
