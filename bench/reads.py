"""The read side at a million conversations and three million messages: lists, threads, search, by the service's own
queries on its own schema, warm.

The rows are made by the engine itself, from numbers alone, the same on both: 10 channels, 50 agents, 30 tags, a year;
6 % open, a third of these nobody's; words by a steep distribution, `refund` in one message of eight, `zanzibar` in one
of 50,000.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Table

from bench.machine import Stores, median, percentile, table
from inbox.domain.listing import Filter
from inbox.domain.permissions import Scope
from inbox.domain.state import State, Workspace
from inbox.eventlog import load
from inbox.storage import conversations, messages, schema, search
from inbox.storage import tables as t
from inbox.storage.database import Database, Query, Text, connect
from inbox.storage.dialect import record_columns

EVERYTHING = Scope(None, frozenset(), True)
NOW = 1_800_000_000_000_000
YEAR = 365 * 86_400 * 1_000_000
RUNS = 40
WORDS = [
    "coupon",
    "jacket",
    "delivery",
    "invoice",
    "blue",
    "broken",
    "colour",
    "size",
    "exchange",
    "courier",
    "receipt",
    "late",
    "missing",
    "damaged",
    "address",
    "refund",
    "payment",
    "return",
    "warranty",
    "gift",
    "order",
    "please",
    "thanks",
    "today",
    "tomorrow",
    "shop",
    "online",
    "store",
    "price",
    "red",
    "green",
    "small",
    "large",
]


def _mixed(i: str, salt: int) -> str:
    """A number of `i` below 65,536 that looks like chance, and has nothing to do with that of another salt."""
    factor = (2654435761 * (2 * salt + 1) ** 3) % 4294967296
    return f"((({i}) * {factor} + {salt * 40503}) % 4294967296 / 65536)"


def _rows(table_: Table, given: dict[str, str], source: str) -> str:
    """INSERT … SELECT with every column that is not given empty."""
    values = []
    for column in record_columns(table_):
        empty = "NULL" if column.nullable else ("''" if str(column.type) == "TEXT" else "0")
        values.append(given.get(column.name, empty))
    names = ", ".join(f'"{column.name}"' for column in record_columns(table_))
    return f'INSERT INTO "{table_.name}" ({names}) SELECT {", ".join(values)} FROM {source}'


def _series(engine: str, count: int) -> str:
    if engine == "postgres":
        return f"generate_series(1::bigint, {count}::bigint) AS s(i)"
    return f"(WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {count}) SELECT i FROM s) AS s"


def statements(engine: str, count: int) -> list[str]:
    """What fills an empty database with `count` conversations and three times the messages."""
    pick = {n: _mixed("i", n) for n in range(1, 7)}
    at = f"({NOW - YEAR} + i * {YEAR // count})"
    status = f"CASE WHEN {pick[1]} % 100 < 6 THEN 'open' WHEN {pick[1]} % 100 < 12 THEN 'snoozed' ELSE 'closed' END"
    nobody = f"{pick[1]} % 100 < 6 AND {pick[2]} % 3 = 0"
    owner, channel = f"CASE WHEN {nobody} THEN NULL ELSE 1 + {pick[4]} % 50 END", f"1 + {pick[3]} % 10"
    many = _series(engine, count)
    conversation = {
        "id": "i", "number": "i", "status": status, "priority": "'normal'", "contact_id": "i", "channel_id": channel,
        "network": "'custom'", "kind": "'direct'", "audience": "'private'", "preview": "'last words of ' || i",
        "assignee_id": owner, "preview_direction": "'in'",
        "waiting_since": f"CASE WHEN {pick[1]} % 100 < 4 THEN {at} END", "last_activity_at": at, "created_at": at,
        "opened_at": at, "episode": "1", "message_count": "3", "participants_count": "1",
    }  # fmt: skip
    item = f"((p.p - 1) * {count} + i)"
    words = " || ' ' || ".join(
        f"(SELECT w FROM word WHERE n = {_mixed(item, n)} * {_mixed(item, n)} / 65536 * {len(WORDS)} / 65536)"
        for n in range(10, 16)
    )
    rare = f"CASE WHEN {item} % 50000 = 77 THEN ' zanzibar' ELSE '' END"
    message = {
        "id": item, "conversation_id": "i", "thread_id": "i", "channel_id": channel, "external_id": f"'m' || {item}",
        "kind": "'message'", "direction": "CASE WHEN p.p = 2 THEN 'out' ELSE 'in' END", "author_kind": "'contact'", "author_id": "i",
        "identity_id": "i", "version": "1", "mark": "'live'", "occurred_at": at, "received_at": at, "position": item, "as_of": item,
    }  # fmt: skip
    three = f"{many} CROSS JOIN (SELECT 1 AS p UNION ALL SELECT 2 UNION ALL SELECT 3) AS p ORDER BY p.p, i"
    put = (
        "INSERT INTO search (message_id, words) SELECT message_id, array_to_tsvector(string_to_array(text, ' ')) FROM content"
        if engine == "postgres"
        else "INSERT INTO search (rowid, text) SELECT message_id, text FROM content ORDER BY message_id"
    )
    key = {"id": "i", "contact_id": "i", "external_id": "'p' || i", "network": "'custom'", "created_at": at}
    return [
        "CREATE TABLE word (n BIGINT PRIMARY KEY, w TEXT NOT NULL)",
        "INSERT INTO word VALUES " + ", ".join(f"({n}, '{word}')" for n, word in enumerate(WORDS)),
        _rows(t.conversation, conversation, many),
        _rows(t.contact, {"id": "i", "name": "'Customer ' || i", "created_at": at, "version": "1"}, many),
        _rows(t.identity, {**key, "name": "'Customer ' || i", "reachable": "1", "last_seen_at": at}, many),
        _rows(
            t.thread,
            {**key, "external_id": "'t' || i", "channel_id": channel, "kind": "'direct'", "audience": "'private'",
             "conversation_id": "i", "identity_id": "i"},
            many,
        ),
        _rows(t.message, message, three),
        _rows(t.content, {"message_id": item, "version": "1", "text": f"{words} || {rare}", "at": at}, three),
        _rows(
            t.conversation_tag,
            {"tag_id": f"1 + {pick[5]} % 30", "conversation_id": "i", "status": status, "last_activity_at": at,
             "channel_id": channel, "assignee_id": owner},
            f"{many} WHERE {pick[6]} % 2 = 0",
        ),
        put,
        f"UPDATE workspace SET last_id = {3 * count}",
    ]  # fmt: skip


def _fill(engine: str, count: int) -> Query[None]:
    for statement in statements(engine, count):
        yield Text({engine: statement})  # type: ignore[dict-item]  # one engine's text


def _analyse() -> Query[None]:
    yield Text({"sqlite": "ANALYZE", "postgres": "ANALYZE"})


async def _timed(database: Database, make: Callable[[], tuple[Any, ...]]) -> tuple[list[float], Any]:
    times, found = [], None
    for run in range(RUNS + 3):
        query, *words = make()
        began = time.perf_counter()
        found = await database.read(query, *words)
        if run >= 3:
            times.append((time.perf_counter() - began) * 1e3)
    return times, found


def _shown(wanted: Filter, order: Any, after: Sequence[int] | None, limit: int = 50) -> Query[conversations.Page]:
    """A page with the rows themselves, as the API gives it."""
    page = yield from conversations.page(wanted, order, EVERYTHING, now=NOW, limit=limit, after=after)
    yield from load.rows_of(State(Workspace(0, 0, 0, 1), NOW), page.ids)
    return page


def _thread(conversation_id: int) -> Query[int]:
    ids = yield from messages.before(conversation_id, None, 50)
    yield from load.items_of(State(Workspace(0, 0, 0, 1), NOW), ids)
    return len(ids)


async def measure(url: str, engine: str, count: int) -> list[list[Any]]:
    """A line for each read: median and p99 in ms, rows."""
    database = connect(url)
    await database.open()
    began = time.perf_counter()
    await database.write(lambda: schema.create(database.engine, NOW))
    await database.write(lambda: _fill(engine, count))
    await database.write(_analyse)
    print(f"\n{engine}: {count} conversations made in {time.perf_counter() - began:.0f} s", flush=True)
    mine = Filter(assignee="none")
    page = await database.read(_shown, mine, "activity", None)
    for _ in range(198):
        if page.after is None:
            break
        page = await database.read(_shown, mine, "activity", page.after)
    late, picked = page.after, iter(range(1, count, max(1, count // 100)))
    reads: list[tuple[str, Callable[[], tuple[Any, ...]]]] = [
        ("waits longest, first page", lambda: (_shown, Filter(waiting=True), "waiting", None)),
        ("nobody's, first page", lambda: (_shown, mine, "activity", None)),
        ("nobody's, page 200", lambda: (_shown, mine, "activity", late)),
        ("an agent's", lambda: (_shown, Filter(assignee=7), "activity", None)),
        ("closed, tag, channel and agent", lambda: (_shown, Filter(status="closed", tag_id=5, channel_id=3, assignee=7), "activity", None)),
        ("a thread", lambda: (_thread, next(picked))),
        ("search, rare word", lambda: (_search, engine, "zanzibar")),
        ("search, common word", lambda: (_search, engine, "refund")),
        ("search, two words", lambda: (_search, engine, "refund gift")),
    ]  # fmt: skip
    lines = []
    for name, make in reads:
        times, found = await _timed(database, make)
        size = len(found.ids) if isinstance(found, conversations.Page) else found
        lines.append([name, median(times), percentile(times, 0.99), size])
    await database.close()
    return lines


def _search(engine: Any, words: str) -> Query[int]:
    hits = yield from search.find(engine, words, Filter(status="any"), EVERYTHING, limit=50)
    return len(hits.hits)


def run(stores: Stores, engines: Sequence[str], *, scale: float) -> None:
    """Print a table for each engine."""
    count = max(1000, int(1_000_000 * scale))
    for engine in engines:
        with stores.fresh(engine) as url:
            lines = asyncio.run(measure(url, engine, count))
        table(f"{engine}: reads at {count} conversations, {3 * count} messages", ("", "ms", "p99", "rows"), lines)
