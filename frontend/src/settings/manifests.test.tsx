import { cleanup, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { coreWith, playServer, show } from "../testing/render";
import { loadLanguage } from "../text/i18n";
import { actionName, FieldInput, useManifests } from "./manifests";

const field = (name: string, label: string, help: string, choices: string[] = []) => ({
  name,
  label,
  secret: false,
  required: true,
  default: "",
  help,
  choices,
});
const networks = [
  {
    network: "messenger",
    name: "Messenger",
    signs_in: "",
    fields: [
      field("page_id", "Page ID", "Left empty, it is taken from the token."),
      field("human_agent", "Human Agent feature", "", ["yes", "no"]),
    ],
  },
  { network: "pigeons", name: "Pigeons", signs_in: "", fields: [field("loft", "Loft", "Where they live.", ["a_b"])] },
];

function Page() {
  const { manifests } = useManifests();
  return manifests?.flatMap((one) =>
    one.fields.map((each) => <FieldInput key={each.name} field={each} value="" change={() => {}} />),
  );
}

afterEach(async () => {
  cleanup();
  vi.unstubAllGlobals();
  await loadLanguage("en");
});

describe("what a network asks for", () => {
  it("is said in the language of the interface, by the names of the network's own console", async () => {
    playServer(() => ({ body: { items: networks } }));
    await loadLanguage("de");
    show(coreWith([]), <Page />);
    const page = await screen.findByLabelText("Page ID");
    expect(page.getAttribute("aria-describedby")).toBeTruthy();
    expect(screen.getByText("Leer: wird dem Token entnommen.")).toBeTruthy();
    expect(screen.getByLabelText("Funktion Human Agent")).toBeTruthy();
  });

  it("keeps the value of a choice that is shown in other words", async () => {
    playServer(() => ({ body: { items: networks } }));
    await loadLanguage("fi");
    show(coreWith([]), <Page />);
    const yes = await screen.findByRole<HTMLOptionElement>("option", { name: "kyllä" });
    expect(yes.value).toBe("yes");
  });

  it("is said as the manifest says it where there are no words for it", async () => {
    playServer(() => ({ body: { items: networks } }));
    await loadLanguage("el");
    show(coreWith([]), <Page />);
    expect(await screen.findByLabelText("Loft")).toBeTruthy();
    expect(screen.getByText("Where they live.")).toBeTruthy();
    expect(screen.getByRole("option", { name: "a_b" })).toBeTruthy();
    expect(actionName("send_pigeon")).toBe("send pigeon");
  });

  it("shows the braces of an example as they are typed", async () => {
    const chat = [
      { network: "webchat", name: "Website chat", signs_in: "", fields: [field("greeting", "Greeting", "Text")] },
    ];
    playServer(() => ({ body: { items: chat } }));
    await loadLanguage("de");
    show(coreWith([]), <Page />);
    expect(await screen.findByText('Text, oder JSON nach Sprache: {"en": "Hello", "de": "Hallo"}.')).toBeTruthy();
  });
});
