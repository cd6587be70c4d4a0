"""Facebook's changes at a page to `Inbound`: comments, visitors' posts, mentions, recommendations and our own posts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Raw
from msgspec.json import encode
from msgspec.structs import replace

from connectors._meta import permissions
from connectors._meta.envelope import parse_for
from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.facebook_page import items
from connectors.facebook_page import payloads as fb
from connectors.facebook_page.items import Item
from connectors.facebook_page.manifest import LIKE, REACTIONS
from connectors.inbound import (
    AnyInbound,
    Attachment,
    Author,
    CommentModerated,
    Fetch,
    Ignored,
    MessageDeleted,
    Post,
    ReactionChanged,
)
from connectors.toolkit.http import json_body
from connectors.toolkit.payload import decode
from connectors.toolkit.signatures import fingerprint

_TEST_ID = "0"
_CONTENT = frozenset({"post", "status", "photo", "video", "album", "event", "link", "note", "share", "live_video"})
"""Items of the feed that are a post, a visitor's or our own."""
_NEW, _CHANGED, _GONE = frozenset({"add"}), frozenset({"edit", "edited", "update"}), frozenset({"remove", "delete"})
_HIDDEN = {"hide": True, "unhide": False}


def parse_part(body: bytes, ctx: Context) -> list[AnyInbound | Exception]:
    """The inbounds of a piece, in its order; a broken change stands as its PayloadInvalid."""
    if permissions.is_about(body):
        return permissions.read(body, ctx)
    found: list[AnyInbound | Exception] = []
    try:
        for number, raw in enumerate(decode(body, fb.Delivery).entry):
            found.extend(_entry(raw, f"entry[{number}]", ctx))
    except PayloadInvalid as broken:
        found.append(broken)
    return list(_asked_once(found))


def _asked_once(found: list[AnyInbound | Exception]) -> Iterator[AnyInbound | Exception]:
    """The same, each question once: several comments of a delivery may be under one post."""
    asked: set[str] = set()
    for one in found:
        if isinstance(one, Fetch):
            if one.dedupe_key in asked:
                continue
            asked.add(one.dedupe_key)
        yield one


parse = parse_for("facebook_page", parse_part)


def _entry(raw: Raw, path: str, ctx: Context) -> list[AnyInbound | Exception]:
    entry = decode(raw, fb.Entry, path=path)
    page = fb.id_of(entry.id, path=f"{path}.id")
    at = fb.instant(entry.time)
    found: list[AnyInbound | Exception] = []
    for number, change in enumerate(entry.changes):
        try:
            found.extend(_change(change, page, ctx.now if at is None else at, f"{path}.changes[{number}]"))
        except PayloadInvalid as broken:
            found.append(broken)
    return found


def _change(raw: Raw, page: str, at: int, path: str) -> list[AnyInbound]:
    change = decode(raw, fb.Change, path=path)
    if page == _TEST_ID:
        return [_ignored(raw, at, "test")]
    if not bytes(change.value).strip(b" null"):
        return [_ignored(raw, at, "without_value")]
    read = _FIELDS.get(change.field)
    if read is None:
        return [_ignored(raw, at, f"unknown: {change.field[:60]}")]
    item = Item(page=page, field=change.field, value=decode(change.value, fb.Value, path=f"{path}.value"), at=at)
    found = read(item)
    if found is None:
        return [_ignored(raw, at, f"unknown: {change.field} {item.value.item[:40]} {item.value.verb[:40]}")]
    return [_ignored(raw, at, found)] if isinstance(found, str) else found


def _ignored(raw: Raw, at: int, reason: str) -> Ignored:
    key = fingerprint(json_body(decode(raw, dict[str, object])))
    return Ignored(dedupe_key=f"ignored:{key}:{at}", occurred_at=at, reason=reason)


# --- the feed ---------------------------------------------------------------------------------


def _feed(item: Item) -> list[AnyInbound] | str | None:
    """What a change of the feed gives; a reason where it is ignored, None where it is not known."""
    kind, verb = item.value.item, item.value.verb
    if kind == "comment":
        return _comment(item)
    if kind in ("reaction", "like"):
        return _reaction(item)
    if verb in ("block", "unblock", "mute"):
        return "video_moderation"
    if kind not in _CONTENT:
        return None
    if _is_own_post(item):
        return _own_post(item)
    return "share" if kind == "share" else _visitor_post(item)


def _comment(item: Item) -> list[AnyInbound] | None:
    value, verb = item.value, item.value.verb
    files = items.files_of(value)
    if verb in _GONE:
        return [_removed(item)]
    if verb in _HIDDEN:
        return [items.moderated(item, hidden=_HIDDEN[verb])]
    if verb not in _NEW | _CHANGED:
        return None
    return told(item, files) if value.message or files else [_announced(item)]


def told(item: Item, files: tuple[Attachment, ...]) -> list[AnyInbound]:
    """A comment, new or changed, whose content is known: by the webhook itself, or because it was fetched."""
    if item.field == "ratings":
        if item.value.verb in _CHANGED:
            return [items.edited(item, files)]
        return [items.rating_comment(item, story_of(item), files), *_beside(item)]
    thread = items.comment_thread(item)
    if item.value.verb in _CHANGED:
        return [items.edited(item, files, thread)]
    return [items.comment(item, thread, files), *_beside(item), *_about_post(item)]


def _announced(item: Item) -> Fetch:
    """Something of which only the id is told: its content is fetched, and what is known of it kept until then."""
    value = replace(item.value, post=fb.raw(items.post_info(item.value)))
    kept = fb.Announced(page=item.page, at=item.at, field=item.field, value=value)
    return Fetch(
        dedupe_key=item.key(":content"),
        occurred_at=item.at,
        asset_id=item.page,
        ref=f"change:{encode(kept).decode()}",
    )


def _beside(item: Item) -> list[AnyInbound]:
    """What follows something new: that Facebook's filters hid it at once, and the question who wrote it."""
    found: list[AnyInbound] = []
    if item.value.is_hidden:
        found.append(items.moderated(item, hidden=True, what=":hidden"))
    if not item.actor_id:
        ref = f"author:{item.object_id}"
        found.append(Fetch(dedupe_key=ref, occurred_at=item.at, asset_id=item.page, ref=ref))
    return found


def _about_post(item: Item) -> list[AnyInbound]:
    """The question what a customer's comment is under: one for each post, however many comments wait for the answer.
    The page's own answers ask nothing, and a visitor's post is an item already.
    """
    if item.is_ours or items.post_info(item.value).status_type == items.WALL_POST:
        return []
    ref = f"post:{item.post_id}"
    return [Fetch(dedupe_key=ref, occurred_at=item.at, asset_id=item.page, ref=ref)]


def _removed(item: Item) -> MessageDeleted | CommentModerated:
    """Facebook names the author, or the page where the page did it, and never a customer's reason. So what is the
    page's was removed by our own people, and of all else it is known only that it is gone.
    """
    key, at, object_id = item.key(), item.at, item.object_id
    if item.is_ours:
        return CommentModerated(
            dedupe_key=key, occurred_at=at, asset_id=item.page, external_id=object_id, state="removed"
        )
    return MessageDeleted(dedupe_key=key, occurred_at=at, asset_id=item.page, external_id=object_id, by="network")


def _is_own_post(item: Item) -> bool:
    """Whether the page published it. Without an author only `post` is the word for what visitors write."""
    return item.is_ours or (not item.actor_id and item.value.item != "post")


def _own_post(item: Item) -> list[AnyInbound] | str | None:
    value, verb = item.value, item.value.verb
    if verb in _GONE and value.item == "post":
        return [_removed(item)]
    if verb in _GONE or verb in _HIDDEN:
        return "own_post_removed"
    if verb not in _NEW | _CHANGED:
        return None
    pictures = [one.url for one in items.files_of(value) if one.kind == "image"]
    info = items.post_info(value)
    post = Post(
        external_id=item.post_id,
        text=value.message or value.story or "",
        url=info.permalink_url or items.link_to(item.post_id),
        image_url=pictures[0] if pictures else None,
        # Not published yet is no ad: only where people comment on such a post it must be one.
        is_ad=items.is_ad(replace(info, is_published=None)),
        posted_at=item.created_at if verb in _NEW else None,
    )
    return [items.post_seen(post, key=item.key(), at=item.at, page=item.page)]


def _visitor_post(item: Item) -> list[AnyInbound] | None:
    verb, files = item.value.verb, items.files_of(item.value)
    if verb in _GONE:
        return [_removed(item)]
    if verb in _HIDDEN:
        return [items.moderated(item, hidden=_HIDDEN[verb])]
    if verb in _CHANGED:
        return [items.edited(item, files)]
    return [items.visitor_post(item, files), *_beside(item)] if verb in _NEW else None


def _reaction(item: Item) -> list[AnyInbound] | str | None:
    """All reactions that somebody now has on a comment: Facebook knows one at a time."""
    value = item.value
    if not value.comment_id and item.field == "feed":
        return "post_reaction" if value.post_id else "page_like"
    if not item.actor_id:
        return "reaction_without_author"
    if value.verb not in _NEW | _CHANGED | _GONE:
        return None
    kind = (value.reaction_type or "like").casefold()
    emojis = () if value.verb in _GONE else (REACTIONS.get(kind, LIKE),)
    return [
        ReactionChanged(
            dedupe_key=item.key(f":{item.actor_id}:{kind}"),
            occurred_at=item.at,
            asset_id=item.page,
            message_id=item.comment_id if value.comment_id else story_of(item),
            author=items.author_of(item),
            emojis=emojis,
        )
    ]


# --- mentions ---------------------------------------------------------------------------------


def _mention(item: Item) -> list[AnyInbound] | None:
    """Somebody named the page in a post or comment, as a rule on a profile of his own. Facebook tells it once, without
    the author, and says nothing of edits. On the page's own wall it is told as a comment or visitor's post, too: the
    item is the same, and so is its thread.
    """
    if item.value.verb not in _NEW:
        return None
    post_id, files = item.post_id, items.files_of(item.value)
    if not post_id.startswith(f"{item.page}_"):
        thread = items.thread_of(post_id, "mention", post_id)
        message = items.comment(item, thread, (*files, items.see_at(item.object_id)), kind="mention")
        return [message, *_beside(item)]
    if not item.value.comment_id:
        return [replace(items.visitor_post(item, files), kind="mention"), *_beside(item)]
    message = items.comment(item, items.comment_thread(item), files, kind="mention")
    return [message, *_beside(item), *_about_post(item)]


# --- recommendations --------------------------------------------------------------------------


def _ratings(item: Item) -> list[AnyInbound] | str | None:
    """What a change of the ratings gives."""
    match item.value.item:
        case "rating":
            return _rating(item)
        case "comment":
            return _rating_comment(item)
        case "reaction" | "like":
            return _reaction(item)
        case _:
            return None


def story_of(item: Item) -> str:
    """The recommendation that a change is about or under. Raises PayloadInvalid."""
    value = item.value
    if value.open_graph_story_id not in (None, ""):
        return fb.tail(fb.id_of(value.open_graph_story_id, path="value.open_graph_story_id"))
    return fb.tail(item.post_id)


def _rating(item: Item) -> list[AnyInbound] | None:
    value, story_id = item.value, story_of(item)
    key = f"rating:{story_id}:{value.verb}:{item.at}"
    if value.verb in _GONE:
        gone = MessageDeleted(
            dedupe_key=key, occurred_at=item.at, asset_id=item.page, external_id=story_id, by="network"
        )
        return [gone]
    if value.verb not in _NEW | _CHANGED:
        return None
    if value.reviewer_id in (None, ""):
        author = items.stranger(story_id)
    else:
        author = Author(
            external_id=fb.id_of(value.reviewer_id, path="value.reviewer_id"), name=value.reviewer_name or ""
        )
    at = item.created_at if value.verb in _NEW else item.at
    return [items.review(item.page, story_id, author, value, key=key, at=at)]


def _rating_comment(item: Item) -> list[AnyInbound] | None:
    """Something said under a recommendation, by its author or by us. Its words are rarely told."""
    value, verb, files = item.value, item.value.verb, items.files_of(item.value)
    if verb in _GONE:
        return [_removed(item)]
    if verb in _HIDDEN:
        return [items.moderated(item, hidden=_HIDDEN[verb])]
    if verb not in _NEW | _CHANGED:
        return None
    return told(item, files) if value.message or files else [_announced(item)]


_FIELDS: dict[str, Callable[[Item], list[AnyInbound] | str | None]] = {
    "feed": _feed,
    "mention": _mention,
    "ratings": _ratings,
}
