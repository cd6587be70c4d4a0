/** What is asked of the server, and kept here, of reviews of work. */

import { useCallback, useEffect, useRef, useState } from "react";
import { type Mark, onSignal, type ReviewSignal } from "../../commands/registry";
import { reason } from "../../commands/triage";
import type { ChecklistShape, WorkReviewShape } from "../../protocol/types.generated";
import { useCore, useSelect } from "../../ui/use-core";

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type View = "of_me" | "by_me" | "all";
export type Verdict = WorkReviewShape["verdict"];
export const MARKS: readonly Mark[] = ["yes", "no", "not_applicable"];

export interface Reviews {
  reviews: readonly WorkReviewShape[] | null;
  /** Fetches older ones; null: there are none. */
  more: (() => void) | null;
  wrong: string | null;
  /** Puts one in its place, or takes it out. */
  put: (id: string, review: WorkReviewShape | null) => void;
}

/** Reviews newest first, asked for again when the log says that one is new, taken back or answered. */
export function useReviews(view: View, conversation?: string): Reviews {
  const core = useCore();
  const at = useSelect((state) => state.workReviews);
  const [reviews, setReviews] = useState<readonly WorkReviewShape[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const ask = useCallback(
    (after?: string) =>
      core.api.get<Page<WorkReviewShape>>("/work-reviews", { view, conversation, cursor: after, limit: "20" }),
    [core, view, conversation],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: `at` says that there is something new
  useEffect(() => {
    let over = false;
    ask()
      .then((page) => {
        if (over) return;
        setReviews(page.items);
        setCursor(page.next_cursor);
        setWrong(null);
      })
      .catch((error) => over || setWrong(reason(error)));
    return () => {
      over = true;
    };
  }, [ask, at]);
  const more = () =>
    void ask(cursor ?? undefined)
      .then((page) => {
        setReviews((known) => [...(known ?? []), ...page.items]);
        setCursor(page.next_cursor);
      })
      .catch((error) => setWrong(reason(error)));
  const put = (id: string, review: WorkReviewShape | null) =>
    setReviews((known) => (known ?? []).flatMap((one) => (one.id !== id ? [one] : review ? [review] : [])));
  return { reviews, more: cursor ? more : null, wrong, put };
}

/** The checklists of the house, by name; null until they are here. */
export function useChecklists(): readonly ChecklistShape[] | null {
  const core = useCore();
  const [lists, setLists] = useState<readonly ChecklistShape[] | null>(null);
  useEffect(() => {
    core.api
      .get<Page<ChecklistShape>>("/checklists")
      .then((page) => setLists(page.items))
      .catch(() => setLists([]));
  }, [core]);
  return lists;
}

const OF_SAMPLES = "review-";

/** What the keys of a sample ask for. */
export function useHeard(hear: (what: ReviewSignal) => void) {
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(
    () =>
      onSignal((what) => {
        if (typeof what === "string" && what.startsWith(OF_SAMPLES)) {
          latest.current(what.slice(OF_SAMPLES.length) as ReviewSignal);
        }
      }),
    [],
  );
}
