import { useState } from "react";
import type { ConversationShape, PostShape } from "../../protocol/types.generated";
import { t } from "../../text/i18n";
import { shortDate } from "../../text/time";
import { Icon } from "../../ui/icon";
import { Link } from "../../ui/link";
import { useNow } from "../../ui/use-core";
import { CampaignName } from "../posts/campaign-name";
import s from "./post.module.css";

/** Longer texts begin folded. */
const LONG = 160;

/** Our own content that the comments hang on: picture, words, where it came from. */
export function Post({ post, row }: { post: PostShape; row: ConversationShape }) {
  const now = useNow(60_000);
  const [whole, setWhole] = useState(false);
  const long = post.text.length > LONG;
  return (
    <div className={s.post}>
      <PostPicture url={post.image_url} />
      <div className={s.words}>
        <div className={`${s.text} ${long && !whole ? s.folded : ""}`} dir="auto">
          {post.text || <em className="muted">{t("post.wordless")}</em>}
        </div>
        {long && (
          <button type="button" className={s.more} aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? t("post.less") : t("post.more")}
          </button>
        )}
        <div className={s.facts}>
          {post.is_ad && <span className="chip">{t("post.ad")}</span>}
          {row.campaign_id && <CampaignName id={row.campaign_id} />}
          {post.posted_at && <span className="nowrap">{shortDate(post.posted_at, now)}</span>}
          <Link to={{ page: "posts", post: post.id, tab: "waiting", conversation: null }}>{t("post.comments")}</Link>
          {post.url && (
            <a href={post.url} target="_blank" rel="noreferrer noopener" className={`flex nowrap ${s.out}`}>
              {t("post.open")} <Icon name="ext" size="xs" />
            </a>
          )}
        </div>
      </div>
    </div>
  );
}

export function PostPicture({ url, large }: { url: string | null; large?: boolean }) {
  const [broken, setBroken] = useState<string | null>(null);
  const size = large ? s.large : "";
  // Networks let addresses of pictures run out: then it is as if there were none.
  if (url && url !== broken) {
    return <img className={`${s.picture} ${size}`} src={url} alt="" loading="lazy" onError={() => setBroken(url)} />;
  }
  return (
    <span className={`${s.picture} ${s.blank} ${size}`} aria-hidden>
      <Icon name="posts" />
    </span>
  );
}
