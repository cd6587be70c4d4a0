import { describe, expect, it } from "vitest";
import type { Mine } from "../protocol/types.generated";
import { conversation, event, message, NOW, snapshot } from "../testing/examples";
import { apply } from "./apply";
import { isUnread } from "./select";
import { EMPTY_TIMELINE, START, type State, UNCONFIRMED } from "./state";

const NOTHING: Mine = {
  type: "mine",
  whole: false,
  drafts: [],
  read: {},
  read_from: 0,
  notifications: [],
  starred: {},
  shared_drafts: [],
  following: {},
};
const begun = (): State => apply(START, snapshot([conversation()]), NOW);
const opened = (): State => ({ ...begun(), timelines: { "1": { ...EMPTY_TIMELINE, loaded: true } } });

describe("rows", () => {
  it("replaces a row where the frame's is newer", () => {
    const next = apply(begun(), event({ row: conversation({ preview: "new", as_of: 11 }) }), NOW);
    expect(next.rows["1"]?.preview).toBe("new");
    expect(next.position).toBe(11);
  });

  it("keeps the row where the frame's is older, so that order of arrival does not matter", () => {
    const newer = apply(begun(), event({ position: 12, row: conversation({ preview: "newest", as_of: 12 }) }), NOW);
    const late = apply(newer, event({ position: 11, row: conversation({ preview: "older", as_of: 11 }) }), NOW);
    expect(late.rows["1"]).toBe(newer.rows["1"]);
    expect(late.position).toBe(12);
  });

  it("gives the same state when a frame comes twice", () => {
    const frame = event({ row: conversation({ as_of: 11 }), data: { message: message({ as_of: 11, position: 11 }) } });
    const once = apply(opened(), frame, NOW);
    const twice = apply(once, frame, NOW);
    expect(twice.rows).toBe(once.rows);
    expect(twice.timelines).toBe(once.timelines);
  });

  it("forgets a conversation that left sight, in lists and timelines too", () => {
    const next = apply(opened(), { type: "left", position: 11, conversation_id: "1" }, NOW);
    expect(next.rows).toEqual({});
    expect(next.timelines).toEqual({});
    expect(next.lists.waiting?.ids).toEqual([]);
  });
});

describe("threads that change hands", () => {
  it("asks again for the timelines of both conversations", () => {
    const before = apply(opened(), event({ data: { message: message({ id: "m9", as_of: 11 }) } }), NOW);
    const merged = event({
      event: "conversations_merged",
      conversation_id: "1",
      data: { into_id: "2", thread_ids: ["5"] },
    });
    const next = apply(before, { ...merged, position: 12 }, NOW);
    expect(next.timelines["1"]?.messages).toEqual({});
    expect(next.timelines["1"]?.loaded).toBe(false);
  });
});

describe("an echo that came before the answer", () => {
  it("is one item with what we sent, and shown once", () => {
    const put = (id: string, position: number) =>
      event({ position, data: { message: message({ id, as_of: position }) } });
    const before = apply(apply(opened(), put("echo", 11), NOW), put("ours", 12), NOW);
    const data = { absorbed_id: "echo", message_id: "ours" };
    const next = apply(before, event({ event: "message_joined", position: 13, data }), NOW);
    expect(Object.keys(next.timelines["1"]?.messages ?? {})).toEqual(["ours"]);
    expect(apply(next, event({ event: "message_joined", position: 13, data }), NOW).timelines).toEqual(next.timelines);
  });
});

describe("posts and campaigns", () => {
  const post = { id: "7", external_id: "p", text: "", url: null, image_url: null, is_ad: false, posted_at: null };
  const under = () => {
    const row = conversation({ as_of: 11 });
    return apply(begun(), event({ row: { ...row, threads: row.threads.map((one) => ({ ...one, post })) } }), NOW);
  };

  it("shows the words of a post that became known later in every row that hangs on it", () => {
    const changed = { event: "post_changed", conversation_id: null, position: 12 };
    const value = { ...post, text: "Spring!" };
    const next = apply(under(), event({ ...changed, data: { object: "post", value } }), NOW);
    expect(next.rows["1"]?.threads[0]?.post?.text).toBe("Spring!");
    expect(next.postsChangedAt).toBe(12);
    const other = apply(under(), event({ ...changed, data: { object: "post", value: { ...value, id: "8" } } }), NOW);
    expect(other.rows["1"]?.threads[0]?.post?.text).toBe("");
  });

  it("puts a conversation into its campaign, and says so in the timeline", () => {
    const row = conversation({ campaign_id: "5", as_of: 12 });
    const frame = event({ event: "campaign_changed", position: 12, row, data: { before: null, after: "5" } });
    const next = apply(opened(), frame, NOW);
    expect(next.rows["1"]?.campaign_id).toBe("5");
    expect(next.timelines["1"]?.events[12]?.type).toBe("campaign_changed");
  });
});

describe("timeline items", () => {
  it("puts an item into an opened timeline and nowhere else", () => {
    const frame = event({ data: { message: message({ id: "m9", as_of: 11 }) } });
    expect(Object.keys(apply(opened(), frame, NOW).timelines["1"]?.messages ?? {})).toEqual(["m9"]);
    expect(apply(begun(), frame, NOW).timelines).toEqual({});
  });

  it("keeps the newer version of an item", () => {
    const edited = apply(
      opened(),
      event({ data: { message: message({ text: "edited", version: 2, as_of: 12 }) } }),
      NOW,
    );
    const late = apply(edited, event({ data: { message: message({ text: "first", as_of: 10 }) } }), NOW);
    expect(late.timelines["1"]?.messages.m1?.text).toBe("edited");
  });

  it("makes a line of every event of the conversation, without the item in it", () => {
    const next = apply(
      opened(),
      event({ event: "tag_added", data: { actor: { kind: "rule", id: "r", name: "Late" }, tag_id: 7 } }),
      NOW,
    );
    expect(next.timelines["1"]?.events[11]).toMatchObject({
      type: "tag_added",
      actor: { name: "Late" },
      data: { tag_id: 7 },
    });
  });
});

describe("unread", () => {
  it("is the newest customer item against this agent's own mark", () => {
    const frame = event({
      row: conversation({ as_of: 11 }),
      data: { message: message({ id: "m2", position: 11, as_of: 11 }) },
    });
    const next = apply(begun(), frame, NOW);
    expect(isUnread(next, conversation())).toBe(true);
    const read = apply(next, { ...NOTHING, read: { "1": 11 } }, NOW);
    expect(isUnread(read, conversation())).toBe(false);
  });

  it("is shown where it was marked in another window, though nothing came in since this one began", () => {
    const next = apply(begun(), { ...NOTHING, read: { "1": 0 } }, NOW);
    expect(isUnread(begun(), conversation())).toBe(false);
    expect(isUnread(next, conversation())).toBe(true);
  });

  it("ends with a snapshot where the conversation was read elsewhere while this window was away", () => {
    const unread = { ...begun(), lastIn: { "1": 9, "2": 9 }, rows: { "2": conversation({ id: "2", as_of: 9 }) } };
    const next = apply(unread, snapshot([conversation()]), NOW);
    expect(isUnread(unread, conversation({ id: "2" }))).toBe(true);
    expect(isUnread(next, conversation({ id: "2" }))).toBe(false);
  });

  it("does not come from our own answers", () => {
    const frame = event({ data: { message: message({ id: "m2", direction: "out", position: 11, as_of: 11 }) } });
    expect(isUnread(apply(begun(), frame, NOW), conversation())).toBe(false);
  });
});

describe("settings objects", () => {
  it("puts and removes them by id", () => {
    const added = apply(
      begun(),
      event({ conversation_id: null, data: { object: "tag", value: { id: "g2", name: "vip", colour: "amber" } } }),
      NOW,
    );
    expect(added.tags.g2?.name).toBe("vip");
    const removed = apply(
      added,
      event({ position: 12, conversation_id: null, data: { object: "tag", value: null, id: "g2" } }),
      NOW,
    );
    expect(removed.tags.g2).toBeUndefined();
  });

  it("takes counts by view and leaves unknown views alone", () => {
    const next = apply(begun(), { type: "counts", counts: { waiting: [37, 2], other: [1, 0] }, loads: {} }, NOW);
    expect(next.views.waiting).toMatchObject({ count: 37, late: 2 });
    expect(next.views.other).toBeUndefined();
  });
});

describe("presence", () => {
  const entry = (until: number) => ({
    agent_id: "a2",
    conversation_id: "1",
    state: "reading" as const,
    until: new Date(until).toISOString(),
    claimed: false,
  });

  it("holds who is there and drops who left", () => {
    const here = apply(begun(), { type: "presence", entries: [entry(NOW + 30_000)], typing: [] }, NOW);
    expect(here.presence["1"]).toHaveLength(1);
    const gone = apply(here, { type: "presence", entries: [entry(NOW - 1)], typing: [] }, NOW);
    expect(gone.presence["1"]).toBeUndefined();
  });
});

describe("drafts", () => {
  const draft = (text: string, version: number) => ({
    conversation_id: "1",
    mode: "reply" as const,
    thread_id: null,
    in_reply_to: null,
    text,
    version,
    at: `2026-11-22T10:00:0${version}.000Z`,
    shared: false,
  });
  const mine = (text: string, version: number) => ({ ...NOTHING, drafts: [draft(text, version)] });

  it("keeps the newest version and drops one with no words", () => {
    const two = apply(apply(begun(), mine("two", 2), NOW), mine("one", 1), NOW);
    expect(two.drafts["1:reply"]?.text).toBe("two");
    const gone = apply(two, mine("", 3), NOW);
    expect(gone.drafts["1:reply"]?.text).toBe("");
    expect(apply(gone, mine("two", 2), NOW)).toEqual(gone);
  });

  it("leaves words of this window alone that are not confirmed, in a snapshot too", () => {
    const state = begun();
    const here = { ...state, drafts: { "1:reply": { ...draft("here", 1), version: UNCONFIRMED } } };
    expect(apply(here, mine("there", 9), NOW).drafts["1:reply"]?.text).toBe("here");
    expect(apply(here, snapshot([conversation()]), NOW).drafts["1:reply"]?.text).toBe("here");
  });
});

describe("delay", () => {
  it("is measured by the server's clock", () => {
    const greeted = apply(
      begun(),
      { type: "hello", epoch: 1, position: 10, server_time: new Date(NOW + 5000).toISOString(), version: "1" },
      NOW,
    );
    const next = apply(greeted, event({ at: new Date(NOW + 5000).toISOString() }), NOW + 300);
    expect(next.delayMs).toBe(300);
  });
});

describe("what is one's own, told whole", () => {
  const whole: Mine = { ...NOTHING, whole: true };
  const draft = (id: string, text: string) => ({
    conversation_id: id,
    mode: "reply" as const,
    thread_id: null,
    in_reply_to: null,
    text,
    version: 1,
    at: "2026-11-22T10:00:01.000Z",
    shared: false,
  });

  it("replaces drafts, stars and follows, but not words of this window that are not confirmed", () => {
    const held: State = {
      ...begun(),
      drafts: { "1:reply": draft("1", "old"), "2:reply": { ...draft("2", "here"), version: UNCONFIRMED } },
      starred: { "1": true },
      following: { "1": true },
    };
    const next = apply(held, { ...whole, drafts: [draft("3", "there")], starred: { "3": true } }, NOW);
    expect(Object.values(next.drafts).map((one) => one.text)).toEqual(["there", "here"]);
    expect([next.starred, next.following]).toEqual([{ "3": true }, {}]);
  });

  it("takes read marks off that are gone, and keeps those that are older than it tells of", () => {
    const held: State = { ...begun(), read: { "1": 10, "2": 3 }, lastIn: { "3": 9 } };
    const next = apply(held, { ...whole, read: { "3": 9 }, read_from: 5 }, NOW);
    expect(next.read).toEqual({ "1": 0, "2": 3, "3": 9 });
    expect(isUnread(next, conversation())).toBe(true);
  });
});
