"""What bulk changes keep so that they can be taken back."""

from __future__ import annotations

from sqlalchemy import bindparam, delete

from inbox.storage import tables as t
from inbox.storage.database import Query, Statement

_FORGET = Statement(delete(t.bulk).where(t.bulk.c.at < bindparam("before_at")))


def forget_before(at: int) -> Query[None]:
    """Drop what is too old to be taken back."""
    yield _FORGET(before_at=at)
