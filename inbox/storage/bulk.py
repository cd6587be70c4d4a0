"""What bulk changes and files of people keep so that they can be taken back."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from inbox.domain.desk_records import Bulk
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, fetch
from inbox.storage.dialect import record_columns

_FORGET = Statement(delete(t.bulk).where(t.bulk.c.at < bindparam("before_at")))
_IMPORTS = Statement(
    select(*record_columns(t.bulk))
    # Steps of conversations are a list, a file of people is an object.
    .where(t.bulk.c.at >= bindparam("since_at"), t.bulk.c.steps.like("{%"))
    .order_by(t.bulk.c.id.desc())
)


def forget_before(at: int) -> Query[None]:
    """Drop what is too old to be taken back."""
    yield _FORGET(before_at=at)


def imports_since(at: int) -> Query[list[Bulk]]:
    """Files of people taken in since then, newest first."""
    rows = yield from fetch(_IMPORTS(since_at=at))
    return [Bulk(*row) for row in rows]
