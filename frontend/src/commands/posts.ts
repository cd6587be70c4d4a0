/** Our own posts and ads with what waits under them, and the campaigns they belong to. */

import type { Core } from "../core";
import { newKey } from "../http/api";
import type { CampaignShape, PostDetail } from "../protocol/types.generated";
import { currentList, openId, postList } from "../store/desk";
import type { PostTab } from "../store/route";
import { byId } from "../store/state";
import { t } from "../text/i18n";
import { ensureView, openConversation, reload, showNew } from "./navigate";
import { pushUndo } from "./triage";

export interface PostsQuery {
  campaign: string;
  channel: string;
  sort: "newest" | "waiting";
}

export interface PostsPage {
  items: PostDetail[];
  next_cursor: string | null;
}

export function askPosts(core: Core, query: PostsQuery, cursor: string | null): Promise<PostsPage> {
  const { campaign, channel, sort } = query;
  return core.api.get<PostsPage>("/posts", {
    sort,
    limit: "50",
    ...(campaign ? { campaign } : {}),
    ...(channel ? { channel } : {}),
    ...(cursor ? { cursor } : {}),
  });
}

let asking = false;

/** All campaigns, once; a name that is missing is a reason to ask again. */
export async function loadCampaigns(core: Core): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    const { items } = await core.api.get<{ items: CampaignShape[] }>("/campaigns");
    core.store.update((state) => ({ ...state, campaigns: byId(items) }));
  } catch {
    // Their names are missing then; what they name is not.
  } finally {
    asking = false;
  }
}

export function openPost(core: Core, post: string | null, tab: PostTab = "waiting"): void {
  core.show({ cursor: null, selected: new Set(), selecting: false });
  core.go({ page: "posts", post, tab, conversation: null });
}

/** The oldest that waits under the post and is not open: what "take them in order" goes to. */
export async function answerNext(core: Core): Promise<void> {
  const list = currentList(core.desk.get());
  await ensureView(core, list);
  const desk = core.desk.get();
  if (currentList(desk) !== list) return;
  showNew(core);
  const ids = core.state().lists[list]?.ids ?? [];
  const open = openId(desk);
  const next = ids.find((id) => id !== open && core.state().rows[id]?.waiting_since) ?? null;
  if (next) openConversation(core, next);
}

interface Dismissed {
  dismissed: number;
  remaining: number;
  until: string;
  since: string;
}

/** No answer needed for all who wait under the post since `until` or longer; taken back in one step. */
export async function dismissRest(core: Core, post: string, why: string, until: string): Promise<void> {
  const ask = () => core.api.post<Dismissed>(`/posts/${post}/dismiss`, { reason: why, until }, { key: newKey() });
  const first = await ask();
  let total = first.dismissed;
  for (let last = first; last.dismissed > 0 && last.remaining > 0; total += last.dismissed) last = await ask();
  const list = postList(post, "waiting");
  await reload(core, list);
  const run = async () => {
    await core.api.delete(`/posts/${post}/dismiss?since=${encodeURIComponent(first.since)}`);
    await reload(core, list);
  };
  pushUndo(core, { text: t("done.dismissed", { n: total }), until: null, seconds: 0, run });
}
