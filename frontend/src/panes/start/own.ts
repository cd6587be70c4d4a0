/** How the agent has arranged the app: read at sign-in, kept on the server with every change. */

import { setOwnKeys } from "../../commands/registry";
import { reason } from "../../commands/triage";
import type { Core } from "../../core";
import type { Own } from "../../store/desk";
import { chosenZone, setZone } from "../../text/zone";

type Kept = Omit<Own, "loaded">;

export async function loadOwn(core: Core): Promise<void> {
  take(core, await core.api.get<Kept>("/preferences"));
}

/** Here at once; the server's answer settles it. Where it refuses, what it has comes back. */
export async function arrange(core: Core, change: Partial<Kept>): Promise<void> {
  const before = core.desk.get().own;
  const done = [...new Set([...before.done, ...(change.done ?? [])])];
  take(core, { ...before, ...change, done });
  try {
    take(core, await core.api.patch<Kept>("/preferences", change));
  } catch (error) {
    take(core, before);
    core.toast(reason(error), "bad");
  }
}

/** Puts a card away, or takes it out again. */
export function hideCard(core: Core, card: string, hidden: boolean): Promise<void> {
  const others = core.desk.get().own.hidden.filter((one) => one !== card);
  return arrange(core, { hidden: hidden ? [...others, card] : others });
}

function take(core: Core, { keys, hidden, done, views, zone }: Kept): void {
  setOwnKeys(keys);
  setZone(zone);
  core.show({ own: { loaded: true, keys, hidden, done, views, zone: chosenZone() } });
}
