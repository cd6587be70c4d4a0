/** What can be changed of a policy, what of it is asked of the server, and what a preset makes of it. */

import type { DraftHours, PolicyShape, PresetShape } from "../protocol/types.generated";

export type TargetDraft = Pick<
  PolicyShape,
  | "name"
  | "channel_ids"
  | "networks"
  | "kinds"
  | "priorities"
  | "tag_ids"
  | "languages"
  | "contact_fields"
  | "first_response_seconds"
  | "next_response_seconds"
  | "resolution_seconds"
  | "warning_seconds"
  | "time"
  | "calendar_id"
  | "clock"
  | "pauses"
  | "chain_id"
  | "chain_on"
>;
export type Terms = Omit<TargetDraft, "name">;

export const BLANK: TargetDraft = {
  name: "",
  channel_ids: [],
  networks: [],
  kinds: [],
  priorities: [],
  tag_ids: [],
  languages: [],
  contact_fields: {},
  first_response_seconds: 3600,
  next_response_seconds: null,
  resolution_seconds: null,
  warning_seconds: 900,
  time: "business",
  calendar_id: null,
  clock: "desk",
  pauses: [],
  chain_id: null,
  chain_on: "breach",
};

export function draftOf(policy: TargetDraft): TargetDraft {
  const names = Object.keys(BLANK) as (keyof TargetDraft)[];
  return Object.fromEntries(names.map((name) => [name, policy[name]])) as TargetDraft;
}

export function termsOf({ name: _name, ...terms }: TargetDraft): Terms {
  return terms;
}

/** A preset laid on what is there: its terms, with the name that was given. */
export function withPreset(draft: TargetDraft, preset: PresetShape): TargetDraft {
  const { name: _none, ...terms } = preset.policy;
  return { ...draft, ...terms, calendar_id: null };
}

/** Hours to count a draft in where there is no calendar yet; in the reader's zone, not the preset's. */
export function hoursOf(preset: PresetShape | null, zone: string): DraftHours | null {
  return preset?.calendar ? { ...preset.calendar, zone } : null;
}
