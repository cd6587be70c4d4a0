import { t } from "../../text/i18n";
import { workReviewWords } from "../../text/work-reviews/load";
import { ReviewList } from "./review-list";
import s from "./work-reviews.module.css";

/** Reviews of one's own work, in one's own day: read, and answered. Nobody else's are here. */
export function OfMe() {
  return (
    <section className={s.panel} aria-label={t("workReviews.ofMe")}>
      <div className={s.panelHead}>
        <h2>{t("workReviews.ofMe")}</h2>
        <span className="muted small">{t("workReviews.ofMeHint")}</span>
      </div>
      <ReviewList view="of_me" none={t("workReviews.noneOfMe")} />
    </section>
  );
}

/** The section, with its words. */
export const load = async () => {
  await workReviewWords();
  return { default: OfMe };
};
