import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { ReportMailSendShape, ReportMailShape } from "../protocol/types.generated";
import { AT } from "../testing/examples";
import { type Call, coreWith, playServer, show } from "../testing/render";
import { reportWords } from "../text/reports/load";
import { ReportMailForm } from "./report-mail-form";
import { ReportMailsPage } from "./report-mails";

beforeAll(reportWords);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const mail = (change: Partial<ReportMailShape> = {}): ReportMailShape => ({
  id: "5",
  name: "Weekly answers",
  owner_id: "2",
  agent_ids: [],
  addresses: ["quality@shop.example"],
  report: "response",
  query: "by=team",
  every: "week",
  weekday: 0,
  month_day: 1,
  at: "08:00",
  zone: "Europe/Athens",
  language: "en",
  form: "csv",
  active: true,
  off_reason: "",
  stopped: [],
  next_at: AT,
  created_at: AT,
  version: 3,
  ...change,
});

const sent = (change: Partial<ReportMailSendShape> = {}): ReportMailSendShape => ({
  id: "70",
  address: "quality@shop.example",
  due_at: AT,
  at: AT,
  state: "sent",
  reason: "",
  trial: false,
  ...change,
});

type Answer = { status?: number; body?: unknown } | undefined;

function open(answer: (call: Call) => Answer, one = mail()) {
  const calls = playServer((call) => {
    const given = answer(call);
    if (given) return given;
    return call.path === "/report-mails" ? { body: { items: [one] } } : undefined;
  });
  const core = coreWith([]);
  const permissions = ["read", "settings", "reports"];
  core.store.update((state) => ({ ...state, me: state.me && { ...state.me, permissions } }), true);
  show(core, <ReportMailsPage />);
  return { core, calls };
}

const asked = (calls: Call[], method: string, path: string) =>
  calls.find((call) => call.method === method && call.path === path);

describe("the list of mailed reports", () => {
  it("says of each when it goes out, to whom, and that addresses get no more", async () => {
    open(() => undefined, mail({ stopped: ["quality@shop.example"] }));
    expect(await screen.findByText("Every Monday, 08:00 (Europe/Athens)")).toBeTruthy();
    expect(screen.getByText("quality@shop.example")).toBeTruthy();
    expect(screen.getByText("1 address gets no more")).toBeTruthy();
  });

  it("shows what was sent, with the reason where it was not, and sends to everyone now", async () => {
    const { calls } = open(({ method, path }) => {
      if (method === "POST") return { status: 202, body: { mails: 1 } };
      const items = [sent({ id: "71", state: "refused", reason: "550 no such user" }), sent()];
      return path.includes("/sends") ? { body: { items, next_cursor: null } } : undefined;
    });
    await userEvent.click(await screen.findByRole("button", { name: "Last sends" }));
    expect(await screen.findByText("550 no such user")).toBeTruthy();
    expect(screen.getByText("Address refused")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Send to everyone now" }));
    await waitFor(() => expect(asked(calls, "POST", "/report-mails/5/send")?.body).toEqual({ to: "everyone" }));
  });

  it("sends only what was changed, with the version that was seen", async () => {
    const { calls } = open(({ method }) => (method === "PATCH" ? { body: mail({ every: "month" }) } : undefined));
    await userEvent.click(await screen.findByRole("button", { name: "Open" }));
    await userEvent.selectOptions(screen.getByLabelText("How often"), "month");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(asked(calls, "PATCH", "/report-mails/5")?.body).toEqual({ every: "month" }));
    expect(asked(calls, "PATCH", "/report-mails/5")?.headers["If-Match"]).toBe('"v3"');
  });

  it("sends one to the reader to be seen, and says so in words when it cannot", async () => {
    open(({ path }) =>
      path.endsWith("/send") ? { status: 409, body: { detail: "set INBOX_MAIL_URL", code: "no_mail" } } : undefined,
    );
    await userEvent.click(await screen.findByRole("button", { name: "Open" }));
    await userEvent.click(screen.getByRole("button", { name: "Send me one now" }));
    expect((await screen.findByRole("alert")).textContent).toContain("INBOX_MAIL_URL");
  });

  it("says that the one to be seen is on its way", async () => {
    const { calls } = open(({ method }) => (method === "POST" ? { status: 202, body: { mails: 1 } } : undefined));
    await userEvent.click(await screen.findByRole("button", { name: "Open" }));
    await userEvent.click(screen.getByRole("button", { name: "Send me one now" }));
    expect(await screen.findByRole("button", { name: "On its way to you" })).toBeTruthy();
    expect(asked(calls, "POST", "/report-mails/5/send")?.body).toEqual({ to: "me" });
  });

  it("is removed after a question", async () => {
    const { calls } = open(({ method }) => (method === "DELETE" ? { status: 204 } : undefined));
    await userEvent.click(await screen.findByRole("button", { name: "Open" }));
    await userEvent.click(screen.getByRole("button", { name: "Remove" }));
    await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(asked(calls, "DELETE", "/report-mails/5")?.headers["If-Match"]).toBe('"v3"'));
  });
});

describe("a new mailed report", () => {
  it("may be a digest of the topics of some tags and campaigns", async () => {
    const calls = playServer(({ method }) => (method === "POST" ? { status: 201, body: mail() } : undefined));
    const core = coreWith([]);
    core.store.update((state) => ({ ...state, tags: { "4": { id: "4", name: "Returns", colour: "blue" } } }), true);
    show(core, <ReportMailForm mail={null} close={vi.fn()} changed={vi.fn()} />);
    await userEvent.selectOptions(screen.getByLabelText("Report"), "topics");
    await userEvent.click(screen.getByLabelText("Returns"));
    await userEvent.type(screen.getByLabelText("Name"), "Topics");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(asked(calls, "POST", "/report-mails")?.body).toMatchObject({ query: "report=topics&tag=4" }),
    );
  });

  it("keeps the filters of the page it was made from, and reads addresses as they were typed", async () => {
    const calls = playServer(({ method }) => (method === "POST" ? { status: 201, body: mail() } : undefined));
    const changed = vi.fn();
    show(coreWith([]), <ReportMailForm mail={null} query="hours=business&team=7" close={vi.fn()} changed={changed} />);
    expect(screen.getByText(/With the filters of the page/)).toBeTruthy();
    await userEvent.type(screen.getByLabelText("Name"), "Answers");
    await userEvent.type(screen.getByLabelText(/Other addresses/), "a@shop.example, b@shop.example");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(changed).toHaveBeenCalled());
    expect(asked(calls, "POST", "/report-mails")?.body).toMatchObject({
      query: "hours=business&team=7",
      addresses: ["a@shop.example", "b@shop.example"],
    });
  });
});
