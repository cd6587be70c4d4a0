import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { coreWith, playServer, show } from "../testing/render";
import { AgentsPage } from "./agents";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const NEA = {
  id: "9",
  email: "nea@example.org",
  name: "Nea",
  role: "agent",
  active: true,
  team_ids: [],
  languages: {},
};

const ABILITIES = { version: 1, capacity: null, languages: {}, skills: [] };
const drawer = () => within(screen.getByRole("complementary"));

/** An admin with the form for somebody new, or for Nea; `made` is what the server answers to a POST or PATCH. */
async function open(made: object, whom: RegExp) {
  const calls = playServer(({ method }) => ({ status: 200, body: method === "GET" ? ABILITIES : made }));
  const core = coreWith([]);
  core.store.update((state) => {
    const me = state.me && { ...state.me, permissions: ["people", "settings"] };
    return { ...state, me, agents: { "9": { ...NEA, skills: [] } as never } };
  }, true);
  show(core, <AgentsPage />);
  await userEvent.click(screen.getByRole("button", { name: whom }));
  return { core, calls };
}

it("shows the link and the reason where an invitation could not be mailed, and makes nobody twice", async () => {
  const made = {
    agent: { ...NEA, skills: [] },
    link: "https://inbox.test/links/abc",
    not_mailed: "550 no such mailbox",
  };
  await open(made, /Invite/);
  await userEvent.type(screen.getByLabelText("Email"), "nea@example.org");
  await userEvent.type(screen.getByLabelText("Name"), "Nea");
  await userEvent.click(drawer().getByRole("button", { name: "Save" }));
  expect(await screen.findByText("https://inbox.test/links/abc")).toBeTruthy();
  expect(screen.getByRole("alert").textContent).toContain("550 no such mailbox");
  expect(drawer().queryByRole("button", { name: "Save" })).toBeNull();
});

it("says that a link was mailed, and to whom", async () => {
  const { core, calls } = await open({ link: null, not_mailed: null }, /^Open/);
  await userEvent.click(screen.getByRole("button", { name: "Reset password" }));
  await waitFor(() => expect(core.desk.get().toast?.text).toBe("A link was mailed to nea@example.org."));
  expect(calls.filter(({ path }) => path === "/agents/9/reset")).toHaveLength(1);
});

it("corrects the address of somebody, and says that links to the old one end", async () => {
  const { core, calls } = await open({ ...NEA, skills: [] }, /^Open/);
  const address = drawer().getByLabelText("Email");
  await userEvent.clear(address);
  await userEvent.type(address, "nea.berg@example.org");
  await userEvent.click(drawer().getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(core.desk.get().toast?.text).toBe("Links that were mailed to nea@example.org are no longer good."),
  );
  const sent = calls.find(({ method, path }) => method === "PATCH" && path === "/agents/9");
  expect(sent?.body).toMatchObject({ email: "nea.berg@example.org", name: "Nea" });
});

it("sends no address that stayed as it was", async () => {
  const { calls } = await open({ ...NEA, skills: [] }, /^Open/);
  await userEvent.type(drawer().getByLabelText("Name"), " Berg");
  await userEvent.click(drawer().getByRole("button", { name: "Save" }));
  await waitFor(() => expect(calls.some(({ method }) => method === "PATCH")).toBe(true));
  const sent = calls.find(({ method, path }) => method === "PATCH" && path === "/agents/9");
  expect(sent?.body).toMatchObject({ name: "Nea Berg" });
  expect(sent?.body).not.toHaveProperty("email");
});
