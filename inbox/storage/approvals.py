"""Answers that wait for somebody's yes."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, fetch

_OTHERS = Statement(
    select(t.approval.c.id)
    .join_from(t.approval, t.message, t.message.c.id == t.approval.c.id)
    .where(t.message.c.conversation_id == bindparam("conversation"), t.approval.c.id != bindparam("but"))
    .order_by(t.approval.c.id)
)


def others(conversation_id: int, message_id: int) -> Query[list[int]]:
    """The other answers of a conversation that wait."""
    rows = yield from fetch(_OTHERS(conversation=conversation_id, but=message_id))
    return [row[0] for row in rows]
