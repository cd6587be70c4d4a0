"""What an admin should know: the health of channels, and what has been raised and not yet mended."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from inbox.domain.records import Channel
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Delete, Query, Row, Save, Statement, Upsert, first

_HEALTH = Statement(
    update(t.channel)
    .where(t.channel.c.id == bindparam("channel"))
    .values(health=bindparam("to"), health_reason=bindparam("why"))
)
_ADMINS = Statement(select(t.agent.c.id).where(t.agent.c.role == "admin", t.agent.c.active == 1).order_by(t.agent.c.id))
_RAISED = Statement(
    select(t.attention.c.topic, t.attention.c.ref, t.attention.c.detail, t.attention.c.raised_at).order_by(
        t.attention.c.raised_at
    )
)
_ONE = Statement(
    select(t.attention.c.detail).where(t.attention.c.topic == bindparam("topic"), t.attention.c.ref == bindparam("ref"))
)


def channel(channel_id: int) -> Query[Channel | None]:
    """A channel as it is stored now."""
    rows = yield ByKeys(t.channel, [channel_id])
    return Channel(*rows[0]) if rows else None


def set_health(channel_id: int, health: str, reason: str) -> Query[None]:
    """Write how a channel is."""
    yield _HEALTH(channel=channel_id, to=health, why=reason)


def admins() -> Query[list[int]]:
    """Ids of the agents who are told."""
    rows = yield _ADMINS()
    return [row[0] for row in rows]


def raised() -> Query[list[Row]]:
    """(topic, ref, detail, raised_at) of everything that is not mended, oldest first; ref 0: the installation."""
    return (yield _RAISED())


def detail_of(topic: str, ref: int) -> Query[str | None]:
    """What was said when this was raised; None when it is not raised."""
    row = yield from first(_ONE(topic=topic, ref=ref))
    return str(row[0]) if row is not None else None


def raise_(topic: str, ref: int, detail: str, at: int) -> Query[None]:
    """Note that something needs an admin."""
    yield Save([Upsert(t.attention, [(topic, ref, detail, at)], ("topic", "ref"))])


def end(topic: str, ref: int) -> Query[None]:
    """Note that it is mended."""
    yield Save([Delete(t.attention, [(topic, ref)], ("topic", "ref"))])
