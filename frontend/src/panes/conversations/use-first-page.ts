/** The first page of a view: what could not be fetched is asked for again by itself, for nobody sees what is missing. */

import { useEffect, useState } from "react";
import { ensureView } from "../../commands/navigate";
import { reason } from "../../commands/triage";
import { ApiError } from "../../http/api";
import { useCore, useDesk, useSelect } from "../../ui/use-core";

/** A server that failed is given this long. */
const AGAIN_MS = 5_000;
const SERVER_FAILED = 500;

/** `on`: the view is on screen. In words why there is no such view for this reader; null: it is here, or will come. */
export function useFirstPage(name: string, on: boolean): string | null {
  const core = useCore();
  const loaded = useSelect((state) => state.lists[name]?.loaded ?? false);
  const connected = useDesk((desk) => desk.offlineSince === null);
  const [refused, setRefused] = useState<{ name: string; words: string } | null>(null);
  const [failures, setFailures] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a connection that is back, and a pause that is over, ask again
  useEffect(() => {
    if (!on || loaded) return;
    let timer: number | undefined;
    let over = false;
    ensureView(core, name).catch((error) => {
      if (over) return;
      if (error instanceof ApiError && error.status < SERVER_FAILED) setRefused({ name, words: reason(error) });
      else timer = window.setTimeout(() => setFailures((n) => n + 1), AGAIN_MS);
    });
    return () => {
      over = true;
      window.clearTimeout(timer);
    };
  }, [core, name, on, loaded, connected, failures]);
  return !loaded && refused?.name === name ? refused.words : null;
}
