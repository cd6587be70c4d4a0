"""What Facebook announced by id alone, brought: comments without content, unnamed authors, the posts above comments."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from connectors._meta import graph
from connectors._meta.refusals import refusal_in
from connectors.contract import Context
from connectors.errors import PayloadInvalid, SendError, SendErrorKind
from connectors.exchange import Exchange, HttpResponse, http
from connectors.facebook_page import items
from connectors.facebook_page import payloads as fb
from connectors.facebook_page.inbound import told
from connectors.facebook_page.items import Item
from connectors.inbound import AnyInbound, Author, IdentitiesLinked
from connectors.toolkit.payload import decode

COMMENT_FIELDS = "id,message,from,created_time,parent{id},attachment{type,title,url,media},is_hidden"
POST_FIELDS = "id,message,story,from,created_time,permalink_url,full_picture,is_published,is_hidden,promotion_status"
_UNREADABLE = frozenset({10, 12, 803, *range(200, 300)})
_NOT_THERE = (100, 33)
"""Codes of what is not for the page to see, and of what is gone or looks so.
https://developers.facebook.com/docs/graph-api/guides/error-handling (read 2026-11-22).
"""


def fetch(ref: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    """Bring what `Fetch.ref` names. Raises SendError where it may work later; what is not for us to see brings what the
    webhook told, or nothing.
    """
    what, _, rest = ref.partition(":")
    bring = _BRINGERS.get(what)
    if bring is None:
        raise SendError(SendErrorKind.REJECTED, f"{ref[:40]!r} is nothing that this connector announced")
    try:
        return (yield from bring(rest, ctx))
    except PayloadInvalid as broken:
        raise SendError(SendErrorKind.REJECTED, f"Facebook's answer is not understood: {broken}") from None


def _content(announced: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    """A comment, new or changed, of which the webhook told neither words nor file."""
    kept = decode(announced.encode(), fb.Announced)
    item = Item(page=kept.page, field=kept.field, value=kept.value, at=kept.at)
    answer = yield from http(graph.get(ctx, item.comment_id, {"fields": COMMENT_FIELDS}))
    if is_unreadable(answer):
        return _unread(item)
    node: fb.CommentNode = graph.read(graph.said(answer, ctx.now), fb.CommentNode)
    known = replace(kept.value, message=node.message, from_=node.from_ or kept.value.from_)
    if node.parent is not None:
        known = replace(known, parent_id=node.parent.id)
    item = Item(page=kept.page, field=kept.field, value=known, at=kept.at)
    return told(item, items.attached(node.attachment))


def _unread(item: Item) -> list[AnyInbound]:
    """A comment that is not for us to read: shown as one without words, since a person said something. An edit of it
    changes nothing that we could show.
    """
    if item.value.verb != "add":
        return []
    wordless = Item(page=item.page, field=item.field, value=replace(item.value, message=items.NO_WORDS), at=item.at)
    return told(wordless, (items.see_at(item.comment_id),))


def _author(object_id: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    """Who wrote something that came without author: the stranger it was stored under becomes that person."""
    answer = yield from http(graph.get(ctx, object_id, {"fields": "from"}))
    if is_unreadable(answer):
        return []
    person = graph.said(answer, ctx.now).get("from")
    if not isinstance(person, dict) or not person.get("id"):
        return []
    author = Author(
        external_id=fb.id_of(str(person["id"]), path="from.id"),
        name=str(person.get("name") or ""),
        is_self=str(person["id"]) == ctx.asset_id,
    )
    linked = IdentitiesLinked(
        dedupe_key=f"author:{object_id}:{author.external_id}",
        occurred_at=ctx.now,
        asset_id=ctx.asset_id,
        author=author,
        other_id=items.stranger(object_id).external_id,
        reason="Facebook named the author when it was asked.",
    )
    return [linked]


def _post(post_id: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    """The words and the picture of a post of our own. A visitor's post is an item already."""
    answer = yield from http(graph.get(ctx, post_id, {"fields": POST_FIELDS}))
    if is_unreadable(answer):
        return []
    node: fb.PostNode = graph.read(graph.said(answer, ctx.now), fb.PostNode)
    if node.from_ is not None and str(node.from_.id) != ctx.asset_id:
        return []
    post = replace(items.post_of(node), external_id=post_id)
    return [items.post_seen(post, key=f"post:{post_id}:{ctx.now}", at=ctx.now, page=ctx.asset_id)]


def is_unreadable(answer: HttpResponse) -> bool:
    """Whether Facebook says that something is gone, or not for the page to see: asking again would change nothing."""
    refusal = refusal_in(answer.body)
    return refusal is not None and (refusal.number in _UNREADABLE or is_gone(answer))


def is_gone(answer: HttpResponse) -> bool:
    """Whether Facebook says that there is no such object."""
    refusal = refusal_in(answer.body)
    return refusal is not None and (refusal.number, refusal.sub) == _NOT_THERE


_BRINGERS: dict[str, Callable[[str, Context], Exchange[list[AnyInbound]]]] = {
    "change": _content,
    "author": _author,
    "post": _post,
}
