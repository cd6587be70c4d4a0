import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { coreWith, playServer, show } from "../testing/render";
import "../testing/words";
import { chosenZone, setZone } from "../text/zone";
import { LookPage } from "./look";

afterEach(() => {
  cleanup();
  setZone("");
  vi.unstubAllGlobals();
});

/** A server that keeps what it is sent. */
function open() {
  const own = { keys: {}, hidden: [], done: [], views: [], zone: "" };
  const calls = playServer((call) => (call.path === "/preferences" ? { body: { ...own, ...call.body } } : undefined));
  const core = coreWith([]);
  show(core, <LookPage />);
  return { core, calls };
}

it("keeps another time zone than the machine's with the account, and goes back to that one (Q3)", async () => {
  const { core, calls } = open();
  await userEvent.click(screen.getByRole("button", { name: "Another one" }));
  const field = screen.getByLabelText("Time zone");
  await userEvent.clear(field);
  await userEvent.type(field, "Moon/Base");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(true);
  await userEvent.clear(field);
  await userEvent.type(field, "Asia/Yerevan{Enter}");
  await waitFor(() => expect(core.desk.get().own.zone).toBe("Asia/Yerevan"));
  expect(calls.at(-1)?.body).toEqual({ zone: "Asia/Yerevan" });
  await userEvent.click(screen.getByRole("button", { name: /Of this machine/ }));
  await waitFor(() => expect(calls.at(-1)?.body).toEqual({ zone: "" }));
  expect(chosenZone()).toBe("");
});
