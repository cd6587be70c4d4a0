import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Core } from "../../core";
import { currentList } from "../../store/desk";
import { parseRoute } from "../../store/route";
import { conversation, view } from "../../testing/examples";
import { type Call, coreWith, playServer, show } from "../../testing/render";
import { Overlays } from "../overlays";
import { FilterBar } from "./filter-bar";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function ready(search: string, permissions: string[] = []): Core {
  const core = coreWith([conversation()]);
  core.store.update((state) => ({ ...state, me: state.me && { ...state.me, permissions } }), true);
  core.show({ route: parseRoute("/desk/waiting", search) });
  show(
    core,
    <>
      <FilterBar view="waiting" />
      <Overlays />
    </>,
  );
  return core;
}

const asked = (calls: Call[]) => calls.find((call) => call.path.startsWith("/conversations?"))?.path ?? "";
const page = () => ({ body: { items: [], next_cursor: null } });

describe("the filter bar", () => {
  it("names each condition in words and takes it away by one press", async () => {
    const calls = playServer(page);
    const core = ready("?tag=g1&assignee=none");
    expect(screen.getByRole("button", { name: "Take away Owner: Nobody has it" })).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Take away Tag: delivery" }));
    expect(currentList(core.desk.get())).toBe("waiting?assignee=none");
    await waitFor(() => expect(asked(calls)).toContain("assignee=none"));
    expect(asked(calls)).toContain("view=waiting");
  });

  it("is not there where nothing narrows the list", () => {
    playServer(page);
    ready("");
    expect(screen.queryByRole("toolbar")).toBeNull();
  });
});

describe("choosing conditions", () => {
  it("finds the values of all fields by typing", async () => {
    playServer(page);
    const core = ready("?sort=deadline");
    core.show({ picker: "filter" });
    await userEvent.type(await screen.findByRole("combobox"), "deliv{Enter}");
    expect(currentList(core.desk.get())).toBe("waiting?tag=g1&sort=deadline");
  });

  it("goes from a field to its values", async () => {
    playServer(page);
    const core = ready("");
    core.show({ picker: "filter" });
    await userEvent.type(await screen.findByRole("combobox"), "Stars{Enter}");
    await userEvent.type(await screen.findByRole("combobox", { name: "Stars" }), "2 of{Enter}");
    expect(currentList(core.desk.get())).toBe("waiting?rating=2");
  });
});

describe("saving a view", () => {
  it("keeps the view underneath, the conditions and the order under a name", async () => {
    const made = view({ key: "saved:4", name: "Parcels", group: "saved", scope: "mine", filter: { tag: "g1" } });
    const calls = playServer((call) => (call.method === "POST" ? { status: 201, body: made } : page()));
    const core = ready("?tag=g1&sort=deadline");
    await userEvent.click(screen.getByRole("button", { name: "Save as a view" }));
    await userEvent.type(await screen.findByLabelText("Name"), "Parcels");
    expect(screen.getByRole<HTMLInputElement>("radio", { name: "Everyone" }).disabled).toBe(true);
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(core.desk.get().route).toMatchObject({ view: "saved:4" }));
    const sent = calls.find((call) => call.method === "POST");
    expect(sent?.body).toMatchObject({
      name: "Parcels",
      scope: "mine",
      filter: { view: "waiting", tag: "g1" },
      sort: "deadline",
    });
  });

  it("offers everyone to those who may change settings", async () => {
    playServer(page);
    const core = ready("?tag=g1", ["settings"]);
    core.show({ picker: "save-view" });
    expect((await screen.findByRole<HTMLInputElement>("radio", { name: "Everyone" })).disabled).toBe(false);
  });
});
