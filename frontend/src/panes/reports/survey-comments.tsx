import { useCallback, useEffect, useState } from "react";
import { reason } from "../../commands/triage";
import type { SurveyAskShape } from "../../protocol/types.generated";
import { Wrong } from "../../settings/page";
import { t } from "../../text/i18n";
import { fullDate, shortDate } from "../../text/time";
import { Link } from "../../ui/link";
import { useCore, useNow } from "../../ui/use-core";
import { type Ask, questionOf } from "./ask";
import s from "./reports.module.css";

interface Props {
  scale: "csat" | "nps";
  ask: Ask;
}

/** What people wrote beside their scores, newest first. */
export function SurveyComments({ scale, ask }: Props) {
  const core = useCore();
  const now = useNow(60_000);
  const [found, setFound] = useState<readonly SurveyAskShape[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const path = `/survey-comments?${new URLSearchParams({ ...questionOf(ask), scale, limit: "20" })}`;
  const look = useCallback(
    async (after: string | null) => {
      try {
        const page = await core.api.get<{ items: SurveyAskShape[]; next_cursor: string | null }>(
          after ? `${path}&cursor=${encodeURIComponent(after)}` : path,
        );
        setFound((before) => (after ? [...(before ?? []), ...page.items] : page.items));
        setCursor(page.next_cursor);
      } catch (error) {
        setWrong(reason(error));
      }
    },
    [core, path],
  );
  useEffect(() => void look(null), [look]);
  const best = scale === "csat" ? 5 : 10;
  return (
    <section className={`${s.panel} ${s.wide}`} aria-label={t("surveys.comments")}>
      <div className={s.panelHead}>
        <h2>{t("surveys.comments")}</h2>
      </div>
      <Wrong text={wrong} />
      {found?.length === 0 && <p className={`muted ${s.none}`}>{t("surveys.noComments")}</p>}
      <ul className={s.comments}>
        {found?.map((one) => (
          <li key={one.id}>
            <span className={`num strong ${s.score}`}>
              {one.score} / {best}
            </span>
            <div className="grow" style={{ minWidth: 0 }}>
              <p dir="auto">{one.comment}</p>
              <Link
                className="muted small"
                to={{ page: "desk", view: "all", conversation: one.conversation_id }}
                title={one.answered_at ? fullDate(one.answered_at) : undefined}
              >
                <bdi>{one.contact || `#${one.number}`}</bdi>
                {one.answered_at && ` · ${shortDate(one.answered_at, now)}`}
              </Link>
            </div>
          </li>
        ))}
      </ul>
      {cursor && (
        <button type="button" className="btn" onClick={() => void look(cursor)}>
          {t("timeline.older")}
        </button>
      )}
    </section>
  );
}
