import { useState } from "react";
import { reason } from "../../commands/triage";
import type { WorkReviewShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { fullDate, shortDate } from "../../text/time";
import { Confirm } from "../../ui/confirm";
import { AgentFace, NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { useCore, useNow, useSelect } from "../../ui/use-core";
import { MARK_ICONS } from "./marks";
import s from "./work-reviews.module.css";

interface Props {
  review: WorkReviewShape;
  /** It is otherwise now; null: gone. */
  changed: (review: WorkReviewShape | null) => void;
  /** Begins closed: a line among others. */
  folded?: boolean;
  /** It stands beside its conversation, which need not be named. */
  beside?: boolean;
}

/** A review as it is read: the questions with their marks, what was said, and the agent's answer. */
export function ReviewCard({ review, changed, folded = false, beside = false }: Props) {
  const me = useSelect((state) => state.me?.agent.id);
  const mine = review.reviewer_id === me;
  const admin = useSelect((state) => state.me?.agent.role === "admin");
  return (
    <details className={`${s.card} ${beside ? s.beside : ""}`} open={!folded}>
      <summary>
        <Heading review={review} beside={beside} about={me === review.agent_id} />
      </summary>
      <div className={s.cardBody}>
        {!beside && <Where review={review} />}
        <Said review={review} />
        <Answer review={review} changed={changed} />
        {(mine || (admin && review.agent_id !== me)) && <Doing review={review} mine={mine} changed={changed} />}
      </div>
    </details>
  );
}

/** Who it is from, or about whom; praise or to talk about; since when. */
function Heading({ review, beside, about }: { review: WorkReviewShape; beside: boolean; about: boolean }) {
  const now = useNow(60_000);
  const agents = useSelect((state) => state.agents);
  const other = about ? review.reviewer_id : review.agent_id;
  const at = review.shared_at ?? review.changed_at;
  const { conversation } = review;
  return (
    <>
      <AgentFace id={other} />
      <span className="clip grow">
        <bdi className="strong">{agents[other]?.name ?? "?"}</bdi>
        {!beside && (
          <span className="muted">
            {" "}
            ·{" "}
            {conversation ? (
              <bdi>{conversation.contact.name || `#${conversation.number}`}</bdi>
            ) : (
              t("workReviews.hidden")
            )}
          </span>
        )}
      </span>
      <VerdictMark verdict={review.verdict} />
      {!review.shared_at && <span className="chip">{t("workReviews.draft")}</span>}
      {review.answer && (
        <span className="chip line" title={t("workReviews.answered")}>
          <Icon name="reply" size="xs" />
          {t("workReviews.answered")}
        </span>
      )}
      <time className="muted small nowrap" dateTime={at} title={fullDate(at)}>
        {shortDate(at, now)}
      </time>
    </>
  );
}

export function VerdictMark({ verdict }: { verdict: WorkReviewShape["verdict"] }) {
  if (!verdict) return null;
  return (
    <span className={`chip ${verdict === "praise" ? "ok" : "warn"}`}>
      <Icon name={verdict === "praise" ? "heart" : "chat"} size="xs" />
      {t(`workReviews.verdict.${verdict}`)}
    </span>
  );
}

/** The way to the conversation, where one sees it. */
function Where({ review }: { review: WorkReviewShape }) {
  const { conversation } = review;
  if (!conversation) return <p className="muted small">{t("workReviews.hiddenHint")}</p>;
  return (
    <p className="small flex">
      <NetworkBadge network={conversation.network} channelId={conversation.channel_id} />
      <Link to={{ page: "desk", view: "all", conversation: conversation.id }}>
        <bdi>{conversation.contact.name || t("workReviews.conversation")}</bdi> #{conversation.number}
      </Link>
    </p>
  );
}

function Said({ review }: { review: WorkReviewShape }) {
  const marks = review.marks.filter((one) => one.mark || one.remark);
  return (
    <>
      {marks.length > 0 && (
        <ul className={s.marks} aria-label={review.checklist || t("workReviews.checklist")}>
          {marks.map((one) => (
            <li key={one.question}>
              {one.mark ? (
                <span className={`${s.mark} ${s[one.mark]}`}>
                  <Icon name={MARK_ICONS[one.mark]} size="s" />
                  {t(`workReviews.mark.${one.mark}`)}
                </span>
              ) : (
                <span className={s.mark}>–</span>
              )}
              <div dir="auto">
                {one.question}
                {one.remark && <p className={s.remark}>{one.remark}</p>}
              </div>
            </li>
          ))}
        </ul>
      )}
      {review.comment && (
        <p className={s.words} dir="auto">
          {review.comment}
        </p>
      )}
    </>
  );
}

/** What the agent says to it: read by both, written by him alone. */
function Answer({ review, changed }: Pick<Props, "review" | "changed">) {
  const core = useCore();
  const now = useNow(60_000);
  const about = useSelect((state) => state.me?.agent.id === review.agent_id);
  const name = useSelect((state) => state.agents[review.agent_id]?.name ?? "?");
  const [text, setText] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const path = `/work-reviews/${review.id}/answer`;
  const send = async (request: Promise<WorkReviewShape>) => {
    try {
      changed(await request);
      setText(null);
      setWrong(null);
    } catch (error) {
      setWrong(reason(error));
    }
  };
  if (text !== null) {
    return (
      <form
        className={s.answerForm}
        onSubmit={(event) => {
          event.preventDefault();
          void send(core.api.put<WorkReviewShape>(path, { text }));
        }}
      >
        {wrong && <p className="hint bad">{wrong}</p>}
        <textarea
          autoFocus
          className="input"
          rows={3}
          maxLength={5000}
          aria-label={t("workReviews.yourAnswer")}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="flex">
          <span className="grow" />
          <button type="button" className="btn sm" onClick={() => setText(null)}>
            {t("cancel")}
          </button>
          <button type="submit" className="btn primary sm" disabled={!text.trim()}>
            {t("workReviews.sendAnswer")}
          </button>
        </div>
      </form>
    );
  }
  if (review.answer && review.answered_at) {
    const older = review.shared_at !== null && review.shared_at > review.answered_at;
    return (
      <div className={s.answer}>
        <div className="small muted">
          <bdi className="strong">{name}</bdi> ·{" "}
          <time title={fullDate(review.answered_at)}>{shortDate(review.answered_at, now)}</time>
          {older && ` · ${t("workReviews.answeredBefore")}`}
        </div>
        <p className={s.words} dir="auto">
          {review.answer}
        </p>
        {wrong && <p className="hint bad">{wrong}</p>}
        {about && (
          <div className="flex wrap">
            <button type="button" className="btn ghost sm" onClick={() => setText(review.answer)}>
              {t("workReviews.changeAnswer")}
            </button>
            <button
              type="button"
              className="btn ghost sm"
              onClick={() => void send(core.api.delete<WorkReviewShape>(path))}
            >
              {t("workReviews.removeAnswer")}
            </button>
          </div>
        )}
      </div>
    );
  }
  if (!about) return null;
  return (
    <div>
      <button type="button" className="btn sm" onClick={() => setText("")}>
        <Icon name="reply" size="s" />
        {t("workReviews.answer")}
      </button>
    </div>
  );
}

/** What its writer, and an admin, can do with it. */
function Doing({ review, mine, changed }: { review: WorkReviewShape; mine: boolean; changed: Props["changed"] }) {
  const core = useCore();
  const [removing, setRemoving] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const act = async (request: () => Promise<WorkReviewShape | null>) => {
    try {
      changed(await request());
      setWrong(null);
    } catch (error) {
      setWrong(reason(error));
    }
  };
  const path = `/work-reviews/${review.id}`;
  return (
    <div className="flex wrap">
      {wrong && <p className="hint bad">{wrong}</p>}
      {mine && review.shared_at && (
        <button
          type="button"
          className="btn ghost sm"
          onClick={() => void act(() => core.api.post<WorkReviewShape>(`${path}/withdraw`))}
        >
          <Icon name="undo" size="s" />
          {t("workReviews.withdraw")}
        </button>
      )}
      {mine && !review.shared_at && (
        <button
          type="button"
          className="btn sm"
          onClick={() => void act(() => core.api.post<WorkReviewShape>(`${path}/share`, {}, { etag: review.version }))}
        >
          <Icon name="send" size="s" />
          {t("workReviews.share")}
        </button>
      )}
      <button type="button" className="btn ghost sm danger-quiet" onClick={() => setRemoving(true)}>
        <Icon name="trash" size="s" />
        {t("remove")}
      </button>
      {removing && (
        <Confirm
          title={t("workReviews.removeTitle")}
          text={t("workReviews.removeText")}
          action={t("remove")}
          cancel={() => setRemoving(false)}
          confirm={() => {
            setRemoving(false);
            void act(async () => {
              await core.api.delete(path);
              return null;
            });
          }}
        />
      )}
    </div>
  );
}
