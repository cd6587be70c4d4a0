import { useEffect, useState } from "react";
import { ensureView, loadMore } from "../../commands/navigate";
import { dismissRest, openPost } from "../../commands/posts";
import { run } from "../../commands/registry";
import { reason } from "../../commands/triage";
import type { PostDetail } from "../../protocol/types.generated";
import { currentList } from "../../store/desk";
import { POST_TABS, type PostsRoute } from "../../store/route";
import { row as shownRow } from "../../store/select";
import { t } from "../../text/i18n";
import { shortDate } from "../../text/time";
import { Confirm } from "../../ui/confirm";
import { Icon } from "../../ui/icon";
import { Keys } from "../../ui/keys";
import { Reason } from "../../ui/reason";
import { useCore, useDesk, useNow, useSelect } from "../../ui/use-core";
import { useMay } from "../../ui/use-may";
import { NewBar } from "../conversations/bars";
import { Foot } from "../conversations/foot";
import { Composer } from "../timeline/composer/composer";
import { PostPicture } from "../timeline/post";
import { CommentCard } from "./comment-card";
import s from "./posts.module.css";

interface Props {
  route: PostsRoute;
  /** Undefined while it is not known: an address that was opened directly. */
  post: PostDetail | undefined;
  /** There is no list beside it: a way back is shown. */
  alone: boolean;
  changed: () => void;
}

const NONE: readonly string[] = [];

/** The comments of one post, those that wait oldest first, each answered where it stands. */
export function CommentsPane({ route, post: listed, alone, changed }: Props) {
  const core = useCore();
  const may = useMay();
  const name = useDesk(currentList);
  const ready = useSelect((state) => state.ready);
  const list = useSelect((state) => state.lists[name]);
  const open = useSelect((state) => shownRow(state, route.conversation));
  const post = usePost(route.post, listed);
  const [dismissing, setDismissing] = useState(false);
  useEffect(() => {
    if (ready && !list?.loaded) ensureView(core, name).catch(() => {});
  }, [core, ready, name, list?.loaded]);
  const waiting = post?.counts.waiting ?? 0;
  return (
    <section className={s.comments} aria-label={t("posts.under")} data-pane>
      <header className={s.paneHead}>
        {alone && (
          <button
            type="button"
            className="btn ghost icon-only"
            aria-label={t("back")}
            onClick={() => openPost(core, null)}
          >
            <Icon name="left" />
          </button>
        )}
        <div className="grow">
          <h2>{t("posts.nWaitingOldest", { n: waiting })}</h2>
          <p className={s.where}>
            <Icon name="globe" size="xs" />
            {t("lane.public")}
          </p>
        </div>
        <Tabs route={route} />
      </header>
      <NewBar name={name} />
      <div className={s.cards} aria-busy={!list?.loaded}>
        {post && <PostHead post={post} />}
        {(list?.ids ?? NONE).map((id) => (
          <CommentCard key={id} id={id} open={id === route.conversation} />
        ))}
        {list?.loaded && !list.ids.length && (
          <p className={s.calm} role="status">
            <Icon name="check" />
            {t(route.tab === "waiting" ? "posts.nobodyWaits" : "posts.noComments")}
          </p>
        )}
        {list?.cursor && (
          <button type="button" className="btn" onClick={() => void loadMore(core, name)}>
            {t("timeline.older")}
          </button>
        )}
      </div>
      <Foot />
      {open ? (
        <Composer key={open.id} row={open} />
      ) : (
        <footer className={s.order}>
          <span className="muted grow clip">{waiting > 0 && t("posts.inOrder")}</span>
          {may("dismiss") && (
            <button type="button" className="btn" disabled={waiting === 0} onClick={() => setDismissing(true)}>
              {t("posts.dismissRest", { n: waiting })}
            </button>
          )}
          {may("reply") && (
            <button
              type="button"
              className="btn public"
              disabled={waiting === 0}
              onClick={() => run(core, "next-waiting")}
            >
              <Icon name="globe" size="s" />
              {t("posts.answerNext")}
              <Keys command="next-waiting" />
            </button>
          )}
        </footer>
      )}
      {open && may("reply") && (
        <div className={s.after}>
          <button type="button" className="btn ghost sm" onClick={() => run(core, "next-waiting")}>
            {t("posts.answerNext")} <Keys command="next-waiting" />
          </button>
          <span className="grow" />
          <button type="button" className="btn ghost sm" onClick={() => setDismissing(true)}>
            {t("posts.dismissRest", { n: waiting })}
          </button>
        </div>
      )}
      {dismissing && route.post && (
        <DismissDialog post={route.post} n={waiting} close={() => setDismissing(false)} done={changed} />
      )}
    </section>
  );
}

/** The post itself, where the list beside does not hold it. */
function usePost(id: string | null, listed: PostDetail | undefined): PostDetail | undefined {
  const core = useCore();
  const [asked, setAsked] = useState<PostDetail>();
  useEffect(() => {
    if (listed || !id) return;
    core.api
      .get<PostDetail>(`/posts/${id}`)
      .then(setAsked)
      .catch(() => {});
  }, [core, id, listed]);
  return listed ?? asked;
}

function Tabs({ route }: { route: PostsRoute }) {
  const core = useCore();
  return (
    <div className={s.tabs} role="tablist" aria-label={t("posts.which")}>
      {POST_TABS.map((tab) => (
        <button
          key={tab}
          type="button"
          role="tab"
          aria-selected={tab === route.tab}
          onClick={() => openPost(core, route.post, tab)}
        >
          {t(`posts.tab.${tab}`)}
        </button>
      ))}
    </div>
  );
}

function PostHead({ post }: { post: PostDetail }) {
  const now = useNow(60_000);
  return (
    <div className={s.postHead}>
      <PostPicture url={post.image_url} large />
      <div style={{ minWidth: 0 }}>
        <p className="strong" dir="auto" style={{ overflowWrap: "anywhere" }}>
          {post.text || t("post.wordless")}
        </p>
        <p className={s.facts}>
          <span>{shortDate(post.posted_at ?? post.created_at, now)}</span>
          <span>{t("posts.comments", { n: post.counts.total })}</span>
          {post.url && (
            <a href={post.url} target="_blank" rel="noreferrer noopener" className="flex">
              {t("post.open")} <Icon name="ext" size="xs" />
            </a>
          )}
        </p>
      </div>
    </div>
  );
}

interface DismissProps {
  post: string;
  n: number;
  close: () => void;
  done: () => void;
}

/** Whoever writes after the dialog opened is not dismissed with the rest. */
function DismissDialog({ post, n, close, done }: DismissProps) {
  const core = useCore();
  const [why, setWhy] = useState("");
  const [until] = useState(() => new Date(Date.now() + core.state().clockOffsetMs).toISOString());
  const confirm = async () => {
    close();
    try {
      await dismissRest(core, post, why.trim(), until);
    } catch (error) {
      core.toast(reason(error), "bad");
    }
    done();
  };
  return (
    <Confirm
      title={t("posts.dismissTitle", { n })}
      text={t("posts.dismissText")}
      action={t("posts.dismissDo", { n })}
      safe
      cancel={close}
      confirm={() => void confirm()}
    >
      <Reason id="dismiss-why" value={why} change={setWhy} maxLength={60} />
    </Confirm>
  );
}
