import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { setOwnKeys } from "../commands/registry";
import { coreWith, playServer, show } from "../testing/render";
import { startWords } from "../text/start/load";
import { titleOf } from "../ui/keys";
import OwnKeys from "./own-keys";

beforeAll(startWords);
afterEach(() => {
  cleanup();
  setOwnKeys({});
  vi.unstubAllGlobals();
});

/** A server that keeps what it is sent. */
function open() {
  const calls = playServer((call) =>
    call.path === "/preferences" ? { body: { hidden: [], done: [], ...call.body } } : undefined,
  );
  const core = coreWith([]);
  show(core, <OwnKeys />);
  return { core, calls };
}

it("is pressed once, kept with the account, and shown wherever keys are shown", async () => {
  const { calls } = open();
  await userEvent.click(screen.getByRole("button", { name: "Another key for Snooze" }));
  await userEvent.keyboard("b");
  await waitFor(() => expect(calls.at(-1)?.body).toEqual({ keys: { snooze: "b" } }));
  expect(titleOf("snooze")).toMatch(/B$/);
  await userEvent.click(screen.getByRole("button", { name: "Back to the usual key of Snooze" }));
  await waitFor(() => expect(calls.at(-1)?.body).toEqual({ keys: {} }));
});

it("says whose key it is before it is taken", async () => {
  const { calls } = open();
  await userEvent.click(screen.getByRole("button", { name: "Another key for Snooze" }));
  await userEvent.keyboard("t");
  expect(screen.getByRole("status").textContent).toContain("T is “");
  expect(calls).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Give it" }));
  await waitFor(() => expect(calls.at(-1)?.body).toEqual({ keys: { snooze: "t", tag: "" } }));
});

it("is left as it is by Escape, and taken off by Backspace", async () => {
  const { calls } = open();
  const change = () => screen.getByRole("button", { name: "Another key for Snooze" });
  await userEvent.click(change());
  await userEvent.keyboard("{F2}");
  expect(screen.getByRole("status").textContent).toContain("F2 cannot be used");
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("status")).toBeNull();
  await userEvent.click(change());
  await userEvent.keyboard("{Backspace}");
  await waitFor(() => expect(calls.at(-1)?.body).toEqual({ keys: { snooze: "" } }));
});
