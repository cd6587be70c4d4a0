/** Search: what was said, page by page, newest first; one row for each conversation. */

import type { Core } from "../core";
import type { ConversationShape } from "../protocol/types.generated";
import { markUnread, putRows } from "../store/apply";
import type { Search, SearchHit } from "../store/desk";
import { type Filter, NO_FILTER, writeFilter } from "../store/filter";

const PAGE = "50";

interface SearchPage {
  items: { conversation: ConversationShape; message_id: string | null; snippet: string; at: string }[];
  next_cursor: string | null;
}

/** Begins a search: a newer one makes whatever is still on its way for an older one void. */
export async function search(core: Core, query: string, filter: Filter = NO_FILTER): Promise<void> {
  const narrowed = writeFilter(filter, null);
  if (!query.trim()) return core.show({ search: { query, narrowed, hits: [], cursor: null, state: "here" } });
  const begun: Search = { query, narrowed, hits: null, cursor: null, state: "asking" };
  core.show({ search: begun });
  await ask(core, begun);
}

/**
 * Adds older conversations below. Goes on until there is one that was not shown yet, or no more: items of a
 * conversation that is shown already, and items out of sight, fill pages of their own.
 */
export async function olderHits(core: Core): Promise<void> {
  const { search: before } = core.desk.get();
  if (before.state === "asking" || !hasOlder(before)) return;
  const asking: Search = { ...before, state: "asking" };
  core.show({ search: asking });
  await ask(core, asking);
}

/** Whether there may be more than is shown; also where asking failed, so that it can be asked again. */
export const hasOlder = (one: Search): boolean => one.cursor !== null || (one.hits === null && one.state === "failed");

async function ask(core: Core, begun: Search): Promise<void> {
  const before = begun.hits ?? [];
  let at = begun;
  try {
    do {
      const page = await fetchPage(core, at);
      if (core.desk.get().search !== begun) return;
      core.store.update((state) => {
        const rows = page.items.map((item) => item.conversation);
        return { ...state, rows: putRows(state.rows, rows), lastIn: markUnread(state.lastIn, rows) };
      });
      at = { ...at, hits: added(at.hits ?? [], page), cursor: page.next_cursor };
    } while (at.cursor !== null && at.hits?.length === before.length);
    core.show({ search: { ...at, state: "here" } });
  } catch {
    // What is shown already stays; the list says that asking failed, and asks again when told to.
    if (core.desk.get().search === begun) core.show({ search: { ...at, hits: begun.hits, state: "failed" } });
  }
}

function fetchPage(core: Core, { query, narrowed, cursor }: Search): Promise<SearchPage> {
  const conditions = Object.fromEntries(new URLSearchParams(narrowed));
  return core.api.get<SearchPage>("/search", { ...conditions, q: query, limit: PAGE, cursor: cursor ?? undefined });
}

/** The newest hit of a conversation comes first and stands for it. */
function added(hits: readonly SearchHit[], page: SearchPage): SearchHit[] {
  const all = new Map(hits.map((hit) => [hit.conversation_id, hit]));
  for (const { conversation, message_id, snippet, at } of page.items) {
    if (!all.has(conversation.id)) {
      all.set(conversation.id, { conversation_id: conversation.id, message_id, snippet, at });
    }
  }
  return [...all.values()];
}
