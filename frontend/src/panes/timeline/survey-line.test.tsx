import { cleanup, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EventShape } from "../../protocol/types.generated";
import { EMPTY_TIMELINE } from "../../store/state";
import { AT, conversation } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { EventLine } from "./event-line";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const answered = (position: number, data: Record<string, unknown>): EventShape => ({
  position,
  type: "survey_answered",
  at: AT,
  conversation_id: "1",
  actor: { kind: "contact", id: "9", name: "Eleni" },
  data: { ask_id: "70", survey_id: "5", scale: "csat", score: 4, was: null, commented: true, ...data },
});

function timeline(...events: EventShape[]) {
  const calls = playServer((call) =>
    call.path === "/conversations/1/surveys"
      ? { body: { items: [{ id: "70", comment: "Quick!", score: 2 }] } }
      : undefined,
  );
  const core = coreWith([conversation()]);
  const kept = Object.fromEntries(events.map((event) => [event.position, event]));
  core.store.update(
    (state) => ({ ...state, timelines: { "1": { ...EMPTY_TIMELINE, loaded: true, events: kept } } }),
    true,
  );
  show(
    core,
    events.map((event) => <EventLine key={event.position} event={event} now={0} />),
  );
  return calls;
}

describe("the line of an answered survey", () => {
  it("says the score with its stars, and what the person wrote", async () => {
    timeline(answered(7, {}));
    expect(await screen.findByText("Quick!")).toBeTruthy();
    expect(screen.getByText(/answered the survey: 4 of 5/)).toBeTruthy();
    expect(screen.getByText("Eleni")).toBeTruthy();
  });

  it("shows the words beside the newest answer alone, and says that it was changed", async () => {
    const calls = timeline(answered(7, {}), answered(9, { score: 2, was: 4 }));
    expect(await screen.findAllByText("Quick!")).toHaveLength(1);
    expect(screen.getByText(/changed the answer from 4 to 2 of 5/)).toBeTruthy();
    expect(calls).toHaveLength(1);
  });

  it("asks for no words where there are none, and shows no stars for a recommendation", async () => {
    const calls = timeline(answered(7, { scale: "nps", score: 9, commented: false }));
    expect(await screen.findByText(/answered the survey: 9 of 10/)).toBeTruthy();
    expect(screen.queryByText(/★/)).toBeNull();
    expect(calls).toHaveLength(0);
  });
});
