"""How far each reader of the log has come: one saved position by name."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from inbox.storage import tables as t
from inbox.storage.database import Query, Save, Statement, Upsert, first

_POSITION = Statement(select(t.reader.c.position).where(t.reader.c.name == bindparam("reader")))


def position(reader: str) -> Query[int]:
    """How far it has read; 0 before the first time."""
    row = yield from first(_POSITION(reader=reader))
    return int(row[0]) if row else 0


def read_up_to(reader: str, new_position: int) -> Query[None]:
    """Save how far it has read: in the transaction that writes what follows from what was read."""
    yield Save([Upsert(t.reader, [(reader, new_position)], ("name",))])
