import { can } from "../../store/select";
import { t } from "../../text/i18n";
import { workReviewWords } from "../../text/work-reviews/load";
import { useSelect } from "../../ui/use-core";
import { useReviews, type View } from "./ask";
import { ReviewCard } from "./review-card";

/** What was said of one's own work in this conversation, and what one said of others'; nothing where nothing was. */
export function Beside({ conversation }: { conversation: string }) {
  const reviews = useSelect((state) => can(state, "reports"));
  return (
    <>
      <Some view="of_me" title={t("workReviews.ofMe")} conversation={conversation} />
      {reviews && <Some view="by_me" title={t("workReviews.written")} conversation={conversation} />}
    </>
  );
}

function Some({ view, title, conversation }: { view: View; title: string; conversation: string }) {
  const { reviews, put } = useReviews(view, conversation);
  if (!reviews?.length) return null;
  return (
    <section>
      <h3>{title}</h3>
      {reviews.map((one) => (
        <ReviewCard key={one.id} review={one} changed={(next) => put(one.id, next)} folded beside />
      ))}
    </section>
  );
}

/** The section, with its words. */
export const load = async () => {
  await workReviewWords();
  return { default: Beside };
};
