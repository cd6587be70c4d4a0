import { useEffect, useState } from "react";
import type { EventShape, SurveyAskShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { clock, fullDate } from "../../text/time";
import { Icon } from "../../ui/icon";
import { useCore, useSelect } from "../../ui/use-core";
import s from "./timeline.module.css";

/** The highest score of a scale. */
export const BEST = { csat: 5, nps: 10 } as const;

/** What a customer answered to a survey: the score with its stars, and what he wrote beside it. */
export function SurveyLine({ event }: { event: EventShape }) {
  const { data } = event;
  const score = Number(data.score);
  const best = data.scale === "nps" ? BEST.nps : BEST.csat;
  const customer = useSelect((state) => state.rows[event.conversation_id ?? ""]?.contact.name);
  const comment = useComment(event);
  const changed = data.was !== null && data.was !== undefined && data.was !== score;
  const said = changed
    ? t("event.surveyChanged", { was: Number(data.was), score, of: best })
    : t("event.surveyAnswered", { score, of: best });
  return (
    <div className={s.event}>
      <Icon name="star" size="s" />
      <span className={s.several}>
        <b>
          <bdi>{event.actor.name || customer || t("person.nameless")}</bdi>
        </b>{" "}
        {said}
        {best === BEST.csat && (
          <span className={s.surveyStars} aria-hidden>
            {" "}
            {"★".repeat(score)}
            <span>{"★".repeat(Math.max(0, best - score))}</span>
          </span>
        )}
        {comment && (
          <q className={s.surveyComment} dir="auto">
            {comment}
          </q>
        )}
      </span>
      <time dateTime={event.at} title={fullDate(event.at)}>
        {clock(event.at)}
      </time>
    </div>
  );
}

/** The words beside the newest answer: they are content, so no event has them. Those of an earlier answer are gone. */
function useComment(event: EventShape): string {
  const core = useCore();
  const [comment, setComment] = useState("");
  const newest = useSelect((state) =>
    Object.values(state.timelines[event.conversation_id ?? ""]?.events ?? {}).every(
      (one) =>
        one.type !== "survey_answered" || one.data.ask_id !== event.data.ask_id || one.position <= event.position,
    ),
  );
  const wanted = newest && event.data.commented === true;
  useEffect(() => {
    if (!wanted) return setComment("");
    let over = false;
    core.api
      .get<{ items: SurveyAskShape[] }>(`/conversations/${event.conversation_id}/surveys`)
      .then((answer) => {
        const ask = answer.items.find((one) => one.id === event.data.ask_id);
        if (!over) setComment(ask?.comment ?? "");
      })
      // Without the words the line still says the score.
      .catch(() => {});
    return () => {
      over = true;
    };
  }, [core, wanted, event.conversation_id, event.data.ask_id]);
  return comment;
}
