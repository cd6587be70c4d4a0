"""The epoch of the log: raised whenever positions may mean other events than before."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, first

_2026 = 1_767_225_600
_NOW = Statement(select(t.workspace.c.epoch).where(t.workspace.c.id == 1))
_PUT = Statement(update(t.workspace).where(t.workspace.c.id == 1).values(epoch=bindparam("to_epoch")))


def begin(now: int) -> Query[int]:
    """Begin another one; which. It is higher than any given out before, also by another restore of the same rows or on
    another copy of the same store, since it counts seconds.
    """
    row = yield from first(_NOW())
    raised = max((row[0] if row else 0) + 1, now // 1_000_000 - _2026)
    yield _PUT(to_epoch=raised)
    return raised
