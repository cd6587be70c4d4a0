import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { showContact } from "../../commands/people";
import { undoLast } from "../../commands/triage";
import type { ContactShape, CustomFieldShape } from "../../protocol/types.generated";
import { AT, conversation, message } from "../../testing/examples";
import { type Call, coreWith, playServer, show } from "../../testing/render";
import Around from "./around";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const person: ContactShape = {
  id: "c1",
  name: "Eleni Markaki",
  avatar_url: null,
  email: "eleni@example.test",
  phone: null,
  company: "",
  language: null,
  note: "",
  fields: { tier: "gold", crm_stage: "lead" },
  refs: { crm: "7" },
  blocked: false,
  identities: [],
  merged_into: null,
  created_at: AT,
  version: 3,
  company_id: null,
};
const tier: CustomFieldShape = {
  id: "f1",
  key: "tier",
  name: "Tier",
  subject: "contact",
  kind: "choice",
  choices: ["gold", "silver"],
  required: true,
  place: 1,
  version: 1,
};
const links = [
  {
    id: "l1",
    label: "Shop",
    template: "https://shop.example/?q={email}",
    mask: "",
    shown: "both",
    place: 1,
    version: 1,
  },
  { id: "l2", label: "Phone", template: "tel:{phone}", mask: "", shown: "both", place: 2, version: 1 },
];

function ready(contact = person, permissions = ["contacts", "triage"]) {
  const story = { message: message({ text: "Where is AB-123456?" }), conversation: conversation({ number: 4711 }) };
  const calls: Call[] = playServer((call) => {
    if (call.path === "/custom-fields")
      return {
        body: {
          items: [tier, { ...tier, id: "f2", key: "case", name: "Case", subject: "conversation", kind: "text" }],
        },
      };
    if (call.path === "/context-links") return { body: { items: links } };
    if (call.path.endsWith("/suggestions")) return { body: { same: [], company: null, domain: null } };
    if (call.path.endsWith("/consents"))
      return { body: [{ channel_id: "ch1", state: "withdrawn", source: "STOP", at: AT, by: null }] };
    if (call.path.includes("/timeline")) return { body: { items: [story], next_cursor: null, position: 1 } };
    return { body: { ...contact, ...(call.body as object), version: contact.version + 1 } };
  });
  const core = coreWith([conversation()]);
  core.store.update((state) => ({ ...state, ready: true, me: state.me && { ...state.me, permissions } }), true);
  const changed = vi.fn();
  show(core, <Around contact={contact} row={conversation()} changed={changed} />);
  return { core, calls, changed };
}

describe("what stands around a person", () => {
  it("is changed where it stands, own fields by what they allow, and the rest of the fields stays", async () => {
    const { calls } = ready();
    await userEvent.selectOptions(await screen.findByRole("combobox", { name: "Tier" }), "silver");
    await waitFor(() =>
      expect(calls.find((call) => call.method === "PATCH")?.body).toEqual({
        fields: { tier: "silver", crm_stage: "lead" },
      }),
    );
    await userEvent.click(screen.getByRole("button", { name: /^Change Phone/ }));
    await userEvent.type(screen.getByRole("textbox", { name: "Phone" }), "+30 1{Enter}");
    await waitFor(() => expect(calls.some((call) => call.body?.phone === "+30 1")).toBe(true));
    const before = calls.length;
    await userEvent.click(screen.getByRole("button", { name: /^Change Email/ }));
    await userEvent.type(screen.getByRole("textbox", { name: "Email" }), "x{Escape}");
    expect(calls.slice(before).some((call) => call.method === "PATCH")).toBe(false);
  });

  it("leads into other systems only where what they need is known", async () => {
    ready();
    const shop = await screen.findByRole("link", { name: "Shop" });
    expect(shop.getAttribute("href")).toBe("https://shop.example/?q=eleni%40example.test");
    expect(screen.queryByRole("link", { name: "Phone" })).toBeNull();
  });

  it("says what the person said about being written to, and takes it down", async () => {
    const { calls } = ready();
    const select = await screen.findByRole("combobox", { name: /May we write first on/ });
    expect((select as HTMLSelectElement).value).toBe("withdrawn");
    await userEvent.selectOptions(select, "granted");
    await waitFor(() =>
      expect(calls.find((call) => call.method === "PUT")).toMatchObject({
        path: "/contacts/c1/consents/ch1",
        body: { state: "granted" },
      }),
    );
  });

  it("tells the whole story, each item with its conversation", async () => {
    ready();
    expect(await screen.findByText("#4711")).toBeTruthy();
    expect(screen.getByText(/AB-123456/)).toBeTruthy();
  });

  it("blocks everywhere in one press, and takes it back in one", async () => {
    const { core, calls, changed } = ready();
    await userEvent.click(await screen.findByRole("button", { name: "Block everywhere" }));
    await waitFor(() => expect(changed).toHaveBeenCalled());
    await undoLast(core);
    const said = calls.filter((call) => call.method === "PATCH").map((call) => call.body);
    expect(said).toEqual([{ blocked: true }, { blocked: false }]);
  });

  it("makes a VIP in one press, beside his other fields, and takes it back in one (B19)", async () => {
    const { core, calls, changed } = ready();
    await userEvent.click(await screen.findByRole("button", { name: "VIP", pressed: false }));
    await waitFor(() => expect(changed).toHaveBeenCalled());
    await undoLast(core);
    const said = calls.filter((call) => call.method === "PATCH").map((call) => call.body);
    expect(said).toEqual([{ fields: { ...person.fields, vip: "yes" } }, { fields: person.fields }]);
  });

  it("shows in lists at once who is a VIP", () => {
    playServer(() => undefined);
    const core = coreWith([
      conversation(),
      conversation({ id: "2", contact: { ...conversation().contact, id: "c2" } }),
    ]);
    showContact(core, { ...person, fields: { vip: "Yes" } });
    expect(["1", "2"].map((id) => core.state().rows[id]?.contact.vip)).toEqual([true, false]);
    showContact(core, person);
    expect(core.state().rows["1"]?.contact.vip).toBe(false);
  });

  it("offers nothing to change to those who may not", async () => {
    ready(person, []);
    expect(await screen.findByText("eleni@example.test")).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Change|Block|VIP/ })).toBeNull();
  });
});
