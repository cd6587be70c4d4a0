"""Files by id and by content."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from inbox.domain.records import Media
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Statement, first
from inbox.storage.dialect import record_columns

_OF_BLOB = Statement(
    select(*record_columns(t.media)).where(t.media.c.sha256 == bindparam("sha256")).order_by(t.media.c.id).limit(1)
)


def one(media_id: int) -> Query[Media | None]:
    """A file's record."""
    row = yield from first(ByKeys(t.media, [media_id]))
    return Media(*row) if row else None


def of_blob(sha256: str) -> Query[Media | None]:
    """A record of a file with these bytes."""
    row = yield from first(_OF_BLOB(sha256=sha256))
    return Media(*row) if row else None
