import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Core } from "../../../core";
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

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox");

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

  it("does not send more than the network takes", async () => {
    playServer(() => undefined);
    ready();
    await userEvent.type(field(), "x".repeat(23));
    expect(screen.getByText("3 too long here")).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: /Send privately/ }).disabled).toBe(true);
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
});
