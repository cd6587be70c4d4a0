import { act, cleanup, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { SharedDraftShape } from "../../../protocol/types.generated";
import type { Phase } from "../../../sync/machine";
import { AT, conversation } from "../../../testing/examples";
import { coreWith, playServer, show } from "../../../testing/render";
import { SharedDrafts } from "./shared-drafts";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const draft = (text: string, agent_id: string): SharedDraftShape => ({
  agent_id,
  conversation_id: "1",
  mode: "reply",
  thread_id: null,
  text,
  version: 1,
  at: AT,
  in_reply_to: null,
});

it("are asked for again when the connection comes back: nobody tells what colleagues did meanwhile", async () => {
  let items = [draft("Dear Eleni", "a2")];
  const calls = playServer(() => ({ body: { items } }));
  const row = conversation();
  const core = coreWith([row]);
  const elsewhere = { ...draft("Another", "a2"), conversation_id: "2" };
  core.store.update((state) => ({ ...state, sharedDrafts: { "2:a2:reply": elsewhere } }), true);
  show(core, <SharedDrafts row={row} mode="reply" />);
  expect(await screen.findByText("Dear Eleni")).toBeTruthy();
  const come = (phase: Phase) => act(() => core.show({ sync: { phase, missing: 0, missed: 0 } }));
  come("offline");
  items = [draft("Dear Ms Eleni", "a3")];
  come("live");
  expect(await screen.findByText("Dear Ms Eleni")).toBeTruthy();
  await waitFor(() => expect(screen.queryByText("Dear Eleni")).toBeNull());
  expect(core.state().sharedDrafts["2:a2:reply"]).toEqual(elsewhere);
  expect(calls).toHaveLength(2);
});
