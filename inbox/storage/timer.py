"""What is due next."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from inbox.domain.records import Timer
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement

_DUE = Statement(
    select(t.timer.c.kind, t.timer.c.ref, t.timer.c.due_at, t.timer.c.generation)
    .where(t.timer.c.due_at <= bindparam("now"))
    .order_by(t.timer.c.due_at)
    .limit(bindparam("limit"))
)
_NEXT = Statement(select(func.min(t.timer.c.due_at)).where(t.timer.c.due_at > bindparam("now")))


def due(now: int, limit: int) -> Query[list[Timer]]:
    """Timers whose time has come, oldest first."""
    rows = yield _DUE(now=now, limit=limit)
    return [Timer(*row) for row in rows]


def next_at(now: int) -> Query[int | None]:
    """When the next timer after now is due; None without any."""
    rows = yield _NEXT(now=now)
    return rows[0][0] if rows else None
