import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { Core } from "../core";
import { parseRoute } from "../store/route";
import { playServer, show } from "../testing/render";
import LinkPage from "./link-page";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function opened() {
  const core = new Core();
  core.show({ route: parseRoute("/links/abc") });
  show(core, <LinkPage />);
}

it("asks for the code of the second step where the account has one, and sends it with the new password", async () => {
  const calls = playServer((call) => {
    if (call.method === "GET") return { body: { kind: "reset", email: "maria@example.org", name: "Maria" } };
    return { status: 401, body: { code: "code_required", detail: "enter the code of your second factor" } };
  });
  opened();
  await userEvent.type(await screen.findByLabelText("New password"), "seven quiet boats");
  expect(screen.queryByLabelText("Code")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: /Save and sign in/ }));
  const code = await screen.findByLabelText("Code");
  expect(screen.queryByRole("alert")).toBeNull();
  await userEvent.type(code, "123456");
  await userEvent.click(screen.getByRole("button", { name: /Save and sign in/ }));
  await waitFor(() => expect(calls.at(-1)?.body).toEqual({ password: "seven quiet boats", code: "123456" }));
  expect((await screen.findByRole("alert")).textContent).toContain("This code is wrong or too old.");
});

it.each([
  [{ kind: "first_admin", email: "", name: "" }, "Email"],
  [{ kind: "invitation", email: "maria@example.org", name: "Maria" }, "Name"],
  [{ kind: "reset", email: "maria@example.org", name: "Maria" }, "New password"],
])("has the focus on its first field (%o)", async (body, field) => {
  playServer(() => ({ body }));
  opened();
  const first = await screen.findByLabelText(field);
  expect(document.activeElement).toBe(first);
});

it("calls a link gone only when the server says so", async () => {
  playServer(() => "unreachable");
  opened();
  expect((await screen.findByRole("alert")).textContent).toContain("The server did not answer.");
  cleanup();
  playServer(() => ({ status: 410, body: { code: "gone", detail: "used" } }));
  opened();
  expect((await screen.findByRole("alert")).textContent).toContain("This link was used or is too old.");
  // A new one is asked for where one signs in.
  expect(screen.getByRole("link", { name: "Sign in" }).getAttribute("href")).toBe("/sign-in");
});
