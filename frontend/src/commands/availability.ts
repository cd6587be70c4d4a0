/** Whether one takes work: shown at once, then told to the server, taken back if it refuses. */

import type { Core } from "../core";
import type { AvailabilityShape } from "../protocol/types.generated";
import { without } from "../store/apply";
import type { Availability } from "../store/availability";
import { reason } from "./triage";

export async function setAvailability(core: Core, to: Availability, reasonId: string | null = null): Promise<void> {
  const id = core.state().me?.agent.id;
  if (!id) return;
  const before = core.state().availability[id];
  const since = new Date(Date.now() + core.state().clockOffsetMs).toISOString();
  put(core, { id, state: to, reason_id: reasonId, since, automatic: false });
  try {
    put(core, await core.api.put<AvailabilityShape>(`/agents/${id}/availability`, { state: to, reason_id: reasonId }));
  } catch (error) {
    if (before) put(core, before);
    else core.store.update((state) => ({ ...state, availability: without(state.availability, id) }), true);
    core.toast(reason(error), "bad");
  }
}

function put(core: Core, shape: AvailabilityShape): void {
  core.store.update((state) => ({ ...state, availability: { ...state.availability, [shape.id]: shape } }), true);
}
