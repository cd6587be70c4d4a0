/** The floor's data: GET /reports/floor each second while somebody looks, and whether what is shown is still true. */

import { useEffect, useState } from "react";
import { reason } from "../../commands/triage";
import type { Core } from "../../core";
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
const EVERY_MS = 1000;
const AFTER_FAILURE_MS = 3000;
/** The order of waits changes with events alone; so often is enough for the longest ones. */
const ROWS_EVERY_MS = 2000;

export function useFloor(): Seen {
  const core = useCore();
  const [seen, setSeen] = useState<Seen>({ floor: null, wrong: null });
  useEffect(() => {
    let timer = 0;
    let over = false;
    let rows = { position: -1, at: 0 };
    const look = async () => {
      const begun = Date.now();
      let pause = EVERY_MS;
      try {
        const floor = await core.api.get<Floor>("/reports/floor");
        if (over) return;
        setSeen({ floor, wrong: null });
        if (floor.position !== rows.position && begun - rows.at >= ROWS_EVERY_MS) {
          await askOldest(core);
          rows = { position: floor.position, at: begun };
        }
      } catch (error) {
        if (over) return;
        setSeen(({ floor }) => ({ floor, wrong: reason(error) }));
        pause = AFTER_FAILURE_MS;
      }
      if (!over && visible()) timer = window.setTimeout(look, Math.max(0, begun + pause - Date.now()));
      else timer = 0;
    };
    const wake = () => {
      if (visible() && timer === 0) {
        timer = -1;
        void look();
      }
    };
    document.addEventListener("visibilitychange", wake);
    wake();
    return () => {
      over = true;
      window.clearTimeout(timer);
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
