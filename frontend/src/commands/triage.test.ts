import { afterEach, describe, expect, it, vi } from "vitest";
import { row } from "../store/select";
import { conversation } from "../testing/examples";
import { coreWith, playServer } from "../testing/render";
import { claim, closeAll, setPriority, toggleTag, undoLast } from "./triage";

const second = conversation({
  id: "2",
  contact: { id: "c2", name: "Budi", avatar_url: null, blocked: false, vip: false },
});
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

afterEach(() => vi.unstubAllGlobals());

describe("closing", () => {
  it("shows it at once, leaves the list and opens the next", async () => {
    playServer(() => ({ body: { conversation: conversation({ status: "closed", as_of: 11 }) } }));
    const core = coreWith([conversation(), second]);
    closeAll(core, ["1"]);
    expect(row(core.state(), "1")?.status).toBe("closed");
    expect(core.state().lists.waiting?.ids).toEqual(["2"]);
    expect(core.desk.get().route).toMatchObject({ conversation: "2" });
    await settled();
    expect(core.state().pending).toEqual([]);
  });

  it("is taken back with its wait", async () => {
    const calls = playServer((call) => ({
      body: { conversation: conversation({ status: call.body.status as "open", as_of: 12 }) },
    }));
    const core = coreWith([conversation(), second]);
    closeAll(core, ["1"]);
    await settled();
    await undoLast(core);
    expect(calls.map((call) => call.body.status)).toEqual(["closed", "open"]);
  });

  it("is what is taken back while the server still has it, and not what was done before", async () => {
    const calls = playServer((call) => ({
      body: { conversation: conversation({ ...(call.body as object), as_of: 12 }) },
    }));
    const core = coreWith([conversation(), second]);
    setPriority(core, ["1"], "urgent");
    await settled();
    closeAll(core, ["1"]);
    await undoLast(core);
    expect(calls.map((call) => call.body)).toEqual([{ priority: "urgent" }, { status: "closed" }, { status: "open" }]);
  });

  it("and what was done before are taken back in turn by pressing twice", async () => {
    const calls = playServer((call) => ({
      body: { conversation: conversation({ ...(call.body as object), as_of: 12 }) },
    }));
    const core = coreWith([conversation(), second]);
    setPriority(core, ["1"], "urgent");
    await settled();
    closeAll(core, ["1"]);
    await Promise.all([undoLast(core), undoLast(core)]);
    expect(calls.slice(2).map((call) => call.body)).toEqual([{ status: "open" }, { priority: "normal" }]);
  });

  it("that is refused has nothing to be taken back, nor has what was done before", async () => {
    const calls = playServer((call) =>
      call.body.status
        ? { status: 409, body: { code: "changed", detail: "Jonas closed it meanwhile." } }
        : { body: { conversation: conversation({ ...(call.body as object), as_of: 12 }) } },
    );
    const core = coreWith([conversation(), second]);
    setPriority(core, ["1"], "urgent");
    await settled();
    closeAll(core, ["1"]);
    await undoLast(core);
    expect(calls.at(-1)?.body).toEqual({ status: "closed" });
    expect(core.desk.get().toast).toMatchObject({ tone: "bad", text: "Jonas closed it meanwhile." });
    await undoLast(core);
    expect(calls.at(-1)?.body).toEqual({ priority: "normal" });
  });

  it("returns to what it was when the server says no, and says why", async () => {
    playServer(() => ({ status: 409, body: { code: "changed", detail: "Jonas closed it meanwhile." } }));
    const core = coreWith([conversation(), second]);
    closeAll(core, ["1"]);
    await settled();
    expect(row(core.state(), "1")?.status).toBe("open");
    expect(core.desk.get().toast).toMatchObject({ tone: "bad", text: "Jonas closed it meanwhile." });
  });

  it("says one by one what could not be done with many", async () => {
    playServer(() => ({
      body: {
        results: [
          { id: "1", ok: true },
          { id: "2", ok: false, detail: "It was merged." },
        ],
      },
    }));
    const core = coreWith([conversation(), second]);
    closeAll(core, ["1", "2"]);
    await settled();
    expect(core.desk.get().toast?.text).toBe("1 done, 1 not. It was merged.");
    expect([...core.desk.get().selected]).toEqual(["2"]);
  });
});

describe("many at once", () => {
  const answer = {
    results: [
      { id: "1", ok: true },
      { id: "2", ok: true },
    ],
    bulk_id: "b1",
  };

  it("are told of once, by what takes them back", async () => {
    playServer(() => ({ body: answer }));
    const core = coreWith([conversation(), second]);
    closeAll(core, ["1", "2"]);
    await settled();
    expect(core.desk.get().undos.at(-1)?.text).toBe("Closed 2 conversations");
    expect(core.desk.get().toast).toBeNull();
  });

  it("are said to be taken back, once they are", async () => {
    playServer(() => ({ body: answer }));
    const core = coreWith([conversation(), second]);
    closeAll(core, ["1", "2"]);
    await settled();
    await undoLast(core);
    expect(core.desk.get().toast).toMatchObject({ tone: "done", text: "Taken back" });
  });

  it("are not said to be taken back where one could not be", async () => {
    playServer((call) => ({
      body: call.path.endsWith("/undo") ? { results: [{ id: "1", ok: false, detail: "It was merged." }] } : answer,
    }));
    const core = coreWith([conversation(), second]);
    closeAll(core, ["1", "2"]);
    await settled();
    await undoLast(core);
    expect(core.desk.get().toast).toMatchObject({ tone: "bad", text: "It was merged." });
  });
});

describe("claiming", () => {
  it("says what it expects, so that two people cannot both have it", async () => {
    const calls = playServer(() => ({ body: { conversation: conversation({ assignee_id: "a1", as_of: 11 }) } }));
    await claim(coreWith([conversation()]), ["1"]);
    expect(calls[0]?.body).toEqual({ assignee_id: "me", expect: { assignee_id: null } });
  });
});

describe("tagging", () => {
  it("puts a tag on where it is missing and off where all have it", async () => {
    const calls = playServer(() => ({ body: { conversation: conversation({ tags: ["g1"], as_of: 11 }) } }));
    const core = coreWith([conversation()]);
    await toggleTag(core, ["1"], "g1");
    await toggleTag(core, ["1"], "g1");
    expect(calls.map((call) => call.method)).toEqual(["PUT", "DELETE"]);
  });
});
