import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { undoLast } from "../../commands/triage";
import type { ContactShape } from "../../protocol/types.generated";
import { AT } from "../../testing/examples";
import { type Call, coreWith, playServer, show } from "../../testing/render";
import { SamePerson } from "./same-person";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const contact = (change: Partial<ContactShape> = {}): ContactShape => ({
  id: "c1",
  name: "Eleni Markaki",
  avatar_url: null,
  email: null,
  phone: "+30 690 123 4471",
  company: "",
  language: null,
  note: "",
  fields: {},
  refs: {},
  blocked: false,
  identities: [],
  merged_into: null,
  created_at: AT,
  version: 1,
  company_id: null,
  ...change,
});
const other = contact({ id: "c2", name: "Ελένη Μαρκάκη", phone: "+306901234471" });

function ready(permissions = ["contacts"]) {
  const calls: Call[] = playServer((call) => {
    if (call.path === "/contacts/c1/suggestions") {
      const same = [{ contact: other, because: "phone", value: "306901234471" }];
      return { body: { same, company: null, domain: null } };
    }
    if (call.path.startsWith("/contacts?")) return { body: { items: [contact(), other] } };
    return { body: contact() };
  });
  const core = coreWith([]);
  core.store.update((state) => ({ ...state, me: state.me && { ...state.me, permissions } }), true);
  const changed = vi.fn();
  show(core, <SamePerson contact={contact()} changed={changed} />);
  return { core, calls, changed };
}

describe("who may be the same person", () => {
  it("is suggested with the reason, merged in one step and parted again", async () => {
    const { core, calls, changed } = ready();
    expect((await screen.findByRole("status")).textContent).toContain("Ελένη Μαρκάκη: same phone");
    await userEvent.click(screen.getByRole("button", { name: "Merge" }));
    await waitFor(() => expect(changed).toHaveBeenCalledOnce());
    expect(calls.find((call) => call.path === "/contacts/c2/merge")?.body).toEqual({ into_id: "c1" });
    await undoLast(core);
    expect(calls.some((call) => call.path === "/contacts/c2/unmerge")).toBe(true);
  });

  it("is told apart for everybody once it was said to be somebody else", async () => {
    const { calls } = ready();
    await userEvent.click(await screen.findByRole("button", { name: "Not the same" }));
    expect(screen.queryByRole("button", { name: "Not the same" })).toBeNull();
    await waitFor(() =>
      expect(calls.find((call) => call.path === "/contacts/c1/not-same")?.body).toEqual({ other_id: "c2" }),
    );
  });

  it("is found by search, too", async () => {
    const { calls } = ready();
    await userEvent.click(screen.getByRole("button", { name: /Merge with another person/ }));
    await userEvent.type(screen.getByRole("combobox"), "Μαρκ");
    await userEvent.click(await screen.findByRole("option", { name: /Ελένη/ }));
    await waitFor(() => expect(calls.some((call) => call.path === "/contacts/c2/merge")).toBe(true));
  });

  it("is nothing for those who may not change contacts", () => {
    ready([]);
    expect(screen.queryByRole("button")).toBeNull();
  });
});
