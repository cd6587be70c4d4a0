"""The timeline: pages of items, versions of their words."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from inbox.domain.records import Content, Message
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Statement, fetch, first
from inbox.storage.dialect import record_columns

_BEFORE = Statement(
    select(t.message.c.id)
    .where(t.message.c.conversation_id == bindparam("conversation"), t.message.c.position < bindparam("before"))
    .order_by(t.message.c.position.desc(), t.message.c.id.desc())
    .limit(bindparam("limit"))
)
_AFTER = Statement(
    select(t.message.c.id)
    .where(t.message.c.conversation_id == bindparam("conversation"), t.message.c.position > bindparam("after"))
    .order_by(t.message.c.position, t.message.c.id)
    .limit(bindparam("limit"))
)
_VERSIONS = Statement(
    select(*record_columns(t.content))
    .where(t.content.c.message_id == bindparam("message"))
    .order_by(t.content.c.version)
)
_NEWEST_WORDS = Statement(
    select(t.message.c.direction, t.content.c.text)
    .join_from(
        t.message,
        t.content,
        (t.content.c.message_id == t.message.c.id) & (t.content.c.version == t.message.c.version),
    )
    .where(
        t.message.c.conversation_id == bindparam("conversation"),
        t.message.c.delivery_state != "held",
        t.message.c.delivery_state != "cancelled",
    )
    .order_by(t.message.c.position.desc())
    .limit(1)
)
_END = 2**62


def one(message_id: int) -> Query[Message | None]:
    """An item by id."""
    rows = yield ByKeys(t.message, [message_id])
    return Message(*rows[0]) if rows else None


def before(conversation_id: int, position: int | None, limit: int) -> Query[list[int]]:
    """Ids of the items before a position (None: the newest), newest first."""
    rows = yield _BEFORE(conversation=conversation_id, before=_END if position is None else position, limit=limit)
    return [row[0] for row in rows]


def after(conversation_id: int, position: int, limit: int) -> Query[list[int]]:
    """Ids of the items after a position, oldest first."""
    rows = yield _AFTER(conversation=conversation_id, after=position, limit=limit)
    return [row[0] for row in rows]


def versions(message_id: int) -> Query[list[Content]]:
    """All versions of an item's words, oldest first."""
    rows = yield from fetch(_VERSIONS(message=message_id))
    return [Content(*row) for row in rows]


def newest_words(conversation_id: int) -> Query[tuple[str, str] | None]:
    """(direction, text) of the newest item that has left the house or came in; None without any."""
    row = yield from first(_NEWEST_WORDS(conversation=conversation_id))
    return (row[0], row[1]) if row else None
