"""Comments, mentions and media as Instagram gives them, by webhook, by id or in a list, to `Inbound`."""

from __future__ import annotations

from dataclasses import dataclass

from connectors._meta.media import file_url
from connectors._meta.times import instant
from connectors.contract import Context
from connectors.inbound import (
    AnyInbound,
    Attachment,
    AttachmentKind,
    Author,
    Fetch,
    Ignored,
    MessageReceived,
    Origin,
    Post,
    PostSeen,
    Thread,
)
from connectors.instagram.manifest import OWN_POST_COMMENT
from connectors.instagram.payloads import Comment, Media, Party
from connectors.toolkit.signatures import fingerprint

_OWN_IDS = ("ig_user_id", "app_scoped_id", "page_id")
_PRODUCTS = {"REELS": "[reel]", "STORY": "[story]", "LIVE": "[live video]", "AD": "[ad]"}
LIVE = "live"
"""In the address of a thread: under a video that is being broadcast."""
COMMENTED_AT = "commented_at"
"""In the address of a thread: when a customer last commented (µs)."""
PERSON = "igsid"
"""In the address of a direct thread: whose it is."""
MEDIA_ID = "media_id"
"""In the address of a thread: the post it hangs on."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account of ours that something happened at, by all the ids it goes by."""

    id: str
    ids: frozenset[str]
    ctx: Context

    @classmethod
    def of(cls, ctx: Context, entry_id: str = "") -> Account:
        """The channel's account. Its id in a delivery can be another than in the API, by how its owner signed in."""
        own = [one for one in (ctx.asset_id, *(ctx.settings.get(name, "") for name in _OWN_IDS), entry_id) if one]
        return cls(own[0] if own else "", frozenset(own), ctx)

    def is_self(self, party: Party) -> bool:
        """Whether it is we who act."""
        scoped = party.self_ig_scoped_id
        if str(party.id) in self.ids or (scoped is not None and str(scoped) != str(party.id)):
            return True
        username = self.ctx.settings.get("username", "").lower()
        return party.id is None and bool(username) and (party.username or "").lower() == username


def comment_id_of(comment: Comment) -> str:
    """The id, whichever of its two names it has; empty where it has none."""
    return str(comment.id or comment.comment_id or "")


def told_comment(comment: Comment, account: Account, *, at: int, live: bool) -> list[AnyInbound]:
    """A comment as a webhook tells it, at `at`. One that names nobody, or no post, has to be asked for.

    Boosting a post has its comments told twice, once at the post and once at the ad: their id is the same, and the
    post is named in both.
    """
    party, media = comment.from_, comment.media
    if party is None or party.id is None or media is None:
        key = f"comment:{comment_id_of(comment)}"
        return [Fetch(dedupe_key=key, occurred_at=at, ref=key)]
    found = read_comment(comment, account, at=at, live=live or media.media_product_type == "LIVE")
    if comment.parent_id is None and isinstance(found, MessageReceived):
        media_id = _post_id(media)
        return [found, Fetch(dedupe_key=f"media:{media_id}", occurred_at=at, ref=f"media:{media_id}")]
    return [found]


def read_comment(comment: Comment, account: Account, *, at: int, live: bool = False) -> MessageReceived | Ignored:
    """A comment with all that is known of it. `at` stands in for a time of its own."""
    comment_id, parent = comment_id_of(comment), str(comment.parent_id or "")
    author = _author(comment, account)
    occurred_at = instant(comment.timestamp, otherwise=at, path="timestamp")
    key = f"comment:{comment_id}"
    if author.is_self and not parent:
        return Ignored(dedupe_key=key, occurred_at=occurred_at, reason=OWN_POST_COMMENT)
    return MessageReceived(
        dedupe_key=key,
        occurred_at=occurred_at,
        thread=Thread(
            external_id=parent or comment_id,
            kind="comment",
            audience="public",
            post=_post(comment.media, account) if comment.media is not None else None,
            address={} if author.is_self else _address(comment, occurred_at, live=live),
        ),
        author=author,
        external_id=comment_id,
        kind="comment",
        text=comment.text or "",
        in_reply_to=parent or None,
        origin=_origin(comment.media),
        needs_answer=not author.is_self,
    )


def read_media(media: Media, account: Account) -> PostSeen:
    """A post of ours with its picture and words."""
    at = instant(media.timestamp, otherwise=account.ctx.now, path="timestamp")
    post = _post(media, account, posted_at=at)
    version = fingerprint(f"{post.text}\n{post.url}".encode())[:12]
    return PostSeen(dedupe_key=f"media:{post.external_id}:{version}", occurred_at=at, post=post)


def read_mention(media: Media, comment: Comment | None, account: Account) -> MessageReceived | Ignored:
    """Somebody named us in the caption of a post of his, or in a comment. Instagram tells the user name alone, which
    can be another's tomorrow; so who it was is not taken for anybody known by id.
    """
    media_id = str(media.id)
    username = (comment.username if comment is not None else media.username) or ""
    item_id = comment_id_of(comment) if comment is not None else media_id
    at = instant((comment or media).timestamp, otherwise=account.ctx.now, path="timestamp")
    party = (comment.from_ if comment is not None else None) or Party(username=username)
    key = f"mention:{item_id}"
    if account.is_self(party):
        return Ignored(dedupe_key=key, occurred_at=at, reason=OWN_POST_COMMENT)
    return MessageReceived(
        dedupe_key=key,
        occurred_at=at,
        thread=Thread(
            external_id=media_id,
            kind="mention",
            audience="public",
            post=_post(media, account),
            address={MEDIA_ID: media_id},
        ),
        author=_person(party, item_id),
        external_id=item_id,
        kind="mention",
        text=(comment.text if comment is not None else media.caption) or "",
        attachments=_pictures(media, account) if comment is None else (),
    )


def _author(comment: Comment, account: Account) -> Author:
    party = comment.from_ or Party(username=comment.username)
    if account.is_self(party):
        return Author(external_id=account.id or str(party.id), username=party.username or "", is_self=True)
    return _person(party, comment_id_of(comment))


def _person(party: Party, item_id: str) -> Author:
    """The person by scoped id, else by user name, else known by what he wrote and nothing more."""
    username = party.username or ""
    if party.id is not None:
        return Author(external_id=str(party.id), name=party.name or username, username=username)
    if username:
        return Author(external_id=f"@{username}", name=username, username=username)
    return Author(external_id=f"author-of-{item_id}", name="Instagram user")


def _address(comment: Comment, at: int, *, live: bool) -> dict[str, str]:
    address = {COMMENTED_AT: str(at)}
    if comment.media is not None:
        address[MEDIA_ID] = _post_id(comment.media)
    if live:
        address[LIVE] = "1"
    return address


def _post_id(media: Media) -> str:
    return str(media.original_media_id or media.id)


def _post(media: Media, account: Account, *, posted_at: int | None = None) -> Post:
    """The post, or the ad. Without a caption it is called what it is, but only where that was asked for."""
    is_picture = media.media_type in ("IMAGE", "CAROUSEL_ALBUM", None)
    picture = media.thumbnail_url or (media.media_url if is_picture else None)
    unnamed = _PRODUCTS.get(media.media_product_type or "", "[post]") if media.media_type else ""
    return Post(
        external_id=_post_id(media),
        text=media.caption or media.ad_title or unnamed,
        url=media.permalink,
        image_url=file_url(picture, account.ctx),
        is_ad=media.ad_id is not None or media.media_product_type == "AD",
        posted_at=posted_at,
    )


def _origin(media: Media | None) -> Origin | None:
    if media is None or media.ad_id is None:
        return None
    ad_id = str(media.ad_id)
    return Origin(kind="ad", ref=ad_id, title=media.ad_title or "", campaign_ref=ad_id)


def _pictures(media: Media, account: Account) -> tuple[Attachment, ...]:
    url = file_url(media.media_url, account.ctx)
    kind: AttachmentKind = "video" if media.media_type == "VIDEO" else "image"
    return (Attachment(kind=kind, url=url),) if url else ()
