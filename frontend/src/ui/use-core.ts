/** React's way into the framework-free core: read with a selector, act through the core itself. */

import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
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

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const media = window.matchMedia(query);
    const change = () => setMatches(media.matches);
    change();
    media.addEventListener("change", change);
    return () => media.removeEventListener("change", change);
  }, [query]);
  return matches;
}

export const usePhone = () => useMedia("(max-width: 767px)");

/** Apple's keyboards have Cmd where others have Ctrl. */
export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
