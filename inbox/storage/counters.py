"""The counter cells: how many conversations are alike in status, owner, team, channel and kind."""

from __future__ import annotations

from sqlalchemy import select

from inbox.storage import tables as t
from inbox.storage.database import Query, Statement

_CELLS = Statement(select(t.counter.c.cell, t.counter.c.n).where(t.counter.c.n != 0))


def cells() -> Query[dict[str, int]]:
    """Every cell that is not empty."""
    rows = yield _CELLS()
    return {row[0]: row[1] for row in rows}
