/** What the desk asks for before a person closes a conversation (inbox/domain/desk_rules.py). */

import type { ConversationShape } from "../protocol/types.generated";
import type { State } from "./state";

export function missingToClose(state: State, row: ConversationShape | undefined): ("tag" | "assignee")[] {
  const rules = state.deskRules?.closing;
  if (!rules || !row || (rules.kinds.length && !rules.kinds.includes(row.kind))) return [];
  const tagged = rules.tag_ids.length ? row.tags.some((tag) => rules.tag_ids.includes(tag)) : row.tags.length > 0;
  return [
    ...(rules.needs_tag && !tagged ? (["tag"] as const) : []),
    ...(rules.needs_assignee && row.assignee_id === null ? (["assignee"] as const) : []),
  ];
}
