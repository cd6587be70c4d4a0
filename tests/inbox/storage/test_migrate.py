"""Migrations arrive, on both engines, at exactly the schema the code is written for, and go back."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Text, text

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
    # The place of a column, counted: PostgreSQL never gives the number of a dropped one out again.
    "SELECT table_name, column_name, data_type, is_nullable, column_default, "
    "ROW_NUMBER() OVER (PARTITION BY table_name ORDER BY ordinal_position) AS place "
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

    missing = await _on(database_url, differences)
    assert missing == [], 'write a migration: python -m scripts.make_migration "What it does"'


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


async def test_posts_that_are_there_already_are_counted(database_url: str) -> None:
    """What was written before there were counts is in them, and the post is found by its words."""
    await migrate(database_url, "0004")
    columns = {
        "post": "id, channel_id, external_id, text, is_ad, created_at",
        "thread": "id, channel_id, external_id, network, kind, audience, conversation_id, post_id, title, address, "
        "closed, recipients, created_at, chat_seq",
    }
    made = [
        f"INSERT INTO post ({columns['post']}) VALUES (1, 7, 'p', 'Άνοιξη', 0, 5)",
        f"INSERT INTO thread ({columns['thread']}) VALUES (2, 7, 'c', 'custom', 'comment', 'public', 3, 1, '', '', 0, "
        "'', 5, 0)",
        *(_message(number, deleted) for number, deleted in ((11, "NULL"), (12, "NULL"), (13, "9"))),
        _wait(21, 31, "", "", ""),
        _wait(22, 32, "answered", "", "agent"),
        _wait(23, 33, "dismissed", "no_question", "system"),
        _wait(24, 34, "dismissed", "no_question", "agent"),
    ]

    def fill(connection: Connection) -> None:
        for statement in made:
            connection.execute(text(statement))
        connection.commit()

    await _on(database_url, fill)
    await migrate(database_url)

    def read(connection: Connection) -> list[object]:
        counted = "SELECT words, comment_count, hidden_count, answered_count, unasked_count FROM post"
        return [tuple(connection.execute(text(counted)).one()), _posts_of_waits(connection)]

    assert await _on(database_url, read) == [("ανοιξη anoihi", 2, 0, 1, 1), [1, 1, 1, 1]]


def _posts_of_waits(connection: Connection) -> list[int]:
    return [row[0] for row in connection.execute(text("SELECT post_id FROM wait ORDER BY id"))]


def _message(number: int, deleted_at: str) -> str:
    return (
        "INSERT INTO message (id, conversation_id, thread_id, channel_id, kind, direction, author_kind, version, "
        "deleted_at, erased, automatic, mark, needs_answer, occurred_at, received_at, position, as_of, delivery_state, "
        "delivery_reason, parts, refused_recipients, ends_wait, reactions) VALUES "
        f"({number}, 3, 2, 7, 'comment', 'in', 'contact', 1, {deleted_at}, 0, '', 'live', 1, 5, 5, 5, 5, '', '', 0, "
        "'', 0, '')"
    )


def _wait(number: int, identity: int, end: str, reason: str, by: str) -> str:
    return (
        "INSERT INTO wait (id, thread_id, conversation_id, identity_id, opened_at, customer_opened_at, opened_by, "
        f'position, "end", reason, ended_by_kind, reopened) VALUES ({number}, 2, 3, {identity}, 5, 5, 11, 5, '
        f"'{end}', '{reason}', '{by}', 0)"
    )


async def test_tags_that_are_there_already_are_listed_by_channel_and_owner(database_url: str) -> None:
    """The index of tags repeats what stands in their conversations."""
    await migrate(database_url, "0031")
    columns = (
        "id, number, status, priority, subject, contact_id, channel_id, network, kind, audience, assignee_id, tags, "
        "preview, preview_direction, message_count, participants_count, last_activity_at, created_at, opened_at, "
        "episode, snooze_until_reply, spam, failed, escalation, origin, external_refs, as_of"
    )
    made = [
        f"INSERT INTO conversation ({columns}) VALUES ({number}, {number}, 'open', 'normal', '', 5, {channel}, "
        f"'custom', 'direct', 'private', {owner}, '4', '', 'in', 1, 1, 5, 5, 5, 1, 0, 0, '', '', '', '', 5)"
        for number, channel, owner in ((1, 7, "NULL"), (2, 8, "31"))
    ]
    made += [
        "INSERT INTO conversation_tag (tag_id, conversation_id, status, last_activity_at) "
        f"VALUES (4, {number}, 'open', 5)"
        for number in (1, 2)
    ]

    def fill(connection: Connection) -> None:
        for statement in made:
            connection.execute(text(statement))
        connection.commit()

    def read(connection: Connection) -> list[object]:
        asked = "SELECT conversation_id, channel_id, assignee_id FROM conversation_tag ORDER BY conversation_id"
        return [tuple(row) for row in connection.execute(text(asked))]

    await _on(database_url, fill)
    await migrate(database_url)

    assert await _on(database_url, read) == [(1, 7, None), (2, 8, 31)]


@pytest.mark.parametrize("before", ["0017", "0030", "0032"])
async def test_facts_of_another_meaning_are_read_from_the_log_again(database_url: str, before: str) -> None:
    """After these, facts are told otherwise: none of before is left, and their reader begins at the start."""
    await migrate(database_url, before)
    deed = tables.deed
    row = {c.name: "" if isinstance(c.type, Text) else 1 for c in deed.columns if not c.nullable}

    def fill(connection: Connection) -> None:
        connection.execute(deed.insert().values(row))
        for name in ("reports", "rules"):
            connection.execute(tables.reader.insert().values(workspace_id=1, name=name, position=7))
        connection.commit()

    await _on(database_url, fill)
    await migrate(database_url)

    def read(connection: Connection) -> list[object]:
        known = connection.execute(text("SELECT name FROM reader WHERE position = 7")).scalars()
        return [connection.execute(text("SELECT count(*) FROM deed")).scalar_one(), *known]

    assert await _on(database_url, read) == [0, "rules"]


async def test_automatic_answers_after_the_end_are_no_longer_in_the_facts(database_url: str) -> None:
    """Facts that were read before say of each wait what they would say now."""
    await migrate(database_url, "0021")
    wait_fact = tables.wait_fact
    blank = {c.name: "" if isinstance(c.type, Text) else 0 for c in wait_fact.columns if not c.nullable}
    ends = {1: (100, 60), 2: (100, 100), 3: (100, 130), 4: (2**62, 130)}

    def fill(connection: Connection) -> None:
        for wait_id, (ended_at, automatic_at) in ends.items():
            row = blank | {"workspace_id": 1, "wait_id": wait_id, "ended_at": ended_at, "automatic_at": automatic_at}
            connection.execute(wait_fact.insert().values(row))
        connection.commit()

    await _on(database_url, fill)
    await migrate(database_url, "0022")

    def read(connection: Connection) -> list[object]:
        return list(connection.execute(text("SELECT automatic_at FROM wait_fact ORDER BY wait_id")).scalars())

    assert await _on(database_url, read) == [60, 100, None, 130]


def _rights(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


async def test_the_file_is_for_this_account_alone(tmp_path: Path) -> None:
    """In a folder that others may enter, too, and with what SQLite puts beside it."""
    path = tmp_path / "inbox.sqlite3"
    await migrate(f"sqlite:///{path}")
    database = connect(f"sqlite:///{path}")
    await database.open()
    await database.read(head_of_log)

    made = _rights(tmp_path)
    await database.close()
    assert made == {"inbox.sqlite3": 0o600, "inbox.sqlite3-wal": 0o600, "inbox.sqlite3-shm": 0o600}
