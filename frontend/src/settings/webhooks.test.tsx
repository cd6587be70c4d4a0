import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { WebhookAttemptDetail, WebhookShape } from "../protocol/types.generated";
import { parseRoute } from "../store/route";
import { AT } from "../testing/examples";
import { type Call, coreWith, playServer, show } from "../testing/render";
import { AttentionPage } from "./attention";
import { WebhooksPage } from "./webhooks";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const webhook = (change: Partial<WebhookShape> = {}): WebhookShape => ({
  id: "5",
  name: "Shop system",
  url: "https://shop.example/hook",
  active: true,
  disabled_reason: "",
  types: [],
  networks: [],
  channel_ids: [],
  team_ids: [],
  tag_ids: [],
  waiting: 0,
  failing_since: null,
  paused_until: null,
  previous_secret_until: null,
  created_by: null,
  created_at: AT,
  version: 3,
  ...change,
});

const attempt: WebhookAttemptDetail = {
  id: "70",
  key: "evt_12",
  position: 12,
  type: "message_received",
  number: 2,
  at: AT,
  duration_ms: 34,
  outcome: "retry",
  status: 500,
  error: "",
  url: "https://shop.example/hook",
  request_headers: { "webhook-id": "evt_12" },
  request_body: '{"type":"message_received"}',
  answer_headers: { "content-type": "text/plain" },
  answer_body: "out of order",
};

type Answer = { status?: number; body?: unknown } | undefined;

function open(address: string, answer: (call: Call) => Answer, one = webhook()) {
  const calls = playServer((call) => {
    const given = answer(call);
    if (given) return given;
    if (call.path === "/webhooks") return { body: { items: [one] } };
    if (call.path.startsWith("/webhooks/5/attempts?")) return { body: { items: [attempt], next_cursor: null } };
    return call.path === "/webhooks/5" ? { body: one } : undefined;
  });
  const core = coreWith([]);
  core.show({ route: parseRoute(address) });
  show(core, <WebhooksPage />);
  return { core, calls };
}

const asked = (calls: Call[], method: string, path: string) =>
  calls.find((call) => call.method === method && call.path === path);

describe("the list of webhooks", () => {
  it("says of each how it fares, and leads to its own page", async () => {
    open("/settings/webhooks", () => undefined, webhook({ failing_since: AT, waiting: 1234 }));
    const link = await screen.findByRole("link", { name: "Shop system" });
    expect(link.getAttribute("href")).toBe("/settings/webhooks/5");
    expect(screen.getByText(/Nothing taken since/)).toBeTruthy();
    expect(screen.getByText("1,234")).toBeTruthy();
  });

  it("says in its own words why it cannot be shown", async () => {
    open("/settings/webhooks", ({ path }) =>
      path === "/webhooks" ? { status: 403, body: { detail: "you may not see webhooks" } } : undefined,
    );
    expect((await screen.findByRole("alert")).textContent).toContain("you may not see webhooks");
  });

  it("makes one with filters and shows its secret this once", async () => {
    const { calls } = open("/settings/webhooks", ({ method }) =>
      method === "POST" ? { status: 201, body: { ...webhook(), secret: "whsec_once" } } : undefined,
    );
    await userEvent.click(await screen.findByRole("button", { name: "Add a webhook" }));
    await userEvent.type(screen.getByLabelText("What for"), "Shop system");
    await userEvent.type(screen.getByLabelText("Address"), "https://shop.example/hook");
    await userEvent.click(screen.getByLabelText("message_received"));
    await userEvent.click(screen.getByRole("button", { name: "Make the webhook" }));
    expect(await screen.findByText("whsec_once")).toBeTruthy();
    expect(asked(calls, "POST", "/webhooks")?.body).toMatchObject({ types: ["message_received"], networks: [] });
    await userEvent.click(screen.getByRole("button", { name: "I have copied it" }));
    expect(screen.queryByText("whsec_once")).toBeNull();
  });
});

describe("one webhook", () => {
  it("that was switched off says why, and is switched on again", async () => {
    const off = webhook({ active: false, disabled_reason: "the address answered 410" });
    const { calls } = open(
      "/settings/webhooks/5",
      ({ method }) => (method === "PATCH" ? { body: webhook() } : undefined),
      off,
    );
    expect(await screen.findByText(/Switched off: the address answered 410\./)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Switch on" }));
    expect(await screen.findByRole("button", { name: "Switch off" })).toBeTruthy();
    const call = asked(calls, "PATCH", "/webhooks/5");
    expect(call?.body).toEqual({ active: true });
    expect(call?.headers["If-Match"]).toBe('"v3"');
  });

  it("is tested, and what became of the test is said", async () => {
    const { core } = open("/settings/webhooks/5", ({ path }) => {
      if (path === "/webhooks/5/test") return { status: 202, body: { key: "tst_1" } };
      const done = { ...attempt, key: "tst_1", outcome: "delivered", status: 204, position: null };
      return path.includes("key=tst_1") ? { body: { items: [done], next_cursor: null } } : undefined;
    });
    await userEvent.click(await screen.findByRole("button", { name: "Send a test" }));
    await waitFor(() => expect(core.desk.get().toast?.text).toBe("Taken (204)"), { timeout: 3000 });
  });

  it("gets a new secret while the old one still signs", async () => {
    const { calls } = open("/settings/webhooks/5", ({ path }) =>
      path === "/webhooks/5/rotate" ? { body: { ...webhook({ version: 4 }), secret: "whsec_next" } } : undefined,
    );
    await userEvent.click(await screen.findByRole("button", { name: "New secret" }));
    const dialog = screen.getByRole("dialog");
    await userEvent.selectOptions(within(dialog).getByRole("combobox"), "3600");
    await userEvent.click(within(dialog).getByRole("button", { name: "New secret" }));
    expect(await screen.findByText("whsec_next")).toBeTruthy();
    expect(asked(calls, "POST", "/webhooks/5/rotate")?.body).toEqual({ overlap_seconds: 3600 });
  });

  it("is removed with the version that was seen", async () => {
    const { core, calls } = open("/settings/webhooks/5", () => undefined);
    await userEvent.click(await screen.findByRole("button", { name: "Remove" }));
    await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(core.desk.get().route).toEqual({ page: "settings", section: "webhooks" }));
    expect(asked(calls, "DELETE", "/webhooks/5")?.headers["If-Match"]).toBe('"v3"');
  });
});

describe("what was sent", () => {
  const whole = ({ path }: Call) => (path === "/webhooks/5/attempts/70" ? { body: attempt } : undefined);

  it("is shown with its answer, and its event is sent again", async () => {
    const { calls } = open("/settings/webhooks/5", whole);
    await userEvent.click(await screen.findByRole("button", { name: "See it" }));
    expect(await screen.findByText("out of order")).toBeTruthy();
    expect(screen.getByText("webhook-id: evt_12")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Send this event again" }));
    await waitFor(() => expect(asked(calls, "POST", "/webhooks/5/replay")?.body).toEqual({ position: 12 }));
  });

  it("is narrowed to one outcome", async () => {
    const { calls } = open("/settings/webhooks/5", ({ path }) =>
      path.includes("outcome=given_up") ? { body: { items: [], next_cursor: null } } : undefined,
    );
    await userEvent.selectOptions(await screen.findByRole("combobox", { name: "Outcome" }), "given_up");
    expect(await screen.findByText("No request ended so.")).toBeTruthy();
    expect(asked(calls, "GET", "/webhooks/5/attempts?limit=50&outcome=given_up")).toBeTruthy();
  });

  it("is sent again by the range; a refusal is said where it was asked", async () => {
    const gone = { status: 410, body: { detail: "events before 900 are no longer kept" } };
    const { calls } = open("/settings/webhooks/5", ({ path }) => (path.endsWith("/replay") ? gone : undefined));
    await userEvent.type(await screen.findByLabelText("From position"), "10");
    await userEvent.type(screen.getByLabelText("To position"), "20");
    await userEvent.click(screen.getByRole("button", { name: "Send again" }));
    expect((await screen.findByRole("alert")).textContent).toContain("events before 900");
    expect(asked(calls, "POST", "/webhooks/5/replay")?.body).toEqual({ from_position: 10, to_position: 20 });
  });
});

describe("a webhook that was switched off", () => {
  it("is named among what needs attention, with the way to it", async () => {
    playServer(() => ({
      body: { items: [{ topic: "webhook", ref: "5", detail: "It took nothing.", raised_at: AT }] },
    }));
    show(coreWith([]), <AttentionPage />);
    const link = await screen.findByRole("link", { name: "Open the webhook" });
    expect(link.getAttribute("href")).toBe("/settings/webhooks/5");
  });
});
