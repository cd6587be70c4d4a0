import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { putMessage } from "../../store/apply";
import { conversation, message } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { Overlays } from "../overlays";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("keeps the other words until the server has taken them", async () => {
  const said = message({ id: "m1", direction: "out", text: "Friday" });
  let answer: Parameters<typeof playServer>[0] = () => "unreachable";
  const calls = playServer((call) => answer(call));
  const core = coreWith([conversation()]);
  core.store.update((state) => putMessage(state, said), true);
  core.show({ picker: `edit:${said.conversation_id}:m1` });
  show(core, <Overlays />);
  const words = await screen.findByRole("textbox");
  expect(words).toHaveProperty("value", "Friday");
  await userEvent.type(words, " at noon");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect((await screen.findByRole("alert")).textContent).toContain("The server did not answer");
  expect(words).toHaveProperty("value", "Friday at noon");
  answer = () => ({ body: { message: { ...said, text: "Friday at noon", version: 2, as_of: 99 } } });
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(calls.at(-1)?.body).toEqual({ action: "edit", text: "Friday at noon" });
  expect(screen.queryByRole("textbox")).toBeNull();
  expect(core.state().timelines["1"]?.messages.m1?.text).toBe("Friday at noon");
});
