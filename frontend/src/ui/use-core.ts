/** React's way into the framework-free core: read with a selector, act through the core itself. */

import { createContext, useContext, useSyncExternalStore } from "react";
import type { Core } from "../core";
import type { Desk } from "../store/desk";
import type { State } from "../store/state";

export const CoreContext = createContext<Core | null>(null);

export function useCore(): Core {
  const core = useContext(CoreContext);
  if (!core) throw new Error("CoreContext is missing: wrap the tree in <CoreContext value={core}>");
  return core;
}

/** Part of what the server told. The selector must return the same object while its answer is the same. */
export function useSelect<T>(select: (state: State) => T): T {
  const { store } = useCore();
  return useSyncExternalStore(store.subscribe, () => select(store.getSnapshot()));
}

/** Part of the screen's own state. */
export function useDesk<T>(select: (desk: Desk) => T): T {
  const { desk } = useCore();
  return useSyncExternalStore(desk.subscribe, () => select(desk.getSnapshot()));
}

// One clock for all that counts: everything on the screen steps at the same moment.
const ticks = new Set<() => void>();
let timer = 0;

function everySecond(tick: () => void): () => void {
  ticks.add(tick);
  timer ||= window.setInterval(() => {
    for (const each of ticks) each();
  }, 1000);
  return () => {
    ticks.delete(tick);
    if (ticks.size === 0) {
      window.clearInterval(timer);
      timer = 0;
    }
  };
}

/** The server's time in ms, stepping by `step` ms (a second or more). */
export function useNow(step = 1000): number {
  const offset = useSelect((state) => state.clockOffsetMs);
  const local = useSyncExternalStore(everySecond, () => Math.floor(Date.now() / step) * step);
  return local + offset;
}

const queries = new Map<string, { heard: (tell: () => void) => () => void; matches: () => boolean }>();

/** One question to the browser for all that ask it: some parts are drawn a hundred times in a second. */
function asked(query: string) {
  const known = queries.get(query);
  if (known) return known;
  const media = window.matchMedia(query);
  const heard = (tell: () => void) => {
    media.addEventListener("change", tell);
    return () => media.removeEventListener("change", tell);
  };
  const made = { heard, matches: () => media.matches };
  queries.set(query, made);
  return made;
}

export function useMedia(query: string): boolean {
  const { heard, matches } = asked(query);
  return useSyncExternalStore(heard, matches);
}

export const usePhone = () => useMedia("(max-width: 767px)");

/** Apple's keyboards have Cmd where others have Ctrl. */
export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
