import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { signal } from "../commands/registry";
import type { Core } from "../core";
import type { SettingsPage } from "../store/route";
import { AT, channel } from "../testing/examples";
import { type Call, coreWith, playServer, show } from "../testing/render";
import Settings from "./settings";

const went: string[] = [];

beforeEach(() => {
  went.length = 0;
  vi.spyOn(window.location, "assign").mockImplementation((url) => void went.push(String(url)));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

const ALL = ["channels", "people", "settings", "tokens", "quarantine"];
const field = (name: string, label: string, more = {}) => ({
  name,
  label,
  secret: false,
  required: true,
  default: "",
  help: "",
  choices: [],
  of_app: false,
  ...more,
});
const networks = [
  { network: "telegram", name: "Telegram", fields: [field("token", "Bot token", { secret: true })], signs_in: "" },
  { network: "email", name: "E-mail", fields: [field("host", "Host")], signs_in: "channel" },
  {
    network: "google",
    name: "Google",
    fields: [field("client_id", "Client id", { of_app: true }), field("location_id", "Location")],
    signs_in: "connection",
  },
];

type Answer = { status?: number; body?: unknown };

async function open(section: SettingsPage, answer: (call: Call) => Answer | undefined, permissions = ALL) {
  const calls = playServer(
    (call) => answer(call) ?? (call.path === "/networks" ? { body: { items: networks } } : undefined),
  );
  const core: Core = coreWith([]);
  core.store.update((state) => ({ ...state, me: state.me && { ...state.me, permissions } }), true);
  show(core, <Settings section={section} />);
  await waitFor(() => expect(document.querySelector("[aria-busy=true]")).toBeNull(), { timeout: 20_000 });
  return { core, calls };
}

describe("connecting a channel", () => {
  it("shows a secret that the set-up made up this once, and does not keep it", async () => {
    const made = { ...channel({ id: "ch9", name: "Shop" }), secrets: { token: "whsec_abc" } };
    const { core } = await open("channels", (call) =>
      call.method === "POST" ? { status: 201, body: made } : undefined,
    );
    await userEvent.click(screen.getByRole("button", { name: "Connect a channel" }));
    await userEvent.click(await screen.findByRole("button", { name: /Telegram$/ }));
    await userEvent.type(screen.getByLabelText("Bot token"), "1:x");
    await userEvent.click(screen.getByRole("button", { name: "Connect" }));
    expect(await screen.findByText("whsec_abc")).toBeTruthy();
    expect(JSON.stringify(core.state().channels.ch9)).not.toContain("whsec_abc");
    await userEvent.click(screen.getAllByRole("button", { name: "Close" })[0] as HTMLElement);
    expect(screen.queryByText("whsec_abc")).toBeNull();
  });

  it("names each field that cannot work, with what to write instead, and keeps what was entered", async () => {
    const errors = [
      { pointer: "/settings/host", message: "'x' is no usable address", code: "url" },
      { pointer: "/settings/port", message: "is odd", code: "not-known-here" },
    ];
    const { core } = await open("channels", (call) =>
      call.method === "POST"
        ? { status: 422, body: { code: "invalid", detail: "/settings/host 'x'", errors } }
        : undefined,
    );
    await userEvent.click(screen.getByRole("button", { name: "Connect a channel" }));
    await userEvent.click(await screen.findByRole("button", { name: /E-mail$/ }));
    await userEvent.type(screen.getByLabelText("Host"), "x");
    await userEvent.click(screen.getByRole("button", { name: "Connect" }));
    const said = "Write the whole address, such as https://shop.example/inbox.";
    expect((await screen.findByRole("alert")).textContent).toBe(`Host: ${said} port: is odd`);
    const field = screen.getByLabelText("Host");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(field).toHaveProperty("value", "x");
    expect(document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent).toBe(said);
    expect(Object.keys(core.state().channels)).not.toContain("ch9");
  });

  it("makes one channel, however often its network refuses it", async () => {
    const said = { code: "setup_refused", detail: "Telegram did not accept the channel" };
    const refused = { status: 422, body: { ...said, channel_id: "ch9", secrets: { webhook_secret: "whsec_made" } } };
    const stands = channel({ id: "ch9", name: "Telegram", version: 3 });
    let right = false;
    const { calls } = await open("channels", (call) => {
      if (call.path === "/channels") return call.method === "POST" ? refused : { body: { items: [stands] } };
      if (call.method !== "PATCH") return;
      return right ? { body: { ...stands, version: 4 } } : refused;
    });
    await userEvent.click(screen.getByRole("button", { name: "Connect a channel" }));
    await userEvent.click(await screen.findByRole("button", { name: /Telegram$/ }));
    for (const token of ["1:x", "1:y"]) {
      const field = screen.getByLabelText("Bot token");
      await userEvent.clear(field);
      await userEvent.type(field, token);
      await userEvent.click(screen.getByRole("button", { name: "Connect" }));
      await screen.findByRole("alert");
    }
    right = true;
    await userEvent.click(screen.getByRole("button", { name: "Connect" }));
    const done = await screen.findByRole("complementary", { name: "Telegram is connected" });
    expect(done.textContent).toContain("whsec_made");
    expect(calls.filter((call) => call.method === "POST")).toHaveLength(1);
    const patches = calls.filter((call) => call.method === "PATCH");
    expect(patches.map((call) => call.path)).toEqual(["/channels/ch9", "/channels/ch9"]);
    expect(patches[0]?.body).toEqual({ name: "Telegram", settings: { token: "1:y" } });
    expect(patches[0]?.headers["If-Match"]).toBe('"v3"');
  });

  it("goes with the keyboard into each step, and back to where it began", async () => {
    await open("channels", () => undefined);
    const begin = screen.getByRole("button", { name: "Connect a channel" });
    begin.focus();
    await userEvent.keyboard("{Enter}");
    expect(document.activeElement).toBe(screen.getByRole("complementary"));
    (await screen.findByRole("button", { name: /Telegram$/ })).focus();
    await userEvent.keyboard("{Enter}");
    expect(document.activeElement).toBe(screen.getByRole("complementary", { name: "Connect Telegram" }));
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("complementary")).toBeNull();
    expect(document.activeElement).toBe(begin);
  });

  it("sends the admin to the network's own sign-in where one sign-in is many channels", async () => {
    const { calls } = await open("channels", (call) => {
      if (call.path === "/connections") return { status: 201, body: { id: "5" } };
      return call.path.endsWith("/authorise") ? { body: { url: "https://accounts.example/auth" } } : undefined;
    });
    await userEvent.click(screen.getByRole("button", { name: "Connect a channel" }));
    await userEvent.click(await screen.findByRole("button", { name: /Google$/ }));
    expect(screen.queryByLabelText(/Location/)).toBeNull();
    await userEvent.type(screen.getByLabelText("Client id"), "abc");
    await userEvent.click(screen.getByRole("button", { name: "Sign in with Google" }));
    await waitFor(() => expect(went).toEqual(["https://accounts.example/auth"]));
    expect(calls.find((call) => call.path === "/connections")?.body).toMatchObject({
      network: "google",
      settings: { client_id: "abc" },
    });
  });

  it("lets choose what the sign-in reached when the network sends one back", async () => {
    history.replaceState(null, "", "/settings/channels?connection=5");
    const assets = [
      { network: "google", asset_id: "l1", name: "Kolonaki", detail: "Skoufa 12", channel_id: null },
      { network: "google", asset_id: "l2", name: "Berlin", detail: "", channel_id: "ch1" },
      { network: "google", asset_id: "l3", name: "Closed shop", detail: "", channel_id: null },
    ];
    const added = { items: [{ network: "google", asset_id: "l1", channel: channel({ id: "ch8" }), problem: "" }] };
    const { core, calls } = await open("channels", (call) => {
      if (call.path.endsWith("/assets")) return { body: { items: assets } };
      return call.path.endsWith("/connections/5/channels") ? { status: 201, body: added } : undefined;
    });
    await userEvent.click(await screen.findByRole("checkbox", { name: /Closed shop/ }));
    expect(screen.getByRole<HTMLInputElement>("checkbox", { name: /Berlin/ }).disabled).toBe(true);
    await userEvent.click(screen.getByRole("button", { name: "Add 1 channel" }));
    await waitFor(() => expect(core.state().channels.ch8).toBeTruthy());
    expect(calls.find((call) => call.method === "POST")?.body).toEqual({
      assets: [{ network: "google", asset_id: "l1" }],
    });
  });
});

describe("a connected channel", () => {
  it("says how it is and why, and offers to sign in again", async () => {
    const sick = channel({
      network: "email",
      network_name: "E-mail",
      health: "needs_attention",
      health_reason: "The token was revoked.",
      health_code: "reauth",
    });
    const { core } = await open("channels", (call) =>
      call.path.endsWith("/channels/ch1/authorise") ? { body: { url: "https://login.example" } } : undefined,
    );
    core.store.update((state) => ({ ...state, channels: { ch1: sick } }), true);
    await userEvent.click((await screen.findAllByRole("button", { name: "Open" }))[0] as HTMLElement);
    const drawer = screen.getByRole("complementary");
    expect(drawer.textContent).toContain("The network does not accept the sign-in or the token.");
    expect(drawer.textContent).toContain("The network says: The token was revoked.");
    await userEvent.click(await within(drawer).findByRole("button", { name: "Sign in with E-mail again" }));
    await waitFor(() => expect(went).toEqual(["https://login.example"]));
  });

  it("keeps a secret that was left empty as it is", async () => {
    const { calls } = await open("channels", (call) =>
      call.method === "PATCH" ? { body: channel({ version: 2 }) } : undefined,
    );
    await userEvent.click((await screen.findAllByRole("button", { name: "Open" }))[0] as HTMLElement);
    const name = screen.getByLabelText("Name for your team");
    await userEvent.clear(name);
    await userEvent.type(name, "Help");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls.find((call) => call.method === "PATCH")?.body).toEqual({ name: "Help" }));
  });
});

describe("what was set aside", () => {
  const held = (id: string) => ({
    id,
    channel_id: "ch1",
    received_at: AT,
    state: "quarantined",
    problem: `entry ${id} has no sender`,
    size_bytes: 40,
  });
  const list = { body: { items: [held("2"), held("1")], next_cursor: null } };

  it("is shown as it came, set out in lines", async () => {
    await open("quarantine", (call) => {
      if (call.path === "/quarantine/2") return { body: { ...held("2"), body: '{"object":"page"}' } };
      return call.path.startsWith("/quarantine?") ? list : undefined;
    });
    await userEvent.click((await screen.findAllByRole("button", { name: "See it" }))[0] as HTMLElement);
    expect((await screen.findByText(/"object": "page"/)).textContent).toBe('{\n  "object": "page"\n}');
  });

  it("is taken in again one after the other, oldest first; what fails again stays with its reason", async () => {
    const { core, calls } = await open("quarantine", (call) => {
      if (call.path === "/quarantine/1/replay") return { body: { ...held("1"), state: "done" } };
      if (call.path === "/quarantine/2/replay") return { body: { ...held("2"), problem: "still no sender" } };
      return call.path.startsWith("/quarantine?") ? list : undefined;
    });
    await screen.findByText("entry 1 has no sender");
    await userEvent.click(screen.getByRole("button", { name: "Take all in again" }));
    await waitFor(() => expect(core.desk.get().toast?.text).toBe("1 taken in, 1 not"));
    expect(calls.filter((call) => call.method === "POST").map((call) => call.path)).toEqual([
      "/quarantine/1/replay",
      "/quarantine/2/replay",
    ]);
  });

  it("is not offered to those without the right", async () => {
    await open("channels", () => undefined, []);
    expect(screen.queryByRole("link", { name: "Set aside" })).toBeNull();
    expect(screen.queryByRole("link", { name: "Needs attention" })).toBeNull();
  });
});

describe("what needs attention", () => {
  it("is said in the service's own words with the way to its remedy", async () => {
    const items = [
      { topic: "channel", ref: "ch1", detail: "The network cannot be reached.", raised_at: AT },
      { topic: "quarantine", ref: "ch1", detail: "3 deliveries were not understood.", raised_at: AT },
    ];
    await open("attention", (call) => (call.path === "/attention" ? { body: { items } } : undefined));
    expect(await screen.findByText("The network cannot be reached.")).toBeTruthy();
    const link = screen.getByRole("link", { name: "See what was set aside" });
    expect(link.getAttribute("href")).toBe("/settings/quarantine");
    await userEvent.click(screen.getAllByRole("button", { name: "Open the channel" })[0] as HTMLElement);
    expect(screen.getByRole("complementary").textContent).toContain("@help_bot");
  });

  it("is calm when there is nothing", async () => {
    await open("attention", (call) => (call.path === "/attention" ? { body: { items: [] } } : undefined));
    expect(await screen.findByText("Everything works. Nothing needs you.")).toBeTruthy();
  });
});

describe("finding a page", () => {
  const links = () => screen.getAllByRole("link").map((link) => link.textContent);

  it("offers the pages under the headings they belong to, and no heading without one", async () => {
    await open("look", () => undefined, []);
    const mine = within(screen.getByRole("region", { name: "Mine" }));
    expect(mine.getByRole("link", { name: "Look and keys" }).getAttribute("aria-current")).toBe("page");
    expect(screen.queryByRole("region", { name: "Programs" })).toBeNull();
  });

  it("brings the page that is open into view in a long list", async () => {
    const seen: (string | null)[] = [];
    Element.prototype.scrollIntoView = function (this: Element) {
      seen.push(this.textContent);
    };
    onTestFinished(() => void Reflect.deleteProperty(Element.prototype, "scrollIntoView"));
    await open("look", () => undefined);
    expect(seen).toEqual(["Look and keys"]);
  });

  it("narrows them to a name or a heading, opens the first by Enter and shows all again by Escape", async () => {
    const { core } = await open("look", () => undefined);
    const all = links().length;
    signal("focus-search");
    const field = screen.getByRole("searchbox", { name: "Find a page" });
    expect(document.activeElement).toBe(field);
    await userEvent.type(field, "time");
    expect(links()).toEqual(["Calendars", "Targets"]);
    await userEvent.type(field, "{Escape}");
    expect(links()).toHaveLength(all);
    await userEvent.type(field, "targ{Enter}");
    expect(core.desk.get().route).toEqual({ page: "settings", section: "targets" });
    await userEvent.type(field, "x");
    expect(screen.getByRole("status").textContent).toBe("No page is called so");
  });
});
