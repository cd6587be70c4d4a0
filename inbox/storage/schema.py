"""The schema as statements, the first row, and whether the server that has it takes changes. Alembic's migrations must
give the same schema (tests/migrations).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from inbox.storage import dialect, tables
from inbox.storage.database import Query, Text
from inbox.storage.dialect import Engine


def ddl(engine: Engine) -> list[str]:
    """CREATE statements of everything, in an order that works."""
    made: Any = sqlite_dialect.dialect() if engine == "sqlite" else postgresql.dialect()  # type: ignore[no-untyped-call]
    out: list[str] = []
    for table in tables.metadata.sorted_tables:
        out.append(str(CreateTable(table).compile(dialect=made)))
        out += [
            str(CreateIndex(index).compile(dialect=made)) for index in sorted(table.indexes, key=lambda i: str(i.name))
        ]
    planned = tables.PLANNED if engine == "postgres" else []
    return [*out, *planned, *dialect.SEARCH_CREATE[engine]]


def create(engine: Engine, now: int) -> Query[None]:
    """Make an empty database: what `inbox migrate` arrives at, in one go (tests and benchmarks)."""
    for statement in ddl(engine):
        yield Text({engine: statement})
    first = (
        "INSERT INTO workspace (id, position, last_id, last_number, epoch, name, settings, created_at) "
        f"VALUES (1, 0, 0, 0, 1, 'Inbox', '', {now:d})"
    )
    yield Text({engine: first})


_PASSIVE: dict[Engine, str] = {
    "sqlite": "SELECT 0",
    "postgres": f"SELECT {dialect.PASSIVE}",
}


def passive() -> Query[bool]:
    """Whether the server reads but takes no changes: a standby, or one set to read only. SQLite has no such state."""
    rows = yield Text(_PASSIVE)
    return bool(rows[0][0])
