/** What an admin set up about people: own fields and context links. Asked for once, and again when they change. */

import { useEffect, useState } from "react";
import type { Core } from "../core";
import type { ContextLinkShape, ConversationShape, CustomFieldShape } from "../protocol/types.generated";
import { putRow } from "../store/apply";
import { PEOPLE_SETTINGS } from "../store/state";
import { useCore, useSelect } from "../ui/use-core";
import { reason } from "./triage";

export interface PeopleSettings {
  fields: readonly CustomFieldShape[];
  links: readonly ContextLinkShape[];
}

const NONE: PeopleSettings = { fields: [], links: [] };
const asked = new WeakMap<Core, { at: number; answer: Promise<PeopleSettings> }>();

function ask(core: Core, at: number): Promise<PeopleSettings> {
  const before = asked.get(core);
  if (before?.at === at) return before.answer;
  const answer = Promise.all([
    core.api.get<{ items: CustomFieldShape[] }>("/custom-fields"),
    core.api.get<{ items: ContextLinkShape[] }>("/context-links"),
  ]).then(([fields, links]) => ({ fields: fields.items, links: links.items }));
  asked.set(core, { at, answer });
  answer.catch(() => asked.delete(core));
  return answer;
}

/** Own fields and context links as they are now; none until they are here. */
export function usePeopleSettings(): PeopleSettings {
  const core = useCore();
  const ready = useSelect((state) => state.ready);
  const at = useSelect((state) => state.people[PEOPLE_SETTINGS] ?? 0);
  const [settings, setSettings] = useState(NONE);
  useEffect(() => {
    if (!ready) return;
    let current = true;
    ask(core, at)
      .then((found) => current && setSettings(found))
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [core, ready, at]);
  return settings;
}

/** Says something in an own field of a conversation; "" empties it. A refusal is said at the bottom of the screen. */
export async function fillField(core: Core, id: string, key: string, value: string): Promise<void> {
  try {
    const body = { fields: { [key]: value } };
    const next = await core.api.patch<ConversationShape>(`/conversations/${id}/fields`, body);
    core.store.update((state) => putRow(state, next), true);
  } catch (error) {
    core.toast(reason(error), "bad");
  }
}
