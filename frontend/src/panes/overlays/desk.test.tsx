import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sendReply } from "../../commands/reply";
import { closeAll, undoLast } from "../../commands/triage";
import type { MacroShape } from "../../protocol/types.generated";
import { conversation, message, thread } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { BulkReply } from "./bulk-reply";
import { BulkResults, ClosingPicker, LinkPicker, SplitPicker } from "./desk-pickers";
import { MacroDialog } from "./macro-picker";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const macro: MacroShape = {
  id: "m1",
  name: "Late",
  shortcut: "late",
  scope: "all",
  owner_id: null,
  team_id: null,
  steps: { reply: "Dear {first_name|there}", priority: "high", tags_on: ["g1"] },
  version: 1,
};

function withMacro(rows = [conversation()]) {
  const core = coreWith(rows);
  core.store.update((state) => ({ ...state, macros: { m1: macro } }), true);
  return core;
}

describe("a macro", () => {
  it("is read before it is run, and taken back by its id", async () => {
    const held = message({ id: "m9", direction: "out", delivery: null });
    const calls = playServer(({ path }) => {
      if (path.endsWith("/preview")) return { body: { text: "Dear Eleni", thread_id: "t1", problem: null } };
      if (path.endsWith("/undo")) return { body: { results: [{ id: "1", ok: true }], bulk_id: null } };
      return { status: 202, body: { conversation: conversation({ as_of: 11 }), message: held, bulk_id: "77" } };
    });
    const core = withMacro();
    show(core, <MacroDialog ids={["1"]} id="m1" close={() => {}} />);
    expect(await screen.findByText("Dear Eleni")).toBeTruthy();
    expect(screen.getByText("tag delivery")).toBeTruthy();
    await waitFor(() => expect(document.activeElement?.textContent).toContain("Run"));
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(calls.at(-1)?.path).toBe("/conversations/1/macros/m1"));
    await waitFor(() => expect(core.desk.get().undos).toHaveLength(1));
    await undoLast(core);
    expect(calls.at(-1)?.path).toBe("/conversations/bulk/77/undo");
  });

  it("is not run while something stands against it", async () => {
    const detail = "nothing is known for {contact.company}";
    playServer(() => ({ body: { text: "", thread_id: null, problem: { code: "variables", detail } } }));
    show(withMacro(), <MacroDialog ids={["1"]} id="m1" close={() => {}} />);
    expect(await screen.findByText(detail)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: /Run/ }).disabled).toBe(true);
  });
});

describe("an answer to many", () => {
  const people = Array.from({ length: 13 }, (_, n) => ({
    id: String(n + 1),
    number: n + 1,
    name: `Person ${n + 1}`,
    thread_id: "t1",
    audience: "private",
    text: `Dear ${n + 1}`,
    ok: n !== 12,
    code: n === 12 ? "blocked" : null,
    detail: n === 12 ? "Person 13 has blocked us" : null,
  }));
  const ids = people.map((one) => one.id);

  async function begin() {
    const calls = playServer(({ path, body }) => {
      if (path.endsWith("/preview")) return { body: { items: people } };
      const sent = body.ids as string[];
      return { status: 202, body: { results: sent.map((id) => ({ id, ok: true })), bulk_id: "5" } };
    });
    const core = coreWith([conversation()]);
    const close = vi.fn();
    show(core, <BulkReply ids={ids} close={close} />);
    await userEvent.type(screen.getByLabelText("Own words"), "The post is late");
    await screen.findByText("Dear 1", undefined, { timeout: 3000 });
    return { calls, core, close };
  }

  it("leaves out whom it names, and goes in slices", async () => {
    const { calls, core, close } = await begin();
    expect(screen.getByText("Left out: Person 13 has blocked us")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Send to 12 people" }));
    await waitFor(() => expect(close).toHaveBeenCalledOnce());
    const slices = calls.filter((call) => call.path.endsWith("bulk-replies")).map((call) => call.body.ids);
    expect(slices).toEqual([ids.slice(0, 10), ids.slice(10, 12)]);
    expect(core.desk.get().undos).toHaveLength(1);
  });

  it("stops between two slices", async () => {
    const { calls, core } = await begin();
    const quick = globalThis.fetch;
    let open = () => {};
    const gate = new Promise<void>((done) => {
      open = done;
    });
    vi.stubGlobal("fetch", (...asked: Parameters<typeof fetch>) => gate.then(() => quick(...asked)));
    await userEvent.click(screen.getByRole("button", { name: "Send to 12 people" }));
    await userEvent.click(screen.getByRole("button", { name: "Stop" }));
    open();
    await waitFor(() => expect(core.desk.get().bulk?.done).toBe("Stopped: 10 of 12 sent"));
    expect(calls.filter((call) => call.path.endsWith("bulk-replies"))).toHaveLength(1);
  });
});

describe("closing", () => {
  it("asks at once for the tag that the desk demands, then closes", async () => {
    const tagged = conversation({ tags: ["g1"], as_of: 11 });
    const calls = playServer(({ method }) => ({
      body: { conversation: method === "PUT" ? tagged : { ...tagged, status: "closed", as_of: 12 } },
    }));
    const core = coreWith([conversation()]);
    const closing = { needs_tag: true, tag_ids: [], needs_assignee: false, fields: [], kinds: [] };
    const approvals = { agent_ids: [], channel_ids: [], stars: null };
    core.store.update((state) => ({ ...state, deskRules: { closing, approvals, version: 1 } }), true);
    closeAll(core, ["1"]);
    expect(core.desk.get().picker).toBe("closing");
    expect(calls).toHaveLength(0);
    show(core, <ClosingPicker close={() => core.show({ picker: null, closing: [] })} />);
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(calls.map((call) => call.method)).toEqual(["PUT", "PATCH"]));
    expect(calls[1]?.body).toEqual({ status: "closed" });
  });

  it("does not hold an answer back that was to close: it goes, then it asks", async () => {
    const calls = playServer(() => ({ status: 202, body: { message: message({ id: "m7", direction: "out" }) } }));
    const core = coreWith([conversation()]);
    const closing = { needs_tag: true, tag_ids: [], needs_assignee: false, fields: [], kinds: [] };
    const approvals = { agent_ids: [], channel_ids: [], stars: null };
    core.store.update((state) => ({ ...state, deskRules: { closing, approvals, version: 1 } }), true);
    const sent = await sendReply(core, conversation(), { text: "Tomorrow.", thread_id: "t1" }, { thenClose: true });
    expect(sent.outcome).toBe("sent");
    expect(calls.find((call) => call.path.endsWith("/replies"))?.body.then_close).toBeUndefined();
    expect([core.desk.get().picker, core.desk.get().closing]).toEqual(["closing", ["1"]]);
  });

  it("asks for own fields that are empty, one after the other, as each is best said (C22)", async () => {
    const own = { subject: "conversation", required: false, place: 1, created_at: "", version: 1 };
    const fields = [
      { ...own, id: "f1", key: "reason", name: "Reason", kind: "choice", choices: ["Late", "Lost"] },
      { ...own, id: "f2", key: "order", name: "Order", kind: "text", choices: [] },
    ];
    let row = conversation({ as_of: 11 });
    const calls = playServer(({ path, body }) => {
      if (path === "/custom-fields") return { body: { items: fields } };
      if (path === "/context-links") return { body: { items: [] } };
      row = { ...row, as_of: row.as_of + 1, fields: { ...row.fields, ...(body.fields as object) } };
      return { body: path.endsWith("/fields") ? row : { conversation: { ...row, status: "closed" } } };
    });
    const core = coreWith([row]);
    const closing = { needs_tag: false, tag_ids: [], needs_assignee: false, fields: ["reason", "order"], kinds: [] };
    const approvals = { agent_ids: [], channel_ids: [], stars: null };
    core.store.update((state) => ({ ...state, deskRules: { closing, approvals, version: 1 } }), true);
    closeAll(core, ["1"]);
    show(core, <ClosingPicker close={() => core.show({ picker: null, closing: [] })} />);
    await screen.findByRole("option", { name: /Lost/ });
    await userEvent.keyboard("{ArrowDown}{Enter}");
    await userEvent.type(await screen.findByRole("textbox", { name: "Order" }), "A-17{Enter}");
    await waitFor(() => expect(calls.at(-1)?.body).toEqual({ status: "closed" }));
    const said = calls.filter((call) => call.path.endsWith("/fields") && call.method === "PATCH");
    expect(said.map((call) => call.body.fields)).toEqual([{ reason: "Lost" }, { order: "A-17" }]);
  });
});

describe("conversations beside one another", () => {
  it("are linked by kind", async () => {
    const calls = playServer(() => ({ body: { items: [] } }));
    const core = coreWith([conversation(), conversation({ id: "2", number: 2 })]);
    show(core, <LinkPicker id="1" close={() => {}} />);
    await userEvent.keyboard("{Enter}");
    await userEvent.click(await screen.findByText("Duplicate of #2"));
    await waitFor(() => expect(calls.at(-1)?.path).toBe("/conversations/1/links/2"));
    expect(calls.at(-1)?.body).toEqual({ kind: "duplicate" });
  });

  it("are split by whole threads, and one has to stay", async () => {
    const calls = playServer(() => ({ status: 201, body: { conversation: conversation({ id: "3", number: 3 }) } }));
    const core = coreWith([conversation({ threads: [thread(), thread({ id: "t2" })] })]);
    show(core, <SplitPicker id="1" close={() => {}} />);
    const boxes = screen.getAllByRole("checkbox");
    for (const box of boxes) await userEvent.click(box);
    expect(screen.getByText("One has to stay.")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Split off" }));
    expect(calls).toHaveLength(0);
    await userEvent.click(boxes[0] as HTMLElement);
    await userEvent.click(screen.getByRole("button", { name: "Split off" }));
    await waitFor(() => expect(calls[0]?.body).toEqual({ thread_ids: ["t2"] }));
  });

  it("say what became of each after a bulk change", () => {
    const core = coreWith([conversation()]);
    core.show({
      bulk: {
        done: "Closed",
        results: [
          { id: "1", ok: true },
          { id: "2", ok: false, detail: "merged" },
        ],
      },
    });
    show(core, <BulkResults close={() => {}} />);
    expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
      "2merged",
      "#1 Eleni Markakidone",
    ]);
  });
});
