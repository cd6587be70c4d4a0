/** Lists that only the server can judge are asked again: when something happened, and when a deadline passes by itself. */

import { useEffect, useRef, useState } from "react";
import { reload } from "../../commands/navigate";
import { asksDeadline, isBlind, nextDeadline } from "../../store/lists";
import { useCore, useSelect } from "../../ui/use-core";

/** Not with each event: a busy house has many in a second. */
const EVENTS_MS = 4_000;
/** After a deadline, so that the server's clock is past it, too. */
const PAST_MS = 500;
/** Rows of pages that are not here have deadlines, too. */
const UNSEEN_MS = 60_000;

/** `on`: the list is on screen, with its first page. */
export function useAskedAgain(name: string, on: boolean): void {
  const core = useCore();
  const blind = useSelect((state) => on && isBlind(name, state));
  const view = name.split("?")[0] ?? name;
  const count = useSelect((state) => (blind ? state.views[view]?.count : undefined));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another count is the sign that something came or went
  useEffect(() => {
    if (blind) reload(core, name).catch(() => {});
  }, [core, blind, count]);
  const position = useSelect((state) => (blind ? state.position : 0));
  const last = useRef(0);
  useEffect(() => {
    if (!position) return;
    const timer = window.setTimeout(
      () => {
        last.current = Date.now();
        reload(core, name).catch(() => {});
      },
      Math.max(0, last.current + EVENTS_MS - Date.now()),
    );
    return () => window.clearTimeout(timer);
  }, [core, name, position]);
  const timed = useSelect((state) => blind && asksDeadline(name, state));
  const rows = useSelect((state) => (timed ? state.rows : null));
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once asked, the next deadline is waited for
  useEffect(() => {
    if (!rows) return;
    const now = Date.now() + core.state().clockOffsetMs;
    const next = nextDeadline(rows, now);
    const again = () => {
      setAsked((n) => n + 1);
      reload(core, name).catch(() => {});
    };
    const wait = next === null ? UNSEEN_MS : Math.min(UNSEEN_MS, next - now + PAST_MS);
    const timer = window.setTimeout(again, wait);
    return () => window.clearTimeout(timer);
  }, [core, name, rows, asked]);
}
