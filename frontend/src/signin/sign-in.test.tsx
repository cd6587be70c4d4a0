import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { Core } from "../core";
import { playServer, show } from "../testing/render";
import { SignIn } from "./sign-in";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const NO_ACCOUNTS = { status: 404, body: { code: "not_found" } };
const focused = () => document.activeElement;

it("has the focus on its first field, in each step", async () => {
  playServer(({ path }) => {
    if (path === "/sandbox/accounts") return NO_ACCOUNTS;
    return path === "/session" ? { status: 401, body: { code: "code_required" } } : { status: 202 };
  });
  show(new Core(), <SignIn />);
  expect(focused()).toBe(screen.getByLabelText("Email"));
  await userEvent.type(screen.getByLabelText("Email"), "maria@example.org{Tab}");
  await userEvent.type(screen.getByLabelText("Password"), "seven quiet boats{Enter}");
  const code = await screen.findByLabelText("Code");
  expect(focused()).toBe(code);
  await userEvent.click(screen.getByRole("button", { name: "Back" }));
  expect(focused()).toBe(screen.getByLabelText("Email"));
  await userEvent.click(screen.getByRole("button", { name: "Forgot it" }));
  expect(focused()).toBe(screen.getByLabelText("Email"));
  await userEvent.keyboard("{Enter}");
  await screen.findByText(/a link is on its way/);
  expect(focused()).toBe(screen.getByRole("button", { name: "Back" }));
});

it("does not say that a link is on its way when asking for it failed", async () => {
  let answers = false;
  playServer(({ path }) => {
    if (path === "/sandbox/accounts") return NO_ACCOUNTS;
    return answers ? { status: 202 } : "unreachable";
  });
  show(new Core(), <SignIn />);
  await userEvent.click(screen.getByRole("button", { name: "Forgot it" }));
  await userEvent.type(screen.getByLabelText("Email"), "maria@example.org{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("The server did not answer.");
  expect(screen.queryByText(/a link is on its way/)).toBeNull();
  answers = true;
  await userEvent.click(screen.getByRole("button", { name: /Send me a link/ }));
  await screen.findByText(/a link is on its way/);
  expect(screen.queryByRole("alert")).toBeNull();
});

it("leaves what was wrong in one step behind with it", async () => {
  playServer(({ path }) => (path === "/session" ? { status: 401, body: { code: "wrong" } } : NO_ACCOUNTS));
  show(new Core(), <SignIn />);
  await userEvent.type(screen.getByLabelText("Email"), "maria@example.org");
  await userEvent.type(screen.getByLabelText("Password"), "seven quiet boats{Enter}");
  await screen.findByText("Email or password is wrong.");
  await userEvent.click(screen.getByRole("button", { name: "Forgot it" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});
