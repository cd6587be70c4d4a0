import { afterEach, describe, expect, it, vi } from "vitest";
import { conversation } from "../testing/examples";
import { coreWith, playServer } from "../testing/render";
import { move } from "./navigate";
import { hasOlder, olderHits, search } from "./search";

afterEach(() => vi.unstubAllGlobals());

/** Pages of hits, each a list of conversations' ids; the cursor is the number of the next page. */
function searched(pages: string[][], refused: number[] = []) {
  const broken = new Set(refused);
  const calls = playServer(({ path }) => {
    if (!path.startsWith("/search")) return {};
    const at = Number(new URL(path, "http://x").searchParams.get("cursor") ?? 0);
    if (broken.delete(at)) return { status: 500 };
    const items = (pages[at] ?? []).map((id, nth) => ({
      conversation: conversation({ id }),
      message_id: `${at}-${nth}`,
      snippet: `page ${at}`,
      at: "",
    }));
    return { body: { items, next_cursor: at + 1 < pages.length ? String(at + 1) : null, position: 1 } };
  });
  const core = coreWith([]);
  core.show({ route: { page: "search", query: "needle", conversation: null, filter: { kind: "comment" } } });
  return { core, calls };
}

const shown = (core: ReturnType<typeof coreWith>) => core.desk.get().search.hits?.map((hit) => hit.conversation_id);

describe("a search of several pages", () => {
  it("goes on with the same words and filter, and says when there is no more", async () => {
    const { core, calls } = searched([["1", "2"], ["3"]]);
    await search(core, "needle", { kind: "comment" });
    expect(hasOlder(core.desk.get().search)).toBe(true);

    await olderHits(core);

    expect(shown(core)).toEqual(["1", "2", "3"]);
    expect(hasOlder(core.desk.get().search)).toBe(false);
    expect(calls.at(-1)?.path).toBe("/search?kind=comment&q=needle&limit=50&cursor=1");
  });

  it("passes over pages that bring nothing new, and keeps the newest hit of each conversation", async () => {
    const { core, calls } = searched([[], ["1"], ["1", "1"], ["2", "1"]]);
    await search(core, "needle");
    expect(shown(core)).toEqual(["1"]);

    await olderHits(core);

    expect(shown(core)).toEqual(["1", "2"]);
    expect(core.desk.get().search.hits?.[0]?.snippet).toBe("page 1");
    expect(calls.length).toBe(4);
  });

  it("drops an answer to an older question", async () => {
    const { core } = searched([["1"], ["2"]]);
    await search(core, "needle");
    const older = olderHits(core);
    await search(core, "");
    await older;

    expect(shown(core)).toEqual([]);
  });

  it("keeps what is shown when asking for more fails, and can be asked again", async () => {
    const { core } = searched([["1"], ["2"]], [1]);
    await search(core, "needle");
    await olderHits(core);
    expect([shown(core), core.desk.get().search.state]).toEqual([["1"], "failed"]);

    await olderHits(core);
    expect([shown(core), core.desk.get().search.state]).toEqual([["1", "2"], "here"]);
  });

  it("says so when the first page cannot be had, and asks again", async () => {
    const { core } = searched([["1"]], [0]);
    await search(core, "needle");
    expect([shown(core), core.desk.get().search.state]).toEqual([undefined, "failed"]);

    await olderHits(core);
    expect(shown(core)).toEqual(["1"]);
  });
});

describe("the key for the next row", () => {
  it("leads over the end of a page", async () => {
    const { core } = searched([["1", "2"], ["3"]]);
    await search(core, "needle");
    core.show({ cursor: "2" });

    move(core, 1);

    await vi.waitFor(() => expect(core.desk.get().cursor).toBe("3"));
    move(core, 1);
    expect(core.desk.get().cursor).toBe("3");
  });

  it("does not pull back a reader who went elsewhere meanwhile", async () => {
    const { core } = searched([["1", "2"], ["3"]]);
    await search(core, "needle");
    core.show({ cursor: "2" });

    move(core, 1);
    core.show({ cursor: "1" });

    await vi.waitFor(() => expect(shown(core)?.length).toBe(3));
    expect(core.desk.get().cursor).toBe("1");
  });
});
