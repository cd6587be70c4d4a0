import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backFrom, blank, type Choice, type Choices } from "../../../commands/choices";
import { signal } from "../../../commands/registry";
import type { Core } from "../../../core";
import type { OptionsRuleShape } from "../../../protocol/types.generated";
import { capability, channel, conversation, message, thread } from "../../../testing/examples";
import { coreWith, playServer, show } from "../../../testing/render";
import { Composer } from "./composer";
import { formOf, wrongs } from "./options";

const rule = (change: Partial<OptionsRuleShape> = {}): OptionsRuleShape => ({
  count: 3,
  title_limit: 20,
  text_limit: 1024,
  description_limit: null,
  button_limit: null,
  location: false,
  longer: null,
  links: null,
  ...change,
});
const list = rule({ count: 10, title_limit: 24, text_limit: 4096, description_limit: 72, button_limit: 20 });
const whatsapp = rule({ location: true, longer: list, links: rule({ count: 1 }) });

const choice = (title: string, change: Partial<Choice> = {}): Choice => ({ ...blank(), title, ...change });
const choices = (items: Choice[], change: Partial<Choices> = {}): Choices => ({
  items,
  title: "",
  location: false,
  ...change,
});
const titled = (n: number) => Array.from({ length: n }, (_, i) => choice(`Option ${i + 1}`));
const answer = { text: "Which one?", unit: "characters", files: 0 };

beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("the form of options", () => {
  it("is a list from one more than fit beside each other, or with a description", () => {
    expect(formOf(whatsapp, titled(3))).toBe(whatsapp);
    expect(formOf(whatsapp, [...titled(3), blank()])).toBe(whatsapp);
    expect(formOf(whatsapp, titled(4))).toBe(list);
    expect(formOf(whatsapp, [choice("S", { description: "Small" })])).toBe(list);
  });

  it("is the one of addresses as soon as one opens one", () => {
    expect(formOf(whatsapp, [choice("Shop", { url: "https://example.com" })])).toBe(whatsapp.links);
  });
});

describe("options go only", () => {
  const says = (given: Choices, change: Partial<typeof answer> = {}) =>
    wrongs(whatsapp, given, { ...answer, ...change }).join(" ");

  it("with words and without files", () => {
    expect(says(choices(titled(2)))).toBe("");
    expect(says(choices(titled(2)), { files: 1 })).toContain("Options go with words alone.");
    expect(says(choices(titled(2)), { text: " " })).toContain("Write what the options are for.");
    expect(says(choices([blank(), blank()]), { files: 1 })).toBe("");
  });

  it("with text as long as their form takes, in the channel's unit", () => {
    expect(says(choices(titled(2)), { text: "x".repeat(1030) })).toContain("the text is 6 too long");
    expect(says(choices(titled(4), { title: "Sizes" }), { text: "x".repeat(1030) })).toBe("");
    expect(says(choices(titled(2)), { text: "é".repeat(520), unit: "bytes" })).toContain("the text is 16 too long");
  });

  it("with a title each, no two alike, and as many as there can be", () => {
    expect(says(choices([choice("", { description: "Small" })], { title: "Sizes" }))).toContain("Give every option");
    expect(says(choices([choice("Yes"), choice(" Yes ")]))).toContain("Two options have one title.");
    expect(says(choices([choice("x".repeat(21))]))).toContain("An option is too long.");
    expect(says(choices(titled(11), { title: "Sizes" }))).toContain("At most 10 options");
    expect(says(choices([choice("A", { url: "https://a.example" }), choice("B")]))).toContain("At most 1 options");
  });

  it("as a list with the name of its button", () => {
    expect(says(choices(titled(4)))).toContain("Name the button");
    expect(says(choices(titled(4), { title: "x".repeat(21) }))).toContain("name of the button is too long");
  });

  it("with addresses that are some", () => {
    expect(says(choices([choice("Shop", { url: "example.com" })]))).toContain("begins with https://");
    expect(says(choices([choice("A", { url: "https://a.example", description: "b" })]))).toContain("Beside addresses");
  });
});

describe("in the composer", () => {
  const row = conversation({ threads: [thread()] });
  const replied = () => ({ status: 202, body: { message: message({ id: "m7", direction: "out" }) } });
  function ready(options: OptionsRuleShape | null = whatsapp): Core {
    const core = coreWith([row]);
    const capabilities = { direct: capability({ options }) };
    core.store.update((state) => ({ ...state, channels: { ch1: channel({ capabilities }) } }), true);
    show(core, <Composer row={row} />);
    return core;
  }
  const field = () => screen.getAllByRole<HTMLTextAreaElement>("textbox")[0] as HTMLTextAreaElement;
  const option = (n: number) => screen.findByRole<HTMLInputElement>("textbox", { name: `Option ${n}` });
  const send = () => screen.getByRole<HTMLButtonElement>("button", { name: /Send privately/ });

  it("nothing is offered where the network has no options", () => {
    playServer(() => undefined);
    ready(null);
    expect(screen.queryByRole("button", { name: "Options" })).toBeNull();
  });

  it("leave with the words, without the rows that were left empty", async () => {
    const calls = playServer((call) => (call.path.endsWith("/replies") ? replied() : undefined));
    const core = ready();
    await userEvent.type(field(), "Which colour?");
    await userEvent.click(screen.getByRole("button", { name: "Options" }));
    await waitFor(async () => expect(document.activeElement).toBe(await option(1)));
    await userEvent.keyboard("Red");
    expect(send().disabled).toBe(false);
    await userEvent.click(send());
    await waitFor(() => expect(calls.find((call) => call.path.endsWith("/replies"))).toBeTruthy());
    const sent = calls.find((call) => call.path.endsWith("/replies"));
    expect(sent?.body.options).toEqual([{ title: "Red" }]);
    expect(sent?.body.options_title).toBeUndefined();
    await waitFor(() => expect(core.desk.get().choices).toEqual({}));
  });

  it("are added with Enter, moved with Alt and an arrow, and removed when empty with Backspace", async () => {
    playServer(() => undefined);
    const core = ready();
    signal("options");
    await userEvent.type(await option(1), "A{Enter}B{Enter}");
    await option(3);
    await waitFor(async () => expect(document.activeElement).toBe(await option(3)));
    await userEvent.keyboard("{Backspace}");
    await waitFor(async () => expect(document.activeElement).toBe(await option(2)));
    await userEvent.keyboard("{Alt>}{ArrowUp}{/Alt}");
    expect(core.desk.get().choices["1"]?.items.map((one) => one.title)).toEqual(["B", "A"]);
  });

  it("do not go before the list has the name of its button", async () => {
    const calls = playServer((call) => (call.path.endsWith("/replies") ? replied() : undefined));
    const core = ready();
    await userEvent.type(field(), "Which size?");
    core.desk.update((desk) => ({ ...desk, choices: { "1": choices(titled(4)) } }), true);
    const button = await screen.findByRole("textbox", { name: "Button that opens the list" });
    expect(screen.getByText("Name the button that opens the list.")).toBeTruthy();
    expect(send().disabled).toBe(true);
    await userEvent.type(button, "Sizes");
    await waitFor(() => expect(send().disabled).toBe(false));
    await userEvent.click(send());
    await waitFor(() =>
      expect(calls.find((call) => call.path.endsWith("/replies"))?.body).toMatchObject({ options_title: "Sizes" }),
    );
  });

  it("give way to the question where the customer is", async () => {
    const calls = playServer((call) => (call.path.endsWith("/replies") ? replied() : undefined));
    ready();
    await userEvent.type(field(), "Where are you?");
    await userEvent.click(screen.getByRole("button", { name: "Options" }));
    await userEvent.click(await screen.findByRole("checkbox", { name: "Ask where the customer is, instead" }));
    await waitFor(() => expect(send().disabled).toBe(false));
    await userEvent.click(send());
    await waitFor(() =>
      expect(calls.find((call) => call.path.endsWith("/replies"))?.body).toMatchObject({ asks_location: true }),
    );
  });

  it("come back with an answer that was taken back", () => {
    playServer(() => undefined);
    const core = ready();
    const options = { title: "Sizes", location: false, items: [{ title: "S", description: "Small", url: "" }] };
    backFrom(core, message({ conversation_id: "1", options }));
    expect(core.desk.get().choices["1"]).toMatchObject({
      title: "Sizes",
      items: [{ title: "S", description: "Small", url: null }],
    });
  });
});
