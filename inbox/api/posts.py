"""Our own posts and ads: what was written under them, who waits, which campaign they belong to."""

from __future__ import annotations

from typing import Literal

import msgspec
from pydantic import Field

from inbox import clock
from inbox.api.call import Call
from inbox.api.fields import Body, Id, Instant, PageQuery, Query
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import iso, iso_or_none
from inbox.commands.posts import (
    MAX_DISMISSED,
    GivePost,
    carry_all,
    dismiss_rest,
    post_seen_by,
    take_back,
)
from inbox.domain.permissions import Principal
from inbox.domain.shapes import PostCounts, PostDetail
from inbox.eventlog.directory import Directory
from inbox.eventlog.show import text_id
from inbox.storage import posts
from inbox.storage.database import Query as DatabaseQuery

routes = Routes("Posts")


class PostsQuery(PageQuery):
    """Which posts. `sort` waiting: the oldest wait first."""

    channel: Id | None = None
    campaign: Id | None = None
    q: str = Field("", max_length=200, description="words of the post")
    sort: Literal["newest", "waiting"] = "newest"


class PostPatch(Body):
    """The campaign a post belongs to; null: none. Conversations under it follow."""

    campaign_id: Id | None


class DismissRest(Body):
    """Why no answer is needed, for how many at most, and only for those who wait since `until` or longer (now, if not
    given: whoever writes meanwhile is not dismissed).
    """

    reason: str = Field("", max_length=60)
    limit: int = Field(1_000, ge=1, le=MAX_DISMISSED)
    until: Instant | None = None


class DismissedRest(msgspec.Struct, kw_only=True):
    """How many were dismissed and how many wait still. Go on with the same `until` until `dismissed` is 0; take back
    with the first answer's `since`.
    """

    dismissed: int
    remaining: int
    until: str
    since: str


class TakeBackQuery(Query):
    """Since when: the `since` of the dismissal."""

    since: Instant


class TakenBack(msgspec.Struct, kw_only=True):
    """How many wait again."""

    taken_back: int


def visible_channels(principal: Principal, directory: Directory) -> tuple[int, ...] | None:
    """The channels whose posts one sees; None: all."""
    if principal.scope.channels is None:
        return None
    return tuple(sorted(c.id for c in directory.channels.values() if principal.scope.covers(c.id, c.team_id)))


def _detail(listed: posts.Listed, directory: Directory) -> PostDetail:
    post = listed.post
    channel = directory.channels.get(post.channel_id)
    counts = PostCounts(
        total=post.comment_count,
        waiting=listed.waiting,
        answered=post.answered_count,
        hidden=post.hidden_count,
        no_question=post.unasked_count,
    )
    return PostDetail(
        id=str(post.id),
        external_id=post.external_id,
        text=post.text,
        url=post.url,
        image_url=post.image_url,
        is_ad=bool(post.is_ad),
        posted_at=iso_or_none(post.posted_at),
        channel_id=str(post.channel_id),
        network=channel.network if channel is not None else "",
        campaign_id=text_id(post.campaign_id),
        created_at=iso(post.created_at),
        counts=counts,
        waiting_since=iso_or_none(listed.waiting_since),
    )


async def _seen(call: Call, post_id: int) -> posts.Listed:
    """Raises NotFound for one that is not there, or out of sight."""
    listed = await call.deps.database.read(posts.one, post_id)
    post_seen_by(call.principal, await call.deps.directory.fresh(), listed.post if listed else None, post_id)
    assert listed is not None
    return listed


@routes.get("/posts")
async def list_posts(call: Call, query: PostsQuery) -> Page[PostDetail]:
    """Posts, newest first or oldest wait first, with their counts."""
    directory = await call.deps.directory.fresh()
    channels = visible_channels(call.principal, directory)
    if query.channel is not None:
        channels = (query.channel,) if channels is None or query.channel in channels else ()
    wanted = posts.Wanted(
        channels=channels, campaign_id=query.campaign, words=query.q, waiting_first=query.sort == "waiting"
    )
    bound_to = f"posts:{query.channel}:{query.campaign}:{query.sort}:{query.q}"
    after = call.deps.cursors.read(bound_to, query.cursor) if query.cursor else None
    position = await call.position()
    page = await call.deps.database.read(posts.page, wanted, limit=query.limit, after=after)
    return Page(
        items=[_detail(one, directory) for one in page.found],
        next_cursor=call.deps.cursors.make(bound_to, page.after) if page.after else None,
        position=position,
    )


@routes.get("/posts/{post_id}")
async def see_post(call: Call, post_id: int) -> PostDetail:
    """A post with its counts."""
    return _detail(await _seen(call, post_id), call.deps.directory)


@routes.patch("/posts/{post_id}", needs="settings")
async def change_post(call: Call, post_id: int, body: PostPatch) -> PostDetail:
    """Give a post to a campaign. Every conversation under it follows, those to come too."""
    deps = call.deps
    await call.submit(GivePost(call.principal, post_id, body.campaign_id, await deps.directory.fresh()))
    await follow(call, post_id, body.campaign_id)
    return _detail(await _seen(call, post_id), deps.directory)


async def follow(call: Call, post_id: int, campaign_id: int | None) -> None:
    """What is written under a post belongs to its campaign."""

    def select(limit: int) -> DatabaseQuery[list[int]]:
        return posts.elsewhere(post_id, campaign_id, limit)

    await carry_all(call.deps.database, call.deps.writer, select, campaign_id, call.principal.actor)


@routes.post("/posts/{post_id}/dismiss", needs="triage", status=200, rate="costly")
async def dismiss_under_post(call: Call, post_id: int, body: DismissRest) -> DismissedRest:
    """No answer needed for those who still wait under a post, oldest first. Asked again, it goes on."""
    await _seen(call, post_id)
    deps, until = call.deps, body.until if body.until is not None else clock.now()
    done = await dismiss_rest(
        deps.database, deps.writer, call.principal, post_id, body.reason, limit=body.limit, until=until
    )
    left = await _seen(call, post_id)
    return DismissedRest(dismissed=done.dismissed, remaining=left.waiting, until=iso(until), since=iso(done.began_at))


@routes.delete("/posts/{post_id}/dismiss", needs="triage")
async def undo_dismiss_under_post(call: Call, post_id: int, query: TakeBackQuery) -> TakenBack:
    """Take back what one has dismissed oneself under a post since an instant."""
    await _seen(call, post_id)
    deps = call.deps
    return TakenBack(taken_back=await take_back(deps.database, deps.writer, call.principal, post_id, query.since))
