import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { encode } from "uqr";
import { afterEach, expect, it, vi } from "vitest";
import { coreWith, playServer, show } from "../testing/render";
import { TwoFactor } from "./two-factor";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const CODES = ["aaaaa-bbbbb", "ccccc-ddddd"];

function server(on: boolean) {
  let state = { on, recovery_codes_left: on ? 7 : 0 };
  return playServer((call) => {
    if (call.method === "DELETE") state = { on: false, recovery_codes_left: 0 };
    if (call.path === "/totp/confirm") state = { on: true, recovery_codes_left: 2 };
    if (call.path === "/totp/confirm") return { body: { recovery_codes: CODES } };
    return { body: call.method === "POST" ? { secret: "SECRET", uri: "otpauth://totp/x" } : state };
  });
}

it("is offered where there is none, and shows every recovery code to be written down", async () => {
  server(false);
  show(coreWith([]), <TwoFactor />);
  await vi.waitFor(() => expect(screen.queryByText("Switch off")).toBeNull());
  await userEvent.click(screen.getByRole("button", { name: "Set up" }));
  const code = await screen.findByRole("textbox", { name: "Code" });
  expect(document.activeElement).toBe(code);
  const picture = screen.getByRole("img", { name: "Code to scan with an authenticator app" });
  const { data, size } = encode("otpauth://totp/x", { ecc: "M", border: 4 });
  const dark = data.flat().filter(Boolean);
  // Modules of whole pixels, all of one width.
  expect(Number(picture.getAttribute("width")) / size).toBe(4);
  expect(picture.querySelector("path")?.getAttribute("d")?.match(/M/g)).toHaveLength(dark.length);
  await userEvent.type(code, "123 456{Enter}");
  const codes = await screen.findByText(/aaaaa-bbbbb\s+ccccc-ddddd/);
  expect(codes.className).not.toContain("clip");
  expect(document.activeElement?.textContent).toContain("Keep these codes");
  expect(screen.queryByRole("button", { name: "Set up" })).toBeNull();
});

it("says that it is on, and how many recovery codes are left, until it is switched off", async () => {
  server(true);
  show(coreWith([]), <TwoFactor />);
  expect(await screen.findByText("It is on. Recovery codes left: 7")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Set up" })).toBeNull();
  await userEvent.click(screen.getByText("Switch off", { selector: "summary" }));
  await userEvent.type(screen.getByLabelText("Password"), "a long one{Enter}");
  expect(await screen.findByRole("button", { name: "Set up" })).toBeTruthy();
  expect(screen.queryByText(/It is on/)).toBeNull();
});
