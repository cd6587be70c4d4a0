/** Answers for the customer to choose from, beside the words: kept with the conversation until they leave. */

import { useEffect, useState } from "react";
import { blank, type Choices, putChoices, restoreChoices } from "../../../commands/choices";
import type { Reply } from "../../../commands/reply";
import { useCore, useDesk } from "../../../ui/use-core";
import type { Target } from "./audience";

export function useChoices(id: string, target: Target | undefined) {
  const core = useCore();
  useEffect(() => restoreChoices(core, id), [core, id]);
  const kept = useDesk((desk) => desk.choices[id]);
  /** What the panel said of which choices: until it has looked at these, they do not go. */
  const [fits, setFits] = useState(false);
  const rule = target && !target.privateReply ? (target.capability?.options ?? null) : null;
  const chosen = rule && kept ? kept : null;
  const change = (next: Choices | null) => putChoices(core, id, next);
  /** Shows the panel with its caret there; once more puts an empty one away. */
  const offer = () => {
    if (!rule) return;
    if (chosen && !chosen.location && !Object.keys(bodyOf(chosen)).length) return change(null);
    change({ items: [blank(), blank()], title: "", location: false, ...chosen, fresh: true });
  };
  return {
    rule,
    chosen,
    ready: chosen === null || fits,
    setFits,
    change,
    offer,
    body: chosen ? bodyOf(chosen) : {},
  };
}

/** As the request says it. Rows without a word are none. */
function bodyOf({ items, title, location }: Choices): Partial<Reply> {
  if (location) return { asks_location: true };
  const options = items
    .filter((one) => one.title || one.description || one.url)
    .map((one) => ({
      title: one.title.trim(),
      ...(one.description?.trim() ? { description: one.description.trim() } : {}),
      ...(one.url?.trim() ? { url: one.url.trim() } : {}),
    }));
  if (!options.length) return {};
  return { options, ...(title.trim() ? { options_title: title.trim() } : {}) };
}
