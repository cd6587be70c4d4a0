"""Channels: which belong to a connection, and whether anything was ever said in one."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, first

_USED = Statement(select(t.conversation.c.id).where(t.conversation.c.channel_id == bindparam("channel")).limit(1))
_THREADED = Statement(select(t.thread.c.id).where(t.thread.c.channel_id == bindparam("channel")).limit(1))

_OF_CONNECTION = Statement(
    select(t.channel.c.id)
    .where(t.channel.c.connection_id == bindparam("connection"), t.channel.c.active == 1)
    .order_by(t.channel.c.id)
)


def of_connection(connection_id: int) -> Query[list[int]]:
    """Ids of the active channels of a connection."""
    rows = yield _OF_CONNECTION(connection=connection_id)
    return [row[0] for row in rows]


def is_used(channel_id: int) -> Query[bool]:
    """Whether a conversation or thread belongs to the channel: then its row must stay."""
    for statement in (_USED, _THREADED):
        if (yield from first(statement(channel=channel_id))) is not None:
            return True
    return False
