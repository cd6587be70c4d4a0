import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { useReviews, type View } from "./ask";
import { ReviewCard } from "./review-card";
import s from "./work-reviews.module.css";

/** Reviews as lines that unfold, newest first. */
export function ReviewList({ view, none }: { view: View; none: string }) {
  const { reviews, more, wrong, put } = useReviews(view);
  return (
    <>
      {wrong && (
        <div className="banner bad" role="alert">
          <Icon name="warn" />
          {wrong}
        </div>
      )}
      {reviews?.length === 0 && <p className={`muted ${s.none}`}>{none}</p>}
      <ul className={s.cards}>
        {reviews?.map((one) => (
          <li key={one.id}>
            <ReviewCard review={one} changed={(next) => put(one.id, next)} folded />
          </li>
        ))}
      </ul>
      {more && (
        <button type="button" className={`btn ghost sm ${s.more}`} onClick={more}>
          {t("timeline.older")}
        </button>
      )}
    </>
  );
}
