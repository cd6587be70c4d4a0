"""Notifications of agents, what they want to be told of, and the browsers that are called for them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, delete, func, select, update

from inbox.domain.notifying_records import Subscription
from inbox.domain.records import Job, Notification
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Delete, Insert, Query, Save, Statement, Update, among, fetch, first
from inbox.storage.dialect import record_columns

READER = "notify"
_row = msgspec.structs.astuple

_UNREAD = (t.notification.c.agent_id == bindparam("agent")) & t.notification.c.read_at.is_(None)
_READ_ONE = Statement(
    update(t.notification).where(_UNREAD, t.notification.c.id == bindparam("one")).values(read_at=bindparam("at_"))
)
_READ_ALL = Statement(update(t.notification).where(_UNREAD).values(read_at=bindparam("at_")))
_PAGE = Statement(
    select(*[c for c in t.notification.c if c.name != "workspace_id"])
    .where(t.notification.c.agent_id == bindparam("agent"), t.notification.c.id < bindparam("before"))
    .order_by(t.notification.c.id.desc())
    .limit(bindparam("limit"))
)


_UNREAD_PAGE = Statement(
    select(*record_columns(t.notification))
    .where(_UNREAD, t.notification.c.id < bindparam("before"))
    .order_by(t.notification.c.id.desc())
    .limit(bindparam("limit"))
)
_UNREAD_OF = Statement(
    select(*record_columns(t.notification))
    .where(_UNREAD)
    .order_by(t.notification.c.at.desc(), t.notification.c.id.desc())
    .limit(bindparam("limit"))
)
_READ_CONVERSATION = Statement(
    update(t.notification)
    .where(_UNREAD, t.notification.c.conversation_id == bindparam("conversation"))
    .values(read_at=bindparam("at_"))
)
_SEEN = Statement(
    update(t.notification)
    .where(_UNREAD, t.notification.c.id <= bindparam("up_to"), t.notification.c.seen_at.is_(None))
    .values(seen_at=bindparam("at_"))
)
_OLD = Statement(select(t.notification.c.id).where(t.notification.c.at < bindparam("before")).limit(bindparam("limit")))
_COUNT = Statement(select(func.count()).where(_UNREAD))
_FOLLOWERS = Statement(
    select(t.follower.c.conversation_id, t.follower.c.agent_id).where(
        among(t.follower.c.conversation_id, "conversations")
    )
)
_BROWSERS = Statement(
    select(*record_columns(t.subscription))
    .where(among(t.subscription.c.agent_id, "agents"))
    .order_by(t.subscription.c.id)
)
_BY_ENDPOINT = Statement(
    select(*record_columns(t.subscription)).where(t.subscription.c.endpoint == bindparam("endpoint"))
)
_SIGNED_OUT = Statement(
    delete(t.subscription).where(~t.subscription.c.session_id.in_(select(t.session.c.id)))
)  # fmt: skip


def unread(agent_id: int, limit: int) -> Query[list[Notification]]:
    """What an agent has not read, newest first."""
    rows = yield _UNREAD_OF(agent=agent_id, limit=limit)
    return [Notification(*row) for row in rows]


def unread_of(pairs: Sequence[tuple[int, int]]) -> Query[list[Notification]]:
    """What is unread of (agent, conversation) pairs."""
    if not pairs:
        return []
    rows = yield ByKeys(t.notification, list(pairs), ("agent_id", "conversation_id"), "t.read_at IS NULL")
    return [Notification(*row) for row in rows]


def count_unread(agent_id: int) -> Query[int]:
    """How many an agent has not read."""
    row = yield from first(_COUNT(agent=agent_id))
    return int(row[0]) if row else 0


def by_ids(ids: Sequence[int]) -> Query[list[Notification]]:
    """Notifications by id."""
    rows = (yield ByKeys(t.notification, list(ids))) if ids else []
    return [Notification(*row) for row in rows]


def change(changed: Sequence[Notification]) -> Query[None]:
    """Write changed ones, whole."""
    if changed:
        yield Save([Update(t.notification, [_row(one) for one in changed])])


def mark_seen(agent_id: int, up_to: int, at: int) -> Query[None]:
    """An agent looks at a screen that shows all of his up to an id."""
    yield _SEEN(agent=agent_id, up_to=up_to, at_=at)


def read_conversation(agent_id: int, conversation_id: int, at: int) -> Query[None]:
    """Mark what is told of a conversation as read."""
    yield _READ_CONVERSATION(agent=agent_id, conversation=conversation_id, at_=at)


def drop_before(before: int, limit: int) -> Query[int]:
    """Delete up to `limit` that are older; how many."""
    rows = yield _OLD(before=before, limit=limit)
    if rows:
        yield Save([Delete(t.notification, [(row[0],) for row in rows])])
    return len(rows)


def put(jobs: Sequence[Job]) -> Query[None]:
    """Put what is to leave the house. One whose key is there already stays as it is."""
    if jobs:
        yield Save([Insert(t.job, [_row(job) for job in jobs], "nothing")])


def followers(conversation_ids: Sequence[int]) -> Query[dict[int, set[int]]]:
    """Conversation → agents who follow it."""
    found: dict[int, set[int]] = {}
    for conversation_id, agent_id in (yield from fetch(_FOLLOWERS(conversations=list(conversation_ids)))):
        found.setdefault(conversation_id, set()).add(agent_id)
    return found


# --- browsers


def browsers(agent_ids: Sequence[int]) -> Query[list[Subscription]]:
    """The browsers that are called for agents."""
    rows = (yield _BROWSERS(agents=list(agent_ids))) if agent_ids else []
    return [Subscription(*row) for row in rows]


def browsers_by_id(ids: Sequence[int]) -> Query[list[Subscription]]:
    """Browsers by id."""
    rows = (yield ByKeys(t.subscription, list(ids))) if ids else []
    return [Subscription(*row) for row in rows]


def by_endpoint(endpoint: str) -> Query[Subscription | None]:
    """The browser at this address of a push server."""
    row = yield from first(_BY_ENDPOINT(endpoint=endpoint))
    return Subscription(*row) if row else None


def drop_signed_out() -> Query[None]:
    """Forget browsers whose session is over."""
    yield _SIGNED_OUT()


def mark_read(agent_id: int, notification_id: int | None, at: int) -> Query[None]:
    """Mark one, or with None all, of an agent's as read."""
    if notification_id is None:
        yield _READ_ALL(agent=agent_id, at_=at)
    else:
        yield _READ_ONE(agent=agent_id, one=notification_id, at_=at)


def page(agent_id: int, before: int, limit: int, *, unread_only: bool = False) -> Query[list[Notification]]:
    """An agent's notifications below an id, newest first."""
    rows = yield (_UNREAD_PAGE if unread_only else _PAGE)(agent=agent_id, before=before, limit=limit)
    return [Notification(*row) for row in rows]
