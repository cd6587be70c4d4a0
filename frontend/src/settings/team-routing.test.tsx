import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { TeamRoutingShape } from "../protocol/types.generated";
import { agent } from "../testing/examples";
import { coreWith, playServer, show } from "../testing/render";
import { AbilityDrawer } from "./abilities";
import { House } from "./house";
import { TeamRouting } from "./team-routing";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const terms = (change: Partial<TeamRoutingShape> = {}): TeamRoutingShape => ({
  team_id: "7",
  mode: "off",
  overflow_team_id: null,
  overflow_seconds: 600,
  sticky_days: 0,
  return_seconds: null,
  reopen: "same",
  match_language: false,
  language_level: 1,
  tag_skills: {},
  fallback_seconds: 300,
  version: 3,
  ...change,
});

const team = (id: string, name: string) => ({ id, name, agent_ids: [] });

function supervisor() {
  const core = coreWith([]);
  const teams = { "7": team("7", "Orders"), "8": team("8", "Night") };
  core.store.update((state) => ({ ...state, teams, me: state.me && { ...state.me, permissions: ["settings"] } }), true);
  return core;
}

describe("how a team gives out what waits", () => {
  it("is read, changed and saved by its version", async () => {
    const calls = playServer((call) => ({ body: call.method === "PUT" ? { ...terms(), version: 4 } : terms() }));
    const close = vi.fn();
    const { container } = show(supervisor(), <TeamRouting team={{ id: "7", name: "Orders" }} close={close} />);
    await userEvent.click(await screen.findByRole("radio", { name: /By turns/ }));
    await userEvent.selectOptions(screen.getByLabelText("Who nobody takes goes to"), "Night");
    await userEvent.selectOptions(screen.getByLabelText("Add a tag"), "delivery");
    await userEvent.type(screen.getByLabelText("Skill for delivery"), "parcels");
    await userEvent.type(screen.getByLabelText(/goes back after minutes/), "15");
    const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations.map((one) => one.id)).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(close).toHaveBeenCalled());
    const put = calls.find((call) => call.method === "PUT");
    expect(put?.headers["If-Match"]).toBe('"v3"');
    expect(put?.body).toMatchObject({
      mode: "round_robin",
      overflow_team_id: "8",
      tag_skills: { g1: "parcels" },
      return_seconds: 900,
    });
  });

  it("stays open with the reason when the server refuses", async () => {
    const why = "teams would overflow in a circle: Orders → Night → Orders";
    playServer((call) => (call.method === "PUT" ? { status: 422, body: { detail: why } } : { body: terms() }));
    const close = vi.fn();
    show(supervisor(), <TeamRouting team={{ id: "7", name: "Orders" }} close={close} />);
    await userEvent.click(await screen.findByRole("radio", { name: /takes the next/ }));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect((await screen.findByRole("alert")).textContent).toContain("in a circle");
    expect(close).not.toHaveBeenCalled();
  });

  it("can be seen, not changed, by whoever sets nothing", async () => {
    playServer(() => ({ body: terms({ mode: "pull" }) }));
    show(coreWith([]), <TeamRouting team={{ id: "7", name: "Orders" }} close={() => {}} />);
    expect(((await screen.findByRole("radio", { name: /takes the next/ })) as HTMLInputElement).checked).toBe(true);
    expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  });
});

describe("what a colleague is good at", () => {
  it("is kept as languages with a level, skills and a number", async () => {
    const able = { agent_id: "a2", languages: { el: 3 }, skills: ["vip"], capacity: null, version: 0 };
    const calls = playServer((call) => ({ body: call.method === "PUT" ? { ...able, version: 1 } : able }));
    const close = vi.fn();
    show(supervisor(), <AbilityDrawer agent={agent({ id: "a2", name: "Jonas" })} close={close} />);
    await userEvent.selectOptions(await screen.findByLabelText("Add a language"), "fi");
    await userEvent.selectOptions(screen.getByLabelText("How well: Finnish"), "As their own");
    await userEvent.click(screen.getByLabelText("Remove Greek"));
    await userEvent.type(screen.getByLabelText(/Takes at once/), "4");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(close).toHaveBeenCalled());
    const put = calls.find((call) => call.method === "PUT");
    expect(put?.body).toEqual({ languages: { fi: 3 }, skills: ["vip"], capacity: 4 });
    expect(put?.headers["If-Match"]).toBe('"v0"');
  });
});

describe("what holds for everybody", () => {
  it("is saved with the reasons that have words", async () => {
    const kept = { reasons: [], away_seconds: 600, capacity: 20, weights: {}, version: 1 };
    const calls = playServer(() => ({ body: kept }));
    const core = supervisor();
    show(core, <House />);
    const away = screen.getByLabelText(/Away after minutes/);
    await userEvent.clear(away);
    await userEvent.type(away, "10");
    await userEvent.click(screen.getByRole("button", { name: "Add a reason" }));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(core.state().attendance?.away_seconds).toBe(600));
    expect(calls[0]?.body).toMatchObject({ away_seconds: 600, reasons: [{ id: "1", name: "Break" }] });
  });
});
