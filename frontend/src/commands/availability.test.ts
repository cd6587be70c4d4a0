import { afterEach, describe, expect, it, vi } from "vitest";
import { apply } from "../store/apply";
import { availabilityOf, awayReason } from "../store/availability";
import { event, NOW } from "../testing/examples";
import { coreWith, playServer } from "../testing/render";
import { setAvailability } from "./availability";

afterEach(() => vi.unstubAllGlobals());

const row = (state: string, reason_id: string | null = null) => ({
  id: "a1",
  state,
  reason_id,
  since: "2026-11-22T12:00:00Z",
  automatic: false,
});

describe("whether one takes work", () => {
  it("is shown at once and then as the server has it", async () => {
    const calls = playServer(() => ({ body: row("away", "1") }));
    const core = coreWith([]);
    const said = setAvailability(core, "away", "1");
    expect(availabilityOf(core.state(), "a1")).toBe("away");
    expect(awayReason(core.state(), "a1")).toBe("Break");
    await said;
    expect(calls[0]).toMatchObject({ method: "PUT", path: "/agents/a1/availability" });
    expect(calls[0]?.body).toEqual({ state: "away", reason_id: "1" });
  });

  it("is what it was before when the server refuses, and says why", async () => {
    playServer(() => ({ status: 422, body: { detail: "there is no reason 1", code: "reason_id" } }));
    const core = coreWith([]);
    await setAvailability(core, "away", "1");
    expect(availabilityOf(core.state(), "a1")).toBe("offline");
    expect(core.desk.get().toast?.text).toContain("there is no reason");
  });

  it("follows colleagues live, and what they have on their hands", () => {
    const core = coreWith([]);
    const data = { object: "availability", value: { ...row("busy"), id: "a2" } };
    const changed = event({ event: "availability_changed", conversation_id: null, row: null, data });
    const state = apply(apply(core.state(), changed, NOW), { type: "counts", counts: {}, loads: { a2: 7 } }, NOW);
    expect(availabilityOf(state, "a2")).toBe("busy");
    expect(state.loads.a2).toBe(7);
  });
});
