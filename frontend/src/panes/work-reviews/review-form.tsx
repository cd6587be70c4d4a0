import { useRef, useState } from "react";
import type { Mark } from "../../commands/registry";
import { reason } from "../../commands/triage";
import type { ChecklistShape, MarkShape, WorkReviewShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { Keys } from "../../ui/keys";
import { useCore } from "../../ui/use-core";
import { MARKS, useHeard, type Verdict } from "./ask";
import { MARK_ICONS } from "./marks";
import { questionsOf, useDraft } from "./use-draft";
import s from "./work-reviews.module.css";

interface Props {
  about: { conversation: string; agent: string };
  saved: WorkReviewShape | null;
  first: ChecklistShape | null;
  lists: readonly ChecklistShape[];
  kept: (review: WorkReviewShape) => void;
  shared: (review: WorkReviewShape) => void;
  removed: () => void;
}

/** The checklist with its marks, a comment, praise or something to talk about. Kept as it is written. */
export function ReviewForm({ about, saved, first, lists, kept, shared, removed }: Props) {
  const core = useCore();
  const [begun, setBegun] = useState(saved !== null);
  const { said, change, share, discard, wrong, state } = useDraft(about, saved, first, (review) => {
    setBegun(true);
    kept(review);
  });
  const [at, setAt] = useState(0);
  const comment = useRef<HTMLTextAreaElement>(null);
  const mark = (place: number, what: Partial<MarkShape>) =>
    change({ marks: said.marks.map((one, i) => (i === place ? { ...one, ...what } : one)) });
  const set = (place: number, to: Mark) => {
    mark(place, { mark: said.marks[place]?.mark === to ? "" : to });
    setAt(place);
  };
  const send = async () => {
    const done = await share();
    if (done) shared(done);
  };
  const remove = async () => {
    try {
      await discard();
      removed();
    } catch (error) {
      core.toast(reason(error), "bad");
    }
  };
  useHeard((what) => {
    if (what === "question") setAt(Math.min(at + 1, said.marks.length - 1));
    else if (what === "question-before") setAt(Math.max(at - 1, 0));
    else if (what === "comment") comment.current?.focus();
    else if (what === "share") void send();
    else if (what !== "next" && what !== "previous" && said.marks[at]) {
      mark(at, { mark: what });
      setAt(Math.min(at + 1, said.marks.length - 1));
    }
  });
  return (
    <form
      className={s.review}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {wrong && (
        <div className="banner bad small" role="alert">
          <Icon name="warn" size="s" />
          {wrong}
        </div>
      )}
      <Which
        said={said}
        lists={lists}
        choose={(list) => {
          change(questionsOf(list));
          setAt(0);
        }}
      />
      <ol className={s.questions}>
        {said.marks.map((one, i) => (
          <Question
            key={one.question}
            asked={one}
            current={i === at}
            set={(to) => set(i, to)}
            say={(remark) => mark(i, { remark })}
            here={() => setAt(i)}
          />
        ))}
      </ol>
      <label className="field">
        <span className="label">
          {t("workReviews.comment")} <Keys command="review-comment" />
        </span>
        <textarea
          ref={comment}
          className="input"
          rows={4}
          maxLength={5000}
          value={said.comment}
          onChange={(event) => change({ comment: event.target.value })}
        />
      </label>
      <Verdicts value={said.verdict} choose={(verdict) => change({ verdict })} />
      <div className={s.foot}>
        <span className="muted small grow" role="status">
          {t(`workReviews.kept.${state}`)}
        </span>
        {begun && (
          <button type="button" className="btn ghost sm danger-quiet" onClick={() => void remove()}>
            {t("workReviews.discard")}
          </button>
        )}
        <button type="submit" className="btn primary">
          {t("workReviews.share")}
          <Keys command="review-share" />
        </button>
      </div>
      <p className="hint">{t("workReviews.whoSees")}</p>
    </form>
  );
}

interface WhichProps {
  said: { checklist: string; marks: readonly MarkShape[] };
  lists: readonly ChecklistShape[];
  choose: (list: ChecklistShape | null) => void;
}

/** The checklist: another one may be taken while nothing is marked. */
function Which({ said, lists, choose }: WhichProps) {
  const marked = said.marks.some((one) => one.mark || one.remark);
  const known = lists.find((one) => one.name === said.checklist);
  if (!lists.length && !said.checklist) return <p className="hint">{t("workReviews.noLists")}</p>;
  return (
    <label className="field">
      <span className="label">{t("workReviews.checklist")}</span>
      <select
        className="input"
        disabled={marked}
        title={marked ? t("workReviews.checklistFixed") : undefined}
        value={known?.id ?? ""}
        onChange={(event) => choose(lists.find((one) => one.id === event.target.value) ?? null)}
      >
        <option value="">
          {known ? t("workReviews.noChecklist") : said.checklist || t("workReviews.noChecklist")}
        </option>
        {lists.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface QuestionProps {
  asked: MarkShape;
  current: boolean;
  set: (mark: Mark) => void;
  say: (remark: string) => void;
  here: () => void;
}

function Question({ asked, current, set, say, here }: QuestionProps) {
  const [open, setOpen] = useState(asked.remark !== "");
  return (
    <li className={current ? s.current : undefined} aria-current={current || undefined} onPointerDown={here}>
      <fieldset>
        <legend dir="auto">{asked.question}</legend>
        <div className={s.answers}>
          {MARKS.map((mark) => (
            <button
              key={mark}
              type="button"
              className={`btn sm ${s[mark]}`}
              aria-pressed={asked.mark === mark}
              onFocus={here}
              onClick={() => set(mark)}
            >
              <Icon name={MARK_ICONS[mark]} size="s" />
              {t(`workReviews.mark.${mark}`)}
              {current && <Keys command={KEY_OF[mark]} />}
            </button>
          ))}
          <button
            type="button"
            className="btn ghost sm icon-only"
            aria-expanded={open}
            title={t("workReviews.remark")}
            aria-label={`${t("workReviews.remark")}: ${asked.question}`}
            onClick={() => setOpen(!open)}
          >
            <Icon name="note" size="s" />
          </button>
        </div>
        {open && (
          <textarea
            className="input"
            rows={2}
            maxLength={1000}
            aria-label={`${t("workReviews.remark")}: ${asked.question}`}
            value={asked.remark}
            onFocus={here}
            onChange={(event) => say(event.target.value)}
          />
        )}
      </fieldset>
    </li>
  );
}

const KEY_OF: Readonly<Record<Mark, string>> = {
  yes: "review-yes",
  no: "review-no",
  not_applicable: "review-none",
};

const VERDICTS = ["", "praise", "talk"] as const satisfies readonly Verdict[];

function Verdicts({ value, choose }: { value: Verdict; choose: (value: Verdict) => void }) {
  return (
    <fieldset className={s.verdicts}>
      <legend className="sr">{t("workReviews.verdict")}</legend>
      {VERDICTS.map((one) => (
        <label key={one} className="flex">
          <input type="radio" name="verdict" checked={value === one} onChange={() => choose(one)} />
          {t(`workReviews.verdict.${one || "none"}`)}
        </label>
      ))}
    </fieldset>
  );
}
