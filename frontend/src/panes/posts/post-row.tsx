import type { PostDetail } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { duration, shortDate } from "../../text/time";
import { NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { useNow } from "../../ui/use-core";
import { PostPicture } from "../timeline/post";
import { CampaignName } from "./campaign-name";
import s from "./posts.module.css";

/** One post: what it says, where it belongs, and how its comments stand. */
export function PostRow({ post, on, open }: { post: PostDetail; on: boolean; open: () => void }) {
  const now = useNow(10_000);
  return (
    <li className={`${s.row} ${on ? s.on : ""}`}>
      <PostPicture url={post.image_url} large />
      <div className={s.about}>
        <div className={s.title}>
          <NetworkBadge network={post.network} channelId={post.channel_id} />
          <Link
            className="clip"
            dir="auto"
            to={{ page: "posts", post: post.id, tab: "waiting", conversation: null }}
            aria-current={on ? "true" : undefined}
            title={post.text}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              open();
            }}
          >
            {post.text || t("post.wordless")}
          </Link>
        </div>
        <div className={s.facts}>
          {post.is_ad && <span className="chip">{t("post.ad")}</span>}
          {post.campaign_id && <CampaignName id={post.campaign_id} />}
          <span>{shortDate(post.posted_at ?? post.created_at, now)}</span>
          <span>{t("posts.comments", { n: post.counts.total })}</span>
        </div>
        <div className={s.counts}>
          <Bar post={post} />
          <span className={post.counts.waiting ? s.due : ""}>{t("posts.nWaiting", { n: post.counts.waiting })}</span>
          <span>{t("posts.nAnswered", { n: post.counts.answered })}</span>
          <span>{t("posts.nHidden", { n: post.counts.hidden })}</span>
          <span className="grow" />
          {post.waiting_since ? (
            <span className={s.age} title={t("posts.oldest")}>
              <Icon name="clock" size="xs" label={t("posts.oldest")} />
              {duration(now - Date.parse(post.waiting_since))}
            </span>
          ) : (
            <span className="flex nowrap">
              <Icon name="check" size="s" />
              {t("posts.allAnswered")}
            </span>
          )}
        </div>
      </div>
    </li>
  );
}

/** The same numbers as lengths: what waits is hatched, so that it is told without colour. */
function Bar({ post }: { post: PostDetail }) {
  const { waiting, answered, hidden, no_question: unasked } = post.counts;
  const total = Math.max(1, waiting + answered + hidden + unasked);
  const width = (n: number) => ({ width: `${(n / total) * 100}%` });
  return (
    <span className={s.bar} aria-hidden>
      <i className={s.barWaiting} style={width(waiting)} />
      <i className={s.barAnswered} style={width(answered)} />
      <i className={s.barRest} style={width(hidden + unasked)} />
    </span>
  );
}
