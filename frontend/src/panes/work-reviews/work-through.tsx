import { useEffect, useMemo, useState } from "react";
import { loadConversation } from "../../commands/navigate";
import { reason } from "../../commands/triage";
import type {
  ChecklistShape,
  ConversationShape,
  OpenSampleShape,
  SampleItem,
  WorkReviewShape,
} from "../../protocol/types.generated";
import { putRow } from "../../store/apply";
import { row as shownRow } from "../../store/select";
import { t } from "../../text/i18n";
import { AgentFace, NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Keys } from "../../ui/keys";
import { Link } from "../../ui/link";
import { useCore, useSelect } from "../../ui/use-core";
import { ReadOnly } from "../timeline/read-only";
import { Timeline } from "../timeline/timeline";
import { useChecklists, useHeard } from "./ask";
import { ReviewCard } from "./review-card";
import { ReviewForm } from "./review-form";
import s from "./work-reviews.module.css";

interface Props {
  open: OpenSampleShape;
  at: number;
  /** One's review of it is otherwise now; null: gone. */
  noted: (item: SampleItem, review: WorkReviewShape | null) => void;
}

/** A sample, one conversation after the other: what was said on the left, what one says to it on the right. */
export function WorkThrough({ open, at, noted }: Props) {
  const core = useCore();
  const { items, sample } = open;
  const place = Math.min(Math.max(1, at), items.length);
  const item = items[place - 1];
  const go = (to: number) => {
    if (to < 1 || to > items.length || to === place) return;
    core.go({ page: "work-reviews", sample: sample.id, at: to }, true);
  };
  useHeard((what) => {
    if (what === "next") go(place + 1);
    else if (what === "previous") go(place - 1);
  });
  if (!item) return null;
  return (
    <main className={s.page} data-pane aria-label={t("nav.workReviews")}>
      <header className={s.head}>
        <Link className="btn ghost icon-only" aria-label={t("back")} to={{ page: "work-reviews", sample: null, at: 0 }}>
          <Icon name="left" />
        </Link>
        <h1>{t("workReviews.placeOf", { n: place, all: items.length })}</h1>
        <Places items={items} place={place} go={go} />
        <span className="grow" />
        <button type="button" className="btn sm" disabled={place === 1} onClick={() => go(place - 1)}>
          <Icon name="left" size="s" />
          {t("workReviews.previous")}
          <Keys command="review-previous" />
        </button>
        <button type="button" className="btn sm" disabled={place === items.length} onClick={() => go(place + 1)}>
          {t("workReviews.next")}
          <Icon name="right" size="s" />
          <Keys command="review-next" />
        </button>
      </header>
      <div className={s.through}>
        <Looked key={`${item.conversation_id}`} item={item} />
        <aside className={s.side} aria-label={t("workReviews.review")} data-pane>
          <Whose agent={item.agent_id} />
          {item.conversation ? (
            <Review
              key={`${item.conversation_id} ${item.agent_id}`}
              item={item}
              checklist={sample.checklist_id}
              noted={(review) => noted(item, review)}
              next={place < items.length ? () => go(place + 1) : null}
            />
          ) : (
            <p className={`muted ${s.none}`}>{t("workReviews.hiddenHint")}</p>
          )}
        </aside>
      </div>
    </main>
  );
}

/** The sample as it is once a review is kept, shared or gone. */
export function withReview(open: OpenSampleShape, item: SampleItem, review: WorkReviewShape | null): OpenSampleShape {
  const state = review ? (review.shared_at ? "shared" : "draft") : "";
  const items = open.items.map((one) =>
    one.conversation_id === item.conversation_id && one.agent_id === item.agent_id
      ? { ...one, review_id: review?.id ?? null, state: state as SampleItem["state"] }
      : one,
  );
  return { ...open, items };
}

/** One mark for each conversation: how far one is, and the way to each. */
function Places({ items, place, go }: { items: readonly SampleItem[]; place: number; go: (to: number) => void }) {
  return (
    <ol className={s.places} aria-label={t("workReviews.progress")}>
      {items.map((one, i) => {
        const label = `${i + 1}, ${t(`workReviews.state.${one.state || "open"}`)}`;
        return (
          <li key={`${one.conversation_id} ${one.agent_id}`}>
            <button
              type="button"
              className={one.state ? s[one.state] : undefined}
              title={label}
              aria-label={label}
              aria-current={i + 1 === place ? "step" : undefined}
              onClick={() => go(i + 1)}
            />
          </li>
        );
      })}
    </ol>
  );
}

function Whose({ agent }: { agent: string }) {
  const name = useSelect((state) => state.agents[agent]?.name ?? "?");
  return (
    <div className={s.whose}>
      <AgentFace id={agent} size="md" />
      <span className="clip">
        <span className="muted small">{t("workReviews.workOf")}</span>
        <br />
        <bdi className="strong">{name}</bdi>
      </span>
    </div>
  );
}

/** The conversation as the desk shows it, to be read only. */
function Looked({ item }: { item: SampleItem }) {
  const core = useCore();
  const id = item.conversation_id;
  const known = useSelect((state) => shownRow(state, id));
  const ready = useSelect((state) => state.ready);
  const [failed, setFailed] = useState<string | null>(null);
  const { conversation } = item;
  useEffect(() => {
    if (!ready || !conversation) return;
    core.store.update((state) => (state.rows[id] ? state : putRow(state, conversation)));
    loadConversation(core, id).catch((error) => setFailed(reason(error)));
  }, [core, id, ready, conversation]);
  if (!conversation) return <section className={s.looked} aria-label={t("pane.conversation")} />;
  const row = known ?? conversation;
  return (
    <section className={s.looked} aria-label={t("pane.conversation")} data-pane>
      <LookedHead row={row} />
      <ReadOnly value={true}>
        <Timeline row={row} failed={failed} />
      </ReadOnly>
    </section>
  );
}

function LookedHead({ row }: { row: ConversationShape }) {
  return (
    <div className={s.lookedHead}>
      <NetworkBadge network={row.network} channelId={row.channel_id} />
      <h2 className="clip">
        <bdi>{row.contact.name || t("person.nameless")}</bdi>
      </h2>
      <span className="muted num">#{row.number}</span>
      <span className="grow" />
      <span className="chip">
        <Icon name="eye" size="xs" />
        {t("workReviews.readOnly")}
      </span>
      <Link
        className="btn ghost sm icon-only"
        title={t("workReviews.onDesk")}
        aria-label={t("workReviews.onDesk")}
        to={{ page: "desk", view: "all", conversation: row.id }}
      >
        <Icon name="ext" size="s" />
      </Link>
    </div>
  );
}

interface ReviewProps {
  item: SampleItem;
  /** What the sample is looked at with. */
  checklist: string | null;
  noted: (review: WorkReviewShape | null) => void;
  next: (() => void) | null;
}

/** One's own review of it: the form of a draft, or what was shared. */
function Review({ item, checklist, noted, next }: ReviewProps) {
  const core = useCore();
  const lists = useChecklists();
  const [found, setFound] = useState<WorkReviewShape | null | undefined>(item.review_id ? undefined : null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const about = useMemo(
    () => ({ conversation: item.conversation_id, agent: item.agent_id }),
    [item.conversation_id, item.agent_id],
  );
  const at = useSelect((state) => state.workReviews);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for when it opens, and when it was answered
  useEffect(() => {
    if (!item.review_id || found === null || (found && !found.shared_at)) return;
    core.api
      .get<WorkReviewShape>(`/work-reviews/${item.review_id}`)
      .then(setFound)
      .catch((error) => setWrong(reason(error)));
  }, [core, at]);
  if (wrong) {
    return (
      <div className="banner bad" role="alert">
        {wrong}
      </div>
    );
  }
  if (found === undefined || lists === null) return <div aria-busy="true" />;
  const put = (review: WorkReviewShape | null) => {
    setFound(review);
    noted(review);
  };
  if (found?.shared_at) return <Shared review={found} changed={put} next={next} />;
  const first: ChecklistShape | null = lists.find((one) => one.id === checklist) ?? null;
  return (
    <ReviewForm
      key={attempt}
      about={about}
      saved={found}
      first={first}
      lists={lists}
      kept={noted}
      shared={put}
      removed={() => {
        setAttempt(attempt + 1);
        put(null);
      }}
    />
  );
}

function Shared({
  review,
  changed,
  next,
}: Pick<Parameters<typeof ReviewCard>[0], "review" | "changed"> & Pick<ReviewProps, "next">) {
  return (
    <div className={s.isShared}>
      <div className="banner ok small" role="status">
        <Icon name="check" size="s" />
        <span className="grow">{t("workReviews.isShared")}</span>
        {next && (
          <button type="button" className="btn sm" onClick={next}>
            {t("workReviews.next")}
          </button>
        )}
      </div>
      <ReviewCard review={review} changed={changed} beside />
    </div>
  );
}
