import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AT, capability, channel, conversation, message, thread } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import type { Template } from "./template-words";
import { Templates } from "./templates";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const template = (change: Partial<Template>): Template => ({
  key: "delay/el",
  name: "parcel_delay",
  language: "el",
  category: "UTILITY",
  text: "Γεια σας {{first_name}}, το δέμα {{1}} έρχεται αύριο.",
  header: "Δέμα {{1}}",
  footer: "Alkyon Home",
  buttons: ["Πού είναι;"],
  fields: [
    { name: "header.1", label: "Header 1", place: "header", about: "1", kind: "text", example: "55821" },
    {
      name: "first_name",
      label: "Body first_name",
      place: "body",
      about: "first_name",
      kind: "text",
      example: "Maria",
    },
    { name: "1", label: "As the connector says", place: "", about: "", kind: "text", example: "55821" },
  ],
  ...change,
});
const row = conversation({ language: "el", threads: [thread({ window_closes_at: AT })] });

function ready(items: Template[]) {
  const calls = playServer((call) => {
    if (call.path === "/channels/ch1/templates") return { body: { items } };
    return { status: 202, body: { message: message({ id: "m9", direction: "out" }) } };
  });
  const close = vi.fn();
  const core = coreWith([row]);
  const capabilities = { direct: capability({ starts: true, window_seconds: 86_400 }) };
  core.store.update((state) => ({ ...state, channels: { ch1: channel({ capabilities }) } }), true);
  show(core, <Templates close={close} />);
  return { calls, close };
}

describe("templates", () => {
  it("are filled in, seen as they arrive, and sent outside the window", async () => {
    const english = template({ key: "delay/en", language: "en", name: "delay", text: "Your parcel is late." });
    const { calls, close } = ready([english, template({})]);
    await userEvent.type(await screen.findByRole("searchbox"), "δέμα{Enter}");
    expect(screen.getByLabelText<HTMLInputElement>("Value first_name of the text").value).toBe("Eleni");
    expect(screen.getByText("2 values are missing")).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: /Send privately/ }).disabled).toBe(true);
    await userEvent.type(screen.getByLabelText("Value 1 of the header"), "7");
    await userEvent.type(screen.getByLabelText("As the connector says"), "55821");
    expect(screen.getByText("Γεια σας Eleni, το δέμα 55821 έρχεται αύριο.")).toBeTruthy();
    expect(screen.getByText("Δέμα 7")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: /Send privately/ }));
    await waitFor(() => expect(close).toHaveBeenCalledOnce());
    expect(calls.find((call) => call.method === "POST")?.body).toMatchObject({
      template: "delay/el",
      template_values: { "header.1": "7", first_name: "Eleni", "1": "55821" },
      text: "Γεια σας Eleni, το δέμα 55821 έρχεται αύριο.",
      thread_id: "t1",
    });
  });

  it("stand in the customer's language first", async () => {
    ready([template({ key: "a/en", name: "a", language: "en" }), template({ name: "b" })]);
    const found = await screen.findAllByRole("button", { pressed: false });
    expect(found.map((one) => one.textContent?.[0])).toEqual(["b", "a"]);
  });

  it("say so where the network has approved none", async () => {
    ready([]);
    expect(await screen.findByText(/has approved no template/)).toBeTruthy();
  });
});
