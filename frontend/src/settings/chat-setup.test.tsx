import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { coreWith, show } from "../testing/render";
import { ChatSetup } from "./chat-setup";
import type { ManifestField } from "./manifests";

const field = (name: string, label: string): ManifestField => ({
  name,
  label,
  secret: false,
  required: false,
  default: name === "colour" ? "#0b6377" : "",
  help: "",
  choices: [],
});
const manifest = {
  network: "webchat",
  name: "Website chat",
  signs_in: "" as const,
  fields: [
    field("site_name", "Name above the chat"),
    field("colour", "Colour"),
    field("greeting", "Greeting"),
    field("pre_chat_form", "Questions before the first message"),
    field("hours", "Opening hours"),
    field("privacy_url", "Privacy page"),
  ],
};
let last: Record<string, string> = {};

function Page() {
  const [values, setValues] = useState<Record<string, string>>({});
  last = values;
  return (
    <ChatSetup
      manifest={manifest}
      name="Our shop"
      value={(name) => values[name] ?? ""}
      set={(name, value) => setValues({ ...values, [name]: value })}
    />
  );
}

afterEach(cleanup);

describe("the chat's set-up", () => {
  it("shows while one chooses what a visitor will see", async () => {
    show(coreWith([]), <Page />);
    const preview = within(screen.getByRole("region", { name: "How visitors see it" }));
    expect(preview.getByText("Our shop")).toBeTruthy();
    await userEvent.type(screen.getByLabelText(/Name above the chat/), "Alkyon");
    await userEvent.type(screen.getByLabelText(/Greeting/), "Welcome");
    expect(preview.getByText("Alkyon")).toBeTruthy();
    expect(preview.getByText("Welcome")).toBeTruthy();
    const [colour] = screen.getAllByLabelText<HTMLInputElement>("Colour");
    if (colour) fireEvent.change(colour, { target: { value: "#ffee00" } });
    const header = preview.getByText("Alkyon").closest("header");
    expect(header?.style.background).toContain("#ffee00");
    expect(header?.style.color).toBe("#111");
  });

  it("writes questions and hours without anybody seeing JSON", async () => {
    show(coreWith([]), <Page />);
    await userEvent.click(screen.getByLabelText("Email"));
    await userEvent.click(screen.getByLabelText("Email: must be answered"));
    expect(JSON.parse(last.pre_chat_form ?? "")).toEqual([{ name: "email", type: "email", required: true }]);
    await userEvent.click(screen.getByLabelText("Always open"));
    await userEvent.click(screen.getByRole("button", { name: "Fri" }));
    expect(Object.keys(JSON.parse(last.hours ?? "").weekly)).toEqual(["mon", "tue", "wed", "thu"]);
    await userEvent.click(screen.getByLabelText("Always open"));
    expect(last.hours).toBe("");
  });
});
