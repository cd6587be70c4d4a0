"""Reads by key use the index of that key, on a database that is empty and on one that is full."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Table

from inbox.eventlog import load
from inbox.storage import dialect
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Database, Query, Text, Together
from inbox.storage.postgres import _BY_KEY
from tests.inbox.new_database import with_schema

READS: list[tuple[Table, tuple[str, ...], str]] = [
    (t.message, ("channel_id", "external_id"), ""),
    (t.message, ("id",), ""),
    (t.orphan, ("channel_id", "external_id"), ""),
    (t.alias, ("channel_id", "external_id"), ""),
    (t.thread, ("channel_id", "external_id"), ""),
    (t.thread, ("conversation_id",), ""),
    (t.identity, ("network", "scope", "external_id"), ""),
    (t.conversation, ("id",), ""),
    (t.thread, ("id",), ""),
    (t.identity, ("id",), ""),
    (t.identity_alias, ("kind", "value"), ""),
    (t.identity_alias, ("identity_id",), ""),
    (t.conversation, ("contact_id",), ""),
    (t.message, ("conversation_id", "thread_id"), ""),
    (t.message, ("conversation_id", "thread_id"), load._UNSETTLED),
    (t.message, ("conversation_id", "thread_id"), load._UNANSWERED),
    (t.message, ("thread_id",), load._ON_ITS_WAY),
    (t.wait, ("id",), ""),
    (t.wait, ("conversation_id",), load._OPEN_THERE),
    (t.wait, ("thread_id", "identity_id"), load._OPEN_OF),
    (t.wait, ("thread_id", "identity_id"), load._DISMISSED),
    (t.wait, ("thread_id", "identity_id"), load._TAKEN_BACK),
    (t.wait, ("thread_id",), load._TAKEN_BACK),
    (t.wait, ("answer_id",), ""),
    (t.contact, ("id",), ""),
    (t.post, ("channel_id", "external_id"), ""),
    (t.post, ("id",), ""),
    (t.media, ("message_id",), ""),
    (t.survey_ask, ("id",), ""),
    (t.participant, ("conversation_id", "identity_id"), ""),
    (t.content, ("message_id",), load._NEWEST),
    (t.outbox, ("key",), ""),
    (t.outbox, ("message_id",), ""),
    (t.timer, ("kind", "ref"), ""),
    (t.seen_delivery, ("channel_id", "dedupe_key"), ""),
]
"""All that a batch reads by."""
NUMBER = 3000


def _sought(table: Table, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys that an index has to know: items of a thread are picked among those of its conversation."""
    return keys[:1] if (table, keys) == (t.message, ("conversation_id", "thread_id")) else keys


def _key(table: Table, keys: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple("x" if str(table.c[key].type) == "TEXT" else 7 for key in keys)


def _fill(database: Database) -> Query[None]:
    """Rows enough that a scan would cost."""
    for table in {table for table, _, _ in READS}:
        names, values = [], []
        for column in table.columns:
            names.append(f'"{column.name}"')
            kind = str(column.type)
            if column.name in ("workspace_id", "end"):
                values.append("1" if column.name == "workspace_id" else "''")
                continue
            values.append("CAST(i AS TEXT)" if kind == "TEXT" else "''" if kind == "BLOB" else "i")
        count = f"generate_series(1, {NUMBER}) AS s(i)"
        series = f"(WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {NUMBER}) SELECT i FROM s)"
        source = count if database.engine == "postgres" else series
        text = f'INSERT INTO "{table.name}" ({", ".join(names)}) SELECT {", ".join(values)} FROM {source}'
        yield Text({database.engine: text})
    yield Text({database.engine: "ANALYZE"})


async def _sqlite_plans(database: Database) -> list[str]:
    found = []
    for table, keys, where in READS:
        text = "EXPLAIN QUERY PLAN " + dialect.read_by_keys("sqlite", table, keys, where)
        rows = await database.read(_explain, text)
        found += [f"{table.name}{keys}: {row[3]}" for row in rows]
    return found


def _explain(text: str) -> Query[list[Any]]:
    return (yield Text({"sqlite": text}, ("[]",)))


@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
async def test_sqlite_searches_by_the_whole_key(sqlite_url: str, full: bool) -> None:
    """No read by key scans a table, and those by several columns use them all."""
    database = await with_schema(sqlite_url)
    if full:
        await database.write(lambda: _fill(database))
    plans = await _sqlite_plans(database)
    await database.close()
    assert [plan for plan in plans if "SCAN" in plan and "SCAN j" not in plan] == []
    for table, keys, _ in READS:
        own = [plan for plan in plans if plan.startswith(f"{table.name}{keys}: SEARCH t")]
        assert own, (table.name, keys)
        assert all(f"{key}=?" in plan for key in _sought(table, keys) for plan in own), own


@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
async def test_postgres_searches_by_the_whole_key(postgres_url: str, full: bool) -> None:
    """The plan that is kept, made before there were any rows or after, looks each key up in its index."""
    import asyncpg

    database = await with_schema(postgres_url)
    if full:
        await database.write(lambda: _fill(database))
    await database.close()
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(_BY_KEY)
    for number, (table, keys, where) in enumerate(READS):
        await connection.execute(f"PREPARE p{number} AS {dialect.read_by_keys('postgres', table, keys, where)}")
        given = ", ".join("ARRAY['x']" if isinstance(value, str) else "ARRAY[7]" for value in _key(table, keys))
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE p{number}({given})"))
        assert "Seq Scan" not in plan, plan
        conditions = [line for line in plan.splitlines() if "Index Cond" in line]
        sought = enumerate(_sought(table, keys))
        used = [any(f"{key} = x.k{index}" in line for line in conditions) for index, key in sought]
        # Among rows that differ in every column, the index of one column is as good as that of all.
        assert any(used) if full else all(used), plan
    await connection.close()


async def test_reads_together_answer_as_they_do_alone(database_url: str) -> None:
    """One round trip gives the same rows, in the order of the steps."""
    database = await with_schema(database_url)
    await database.write(lambda: _fill(database))
    steps = [
        ByKeys(t.thread, [(7, "7"), (8, "8")], ("channel_id", "external_id")),
        ByKeys(t.conversation, [9, 10]),
        ByKeys(t.orphan, [(3, "3")], ("channel_id", "external_id")),
        ByKeys(t.contact, [999_999]),
    ]
    alone = [sorted(tuple(row) for row in await database.read(_ask, step)) for step in steps]
    together = await database.read(_ask, Together(steps))
    await database.close()
    assert [sorted(tuple(row) for row in rows) for rows in together] == alone
    assert [len(rows) for rows in alone] == [2, 2, 1, 0]


def _ask(step: Any) -> Query[list[Any]]:
    return (yield step)
