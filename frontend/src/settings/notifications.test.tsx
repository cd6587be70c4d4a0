import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { Notifications } from "../panes/overlays/notifications";
import { conversation } from "../testing/examples";
import { coreWith, playServer, show } from "../testing/render";
import { ChainForm } from "./chain-form";
import { NotificationsPage } from "./notifications";

afterEach(cleanup);

const CHOSEN = {
  ways: Object.fromEntries(
    // biome-ignore format: a word list
    ["assigned", "mentioned", "message", "followed", "team_new", "returned", "target_warned", "target_breached",
      "escalated", "failed", "review", "attention"].map((kind) => [kind, ["in_app"]]),
  ),
  usual: {},
  urgent: ["escalated"],
  muted_channels: [],
  quiet: null,
  zone: "UTC",
  urgent_passes: true,
  digest: "off",
  digest_at: "08:00",
  stars: 2,
  push_words: false,
  mail: false,
  version: 3,
};

describe("the choice of notifications", () => {
  it("is saved as it is made, with the version that was read", async () => {
    const core = coreWith([conversation()]);
    const calls = playServer(({ method, path }) => {
      if (path === "/push") return { body: { key: "BA", browsers: [] } };
      if (path !== "/notification-preferences") return undefined;
      return { body: method === "GET" ? CHOSEN : { ...CHOSEN, version: 4 } };
    });
    show(core, <NotificationsPage />);
    await userEvent.click(await screen.findByLabelText("Customer wrote: Sound"));

    const change = calls.find((call) => call.method === "PATCH");
    expect(change?.body).toEqual({ ways: { message: ["in_app", "sound"] } });
    expect(change?.headers["If-Match"]).toBe('"v3"');
    expect((screen.getByLabelText("Customer wrote: Mail") as HTMLInputElement).disabled).toBe(true);
  });
});

describe("the centre", () => {
  it("marks what is opened as read, and says when there is nothing", async () => {
    const core = coreWith([conversation()]);
    const calls = playServer(({ path }) => (path.startsWith("/notifications") ? { body: { items: [] } } : undefined));
    const { unmount } = show(core, <Notifications />);
    await waitFor(() => expect(screen.getByText("Nothing new for you")).toBeTruthy());
    unmount();

    const one = {
      id: "9",
      kind: "mentioned",
      conversation_id: conversation().id,
      text: "can you?",
      at: new Date().toISOString(),
      read: false,
      message_id: null,
      count: 1,
      data: {},
    };
    core.store.update((state) => ({ ...state, notifications: { "9": one } }), true);
    show(core, <Notifications />);
    await userEvent.click(screen.getByText("can you?", { exact: false }));

    expect(calls.some((call) => call.method === "PUT" && call.path === "/notifications/9/read")).toBe(true);
    expect(core.state().notifications["9"]?.read).toBe(true);
  });
});

describe("a chain", () => {
  it("reads as a time line and is made of its levels", async () => {
    const core = coreWith([conversation()]);
    const calls = playServer(() => undefined);
    let changed = false;
    show(
      core,
      <ChainForm
        chain={null}
        close={() => {}}
        changed={() => {
          changed = true;
        }}
      />,
    );
    expect(screen.getByText("at once")).toBeTruthy();
    expect(screen.getByText("+30 m")).toBeTruthy();
    await userEvent.type(screen.getByLabelText("Name"), "Night");
    await userEvent.click(screen.getByText("Save"));

    await waitFor(() => expect(changed).toBe(true));
    const made = calls.find((call) => call.method === "POST");
    expect(made?.path).toBe("/escalation-chains");
    const levels = (made?.body.levels ?? []) as { after_seconds: number }[];
    expect(levels.map((one) => one.after_seconds)).toEqual([0, 600, 1200]);
  });
});
