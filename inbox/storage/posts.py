"""Posts with what is counted of them, who waits under them, and which conversations hang on them.

What is there, hidden and answered is counted on the post's row as it happens. Who waits is counted from the open waits:
their partial index (`wait_post`) holds nothing else, so it gives the number and the oldest without touching a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import BigInteger, and_, bindparam, func, or_, select, update
from sqlalchemy import text as sql

from inbox.domain.records import Post
from inbox.domain.words import query_terms
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, among, fetch, first
from inbox.storage.dialect import record_columns

p, w, th, c = t.post.c, t.wait.c, t.thread.c, t.conversation.c
_LAST = 2**62
_MAX_WORDS = 8
# In the text, not in parameters: only then can the partial indexes be used.
_OPEN = sql("wait.\"end\" = '' AND wait.post_id IS NOT NULL")
_TAKEN_BACK = sql("wait.\"end\" IN ('dismissed', 'voided') AND wait.\"end\" = 'dismissed'")
_waiting = (
    select(w.post_id.label("post_id"), func.count().label("n"), func.min(w.opened_at).label("since"))
    .where(_OPEN)
    .group_by(w.post_id)
    .subquery("waiting")
)
_ONE = Statement(select(*record_columns(t.post)).where(p.id == bindparam("post")))
_WAITING = Statement(select(func.count(), func.min(w.opened_at)).where(w.post_id == bindparam("post"), _OPEN))
_WAITS = Statement(
    select(w.id, w.conversation_id, w.opened_at)
    .where(
        w.post_id == bindparam("post"),
        _OPEN,
        w.answer_id.is_(None),
        w.opened_at <= bindparam("until"),
        or_(w.opened_at > bindparam("key"), and_(w.opened_at == bindparam("key"), w.id > bindparam("key_id"))),
    )
    .order_by(w.opened_at, w.id)
    .limit(bindparam("limit"))
)
_DISMISSED = Statement(
    select(w.id, w.conversation_id)
    .join_from(t.thread, t.wait, w.thread_id == th.id)
    .where(
        th.post_id == bindparam("post"), _TAKEN_BACK, w.ended_at >= bindparam("since"),
        w.ended_by_kind == bindparam("kind"), w.ended_by_id == bindparam("who"), w.id > bindparam("key_id"),
    )
    .order_by(w.id)
    .limit(bindparam("limit"))
)  # fmt: skip
_under = select(th.conversation_id).where(th.post_id == bindparam("post"))
_ELSEWHERE = Statement(
    select(c.id)
    .where(c.id.in_(_under), func.coalesce(c.campaign_id, 0) != bindparam("campaign"))
    .order_by(c.id)
    .limit(bindparam("limit"))
)
_OF_CAMPAIGN = Statement(
    select(c.id).where(c.campaign_id == bindparam("campaign")).order_by(c.id).limit(bindparam("limit"))
)
_POSTS = Statement(
    select(p.campaign_id, p.id, p.channel_id)
    .where(among(p.campaign_id, "campaigns"), p.campaign_id.is_not(None))
    .order_by(p.id)
)
_BEGINNINGS = Statement(select(p.id, func.substr(p.text, 1, 80)).where(among(p.id, "posts"), p.text != ""))
_RELEASE = Statement(update(t.post).where(p.campaign_id == bindparam("campaign")).values(campaign_id=None))


class Listed(msgspec.Struct, frozen=True):
    """A post with who waits under it now. `waiting_since`: the start of the oldest wait."""

    post: Post
    waiting: int
    waiting_since: int | None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which posts; None: no condition. `channels`: only of these."""

    channels: tuple[int, ...] | None = None
    campaign_id: int | None = None
    words: str = ""
    waiting_first: bool = False
    """Oldest wait first, then those under which nobody waits, newest first; else newest first."""


class Page(msgspec.Struct, frozen=True):
    """A page of posts. `after`: where the next one goes on; None when this is the last."""

    found: list[Listed]
    after: list[int] | None


def page(wanted: Wanted, *, limit: int, after: Sequence[int] | None = None) -> Query[Page]:
    """A page of posts. `after`: `Page.after` of the page before."""
    terms = query_terms(wanted.words)[:_MAX_WORDS]
    values: dict[str, Any] = {
        f"word{i}_{j}": f"% {form}%" for i, forms in enumerate(terms) for j, form in enumerate(forms)
    }
    if wanted.channels is not None:
        values["channels"] = list(wanted.channels)
    if wanted.campaign_id is not None:
        values["campaign"] = wanted.campaign_id
    if after is not None:
        values |= {"key": after[0], "key_id": after[1]}
    shape = tuple(len(forms) for forms in terms)
    given = (wanted.channels is not None, wanted.campaign_id is not None, after is not None)
    rows = yield from fetch(_page(wanted.waiting_first, shape, *given)(**values, limit=limit + 1))
    shown = rows[:limit]
    found = [Listed(Post(*row[:-3]), row[-3] or 0, row[-2]) for row in shown]
    return Page(found, [shown[-1][-1], found[-1].post.id] if len(rows) > limit else None)


@lru_cache(maxsize=64)
def _page(
    waiting_first: bool, words: tuple[int, ...], of_channels: bool, of_campaign: bool, going_on: bool
) -> Statement:
    """The statement of a list: the post, how many wait, since when, and the key it is sorted by."""
    newest = func.coalesce(p.posted_at, p.created_at)
    key: Any = func.coalesce(_waiting.c.since, _LAST) if waiting_first else newest
    query: Any = select(*record_columns(t.post), _waiting.c.n, _waiting.c.since, key.label("key")).join_from(
        t.post, _waiting, _waiting.c.post_id == p.id, isouter=True
    )
    if of_channels:
        query = query.where(among(p.channel_id, "channels"))
    if of_campaign:
        query = query.where(p.campaign_id == bindparam("campaign"))
    for i, forms in enumerate(words):
        query = query.where(or_(*((" " + p.words).like(bindparam(f"word{i}_{j}")) for j in range(forms))))
    if going_on:
        here, last = bindparam("key", type_=BigInteger()), p.id < bindparam("key_id", type_=BigInteger())
        query = query.where(or_(key > here if waiting_first else key < here, and_(key == here, last)))
    return Statement(query.order_by(key if waiting_first else key.desc(), p.id.desc()).limit(bindparam("limit")))


def one(post_id: int) -> Query[Listed | None]:
    """One post; None when there is none."""
    row = yield from first(_ONE(post=post_id))
    if row is None:
        return None
    waiting, since = (yield from first(_WAITING(post=post_id))) or (0, None)
    return Listed(Post(*row), waiting, since)


def waits(post_id: int, until: int, limit: int, after: tuple[int, int] = (-1, -1)) -> Query[list[tuple[int, int, int]]]:
    """(wait, conversation, start) of those who wait since `until` (µs) or longer and have no answer on its way, oldest
    first, after a (start, wait).
    """
    rows = yield from fetch(_WAITS(post=post_id, until=until, limit=limit, key=after[0], key_id=after[1]))
    return [(row[0], row[1], row[2]) for row in rows]


def dismissed(post_id: int, since: int, kind: str, who: int, limit: int, after: int) -> Query[list[tuple[int, int]]]:
    """(wait, conversation) of what somebody dismissed under a post since an instant, by id, after an id."""
    rows = yield from fetch(_DISMISSED(post=post_id, since=since, kind=kind, who=who, limit=limit, key_id=after))
    return [(row[0], row[1]) for row in rows]


def elsewhere(post_id: int, campaign_id: int | None, limit: int) -> Query[list[int]]:
    """Conversations under a post that do not belong to this campaign (None: that belong to any)."""
    rows = yield from fetch(_ELSEWHERE(post=post_id, campaign=campaign_id or 0, limit=limit))
    return [row[0] for row in rows]


def of_campaign(campaign_id: int, limit: int) -> Query[list[int]]:
    """Conversations that belong to a campaign."""
    rows = yield from fetch(_OF_CAMPAIGN(campaign=campaign_id, limit=limit))
    return [row[0] for row in rows]


def beginnings(post_ids: Sequence[int]) -> Query[dict[int, str]]:
    """Post → the first 80 characters of its text, of those that have one."""
    if not post_ids:
        return {}
    rows = yield from fetch(_BEGINNINGS(posts=list(post_ids)))
    return {row[0]: row[1] for row in rows}


def release(campaign_id: int) -> Query[None]:
    """The posts of a campaign belong to none."""
    yield _RELEASE(campaign=campaign_id)


def posts_of(campaign_ids: Sequence[int]) -> Query[dict[int, list[tuple[int, int]]]]:
    """Campaign → (post, channel) of its posts, oldest first."""
    found: dict[int, list[tuple[int, int]]] = {campaign: [] for campaign in campaign_ids}
    if campaign_ids:
        for campaign, post, channel in (yield from fetch(_POSTS(campaigns=list(campaign_ids)))):
            found[campaign].append((post, channel))
    return found
