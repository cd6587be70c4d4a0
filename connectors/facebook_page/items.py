"""What people wrote on a page, as inbounds: made alike of a webhook's change and of what the Graph API tells."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from connectors.errors import PayloadInvalid
from connectors.facebook_page import payloads as fb
from connectors.inbound import (
    AnyInbound,
    Attachment,
    AttachmentKind,
    Author,
    CommentModerated,
    MessageEdited,
    MessageKind,
    MessageReceived,
    Post,
    PostSeen,
    ReviewReceived,
    Thread,
    ThreadKind,
)
from connectors.toolkit.payload import decode

WALL_POST = "wall_post"
"""The `status_type` of what visitors wrote. https://developers.facebook.com/docs/graph-api/reference/post
(read 2026-11-22).
"""
NO_WORDS = "[without text]"
"""Shown where neither the webhook nor the Graph API tells what somebody wrote: somebody has to look."""
_PROMOTED = frozenset({"active", "extendable", "finished", "paused", "pending"})
"""https://developers.facebook.com/docs/graph-api/reference/page-post (read 2026-11-22): `promotion_status`; the others
say that the post was never promoted.
"""
_SITE = "https://www.facebook.com"


@dataclass(frozen=True, slots=True)
class Item:
    """A change while it is being read."""

    page: str
    field: str
    value: fb.Value
    at: int
    """When it happened, µs: the time of the entry, which differs between two edits where `created_time` does not."""

    @property
    def created_at(self) -> int:
        """When what it is about was written, µs."""
        created = fb.instant(self.value.created_time)
        return self.at if created is None else created

    @property
    def post_id(self) -> str:
        """The post it is about or under. Raises PayloadInvalid."""
        return fb.id_of(self.value.post_id, path="value.post_id")

    @property
    def comment_id(self) -> str:
        """The comment it is about. Raises PayloadInvalid."""
        return fb.id_of(self.value.comment_id, path="value.comment_id")

    @property
    def object_id(self) -> str:
        """What it is about: the comment where there is one, else the post. Raises PayloadInvalid."""
        return self.comment_id if self.value.comment_id else self.post_id

    @property
    def actor_id(self) -> str:
        """Who did it; empty where Facebook does not tell."""
        value = self.value
        given = value.from_.id if value.from_ is not None else None
        given = given if given not in (None, "") else value.sender_id
        return fb.id_of(given, path="value.from.id") if given not in (None, "") else ""

    @property
    def is_ours(self) -> bool:
        """Whether the page itself did it: through us, or in one of Facebook's own apps."""
        return self.actor_id == self.page

    def key(self, what: str = "") -> str:
        """Dedupe key of something that can be done to an object more than once."""
        value = self.value
        return f"{self.object_id}:{value.item}:{value.verb}:{fb.instant(value.created_time) or 0}:{self.at}{what}"


# --- who, where, and on what ------------------------------------------------------------------


def author_of(item: Item) -> Author:
    """Who wrote it. Somebody whom Facebook does not name is a stranger of this one object, until it is looked up."""
    actor_id, value = item.actor_id, item.value
    if not actor_id:
        return stranger(item.object_id)
    name = (value.from_.name if value.from_ is not None else None) or value.sender_name or ""
    return Author(external_id=actor_id, name=name, is_self=actor_id == item.page)


def stranger(object_id: str) -> Author:
    """The author of one object, unnamed."""
    return Author(external_id=f"author-of:{object_id}", name="Facebook user")


def is_stranger(author_id: str) -> bool:
    """Whether an author is one that Facebook has not named."""
    return author_id.startswith("author-of:")


def thread_of(external_id: str, kind: ThreadKind, post_id: str, post: Post | None = None) -> Thread:
    """A public thread. Its address tells `plan` what kind it is, and which of its items is the post itself."""
    address = {"kind": kind, "post_id": post_id}
    return Thread(external_id=external_id, kind=kind, audience="public", post=post, address=address)


def comment_thread(item: Item) -> Thread:
    """Where a comment stands: all answers to a top-level comment are one thread with it."""
    post_id, parent_id = item.post_id, parent_of(item)
    root = item.comment_id if parent_id == post_id else parent_id
    return thread_of(root, "comment", post_id, commented_post(item))


def parent_of(item: Item) -> str:
    """What a comment is under: another comment, or the post."""
    parent = item.value.parent_id
    if parent in (None, ""):
        return item.post_id
    parent_id = fb.id_of(parent, path="value.parent_id")
    # The post is named `<page>_<post>` or `<post>` alone.
    return item.post_id if fb.tail(parent_id) == fb.tail(item.post_id) else parent_id


def commented_post(item: Item) -> Post | None:
    """Our post above a comment, as far as the change tells: its words and picture are fetched. None where it is known
    to be a visitor's, which is an item.
    """
    info = post_info(item.value)
    if info.status_type == WALL_POST:
        return None
    return Post(external_id=item.post_id, url=info.permalink_url or link_to(item.post_id), is_ad=is_ad(info))


def post_info(value: fb.Value) -> fb.PostInfo:
    """What the change tells of the post; nothing where that cannot be read."""
    try:
        return decode(value.post, fb.PostInfo) if bytes(value.post) else fb.PostInfo()
    except PayloadInvalid:
        return fb.PostInfo()


def is_ad(post: fb.PostInfo | fb.PostNode) -> bool:
    """Whether people see it as an ad: a post that was promoted, or one that is nowhere but in an ad."""
    return (post.promotion_status or "").lower() in _PROMOTED or post.is_published in (False, 0)


def link_to(object_id: str) -> str:
    """The address at which people see a post or comment."""
    return f"{_SITE}/{object_id}"


# --- what was written -------------------------------------------------------------------------


def files_of(value: fb.Value) -> tuple[Attachment, ...]:
    """Pictures and films of a change, and the link of a post that has neither. In photos and videos the link is the
    file.
    """
    photo, film = (value.link if value.item == kind else None for kind in ("photo", "video"))
    found = [_file("image", url) for url in dict.fromkeys([value.photo, photo, *(value.photos or ())]) if url]
    found += [_file("video", url) for url in dict.fromkeys([value.video, film]) if url]
    if not found and value.link:
        found.append(Attachment(kind="link", title=value.link, meta={"url": value.link}))
    return tuple(found)


def attached(attachment: fb.StoryAttachment | None) -> tuple[Attachment, ...]:
    """What hangs on a comment, as the Graph API tells it."""
    if attachment is None:
        return ()
    media, kind = attachment.media, attachment.type
    if kind.startswith("share") or not (media.source or media.image.src):
        url = attachment.url or ""
        title = attachment.title or url or f"[{kind or 'attachment'}]"
        return (Attachment(kind="link", title=title, meta={"url": url} if url else {}),)
    if media.source and kind.startswith(("video", "animated_image_video")):
        return (_file("video", media.source),)
    return (_file("sticker" if kind == "sticker" else "image", media.image.src or media.source or ""),)


def see_at(object_id: str) -> Attachment:
    """A card that leads to what cannot be shown whole."""
    url = link_to(object_id)
    return Attachment(kind="link", title=url, meta={"url": url})


def _file(kind: AttachmentKind, url: str) -> Attachment:
    return Attachment(kind=kind, url=url)


def comment(
    item: Item, thread: Thread, files: tuple[Attachment, ...], kind: MessageKind = "comment"
) -> MessageReceived:
    """Something newly written. `in_reply_to` is what it is under, also where that is a post: if a visitor wrote it, it
    is an item, and the comment belongs into its thread.
    """
    author = author_of(item)
    object_id = item.object_id
    above = parent_of(item) if item.value.comment_id else None
    return MessageReceived(
        dedupe_key=f"{object_id}:add",
        occurred_at=item.created_at,
        asset_id=item.page,
        thread=thread,
        author=author,
        external_id=object_id,
        kind=kind,
        text=item.value.message or ("" if files else NO_WORDS),
        attachments=files,
        in_reply_to=above,
        needs_answer=not author.is_self,
    )


def rating_comment(item: Item, story_id: str, files: tuple[Attachment, ...]) -> MessageReceived:
    """Something said under a recommendation: an item of the recommendation's thread."""
    message = comment(item, thread_of(story_id, "review", story_id), files)
    above = parent_of(item)
    return replace(message, in_reply_to=story_id if fb.tail(above) == story_id else above)


def edited(item: Item, files: tuple[Attachment, ...], thread: Thread | None = None) -> MessageEdited:
    """Something that was changed. Where no file is told of, the item keeps those that it has."""
    return MessageEdited(
        dedupe_key=item.key(),
        occurred_at=item.at,
        asset_id=item.page,
        external_id=item.object_id,
        thread=thread,
        author=author_of(item),
        text=item.value.message or "",
        attachments=files or None,
        edited_at=item.at,
    )


def moderated(item: Item, *, hidden: bool, what: str = "") -> CommentModerated:
    """Something was hidden or is shown again."""
    return CommentModerated(
        dedupe_key=item.key(what),
        occurred_at=item.at,
        asset_id=item.page,
        external_id=item.object_id,
        state="hidden" if hidden else "visible",
    )


def from_node(node: fb.CommentNode, post_id: str, page: str, post: fb.PostInfo, *, at: int) -> Item:
    """A comment of the Graph API as the change that would have told of it. `at`: when it was seen, µs."""
    value = fb.Value(
        item="comment",
        verb="add",
        post_id=post_id,
        comment_id=node.id,
        parent_id=node.parent.id if node.parent is not None else post_id,
        from_=node.from_,
        message=node.message,
        created_time=node.created_time,
        is_hidden=node.is_hidden,
        post=fb.raw(post),
    )
    return Item(page=page, field="feed", value=value, at=at)


# --- posts and recommendations ----------------------------------------------------------------


def post_of(node: fb.PostNode) -> Post:
    """One of our own posts, whole."""
    post_id = fb.id_of(node.id, path="id")
    return Post(
        external_id=post_id,
        text=node.message or node.story or "",
        url=node.permalink_url or link_to(post_id),
        image_url=node.full_picture,
        is_ad=is_ad(node),
        posted_at=fb.instant(node.created_time),
    )


def visitor_post(item: Item, files: tuple[Attachment, ...]) -> MessageReceived:
    """What a visitor wrote on the page's own wall: the first item of a thread that its comments join."""
    return comment(item, thread_of(item.post_id, "comment", item.post_id), files)


def review(
    page: str, story_id: str, author: Author, rating: fb.Value | fb.RatingNode, *, key: str, at: int
) -> ReviewReceived:
    """A recommendation: yes or no, which takes the ends of the scale of 1 to 5 that Facebook keeps the page's own
    rating on (`overall_star_rating`, https://developers.facebook.com/docs/graph-api/reference/page, read 2026-11-22).
    The title says what it really is. Raises PayloadInvalid where it is neither.
    """
    stars, title = _stars(rating)
    return ReviewReceived(
        dedupe_key=key,
        occurred_at=at,
        asset_id=page,
        thread=thread_of(story_id, "review", story_id),
        author=author,
        external_id=story_id,
        rating=stars,
        title=title,
        text=rating.review_text or "",
        # Answers are comments below it, of which neither the webhook nor the list of recommendations tells.
        reply_known=False,
    )


_RECOMMENDED = {"positive": (5, "Recommends"), "negative": (1, "Doesn't recommend")}


def _stars(rating: fb.Value | fb.RatingNode) -> tuple[int, str]:
    """Stars out of five, and Facebook's own words. Webhooks write POSITIVE, the Graph API positive."""
    stars, title = _RECOMMENDED.get((rating.recommendation_type or "").casefold(), (0, ""))
    try:
        given = int(float(rating.rating or 0))
    except (ValueError, OverflowError):
        given = 0
    stars = given if 1 <= given <= 5 else stars
    if not stars:
        raise PayloadInvalid("neither a recommendation nor a rating from 1 to 5", path="value.recommendation_type")
    return stars, title


def post_seen(post: Post, *, key: str, at: int, page: str) -> AnyInbound:
    """One of our own posts, for agents to see above its comments."""
    return PostSeen(dedupe_key=key, occurred_at=at, asset_id=page, post=post)
