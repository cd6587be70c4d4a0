import { useCallback, useEffect, useState } from "react";
import { reason } from "../../commands/triage";
import type { OpenSampleShape, SampleItem, WorkReviewShape, WorkSampleShape } from "../../protocol/types.generated";
import type { WorkReviewsRoute } from "../../store/route";
import { can } from "../../store/select";
import { t } from "../../text/i18n";
import { fullDate, shortDate } from "../../text/time";
import { workReviewWords } from "../../text/work-reviews/load";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { useCore, useNow, useSelect } from "../../ui/use-core";
import type { Page, View } from "./ask";
import { NewSample } from "./new-sample";
import { ReviewList } from "./review-list";
import s from "./work-reviews.module.css";
import { WorkThrough, withReview } from "./work-through";

/** Where a supervisor looks at samples of work, one conversation after the other, and at what he wrote. */
export default function WorkReviewsPage({ route }: { route: WorkReviewsRoute }) {
  const may = useSelect((state) => can(state, "reports"));
  if (route.sample) return <OpenSample key={route.sample} id={route.sample} at={route.at} />;
  return (
    <main className={s.page} data-pane aria-label={t("nav.workReviews")}>
      <header className={s.head}>
        <h1>{t("nav.workReviews")}</h1>
        <span className="muted small">{t("workReviews.hint")}</span>
        <span className="grow" />
        {may && (
          <Link className="btn" to={{ page: "settings", section: "checklists" }}>
            <Icon name="checks" size="s" />
            {t("settings.checklists")}
          </Link>
        )}
      </header>
      <div className={s.body}>{may ? <Desk /> : <p className="muted">{t("workReviews.notFor")}</p>}</div>
    </main>
  );
}

function Desk() {
  const core = useCore();
  const { samples, wrong, remove, more } = useSamples();
  const open = (made: OpenSampleShape) =>
    core.go({ page: "work-reviews", sample: made.sample.id, at: made.items.length ? 1 : 0 });
  return (
    <div className={s.columns}>
      <NewSample opened={open} />
      <div className={s.column}>
        {wrong && (
          <div className="banner bad" role="alert">
            <Icon name="warn" />
            {wrong}
          </div>
        )}
        <section className={s.panel} aria-label={t("workReviews.samples")}>
          <h2>{t("workReviews.samples")}</h2>
          {samples?.length === 0 && <p className={`muted ${s.none}`}>{t("workReviews.noSamples")}</p>}
          <ul className={s.samples}>
            {samples?.map((one) => (
              <SampleLine key={one.id} sample={one} remove={() => remove(one.id)} />
            ))}
          </ul>
          {more && (
            <button type="button" className={`btn ghost sm ${s.more}`} onClick={more}>
              {t("timeline.older")}
            </button>
          )}
        </section>
        <Written />
      </div>
    </div>
  );
}

function useSamples() {
  const core = useCore();
  const [samples, setSamples] = useState<readonly WorkSampleShape[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const look = useCallback(
    (after?: string) =>
      core.api
        .get<Page<WorkSampleShape>>("/work-samples", { limit: "10", cursor: after })
        .then((page) => {
          setSamples((known) => (after ? [...(known ?? []), ...page.items] : page.items));
          setCursor(page.next_cursor);
        })
        .catch((error) => setWrong(reason(error))),
    [core],
  );
  useEffect(() => void look(), [look]);
  const remove = (id: string) =>
    core.api
      .delete(`/work-samples/${id}`)
      .then(() => setSamples((known) => known?.filter((one) => one.id !== id) ?? null))
      .catch((error) => setWrong(reason(error)));
  return { samples, wrong, remove, more: cursor ? () => void look(cursor) : null };
}

function SampleLine({ sample, remove }: { sample: WorkSampleShape; remove: () => void }) {
  const now = useNow(60_000);
  const agents = useSelect((state) => state.agents);
  const teams = useSelect((state) => state.teams);
  const { asked } = sample;
  const whose = [
    ...asked.agent_ids.map((id) => agents[id]?.name ?? "?"),
    ...asked.team_ids.map((id) => teams[id]?.name ?? "?"),
  ].join(", ");
  const how = asked.order === "random" ? t("workReviews.seedIs", { n: String(sample.seed) }) : t("workReviews.newest");
  return (
    <li>
      <div className="grow" style={{ minWidth: 0 }}>
        <Link className="strong clip" to={{ page: "work-reviews", sample: sample.id, at: 1 }}>
          <bdi>{whose || t("workReviews.everybody")}</bdi>
        </Link>
        <div className="muted small" title={fullDate(sample.created_at)}>
          {shortDate(sample.created_at, now)} · {how} · {t("workReviews.of", { n: sample.size, all: sample.found })}
        </div>
      </div>
      <span className={`small ${s.done}`}>
        <progress max={Math.max(1, sample.size)} value={sample.shared} aria-label={t("workReviews.progress")} />
        <span className="num">
          {t("workReviews.done", { n: sample.shared, all: sample.size })}
          {sample.drafts > 0 && ` · ${t("workReviews.drafts", { n: sample.drafts })}`}
        </span>
      </span>
      <button
        type="button"
        className="btn ghost sm icon-only"
        title={t("workReviews.removeSample")}
        aria-label={t("workReviews.removeSample")}
        onClick={remove}
      >
        <Icon name="trash" size="s" />
      </button>
    </li>
  );
}

/** What one wrote, drafts too; admins may look at what all shared. */
function Written() {
  const admin = useSelect((state) => state.me?.agent.role === "admin");
  const [view, setView] = useState<View>("by_me");
  return (
    <section className={s.panel} aria-label={t("workReviews.written")}>
      <div className={s.panelHead}>
        <h2>{t("workReviews.written")}</h2>
        {admin && (
          <fieldset className={s.choice}>
            <legend className="sr">{t("workReviews.written")}</legend>
            {(["by_me", "all"] as const).map((one) => (
              <button
                key={one}
                type="button"
                className="btn ghost sm"
                aria-pressed={one === view}
                onClick={() => setView(one)}
              >
                {t(`workReviews.view.${one}`)}
              </button>
            ))}
          </fieldset>
        )}
      </div>
      <ReviewList key={view} view={view} none={t("workReviews.noneWritten")} />
    </section>
  );
}

function OpenSample({ id, at }: { id: string; at: number }) {
  const core = useCore();
  const [open, setOpen] = useState<OpenSampleShape | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    core.api
      .get<OpenSampleShape>(`/work-samples/${id}`)
      .then(setOpen)
      .catch((error) => setWrong(reason(error)));
  }, [core, id]);
  const noted = (item: SampleItem, review: WorkReviewShape | null) =>
    setOpen((known) => known && withReview(known, item, review));
  if (open?.items.length) return <WorkThrough open={open} at={at} noted={noted} />;
  return (
    <main className={s.page} data-pane aria-label={t("nav.workReviews")} aria-busy={!open && !wrong}>
      <header className={s.head}>
        <Link className="btn ghost icon-only" aria-label={t("back")} to={{ page: "work-reviews", sample: null, at: 0 }}>
          <Icon name="left" />
        </Link>
        <h1>{t("nav.workReviews")}</h1>
      </header>
      <div className={s.body}>
        {wrong && (
          <div className="banner bad" role="alert">
            <Icon name="warn" />
            {wrong}
          </div>
        )}
        {open && <p className="muted">{t("workReviews.emptySample")}</p>}
      </div>
    </main>
  );
}

/** The page, with its words. */
export const load = async () => {
  await workReviewWords();
  return { default: WorkReviewsPage };
};
