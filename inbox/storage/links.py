"""Links between conversations, and what splitting one asks about threads."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import and_, bindparam, func, or_, select

from inbox.domain.records import Identity
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, among, fetch, first
from inbox.storage.dialect import record_columns

_l, _m = t.conversation_link.c, t.message.c
_BETWEEN = Statement(
    select(_l.conversation_id, _l.other_id, _l.kind).where(
        _l.workspace_id == 1,
        or_(
            and_(_l.conversation_id == bindparam("one"), _l.other_id == bindparam("other")),
            and_(_l.conversation_id == bindparam("other"), _l.other_id == bindparam("one")),
        ),
    )
)
_OF = Statement(
    select(_l.conversation_id, _l.other_id, _l.kind, _l.at)
    .where(_l.workspace_id == 1, or_(_l.conversation_id == bindparam("one"), _l.other_id == bindparam("one")))
    .order_by(_l.at)
    .limit(100)
)
_ITEMS = Statement(select(func.count()).select_from(t.message).where(_m.thread_id == bindparam("thread")))
_AUTHORS = Statement(
    select(*record_columns(t.identity)).where(
        t.identity.c.id.in_(select(_m.identity_id).where(among(_m.thread_id, "threads"), _m.direction == "in"))
    )
)


class Linked(msgspec.Struct, frozen=True):
    """A link as one of the two sees it. `reverse`: it was said of the other."""

    other_id: int
    kind: str
    reverse: bool
    at: int


def between(one: int, other: int) -> Query[tuple[int, int, str] | None]:
    """The link of two conversations as it was said: (of, with, kind); None without one."""
    row = yield from first(_BETWEEN(one=one, other=other))
    return (row[0], row[1], row[2]) if row else None


def of(conversation_id: int) -> Query[list[Linked]]:
    """The links of a conversation, oldest first."""
    rows = yield from fetch(_OF(one=conversation_id))
    return [
        Linked(other, kind, False, at) if of_ == conversation_id else Linked(of_, kind, True, at)
        for of_, other, kind, at in rows
    ]


def items_in(thread_id: int) -> Query[int]:
    """How many items a thread has."""
    row = yield from first(_ITEMS(thread=thread_id))
    return row[0] if row else 0


def authors_of(thread_ids: Sequence[int]) -> Query[list[Identity]]:
    """Who wrote in these threads."""
    rows = yield from fetch(_AUTHORS(threads=list(thread_ids)))
    return [Identity(*row) for row in rows]
