import { useCallback, useEffect, useRef, useState } from "react";
import { reason } from "../../commands/triage";
import { ApiError, newKey } from "../../http/api";
import type { ChecklistShape, MarkShape, WorkReviewShape } from "../../protocol/types.generated";
import { useCore } from "../../ui/use-core";
import type { Verdict } from "./ask";

const SAVED_AFTER_MS = 700;

export interface Said {
  /** The checklist whose questions these are, where it was chosen here; undefined: as the review has them. */
  checklist_id?: string | null;
  checklist: string;
  marks: readonly MarkShape[];
  verdict: Verdict;
  comment: string;
}

interface About {
  conversation: string;
  agent: string;
}

/** A review as it is written: kept as a draft a moment after each change, and when one goes on. Saves go in turn. */
export function useDraft(about: About, saved: WorkReviewShape | null, first: ChecklistShape | null, kept: Kept) {
  const core = useCore();
  const [said, setSaid] = useState<Said>(() => (saved ? saidOf(saved) : begun(first)));
  const [wrong, setWrong] = useState<string | null>(null);
  const [state, setState] = useState<"kept" | "waits" | "saves">("kept");
  const now = useRef({ said, review: saved, changes: 0, stored: 0, list: undefined as string | null | undefined });
  const turn = useRef<Promise<unknown>>(Promise.resolve());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tell = useRef(kept);
  tell.current = kept;

  const store = useCallback(async () => {
    const { said: words, review, changes, stored, list } = now.current;
    if (changes === stored) return;
    setState("saves");
    const next = await put(core.api, about, words, review, words.checklist_id !== list);
    now.current = { ...now.current, review: next, stored: changes, list: words.checklist_id };
    setState(now.current.changes === changes ? "kept" : "waits");
    setWrong(null);
    tell.current(next);
  }, [core, about]);

  const save = useCallback(() => {
    clearTimeout(timer.current);
    const next = turn.current.then(store);
    turn.current = next.catch((error) => {
      setState("waits");
      setWrong(reason(error));
    });
    return next.then(
      () => true,
      () => false,
    );
  }, [store]);

  const change = useCallback(
    (what: Partial<Said>) => {
      now.current.said = { ...now.current.said, ...what };
      now.current.changes += 1;
      setSaid(now.current.said);
      setState("waits");
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void save(), SAVED_AFTER_MS);
    },
    [save],
  );
  // Leaving keeps what was written.
  useEffect(() => () => void save(), [save]);

  /** Shares what is written; the review, or null where it was refused. */
  const share = useCallback(async (): Promise<WorkReviewShape | null> => {
    if (!now.current.review) now.current.changes += 1;
    if (!(await save())) return null;
    const review = now.current.review;
    if (!review) return null;
    try {
      return await core.api.post<WorkReviewShape>(`/work-reviews/${review.id}/share`, {}, { etag: review.version });
    } catch (error) {
      setWrong(reason(error));
      return null;
    }
  }, [core, save]);
  /** Throws away what is written, kept or not. Raises what the server says against it. */
  const discard = useCallback(async () => {
    clearTimeout(timer.current);
    now.current.stored = now.current.changes;
    await turn.current;
    const { review } = now.current;
    if (review) await core.api.delete(`/work-reviews/${review.id}`);
  }, [core]);
  return { said, change, share, discard, wrong, state };
}

/** Told of the review as it is now kept. */
type Kept = (review: WorkReviewShape) => void;

type Api = ReturnType<typeof useCore>["api"];

/** Makes the review, or changes it. It is one person's: where he wrote in another window too, the last words count. */
async function put(api: Api, about: About, said: Said, review: WorkReviewShape | null, chosen: boolean) {
  const marks = said.marks.map(({ mark, remark }) => ({ mark, remark }));
  const list = chosen ? { checklist_id: said.checklist_id } : {};
  const body = { ...list, marks, verdict: said.verdict, comment: said.comment };
  const patch = (id: string, etag: number) => api.patch<WorkReviewShape>(`/work-reviews/${id}`, body, { etag });
  const whose = { conversation_id: about.conversation, agent_id: about.agent };
  try {
    if (review) return await patch(review.id, review.version);
    return await api.post<WorkReviewShape>("/work-reviews", { ...whose, ...body }, { key: newKey() });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const id = error.code === "reviewed" ? String(error.problem.review_id) : error.status === 412 ? review?.id : null;
    if (!id) throw error;
    const newest = await api.get<WorkReviewShape>(`/work-reviews/${id}`);
    return patch(id, newest.version);
  }
}

/** The questions of a checklist, unmarked. */
export const questionsOf = (list: ChecklistShape | null): Pick<Said, "checklist_id" | "checklist" | "marks"> => ({
  checklist_id: list?.id ?? null,
  checklist: list?.name ?? "",
  marks: (list?.questions ?? []).map((question) => ({ question, mark: "", remark: "" })),
});

const begun = (list: ChecklistShape | null): Said => ({ ...questionsOf(list), verdict: "", comment: "" });

const saidOf = ({ checklist, marks, verdict, comment }: WorkReviewShape): Said => ({
  checklist,
  marks,
  verdict,
  comment,
});
