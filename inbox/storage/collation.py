"""Whether PostgreSQL still sorts texts as when their indexes were made: another ICU or C library, as an upgrade of the
machine or the image brings, may not, and then finds no longer what is there, or takes twice what is unique.
"""

from __future__ import annotations

from typing import NamedTuple

from inbox.storage.database import Query, Text, first

_SINCE = 150_000
"""The first server that notes the version of a database's collation."""
_SERVER = Text({"postgres": "SELECT current_setting('server_version_num')::int"})
_CHANGED = Text(
    {
        "postgres": (
            "SELECT datname, datcollversion, pg_database_collation_actual_version(oid) FROM pg_database "
            "WHERE datname = current_database() AND datcollversion <> pg_database_collation_actual_version(oid)"
        )
    }
)


class Changed(NamedTuple):
    """The database, and the versions its texts were sorted by and are now."""

    database: str
    before: str
    now: str


def changed() -> Query[Changed | None]:
    """Of a PostgreSQL database; None where all is as it was, or nobody can tell."""
    server = yield from first(_SERVER)
    if server is None or server[0] < _SINCE:
        return None
    row = yield from first(_CHANGED)
    return Changed(*row) if row is not None else None
