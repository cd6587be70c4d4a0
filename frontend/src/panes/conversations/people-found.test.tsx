import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openId } from "../../store/desk";
import { conversation } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { PeopleFound } from "./people-found";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function ready(query: string) {
  const calls = playServer((call) => {
    if (call.path.startsWith("/contacts?"))
      return {
        body: {
          items:
            query === "#4711"
              ? []
              : [{ id: "c1", name: "Ελένη", email: "e@x.example", company: "", phone: null, identities: [] }],
        },
      };
    return { body: { items: [conversation({ id: "77", number: 4711 })], next_cursor: null, position: 1 } };
  });
  const core = coreWith([]);
  show(core, <PeopleFound query={query} />);
  return { core, calls };
}

describe("what a search finds beside messages", () => {
  it("is people, whose newest conversation opens", async () => {
    const { core, calls } = ready("eleni");
    await userEvent.click(await screen.findByRole("button", { name: /Ελένη/ }));
    await waitFor(() => expect(openId(core.desk.get())).toBe("77"));
    expect(calls.some((call) => call.path.startsWith("/contacts/c1/conversations"))).toBe(true);
  });

  it("is all people, page by page", async () => {
    const person = (nth: number) => ({ id: `c${nth}`, name: `Anna ${nth}`, identities: [] });
    const calls = playServer((call) => {
      if (call.path.includes("cursor=")) return { body: { items: [person(6)], next_cursor: null } };
      return { body: { items: [1, 2, 3, 4, 5].map(person), next_cursor: "next" } };
    });
    show(coreWith([]), <PeopleFound query="anna" />);
    await screen.findByText(/5 of many/);
    expect(screen.queryByText("Anna 5")).toBeNull();

    await userEvent.click(screen.getByRole("button", { name: "Show more people" }));
    expect(screen.getByText("Anna 5")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Show more people" }));

    expect(await screen.findByText("Anna 6")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Show more people" })).toBeNull();
    expect(calls.at(-1)?.path).toBe("/contacts?q=anna&limit=20&cursor=next");
  });

  it("is the conversation whose number was written", async () => {
    const { core } = ready("#4711");
    await userEvent.click(await screen.findByRole("button", { name: /#4711/ }));
    await waitFor(() => expect(openId(core.desk.get())).toBe("77"));
  });
});
