import { useEffect } from "react";
import type { Core } from "../core";
import { t } from "../text/i18n";
import { useCore } from "../ui/use-core";

/** What was on a form when its page was left without saving. */
export interface Left<D> {
  base: { draft: D; version: number | undefined };
  draft: D;
}

/** Under what it is kept: of whom, and where. */
export const keyOf = (core: Core, what: string) => `${core.state().me?.agent.id} ${what}`;

/** Keeps what is changed when the page is left. What it gives is called when there is nothing to keep any more. */
export function useLeft<D extends object>(key: string, changed: Left<D> | null): () => void {
  const core = useCore();
  useEffect(() => {
    const { route, toast } = core.desk.get();
    // Back again: from here on the page itself says it.
    if (core.unsaved.has(key) && toast?.tone === "open") core.show({ toast: null });
    guard(core);
    return () => {
      if (!core.unsaved.has(key) || core.desk.get().session !== "in") return;
      core.toast(t("edit.left"), "open", { label: t("edit.goBack"), run: () => core.go(route) });
    };
  }, [core, key]);
  useEffect(() => {
    if (changed) core.unsaved.set(key, changed);
    else core.unsaved.delete(key);
  });
  return () => void core.unsaved.delete(key);
}

const guarded = new WeakSet<Core>();

/** Has the browser ask before it closes the tab, or loads it anew, with changes of whoever is signed in: they go then. */
function guard(core: Core): void {
  if (guarded.has(core)) return;
  guarded.add(core);
  window.addEventListener("beforeunload", (event) => {
    const mine = keyOf(core, "");
    if ([...core.unsaved.keys()].some((key) => key.startsWith(mine))) event.preventDefault();
  });
}
