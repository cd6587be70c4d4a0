import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { RecentImport, UndoneRow } from "../protocol/types.generated";
import { type Call, coreWith, playServer, show } from "../testing/render";
import { settingWords } from "../text/settings/load";
import { PeopleFiles } from "./people-files";

beforeAll(async () => {
  await settingWords();
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const taken = (until: number): RecentImport => ({
  id: "9",
  at: new Date(until - 3_600_000).toISOString(),
  until: new Date(until).toISOString(),
  by: { kind: "agent", id: "2", name: "Jonas" },
  created: 2,
  changed: 1,
});
const undone: UndoneRow[] = [
  { contact_id: "1", name: "Eleni", outcome: "restored", because: null },
  { contact_id: "2", name: "Ben", outcome: "removed", because: null },
  { contact_id: "3", name: "Cleo", outcome: "stays", because: "used" },
];

function open(recent: RecentImport): Call[] {
  let left = [recent];
  const calls = playServer(({ path }) => {
    if (path === "/people/imports") return { body: { items: left, next_cursor: null, position: 1 } };
    if (!path.endsWith("/undo")) return {};
    left = [];
    return { body: { rows: undone } };
  });
  show(coreWith([]), <PeopleFiles may fields={[]} />);
  return calls;
}

describe("a file of people taken in", () => {
  it("is taken back in one, and says how many, and who stays and why", async () => {
    const calls = open(taken(Date.now() + 1_800_000));
    await screen.findByText(/2 new, 1 changed/);

    await userEvent.click(screen.getByRole("button", { name: "Undo the import" }));

    const said = await screen.findByText("Import undone");
    expect(said.parentElement?.textContent).toBe("Import undoneremoved 1as before 1stays 1");
    expect(screen.getByRole("row", { name: "Cleo stays wrote, or is known elsewhere, since" })).toBeTruthy();
    expect(screen.queryByText("Eleni")).toBeNull();
    expect(screen.queryByRole("button", { name: "Undo the import" })).toBeNull();
    expect(calls.filter((call) => call.path === "/people/imports/9/undo")).toHaveLength(1);
  });

  it("has no way back once its hour is over", async () => {
    const calls = open(taken(Date.now() - 1_000));
    await vi.waitFor(() => expect(calls.length).toBe(1));
    expect(screen.queryByRole("button", { name: "Undo the import" })).toBeNull();
  });
});
