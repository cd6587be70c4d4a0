"""The database server's own clock: only for comparing it with ours (`inbox doctor`), never to decide by."""

from __future__ import annotations

from inbox.storage.database import Query, Text, first
from inbox.storage.dialect import Engine

_NOW: dict[Engine, str] = {
    "postgres": "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
    "sqlite": "SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
}


def now() -> Query[int]:
    """The server's current instant, µs."""
    row = yield from first(Text(_NOW))
    assert row is not None
    return int(row[0])
