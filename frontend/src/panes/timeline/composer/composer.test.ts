import { describe, expect, it } from "vitest";
import { agent, capability, conversation, message, NOW, thread } from "../../../testing/examples";
import { lineFor, recipientsOf, TO_PRIVATE, targetFor, targetsOf, windowLeft } from "./audience";
import { findCanned, mentioned, putIn, queryAt } from "./suggest";
import { refusal } from "./use-files";

const open = thread({ id: "t1", kind: "comment", audience: "public" });
const inside = thread({ id: "t2" });

describe("who can be answered", () => {
  it("begins with the place the newest customer item came from", () => {
    const row = conversation({ threads: [open, inside] });
    const said = [message({ thread_id: "t1", position: 5 }), message({ id: "m2", thread_id: "t2", position: 9 })];
    expect(targetsOf(row, said, () => capability()).map((target) => target.audience)).toEqual(["private", "public"]);
  });

  it("offers a private answer to a comment where the network has one", () => {
    const row = conversation({ threads: [open] });
    const can = capability({ actions: ["reply_comment", "private_reply"] });
    expect(targetsOf(row, [], () => can).at(-1)).toMatchObject({ audience: "private", privateReply: true });
    expect(targetsOf(row, [], () => capability())).toHaveLength(1);
  });

  describe("in a tree of many", () => {
    const row = conversation({ threads: [open, inside], participants_count: 3 });
    const can = () => capability({ actions: ["reply_comment", "private_reply"] });
    const eleni = message({
      id: "c1",
      thread_id: "t1",
      position: 5,
      author: { kind: "contact", id: "p1", name: "Eleni" },
    });
    const anna = message({
      id: "c2",
      thread_id: "t1",
      position: 6,
      author: { kind: "contact", id: "p2", name: "Anna" },
    });
    const inPrivate = message({ id: "d1", thread_id: "t2", position: 7, author: eleni.author });
    const said = [eleni, anna, inPrivate];

    it("answers in private whoever wrote the comment chosen, in the thread he has", () => {
      const toEleni = targetFor(targetsOf(row, said, can, eleni), TO_PRIVATE);
      expect(toEleni).toMatchObject({ privateReply: false, thread: { id: "t2" }, name: "Eleni" });
    });

    it("begins a private thread with whoever has none", () => {
      const toAnna = targetFor(targetsOf(row, said, can, anna), TO_PRIVATE);
      expect(toAnna).toMatchObject({ privateReply: true, thread: { id: "t1" }, name: "Anna" });
    });

    it("counts as his own a thread in which only we have written so far", () => {
      const ours = message({ id: "o1", thread_id: "t2", direction: "out", in_reply_to: "c2" });
      expect(targetFor(targetsOf(row, [eleni, anna, ours], can, anna), TO_PRIVATE)?.privateReply).toBe(false);
    });

    it("offers a public line beside a private answer only where there is a public place", () => {
      const targets = targetsOf(row, said, can, anna);
      expect(lineFor(targets, targetFor(targets, TO_PRIVATE))?.thread.id).toBe("t1");
      expect(lineFor(targets, targetFor(targets, "t1"))).toBeUndefined();
      const alone = targetsOf(conversation({ threads: [inside] }), said, () => capability());
      expect(lineFor(alone, alone[0])).toBeUndefined();
    });
  });

  it("counts the window down to nothing", () => {
    const closing = thread({ window_closes_at: new Date(NOW + 1000).toISOString() });
    const direct = {
      audience: "private",
      thread: closing,
      capability: capability(),
      privateReply: false,
      name: "",
    } as const;
    expect(windowLeft(direct, NOW)).toBe(1000);
    expect(windowLeft(direct, NOW + 5000)).toBe(0);
    expect(windowLeft({ ...direct, thread: inside }, NOW)).toBeNull();
  });

  it("counts the days in which a comment can be answered in private", () => {
    const week = capability({ private_reply_seconds: 604_800 });
    const at = new Date(NOW - 604_799_000).toISOString();
    const reply = { audience: "private", thread: inside, capability: week, privateReply: true, name: "", at } as const;
    expect(windowLeft(reply, NOW)).toBe(1000);
    expect(windowLeft(reply, NOW + 1000)).toBe(0);
    expect(windowLeft({ ...reply, capability: capability() }, NOW)).toBeNull();
  });

  it("answers all without writing to ourselves", () => {
    const mail = thread({
      recipients: {
        to: ["help@us.example", "boss@them.example"],
        cc: ["x@them.example"],
        reply_to: ["pirjo@them.example"],
      },
    });
    expect(recipientsOf(mail, "help@us.example", true)).toEqual({
      to: ["pirjo@them.example", "boss@them.example"],
      cc: ["x@them.example"],
    });
    expect(recipientsOf(mail, "help@us.example", false)).toEqual({ to: ["pirjo@them.example"], cc: [] });
  });
});

describe("what / and @ offer", () => {
  const canned = [
    {
      id: "1",
      shortcut: "late",
      name: "Parcel late",
      text: "",
      language: "el",
      ends_wait: true,
      variants: [],
      version: 1,
    },
    {
      id: "2",
      shortcut: "late-fi",
      name: "Paketti",
      text: "",
      language: "fi",
      ends_wait: true,
      variants: [],
      version: 1,
    },
  ];

  it("begins with a sign after a space, not inside a word or address", () => {
    expect(queryAt("hello /la", 9, ["/"])).toEqual({ sign: "/", text: "la", from: 6 });
    expect(queryAt("a/b", 3, ["/"])).toBeNull();
    expect(queryAt("https://x", 9, ["/"])).toBeNull();
    expect(queryAt("@jo", 3, ["/"])).toBeNull();
  });

  it("puts the choice in place of what was typed", () => {
    expect(putIn("hello /la!", { sign: "/", text: "la", from: 6 }, 9, "Parcel")).toEqual({
      text: "hello Parcel!",
      caret: 12,
    });
  });

  it("prefers the customer's language", () => {
    expect(findCanned(canned, "late", "fi").map((one) => one.id)).toEqual(["2", "1"]);
  });

  it("finds who a note speaks to", () => {
    const all = [agent(), agent({ id: "a2", name: "Jonas Brandt" })];
    expect(mentioned("@Jonas please, not @Marias", all)).toEqual(["a2"]);
    expect(mentioned("@Maria Stavrou", all)).toEqual(["a1"]);
  });
});

describe("files", () => {
  const rules = capability({ attachments: [{ kind: "image", mimes: ["image/*"], max_bytes: 1000, max_count: 1 }] });

  it("are refused in words before anything is sent", () => {
    expect(refusal({ type: "image/png", size: 900, name: "a.png" }, rules)).toBeNull();
    expect(refusal({ type: "image/png", size: 2000, name: "a.png" }, rules)).toContain("1,000 B");
    expect(refusal({ type: "application/pdf", size: 10, name: "a.pdf" }, rules)).toContain("application/pdf");
    expect(refusal({ type: "image/png", size: 10, name: "a.png" }, capability())).toBe("No files can be sent here");
  });

  it("may be anything in a note", () => {
    expect(refusal({ type: "x/y", size: 10, name: "a" }, undefined)).toBeNull();
  });
});
