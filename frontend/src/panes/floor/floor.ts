/** The floor's data: asked anew when the socket says that something happened, while somebody looks. */

import { useEffect, useState } from "react";
import { reason } from "../../commands/triage";
import type { Core } from "../../core";
import { ApiError } from "../../http/api";
import type { Floor } from "../../protocol/types.generated";
import { mergeRows, type RowsPage } from "../../store/reconcile";
import { useCore } from "../../ui/use-core";

export interface Seen {
  floor: Floor | null;
  /** Why the newest answer did not come; null while they come. */
  wrong: string | null;
}

/** The list of those who wait longest, beside the rows of the desk. */
export const OLDEST = "floor";
const OLDEST_ROWS = "10";
/** However much happens, it is asked this often at most. */
const AT_MOST_EVERY_MS = 1000;
/** What no event tells, who is here and when he last was, is so old at most. */
const AT_LEAST_EVERY_MS = 15_000;
const AFTER_FAILURE_MS = 3000;
const FORBIDDEN = 403;
/** The order of waits changes with events alone; so often is enough for the longest ones. */
const ROWS_EVERY_MS = 2000;

/**
 * Follows the live socket: an event makes the counts stale, and they are asked once. Without a socket it asks each
 * second, as anybody can who only has HTTP.
 */
export function useFloor(): Seen {
  const core = useCore();
  const [seen, setSeen] = useState<Seen>({ floor: null, wrong: null });
  useEffect(() => {
    let timer = 0;
    let over = false;
    let busy = false;
    let begun = 0;
    let known = -1;
    let rows = { position: -1, at: 0 };
    const stale = () => core.desk.get().sync.phase !== "live" || core.state().position > known;
    const look = async () => {
      busy = true;
      begun = Date.now();
      let pause: number | null = null;
      try {
        const floor = await core.api.get<Floor>("/reports/floor");
        if (over) return;
        known = floor.position;
        setSeen({ floor, wrong: null });
        if (floor.position !== rows.position && begun - rows.at >= ROWS_EVERY_MS) {
          await askOldest(core);
          rows = { position: floor.position, at: begun };
        }
      } catch (error) {
        if (over) return;
        setSeen(({ floor }) => ({ floor, wrong: reason(error) }));
        // Who may not see it will not either when the next thing happens: he is not asked for again with each event.
        if (error instanceof ApiError && error.status === FORBIDDEN) {
          timer = 0;
          busy = false;
          return;
        }
        pause = AFTER_FAILURE_MS;
      }
      busy = false;
      plan(pause ?? (stale() ? AT_MOST_EVERY_MS : AT_LEAST_EVERY_MS));
    };
    const plan = (pause: number) => {
      window.clearTimeout(timer);
      timer = over || !visible() ? 0 : window.setTimeout(look, Math.max(0, begun + pause - Date.now()));
    };
    const heard = () => {
      if (!busy && timer !== 0 && stale()) plan(AT_MOST_EVERY_MS);
    };
    const wake = () => {
      if (visible() && timer === 0 && !busy) void look();
    };
    const quiet = [core.store.subscribe(heard), core.desk.subscribe(heard)];
    document.addEventListener("visibilitychange", wake);
    wake();
    return () => {
      over = true;
      window.clearTimeout(timer);
      for (const stop of quiet) stop();
      document.removeEventListener("visibilitychange", wake);
    };
  }, [core]);
  return seen;
}

const visible = () => document.visibilityState === "visible";

async function askOldest(core: Core): Promise<void> {
  const query = { view: "waiting", sort: "waiting", limit: OLDEST_ROWS };
  const page = await core.api.get<RowsPage>("/conversations", query);
  core.store.update((state) => mergeRows(state, OLDEST, page, true, Date.now()));
}
