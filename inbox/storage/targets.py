"""Which conversations have targets that run."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy import text as sql

from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, fetch

c = t.conversation.c
_WAITING = Statement(
    select(t.wait.c.conversation_id)
    .where(t.wait.c.ended_at.is_(None), t.wait.c.conversation_id > bindparam("after"))
    .distinct()
    .order_by(t.wait.c.conversation_id)
    .limit(bindparam("limit"))
)
_RESOLVING = Statement(
    select(c.id)
    .where(sql("conversation.resolution <> ''"), c.id > bindparam("after"))
    .order_by(c.id)
    .limit(bindparam("limit"))
)
_OF_CONTACT = Statement(
    select(c.id)
    .where(c.contact_id == bindparam("contact"), c.status != "closed")
    .order_by(c.id.desc())
    .limit(bindparam("limit"))
)


def running(after: int, limit: int) -> Query[list[int]]:
    """Conversations in which somebody waits, or whose resolution is promised, in order of their ids."""
    waiting = yield from fetch(_WAITING(after=after, limit=limit))
    resolving = yield from fetch(_RESOLVING(after=after, limit=limit))
    return sorted({row[0] for row in (*waiting, *resolving)})[:limit]


def of_contact(contact_id: int, limit: int) -> Query[list[int]]:
    """The newest conversations of a contact that are not closed."""
    rows = yield from fetch(_OF_CONTACT(contact=contact_id, limit=limit))
    return [row[0] for row in rows]
