/** What the desk asks for before a person closes a conversation (inbox/domain/desk_rules.py). */

import type { ConversationShape } from "../protocol/types.generated";
import type { State } from "./state";

type Missing = "tag" | "assignee" | "field";

export function missingToClose(state: State, row: ConversationShape | undefined): Missing[] {
  const rules = state.deskRules?.closing;
  if (!rules || !row || (rules.kinds.length && !rules.kinds.includes(row.kind))) return [];
  const tagged = rules.tag_ids.length ? row.tags.some((tag) => rules.tag_ids.includes(tag)) : row.tags.length > 0;
  return [
    ...(rules.needs_tag && !tagged ? (["tag"] as const) : []),
    ...(rules.needs_assignee && row.assignee_id === null ? (["assignee"] as const) : []),
    ...(emptyFields(state, row).length ? (["field"] as const) : []),
  ];
}

/** Keys of the own fields that closing asks for, and in which nothing stands. */
export function emptyFields(state: State, row: ConversationShape | undefined): string[] {
  return state.deskRules?.closing.fields.filter((key) => !row?.fields[key]) ?? [];
}
