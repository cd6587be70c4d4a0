/** A part of the screen with a real core behind it; only the network is played. */

import { render } from "@testing-library/react";
import { vi } from "vitest";
import { Core } from "../core";
import type { ConversationShape } from "../protocol/types.generated";
import { apply } from "../store/apply";
import { EMPTY_TIMELINE } from "../store/state";
import { CoreContext } from "../ui/use-core";
import { NOW, snapshot } from "./examples";

export interface Call {
  method: string;
  path: string;
  body: Record<string, unknown>;
  headers: Record<string, string>;
}

type Answer = { status?: number; body?: unknown } | "unreachable";

/** Every request is kept; `answer` plays the server. */
export function playServer(answer: (call: Call) => Answer | undefined): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const body = typeof init.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : {};
    const call: Call = {
      method: init.method ?? "GET",
      path: url.replace("/api/v1", ""),
      body,
      headers: init.headers as Record<string, string>,
    };
    calls.push(call);
    const given = answer(call) ?? { body: {} };
    if (given === "unreachable") throw new TypeError("failed to fetch");
    return new Response(JSON.stringify(given.body ?? {}), { status: given.status ?? 200 });
  });
  return calls;
}

/** A core that has its snapshot, with the first conversation open. */
export function coreWith(rows: ConversationShape[]): Core {
  const core = new Core();
  core.store.update((state) => apply(state, snapshot(rows), NOW), true);
  const [first] = rows;
  if (first) {
    core.store.update((state) => ({ ...state, timelines: { [first.id]: { ...EMPTY_TIMELINE, loaded: true } } }), true);
    core.show({
      route: { page: "desk", view: "waiting", conversation: first.id },
      session: "in",
      sync: { phase: "live", missing: 0, missed: 0 },
    });
  }
  return core;
}

export function show(core: Core, part: React.ReactNode) {
  return render(<CoreContext value={core}>{part}</CoreContext>);
}
