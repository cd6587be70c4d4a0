import { describe, expect, it } from "vitest";
import type { ServerFrame } from "../protocol/types.generated";
import { CLOSE } from "../protocol/types.generated";
import { AT, event, snapshot } from "../testing/examples";
import { type Effect, SyncMachine } from "./machine";

const hello = (epoch: number, position: number): ServerFrame => ({
  type: "hello",
  epoch,
  position,
  server_time: AT,
  version: "1",
});
const sent = (effects: Effect[]) => effects.flatMap((effect) => (effect.type === "send" ? [effect.frame] : []));
const frame = (machine: SyncMachine, given: ServerFrame) => machine.handle({ type: "frame", frame: given });

function live(): SyncMachine {
  const machine = new SyncMachine(
    () => "waiting",
    () => 0.5,
  );
  machine.handle({ type: "start" });
  frame(machine, hello(1, 10));
  frame(machine, snapshot([], 10));
  return machine;
}

describe("connecting", () => {
  it("asks for a snapshot of the view shown when there is nothing to continue from", () => {
    const machine = new SyncMachine(() => "mine");
    expect(machine.handle({ type: "start" })).toEqual([{ type: "connect" }]);
    expect(sent(frame(machine, hello(1, 10)))).toEqual([{ type: "snapshot", view: "mine" }]);
    expect(machine.phase).toBe("stale");
    frame(machine, snapshot([], 10));
    expect(machine.phase).toBe("live");
  });

  it("continues after the highest position seen, and says how much was missed", () => {
    const machine = live();
    frame(machine, event({ position: 11 }));
    machine.handle({ type: "closed", code: 1006 });
    machine.handle({ type: "timer" });
    expect(sent(frame(machine, hello(1, 225)))).toEqual([{ type: "resume", epoch: 1, position: 11 }]);
    expect(machine.status()).toEqual({ phase: "stale", missing: 214, missed: 214 });
    frame(machine, event({ position: 225 }));
    expect(machine.phase).toBe("live");
  });

  it("is caught up by progress, too, since most of what was missed may be others' business", () => {
    const machine = live();
    machine.handle({ type: "closed", code: 1006 });
    machine.handle({ type: "timer" });
    frame(machine, hello(1, 200));
    frame(machine, { type: "progress", position: 200, sent: 0 });
    expect(machine.phase).toBe("live");
  });

  it("starts anew in another epoch: positions mean something else there", () => {
    const machine = live();
    machine.handle({ type: "closed", code: 1006 });
    machine.handle({ type: "timer" });
    expect(sent(frame(machine, hello(2, 5)))).toEqual([{ type: "snapshot", view: "waiting" }]);
  });

  it("asks for a snapshot when the server cannot continue", () => {
    const machine = live();
    expect(sent(frame(machine, { type: "resync", reason: "too_old" }))).toEqual([
      { type: "snapshot", view: "waiting" },
    ]);
  });

  it("asks again when it was cut before the snapshot came: what it has seen since is no place to go on from", () => {
    const machine = live();
    frame(machine, { type: "resync", reason: "scope" });
    frame(machine, event({ position: 11 }));
    machine.handle({ type: "closed", code: 1006 });
    machine.handle({ type: "timer" });
    expect(sent(frame(machine, hello(1, 12)))).toEqual([{ type: "snapshot", view: "waiting" }]);
    frame(machine, snapshot([], 12));
    machine.handle({ type: "closed", code: 1006 });
    machine.handle({ type: "timer" });
    expect(sent(frame(machine, hello(1, 12)))).toEqual([{ type: "resume", epoch: 1, position: 12 }]);
  });
});

describe("the proof that nothing was missed", () => {
  it("agrees when both counted the same events and leavings", () => {
    const machine = live();
    frame(machine, event({ position: 11 }));
    frame(machine, { type: "left", position: 12, conversation_id: "1" });
    expect(sent(frame(machine, { type: "progress", position: 12, sent: 2 }))).toEqual([]);
    expect(machine.phase).toBe("live");
  });

  it("asks for a snapshot when the counts differ", () => {
    const machine = live();
    expect(sent(frame(machine, { type: "progress", position: 12, sent: 1 }))).toEqual([
      { type: "snapshot", view: "waiting" },
    ]);
    expect(machine.phase).toBe("stale");
  });

  it("counts from each hello", () => {
    const machine = live();
    frame(machine, event({ position: 11 }));
    machine.handle({ type: "closed", code: CLOSE.restart });
    machine.handle({ type: "timer" });
    frame(machine, hello(1, 11));
    expect(sent(frame(machine, { type: "progress", position: 11, sent: 0 }))).toEqual([]);
  });
});

describe("close codes", () => {
  const close = (code: number) => live().handle({ type: "closed", code });

  it("ends the session where the server says so", () => {
    expect(close(CLOSE.sign_in)).toEqual([{ type: "ended", why: "sign_in" }]);
    expect(close(CLOSE.revoked)).toEqual([{ type: "ended", why: "revoked" }]);
  });

  it("comes back at once when it was only too slow, later after a flood", () => {
    expect(close(CLOSE.too_slow)).toEqual([{ type: "timer", ms: 0 }]);
    expect(close(CLOSE.flood)).toEqual([{ type: "timer", ms: 4000 }]);
    expect(close(CLOSE.restart)).toEqual([{ type: "timer", ms: 250 }]);
  });

  it("does not offer a position again that was refused", () => {
    const machine = live();
    machine.handle({ type: "closed", code: CLOSE.bad_frame });
    machine.handle({ type: "timer" });
    expect(sent(frame(machine, hello(1, 20)))[0]?.type).toBe("snapshot");
  });

  it("does nothing more once it was stopped", () => {
    const machine = live();
    machine.handle({ type: "stop" });
    expect(machine.handle({ type: "online" })).toEqual([]);
    expect(frame(machine, event())).toEqual([]);
  });
});

describe("a request that found no server", () => {
  it("makes what is shown stale until the server has answered, so that what waits is sent then", () => {
    const machine = live();
    expect(machine.handle({ type: "doubt" })).toEqual([]);
    expect(machine.status()).toEqual({ phase: "stale", missing: 0, missed: 0 });
    frame(machine, event({ position: 11 }));
    expect(machine.handle({ type: "alive" })).toEqual([]);
    expect(machine.phase).toBe("live");
  });

  it("does not call live by an answer what still has to be fetched", () => {
    const machine = live();
    machine.handle({ type: "doubt" });
    machine.handle({ type: "closed", code: 1006 });
    machine.handle({ type: "timer" });
    frame(machine, hello(1, 200));
    machine.handle({ type: "alive" });
    expect(machine.phase).toBe("stale");
  });
});

describe("the browser's signals", () => {
  it("lets go when the network is gone and tries at once when it is back", () => {
    const machine = live();
    expect(machine.handle({ type: "offline" })[0]).toEqual({ type: "disconnect" });
    expect(machine.phase).toBe("offline");
    expect(machine.handle({ type: "online" })).toEqual([{ type: "connect" }]);
  });
});
