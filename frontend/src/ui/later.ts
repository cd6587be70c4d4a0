/** Parts of the screen that are not in the first load. */

import { type ComponentType, lazy } from "react";

type Loaded<P> = { default: ComponentType<P> };

/**
 * A part that is loaded when it is first shown, or before: `ahead` fetches it, and what is here by then is drawn with
 * the very key that asked for it. `lazy` alone waits all the same: it learns only afterwards that nothing was missing,
 * has drawn the empty place by then, and React leaves that standing for 300 ms. Letters typed meanwhile would be lost.
 */
export function later<P>(load: () => Promise<ComponentType<P>>) {
  let here: Loaded<P> | undefined;
  const loaded = async () => {
    here ??= { default: await load() };
    return here;
  };
  // biome-ignore lint/suspicious/noThenProperty: as `lazy` asks for it, but it answers before it returns
  const atOnce = (part: Loaded<P>) => ({ then: (take: (part: Loaded<P>) => void) => take(part) });
  const part = lazy(() => (here ? (atOnce(here) as unknown as Promise<Loaded<P>>) : loaded()));
  return Object.assign(part, { ahead: () => void loaded().catch(() => {}) });
}
