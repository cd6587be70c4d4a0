import { useCallback, useEffect, useRef, useState } from "react";
import { askPosts, loadCampaigns, openPost, type PostsQuery } from "../../commands/posts";
import { onSignal } from "../../commands/registry";
import { reason } from "../../commands/triage";
import type { PostDetail } from "../../protocol/types.generated";
import type { PostsRoute } from "../../store/route";
import { can } from "../../store/select";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { useCore, useMedia, useSelect } from "../../ui/use-core";
import { Foot } from "../conversations/foot";
import { CommentsPane } from "./comments-pane";
import { PostRow } from "./post-row";
import s from "./posts.module.css";

/** Own posts and ads: what was asked under each, how long the oldest waits, and the comments of the chosen one. */
export default function PostsPage({ route }: { route: PostsRoute }) {
  const [query, setQuery] = useState<PostsQuery>({ campaign: "", channel: "", sort: "waiting" });
  const { posts, further, more, wrong, again } = usePosts(query);
  const beside = useMedia("(min-width: 1100px)");
  const chosen = posts?.find((post) => post.id === route.post);
  return (
    <main className={s.page} data-pane>
      {(beside || !route.post) && (
        <section className={s.posts} aria-label={t("nav.posts")}>
          <Head posts={posts} query={query} change={setQuery} />
          {wrong && (
            <div className="banner bad small" role="alert" style={{ margin: 12 }}>
              <Icon name="warn" size="s" />
              <span className="grow">{wrong}</span>
              <button type="button" className="btn sm" onClick={again}>
                {t("message.retry")}
              </button>
            </div>
          )}
          <PostList posts={posts} chosen={route.post} further={further} more={more} />
          {!route.post && <Foot />}
        </section>
      )}
      {route.post && <CommentsPane key={route.post} route={route} post={chosen} alone={!beside} changed={again} />}
      {beside && !route.post && (
        <section className={s.nothing}>
          <strong className="strong">{t("posts.pick")}</strong>
        </section>
      )}
    </main>
  );
}

const EVERY_MS = 30_000;

/** Asked again when comments came or went, and now and then: counts of posts come in no frame. */
function usePosts(query: PostsQuery) {
  const core = useCore();
  const [posts, setPosts] = useState<readonly PostDetail[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const comments = useSelect((state) => state.views["kind:comment"]?.count ?? 0);
  const changed = useSelect((state) => state.postsChangedAt);
  const ask = useCallback(async () => {
    try {
      const page = await askPosts(core, query, null);
      setPosts(page.items);
      setCursor(page.next_cursor);
      setWrong(null);
    } catch (error) {
      setWrong(reason(error));
    }
  }, [core, query]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another count or position is the sign that something came or went
  useEffect(() => void ask(), [ask, comments, changed]);
  useEffect(() => {
    void loadCampaigns(core);
    const timer = setInterval(() => document.visibilityState === "visible" && void ask(), EVERY_MS);
    return () => clearInterval(timer);
  }, [core, ask]);
  const more = async () => {
    if (!cursor) return;
    const page = await askPosts(core, query, cursor);
    setPosts((before) => [...(before ?? []), ...page.items]);
    setCursor(page.next_cursor);
  };
  return { posts, further: cursor !== null, more: () => void more().catch(() => {}), wrong, again: () => void ask() };
}

interface HeadProps {
  posts: readonly PostDetail[] | null;
  query: PostsQuery;
  change: (query: PostsQuery) => void;
}

function Head({ posts, query, change }: HeadProps) {
  const campaigns = useSelect((state) => state.campaigns);
  const channels = useSelect((state) => state.channels);
  const may = useSelect((state) => can(state, "settings"));
  const withPosts = Object.values(channels).filter((channel) => "comment" in channel.capabilities);
  const waiting = posts?.reduce((sum, post) => sum + post.counts.waiting, 0) ?? 0;
  const under = posts?.filter((post) => post.counts.waiting > 0).length ?? 0;
  return (
    <header className={s.head}>
      <h1>{t("nav.posts")}</h1>
      <span className="muted small" role="status">
        {posts && t("posts.waiting", { n: waiting, posts: under })}
      </span>
      <span className="grow" />
      <Select
        label={t("filter.campaign")}
        value={query.campaign}
        change={(campaign) => change({ ...query, campaign })}
        options={Object.values(campaigns).map((campaign) => [campaign.id, campaign.name])}
      />
      <Select
        label={t("filter.channel")}
        value={query.channel}
        change={(channel) => change({ ...query, channel })}
        options={withPosts.map((channel) => [channel.id, channel.name])}
      />
      <button
        type="button"
        className="btn"
        aria-pressed={query.sort === "waiting"}
        onClick={() => change({ ...query, sort: query.sort === "waiting" ? "newest" : "waiting" })}
      >
        <Icon name="sort" size="s" />
        {t(query.sort === "waiting" ? "posts.oldestWait" : "posts.newest")}
      </button>
      {may && (
        <Link className="btn" to={{ page: "campaigns" }}>
          <Icon name="flag" size="s" />
          {t("campaigns")}
        </Link>
      )}
    </header>
  );
}

interface SelectProps {
  label: string;
  value: string;
  change: (value: string) => void;
  options: readonly (readonly [string, string])[];
}

function Select({ label, value, change, options }: SelectProps) {
  if (options.length < 1) return null;
  return (
    <label className={s.select}>
      <span className="muted">{label}</span>
      <select value={value} onChange={(event) => change(event.target.value)}>
        <option value="">{t("posts.all")}</option>
        {options.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface ListProps {
  posts: readonly PostDetail[] | null;
  chosen: string | null;
  further: boolean;
  more: () => void;
}

function PostList({ posts, chosen, further, more }: ListProps) {
  const core = useCore();
  const list = useRef<HTMLUListElement>(null);
  const last = useRef(-1);
  useEffect(
    () =>
      onSignal((what) => {
        if (what !== "post-next" && what !== "post-previous") return;
        const titles: HTMLElement[] = [...(list.current?.querySelectorAll("a") ?? [])];
        const focused = titles.indexOf(document.activeElement as HTMLElement);
        const from = focused < 0 ? last.current : focused;
        last.current = Math.min(Math.max(from + (what === "post-next" ? 1 : -1), 0), titles.length - 1);
        titles[last.current]?.focus();
      }),
    [],
  );
  if (!posts) return <div className={s.list} aria-busy />;
  if (!posts.length) {
    return (
      <div className={s.nothing}>
        <strong className="strong">{t("posts.none")}</strong>
        <p className="muted">{t("posts.noneHint")}</p>
      </div>
    );
  }
  return (
    <ul ref={list} className={s.list} data-pane-focus tabIndex={-1}>
      {posts.map((post) => (
        <PostRow key={post.id} post={post} on={post.id === chosen} open={() => openPost(core, post.id)} />
      ))}
      {further && (
        <li className={s.further}>
          <button type="button" className="btn" onClick={more}>
            {t("timeline.older")}
          </button>
        </li>
      )}
    </ul>
  );
}
