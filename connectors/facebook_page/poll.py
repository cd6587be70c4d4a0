"""Walking over what stands on the page, for what webhooks missed: comments, edits, hides, deletions, recommendations.

A walk reads the newest posts with their newest comments, a few posts at each poll, and tells what differs from the walk
before (`walk`). Meta gives up on a webhook after a day or so, and what is hidden or removed in bulk is not always told.
https://developers.facebook.com/docs/graph-api/reference/page/feed, …/reference/object/comments,
…/reference/page/ratings (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from connectors._meta import graph
from connectors.contract import Context
from connectors.errors import PayloadInvalid, SendError, SendErrorKind
from connectors.exchange import Exchange, Polled, http
from connectors.facebook_page import payloads as fb
from connectors.facebook_page.fetch import COMMENT_FIELDS, POST_FIELDS, is_gone, is_unreadable
from connectors.facebook_page.walk import Walk, Walker
from connectors.toolkit.payload import decode

POSTS_AT_ONCE = 5
COMMENTS_AT_ONCE = 50
RATINGS_AT_ONCE = 25
UNKNOWN_SECONDS = 2.0
ASKED_AFTER_MOST = 10
"""How many comments that were not seen again are asked for at one poll; the others wait for the next walk."""
_RATING_FIELDS = "created_time,rating,recommendation_type,review_text,reviewer{id,name},open_graph_story{id}"
_MAX_BYTES = 16 * 1024 * 1024


def poll(cursor: str, ctx: Context) -> Exchange[Polled]:
    """One step of the walk: a few posts, or one further page of a post's comments. Raises SendError."""
    walker = Walker(Walk.of(cursor), ctx)
    page = walker.page
    if not page:
        # Until set-up has told which page this is, its own posts could not be told from those of visitors.
        return Polled(inbounds=(), cursor=cursor, next_after_seconds=UNKNOWN_SECONDS)
    if walker.walk.began_at == 0:
        walker.walk = replace(walker.walk, began_at=ctx.now)
        params = {"fields": _RATING_FIELDS, "limit": str(RATINGS_AT_ONCE)}
        ratings = yield from _listed(ctx, f"{page}/ratings", params)
        if ratings is not None:
            walker.saw_ratings(ratings)
    if walker.walk.longer:
        post_id, after = walker.walk.longer[0]
        walker.saw_further((yield from _listed(ctx, f"{post_id}/comments", _comment_params(after))))
    else:
        posts = yield from _listed(ctx, f"{page}/feed", _feed_params(walker.walk.after), required=True)
        walker.saw_posts(posts or fb.Listed())
    for post_id, comment_id in walker.missing[:ASKED_AFTER_MOST]:
        if is_gone((yield from http(graph.get(ctx, comment_id, {"fields": "id"})))):
            walker.is_gone(post_id, comment_id)
    return walker.polled()


def _feed_params(after: str) -> dict[str, str]:
    comments = f"comments.filter(stream).order(reverse_chronological).limit({COMMENTS_AT_ONCE})"
    params = {"fields": f"{POST_FIELDS},{comments}{{{COMMENT_FIELDS}}}", "limit": str(POSTS_AT_ONCE)}
    return params | ({"after": after} if after else {})


def _comment_params(after: str) -> dict[str, str]:
    how = {"filter": "stream", "order": "reverse_chronological", "limit": str(COMMENTS_AT_ONCE)}
    return {"fields": COMMENT_FIELDS, **how, "after": after}


def _listed(
    ctx: Context, path: str, params: Mapping[str, str], *, required: bool = False
) -> Exchange[fb.Listed | None]:
    """A page of a list, its elements unread; None where it is gone or not for the page to see, unless it is required.
    Raises SendError.
    """
    answer = yield from http(replace(graph.get(ctx, path, params), max_bytes=_MAX_BYTES))
    if is_unreadable(answer) and not required:
        return None
    graph.said(answer, ctx.now)
    try:
        return decode(answer.body, fb.Listed)
    except PayloadInvalid as broken:
        raise SendError(SendErrorKind.UNREACHABLE, f"Facebook's list is not understood: {broken}") from None
