/** Saved views: what one looks at now, kept under a name for oneself, a team or everyone. */

import type { Core } from "../core";
import { newKey } from "../http/api";
import type { ViewShape } from "../protocol/types.generated";
import { putView, removeView as withoutView } from "../store/apply";
import { currentView } from "../store/desk";
import { type Filter, NO_FILTER, type Sort } from "../store/filter";
import { sortOf } from "../store/lists";
import { can } from "../store/select";
import type { State } from "../store/state";
import { t } from "../text/i18n";
import { openView } from "./navigate";
import { pushUndo, reason } from "./triage";

export interface ViewWords {
  name: string;
  scope: "mine" | "team" | "all";
  team_id: string | null;
}

/** Conditions of the list on screen, the view underneath included, and its order. */
export function presentFilter(core: Core): { filter: Record<string, string>; sort: Sort } {
  const desk = core.desk.get();
  const { route } = desk;
  const own: Filter = route.page === "desk" ? (route.filter ?? NO_FILTER) : NO_FILTER;
  const key = currentView(desk);
  const saved = core.state().views[key];
  const base: Record<string, string> = saved?.group === "saved" ? saved.filter : key === "all" ? {} : { view: key };
  const sort = route.page === "desk" && route.sort ? route.sort : sortOf(key, core.state());
  return { filter: { ...base, ...own }, sort };
}

/** Views of a team or for all are changed by those who may change settings, one's own by oneself. */
export function mayChange(state: State, view: ViewShape): boolean {
  if (view.group !== "saved") return false;
  return view.scope === "mine" || can(state, "settings");
}

export async function saveView(core: Core, words: ViewWords): Promise<void> {
  const view = await core.api.post<ViewShape>("/views", { ...words, ...presentFilter(core) }, { key: newKey() });
  core.store.update((state) => putView(state, view), true);
  openView(core, view.key);
}

export async function changeView(core: Core, view: ViewShape, change: Record<string, unknown>): Promise<ViewShape> {
  const next = await core.api.patch<ViewShape>(`/views/${view.key}`, change, { etag: view.version });
  core.store.update((state) => {
    // Another filter holds other rows: the list is asked for again.
    const { [view.key]: _old, ...lists } = state.lists;
    return putView({ ...state, lists }, next);
  }, true);
  return next;
}

/** Puts what is on screen into the saved view it began from. */
export async function updateView(core: Core, view: ViewShape): Promise<void> {
  const before = { filter: view.filter, sort: view.sort };
  try {
    const next = await changeView(core, view, presentFilter(core));
    openView(core, view.key);
    const run = async () => void (await changeView(core, core.state().views[view.key] ?? next, before));
    pushUndo(core, { text: t("views.updated", { name: view.name }), until: null, seconds: 0, run });
  } catch (error) {
    core.toast(reason(error), "bad");
  }
}

/** Taken back by making it anew: nothing but its key is lost. */
export async function removeView(core: Core, view: ViewShape): Promise<void> {
  try {
    await core.api.delete(`/views/${view.key}`);
  } catch (error) {
    return core.toast(reason(error), "bad");
  }
  core.store.update((state) => withoutView(state, view.key), true);
  if (currentView(core.desk.get()) === view.key) openView(core, "waiting");
  const { name, scope, team_id, filter, sort } = view;
  const run = async () => {
    const again = await core.api.post<ViewShape>("/views", { name, scope, team_id, filter, sort }, { key: newKey() });
    core.store.update((state) => putView(state, again), true);
  };
  pushUndo(core, { text: t("views.removed", { name }), until: null, seconds: 0, run });
}
