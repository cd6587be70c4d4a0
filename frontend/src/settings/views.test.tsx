import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { undoLast } from "../commands/triage";
import type { ViewShape } from "../protocol/types.generated";
import { putView } from "../store/apply";
import type { State } from "../store/state";
import { view } from "../testing/examples";
import { coreWith, playServer, show } from "../testing/render";
import { settingWords } from "../text/settings/load";
import { ViewsPage } from "./views";

beforeAll(settingWords);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const saved = (key: string, name: string, change: Partial<ViewShape> = {}) =>
  view({ key, name, group: "saved", scope: "mine", filter: { priority: "high" }, ...change });
const MINE = saved("saved:1", "Hasty");
const TEAMS = saved("saved:2", "Parcels", { scope: "team", team_id: "t9", filter: { view: "mine", q: "parcel" } });
const ALL = saved("saved:3", "Stars", { scope: "all" });

function open(views: ViewShape[] = [MINE, TEAMS, ALL], permissions = ["settings"]) {
  const calls = playServer((call) => {
    if (call.path === "/preferences") return { body: { keys: {}, hidden: [], done: [], views: [], ...call.body } };
    if (call.method === "DELETE") return { status: 204 };
    return { body: { ...TEAMS, ...call.body, version: 2 } };
  });
  const core = coreWith([]);
  core.store.update((state) => {
    const teams = { t1: { ...team("t1"), name: "Care" }, t9: { ...team("t9"), name: "Parcels team" } };
    const held = { ...state, teams, me: state.me && { ...state.me, permissions } };
    return views.reduce<State>(putView, held);
  }, true);
  show(core, <ViewsPage />);
  return Object.assign(calls, { core });
}

const team = (id: string) => ({ id, name: id, channel_ids: null, agent_ids: [], version: 1 });
const names = () => screen.getAllByRole("link").map((link) => link.textContent);
const item = (name: string) => within(screen.getByRole("link", { name }).closest("li") as HTMLElement);

describe("the saved views in the settings", () => {
  it("say what they show, in which order, and to whom", () => {
    open();
    expect(names()).toEqual(["Hasty", "Parcels", "Stars"]);
    expect(item("Hasty").getByText("Priority: High · Longest wait first")).toBeTruthy();
    expect(item("Parcels").getByText("Mine · Search: parcel · Longest wait first")).toBeTruthy();
    expect(item("Parcels").getByText("Parcels team")).toBeTruthy();
    expect(item("Stars").getByText("Everyone")).toBeTruthy();
  });

  it("are put into an order of one's own, kept on the server", async () => {
    const calls = open();
    screen.getByRole("button", { name: "Stars, place 3" }).focus();
    await userEvent.keyboard("{ArrowUp}");
    expect(names()).toEqual(["Hasty", "Stars", "Parcels"]);
    const sent = calls.find((call) => call.path === "/preferences");
    expect(sent?.body).toEqual({ views: ["saved:1", "saved:3", "saved:2"] });
  });

  it("are renamed without losing the team that shares them", async () => {
    const calls = open();
    await userEvent.click(screen.getByRole("button", { name: /Rename and share.* Parcels/ }));
    const field = screen.getByRole("textbox", { name: "Name" });
    await userEvent.clear(field);
    await userEvent.type(field, "Post{Enter}");
    const sent = calls.find((call) => call.method === "PATCH");
    expect(sent?.path).toBe("/views/saved:2");
    expect(sent?.body).toEqual({ name: "Post", scope: "team", team_id: "t9" });
  });

  it("come back with their team when the removing is undone", async () => {
    const calls = open();
    await userEvent.click(screen.getByRole("button", { name: "Remove Parcels" }));
    await waitFor(() => expect(names()).toEqual(["Hasty", "Stars"]));
    await undoLast(calls.core);
    expect(calls.find((call) => call.method === "POST")?.body).toMatchObject({ scope: "team", team_id: "t9" });
  });

  it("let those without the right change their own alone, and order all", () => {
    open(undefined, ["triage"]);
    expect(screen.getAllByRole("button", { name: /Remove/ })).toHaveLength(1);
    expect(screen.getByRole("button", { name: "Remove Hasty" })).toBeTruthy();
    expect(screen.getAllByRole("button", { name: /place \d/ })).toHaveLength(3);
  });

  it("say how to make the first one", () => {
    open([]);
    expect(screen.getByText(/No saved views yet/)).toBeTruthy();
  });
});
