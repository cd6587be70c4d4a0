"""Channels: whether anything was ever said in one."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, first

_USED = Statement(select(t.conversation.c.id).where(t.conversation.c.channel_id == bindparam("channel")).limit(1))
_THREADED = Statement(select(t.thread.c.id).where(t.thread.c.channel_id == bindparam("channel")).limit(1))


def is_used(channel_id: int) -> Query[bool]:
    """Whether a conversation or thread belongs to the channel: then its row must stay."""
    for statement in (_USED, _THREADED):
        if (yield from first(statement(channel=channel_id))) is not None:
            return True
    return False
