import { describe, expect, it } from "vitest";
import { conversation, NOW, snapshot, thread, view } from "../testing/examples";
import { apply } from "./apply";
import { currentList, DESK_START } from "./desk";
import { listName, readFilter, readListName, withCondition, writeFilter } from "./filter";
import { belongs, isBlind, sortOf } from "./lists";
import { formatRoute, parseRoute } from "./route";
import { START, type State } from "./state";

describe("a filter in the address", () => {
  it("comes back as it went, with the conversation that is open", () => {
    const route = parseRoute("/desk/kind%3Areview/7", "?rating=1&language=el&sort=deadline");
    expect(route).toMatchObject({ view: "kind:review", conversation: "7", sort: "deadline" });
    expect(parseRoute("/desk/kind%3Areview/7", formatRoute(route).split("?")[1])).toEqual(route);
  });

  it("has one name whatever the order in which it was chosen", () => {
    const one = withCondition({ tag: "3" }, "status", "closed");
    const other = withCondition({ status: "closed" }, "tag", "3");
    expect(listName("all", one, null)).toBe(listName("all", other, null));
    expect(readListName(listName("all", one, "activity"))).toEqual({ view: "all", filter: one, sort: "activity" });
  });

  it("leaves out what is no condition of ours", () => {
    expect(readFilter("tag=3&utm=x&sort=loudest")).toEqual({ filter: { tag: "3" }, sort: null });
    expect(writeFilter(withCondition({ tag: "3" }, "tag", null), null)).toBe("");
  });

  it("names the list on screen, and that of a post's comments", () => {
    const desk = { ...DESK_START, route: parseRoute("/desk/mine", "?tag=3") };
    expect(currentList(desk)).toBe("mine?tag=3");
    const post = { ...DESK_START, route: parseRoute("/posts/9/4") };
    expect(currentList(post)).toBe("waiting?post=9&sort=waiting");
  });
});

describe("belonging to a narrowed list", () => {
  const row = conversation({ tags: ["g1"], assignee_id: "a2", threads: [thread({ channel_id: "ch2" })] });
  const state: State = apply(START, snapshot([row]), NOW);
  const saved = (filter: Record<string, string>): State => ({
    ...state,
    views: { ...state.views, "saved:1": view({ key: "saved:1", group: "saved", scope: "mine", filter }) },
  });

  it("asks for every condition", () => {
    expect(belongs(row, "all?tag=g1&assignee=a2", state)).toBe(true);
    expect(belongs(row, "all?tag=g1&assignee=none", state)).toBe(false);
    expect(belongs(row, "all?channel=ch2", state)).toBe(true);
  });

  it("lets a condition replace the one that the view has for the same field, as the server does", () => {
    expect(belongs(row, "mine", state)).toBe(false);
    expect(belongs(row, "mine?assignee=a2", state)).toBe(true);
    expect(belongs({ ...row, status: "closed" }, "all?status=any", state)).toBe(true);
    expect(belongs({ ...row, status: "closed" }, "saved:1?status=closed", saved({ tag: "g1" }))).toBe(true);
    expect(belongs({ ...row, spam: true }, "all?status=any", state)).toBe(false);
  });

  it("leaves to the server what only it can tell, unless a known condition fails", () => {
    const words = saved({ q: "refund", tag: "g1" });
    expect(belongs(row, "saved:1", words)).toBeNull();
    expect(belongs(row, "saved:1?assignee=none", words)).toBe(false);
    expect(isBlind("saved:1?assignee=none", words)).toBe(true);
  });

  it("takes the order from the address before that of the view", () => {
    expect(sortOf("waiting?sort=deadline", state)).toBe("deadline");
    expect(sortOf("waiting?tag=g1", state)).toBe("waiting");
  });
});
