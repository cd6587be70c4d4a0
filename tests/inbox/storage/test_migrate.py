"""Migrations arrive, on both engines, at exactly the schema the code is written for, and go back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from inbox import clock
from inbox.eventlog.log import head as head_of_log
from inbox.storage import migrate as migrations
from inbox.storage import schema, tables
from inbox.storage.database import connect
from inbox.storage.migrate import current, head, migrate
from tests.servers import fresh_database

_SQLITE = (
    'SELECT m.type, m.name, p.name, p.type, p."notnull", p.dflt_value, p.pk, p.cid FROM sqlite_master m '
    "LEFT JOIN pragma_table_info(m.name) p ON m.type = 'table' WHERE m.name NOT LIKE 'sqlite_%' "
    "AND m.name <> 'alembic_version' ORDER BY 1, 2, 8",
    "SELECT name, replace(replace(sql, char(10), ' '), '\"', '') FROM sqlite_master "
    "WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1",
)
_POSTGRES = (
    "SELECT table_name, column_name, data_type, is_nullable, column_default, ordinal_position "
    "FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 6",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' "
    "ORDER BY 1",
    "SELECT id, position, last_id, last_number, epoch, name, settings FROM workspace",
)


def _shape(connection: Connection) -> list[list[tuple[object, ...]]]:
    """Everything the database says of its tables, columns and indexes."""
    statements = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES
    return [[tuple(row) for row in connection.execute(text(statement))] for statement in statements]


async def _made_directly(url: str) -> None:
    database = connect(url)
    await database.open()
    await database.write(lambda: schema.create(database.engine, clock.now()))
    await database.close()


async def _on(url: str, work: object) -> list[object]:
    return await migrations._connected(url, work)  # type: ignore[arg-type]


@pytest.fixture
def second_url(database_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Another empty database of the same engine."""
    if database_url.startswith("sqlite"):
        yield database_url.replace("inbox.sqlite3", "other.sqlite3")
        return
    with fresh_database(request.getfixturevalue("postgres_server_url")) as url:
        yield url


async def test_migrations_arrive_at_the_schema_of_the_code(database_url: str, second_url: str) -> None:
    """Tables, columns, defaults and indexes equal those that `schema.create` makes."""
    await migrate(database_url)
    await _made_directly(second_url)

    assert await _on(database_url, _shape) == await _on(second_url, _shape)


async def test_models_and_migrations_do_not_differ(database_url: str) -> None:
    """Alembic finds nothing to change after all steps."""
    await migrate(database_url)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"include_object": _ours, "compare_type": True})
        return list(compare_metadata(context, tables.metadata))

    assert await _on(database_url, differences) == []


def _ours(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    return not (kind == "table" and name is not None and (name == "search" or name.startswith("search_")))


async def test_up_down_and_up_again(database_url: str) -> None:
    """Every step can be undone and done again, and leaves nothing behind."""
    assert await current(database_url) is None
    assert await migrate(database_url) == head()
    before = await _on(database_url, _shape)

    assert await migrate(database_url, "base") == ""
    assert await current(database_url) is None
    assert await migrate(database_url) == head()

    assert await _on(database_url, _shape) == before


async def test_each_step_can_be_undone_alone(database_url: str) -> None:
    """One step down from the newest, then up again, arrives where it began."""
    await migrate(database_url)
    before = await _on(database_url, _shape)

    assert await migrate(database_url, "0001") == "0001"
    assert await migrate(database_url, "0002") == "0002"
    await migrate(database_url)

    assert await _on(database_url, _shape) == before


async def test_migrating_twice_at_once_migrates_once(database_url: str) -> None:
    """Two processes that start together wait for each other."""
    both = await asyncio.gather(migrate(database_url), migrate(database_url))

    assert both == [head(), head()]


async def test_a_migrated_database_takes_its_first_write(database_url: str) -> None:
    """The workspace row is there, so the writer can lock it."""
    await migrate(database_url)
    database = connect(database_url)
    await database.open()
    try:
        assert await database.read(head_of_log) == (0, 1)
    finally:
        await database.close()
