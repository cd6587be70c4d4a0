import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { RoutingShape } from "../../protocol/types.generated";
import { agent, conversation } from "../../testing/examples";
import { coreWith, playServer, show } from "../../testing/render";
import { RoutingPicker } from "./routing-picker";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function ready(routing: RoutingShape) {
  const calls = playServer((call) => ({ body: call.path.endsWith("/routing") ? routing : conversation() }));
  const core = coreWith([conversation()]);
  const agents = { a1: agent(), a2: agent({ id: "a2", name: "Jonas Brandt" }) };
  core.store.update((state) => ({ ...state, agents }), true);
  show(core, <RoutingPicker id="1" close={() => {}} />);
  return calls;
}

describe("who would get a conversation", () => {
  it("is named first, with why nobody else, and can be given it", async () => {
    const calls = ready({
      mode: "round_robin",
      team_id: null,
      agent_id: "a2",
      why: [
        { agent_id: "a1", word: "full" },
        { agent_id: "a2", word: "turn" },
      ],
    });
    await screen.findByText("Jonas Brandt would get it now");
    expect(screen.getAllByRole("listitem").map((one) => one.textContent)).toEqual([
      expect.stringMatching(/Jonas Brandt.*has the turn/),
      expect.stringMatching(/Maria Stavrou.*has no room/),
    ]);
    await userEvent.click(screen.getByRole("button", { name: "Give it to Jonas Brandt" }));
    await waitFor(() => expect(calls.at(-1)?.body).toMatchObject({ assignee_id: "a2" }));
  });

  it("is nobody where nobody can take it, and says where nothing is given out by itself", async () => {
    ready({ mode: "off", team_id: null, agent_id: null, why: [{ agent_id: "a1", word: "offline" }] });
    await screen.findByText("Nobody can take it now");
    expect(screen.getByText(/Nothing is given out here by itself/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Give it to/ })).toBeNull();
  });
});
