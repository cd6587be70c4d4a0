import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { apply } from "../store/apply";
import { event, NOW } from "../testing/examples";
import { coreWith, playServer, show } from "../testing/render";
import { settingWords } from "../text/settings/load";
import { workReviewWords } from "../text/work-reviews/load";
import { ChecklistsPage } from "./checklists";

beforeAll(async () => {
  await Promise.all([settingWords(), workReviewWords()]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const list = { id: "l1", name: "Tone", questions: ["Friendly?", "Complete?"], created_at: "", version: 3 };

function open(lists: object[] = [list]) {
  const calls = playServer((call) =>
    call.method === "GET" ? { body: { items: lists } } : { body: { ...list, ...call.body, version: 4 } },
  );
  const core = coreWith([]);
  core.store.update(
    (state) => ({ ...state, me: state.me && { ...state.me, permissions: ["reports", "settings"] } }),
    true,
  );
  show(core, <ChecklistsPage />);
  return Object.assign(calls, { core });
}

describe("checklists", () => {
  it("show what another admin changed, without being asked", async () => {
    const lists: object[] = [list];
    const { core } = open(lists);
    await screen.findByText("Tone");
    lists.push({ ...list, id: "l2", name: "Facts" });
    const frame = event({
      event: "setting_changed",
      position: 900,
      conversation_id: null,
      data: { object: "checklist", id: "l2" },
    });
    act(() => core.store.update((state) => apply(state, frame, NOW), true));
    expect(await screen.findByText("Facts")).toBeTruthy();
  });

  it("begin with an example that can be changed before it is saved", async () => {
    const calls = open([]);
    fireEvent.click(await screen.findByRole("button", { name: "New checklist" }));
    fireEvent.click(screen.getByRole("button", { name: "Begin with an example" }));
    fireEvent.change(screen.getByLabelText("Question 1"), { target: { value: "Was it understood?" } });
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls.some((call) => call.method === "POST")).toBe(true));
    const { name, questions } = calls.find((call) => call.method === "POST")?.body ?? {};
    expect(name).toBe("A good answer");
    expect(questions).toHaveLength(6);
    expect((questions as string[])[0]).toBe("Was it understood?");
  });

  it("are changed by version: questions are moved, added and taken out", async () => {
    const calls = open();
    fireEvent.click(await screen.findByRole("button", { name: "Open" }));
    fireEvent.click(screen.getAllByRole("button", { name: "Move up" })[1] as HTMLElement);
    fireEvent.click(screen.getByRole("button", { name: "Another question" }));
    fireEvent.change(screen.getByLabelText("Question 3"), { target: { value: "True?" } });
    fireEvent.click(screen.getByRole("button", { name: "Remove: Question 2" }));
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls.some((call) => call.method === "PATCH")).toBe(true));
    const patch = calls.find((call) => call.method === "PATCH");
    expect(patch?.body).toEqual({ questions: ["Complete?", "True?"] });
    expect(patch?.headers["If-Match"]).toBe('"v3"');
  });

  it("have at most twelve questions", async () => {
    open([{ ...list, questions: Array.from({ length: 12 }, (_, i) => `Q${i}`) }]);
    fireEvent.click(await screen.findByRole("button", { name: "Open" }));
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Another question" }).disabled).toBe(true);
  });
});
