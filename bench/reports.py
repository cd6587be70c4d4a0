"""Reports over a million waits, and the lists behind their cells: by the service's own queries on its own schema, warm.
`--scale 10` makes ten million of them, which PostgreSQL is for; tallies of its finished months are kept first, as its
worker does.

The facts are made by the engine itself, from numbers alone, the same on both: a year; 10 channels, 5 teams, 50 agents,
30 tags; 1 % still open; answers take an hour on average with a long tail; three deeds for each wait.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import asyncpg
import msgspec

from bench.machine import Stores, median, table
from bench.reads import EVERYTHING, NOW, YEAR, _mixed, _rows
from inbox.clock import DAY, HOUR, MINUTE
from inbox.domain.fact_records import OPEN
from inbox.domain.figures import Asked, Filters
from inbox.eventlog.directory import Directory
from inbox.reports import backlog, floor, keeper, people
from inbox.reports.desk import _behind, _table
from inbox.reports.kinds import KINDS
from inbox.storage import reports, reports_source, schema
from inbox.storage import tables as t
from inbox.storage.database import Database, Query, StoreUnavailable, Text, connect

RUNS, FEW_RUNS, MANY = 5, 2, 2_000_000
PIECE = 250_000
"""So many waits are made at a time: they are sorted in memory."""
PAGE_MS, LIST_MS, PAGE_OF_MANY_MS = 1_000, 300, 3_000
HEAD = ("", "best ms", "median", "CPU ms", "load", "lines", "")
EVER = Asked(since=NOW - YEAR - DAY, until=NOW + DAY, zone="Europe/Athens", now=NOW)
MONTH = msgspec.structs.replace(EVER, since=NOW - 30 * DAY)


def statements(engine: str, count: int, first: int, last: int) -> dict[str, str]:
    """Table → what puts into it the facts of these of `count` waits."""
    pick = {n: _mixed("i", n) for n in range(1, 9)}
    began = f"({NOW - YEAR} + i * {YEAR // count})"
    # The product of three even spreads has a long tail: median 16 min, a tenth above two hours.
    took = f"({pick[1]} % 1000 * ({pick[2]} % 1000) * ({pick[3]} % 1000) * 26 + 1000000)"
    running = f"{pick[4]} % 100 = 0"
    ended = f"CASE WHEN {running} THEN {OPEN} ELSE {began} + {took} END"
    many = _some(engine, first, last)
    whole = {
        "channel_id": f"1 + {pick[5]} % 10", "network": "'custom'",
        "kind": f"CASE WHEN {pick[5]} % 3 = 0 THEN 'comment' ELSE 'direct' END", "team_id": f"{pick[6]} % 6",
    }  # fmt: skip
    labels = {
        "tags": f"CASE WHEN {pick[7]} % 2 = 0 THEN ',' || (1 + {pick[7]} % 30) || ',' ELSE '' END",
        "language": f"CASE WHEN {pick[8]} % 3 = 0 THEN 'el' ELSE 'en' END",
    }
    wait = {
        **whole, **labels, "ended_at": ended, "wait_id": "i", "conversation_id": "i", "home_id": "i",
        "agent_id": f"CASE WHEN {running} THEN 0 ELSE 1 + {pick[8]} % 50 END", "owner_id": f"{pick[8]} % 51",
        "end": f"CASE WHEN {running} THEN '' WHEN {pick[4]} % 100 < 6 THEN 'dismissed' ELSE 'answered' END",
        "response": f"CASE WHEN {pick[7]} % 4 = 0 THEN 'first' ELSE 'next' END", "episode": "1", "opened_at": began,
        "customer_opened_at": f"{began} - 500000", "customer_ended_at": f"{ended} + CASE WHEN {running} THEN 0 ELSE 800000 END",
        "acted_at": f"CASE WHEN {running} THEN NULL ELSE {began} + {took} / 2 END", "in_queue": f"{took} / 2",
        "with_person": f"{took} - {took} / 2", "desk_worked": f"{took} / 3", "customer_worked": f"{took} / 3 + 1000000",
        "deadline_at": f"{began} + {HOUR}", "late": f"CASE WHEN {took} > {HOUR} THEN 1 ELSE 0 END", "promised": "'first'",
    }  # fmt: skip
    stretch = {
        **whole, "ended_at": ended, "wait_id": "i", "began_at": began, "part": "'person'", "owner_id": f"{pick[8]} % 51",
        "opened_at": began, "wait_ended_at": ended, "worked": f"{took} / 3",
    }  # fmt: skip
    episode = {
        **whole, **labels, "closed_at": f"{began} + {took} * 2", "conversation_id": "i", "number": "1", "position": "i",
        "opened_at": began, "first_in_at": began, "agent_id": f"1 + {pick[8]} % 50", "closed_by": "'agent'",
        "again": f"CASE WHEN {pick[1]} % 9 = 0 THEN 'customer' ELSE '' END", "worked": f"{took} / 2",
    }  # fmt: skip
    deed = {
        **whole, **labels, "at": f"{began} + p.p * {MINUTE}", "position": "i * 3 + p.p", "conversation_id": "i",
        "what": "CASE p.p WHEN 0 THEN 'received' WHEN 1 THEN 'answered' ELSE 'replied' END",
        "by": "CASE p.p WHEN 0 THEN 'contact' ELSE 'agent' END",
        "agent_id": f"CASE p.p WHEN 0 THEN 0 ELSE 1 + {pick[8]} % 50 END",
    }  # fmt: skip
    three = f"{many} CROSS JOIN (SELECT 0 AS p UNION ALL SELECT 1 UNION ALL SELECT 2) AS p ORDER BY 1, 2"
    return {
        "wait_fact": _rows(t.wait_fact, wait, f"{many} ORDER BY 1, 2"),
        "wait_stretch": _rows(t.wait_stretch, stretch, f"{many} ORDER BY 1, 2"),
        "episode_fact": _rows(t.episode_fact, episode, f"{many} WHERE i % 2 = 0 ORDER BY 1, 2"),
        "deed": _rows(t.deed, deed, three),
    }


def _some(engine: str, first: int, last: int) -> str:
    if engine == "postgres":
        return f"generate_series({first}::bigint, {last}::bigint) AS s(i)"
    return (
        f"(WITH RECURSIVE s(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM s WHERE i < {last}) SELECT i FROM s) AS s"
    )


def _pieces(engine: str, count: int) -> Iterator[dict[str, str]]:
    """What fills an empty database, a piece of the year after the other."""
    for first in range(1, count + 1, PIECE):
        yield statements(engine, count, first, min(first + PIECE - 1, count))


def _put(statements: Sequence[str]) -> Query[None]:
    for statement in statements:
        yield Text({"sqlite": statement, "postgres": statement})


async def _fill(database: Database, url: str, count: int) -> None:
    """The facts, and what the engine has to know of them to read them well."""
    if database.engine == "postgres":
        await _fill_there(url, count)
        return
    for piece in _pieces("sqlite", count):
        await database.write(partial(_put, list(piece.values())))
    await database.write(partial(_put, ["ANALYZE"]))


_INDEXES = """
    SELECT c.relname, x.indexrelid::regclass::text, pg_get_indexdef(x.indexrelid),
           (SELECT conname FROM pg_constraint k WHERE k.conindid = x.indexrelid) AS key,
           (SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.conindid = x.indexrelid)
      FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid WHERE c.relname = ANY($1)"""


async def _fill_there(url: str, count: int) -> None:
    """PostgreSQL: rows first, then their indexes, two connections at a time; at last what autovacuum would do."""
    whole = list(_pieces("postgres", count))
    tables = list(whole[0])
    async with asyncpg.create_pool(url, min_size=2, max_size=2, command_timeout=None) as pool:

        async def each(statements: Iterable[str]) -> None:
            async with pool.acquire() as connection:
                await connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '1GB'")
                for statement in statements:
                    await connection.execute(statement)

        indexes = await pool.fetch(_INDEXES, tables)
        bare = [
            f'ALTER TABLE {table} DROP CONSTRAINT "{key}"' if key else f"DROP INDEX {name}"
            for table, name, _, key, _ in indexes
        ]
        await each([*bare, *(f"ALTER TABLE {table} SET UNLOGGED" for table in tables)])
        deeds = [piece.pop("deed") for piece in whole]
        await asyncio.gather(each(deeds), each(one for piece in whole for one in piece.values()))
        made = [
            f'ALTER TABLE {table} ADD CONSTRAINT "{key}" {said}' if key else text
            for table, _, text, key, said in indexes
        ]
        # Two indexes of one table may be made side by side, its key not.
        await each(one for one in made if "ADD CONSTRAINT" in one)
        others = [one for one in made if "ADD CONSTRAINT" not in one]
        await asyncio.gather(each(others[::2]), each(others[1::2]))
        await each(["VACUUM (ANALYZE, PARALLEL 0) " + ", ".join(tables), "ANALYZE"])


async def _timed(
    database: Database, make: Callable[[], Query[Any]], server_cpu: Callable[[], float], runs: int
) -> tuple[list[float], float, Any]:
    """Wall times in ms, the least CPU of a run in ms (ours and the server's), the result."""
    times: list[float] = []
    spent: list[float] = []
    found = await database.read(make)
    for _ in range(runs):
        began, cpu = time.perf_counter(), time.process_time() + server_cpu()
        found = await database.read(make)
        times.append((time.perf_counter() - began) * 1e3)
        spent.append((time.process_time() + server_cpu() - cpu) * 1e3)
    return times, min(spent), found


def _asked(base: Asked, **changes: Any) -> Asked:
    return msgspec.structs.replace(base, **changes)


def _reports(database: Database, directory: Directory) -> list[tuple[str, Callable[[], Query[Any]]]]:
    def of(name: str, asked: Asked, compare: bool = False) -> Callable[[], Query[Any]]:
        return lambda: _table(database.engine, KINDS[name], asked, EVERYTHING, directory, compare)

    business = {"clock": "desk", "hours": "business"}
    found = [
        ("response, all of the year", of("response", EVER)),
        ("response by day", of("response", _asked(EVER, by=("day",)))),
        ("response by agent", of("response", _asked(EVER, by=("agent",)))),
        ("response by tag", of("response", _asked(EVER, by=("tag",)))),
        ("response by team and language, business", of("response", _asked(EVER, by=("team", "language"), **business))),
        ("response, last 30 days by day, compared", of("response", _asked(MONTH, by=("day",)), True)),
        ("resolution by team", of("resolution", _asked(EVER, by=("team",)))),
        ("reopened by channel", of("reopened", _asked(EVER, by=("channel",)))),
        ("reviews", of("reviews", EVER)),
        ("targets by team", of("targets", _asked(EVER, by=("team",)))),
        ("rate by channel", of("rate", _asked(EVER, by=("channel",)))),
        ("parts by team", of("parts", _asked(EVER, by=("team",)))),
        ("volume by channel", of("volume", _asked(EVER, by=("channel",)))),
        ("volume, heat map", of("volume", _asked(EVER, by=("weekday", "hour")))),
        ("volume, last 30 days by day, compared", of("volume", _asked(MONTH, by=("day",)), True)),
        ("moderation", of("moderation", EVER)),
        ("agents", lambda: people.lines(database.engine, EVER, EVERYTHING, directory)),
        ("backlog, 30 days by day", lambda: backlog.lines(database.engine, MONTH, "day", EVERYTHING, directory)),
        ("backlog, a year by week", lambda: backlog.lines(database.engine, EVER, "week", EVERYTHING, directory)),
        ("the floor", lambda: floor.now_state(EVERYTHING, directory, NOW)),
    ]
    # The period that a page has by itself.
    for name in ("response", "action", "resolution", "targets", "rate", "reopened", "volume", "parts", "reviews"):
        found.append((f"{name} by team, last 30 days", of(name, _asked(MONTH, by=("team",)))))
    found.append(("response by day, last 30 days", of("response", _asked(MONTH, by=("day",)))))
    found.append(("agents, last 30 days", lambda: people.lines(database.engine, MONTH, EVERYTHING, directory)))
    return found


def _lists(database: Database, names: Sequence[tuple[str, str, Asked]]) -> list[tuple[str, Callable[[], Query[Any]]]]:
    def of(name: str, cell: str, asked: Asked) -> Callable[[], Query[Any]]:
        return lambda: _behind(database.engine, KINDS[name].listed(asked)[cell], asked, EVERYTHING, 51, None)

    return [(f"behind {name}: {cell}", of(name, cell, asked)) for name, cell, asked in names]


def _all_lists(database: Database) -> list[tuple[str, Callable[[], Query[Any]]]]:
    rare = Filters(agent=(7,), tag=(3,), team=(2,))
    return _lists(
        database,
        [
            ("response", "n", EVER),
            ("response", "bucket_9", EVER),
            ("response", "n", _asked(EVER, filters=rare)),
            ("response", "n", _asked(EVER, bucket="began")),
            ("targets", "open_late", EVER),
            ("targets", "answered_late", _asked(EVER, filters=Filters(team=(3,)))),
            ("rate", "dismissed", EVER),
            ("volume", "received", _asked(EVER, filters=rare)),
            ("resolution", "n", EVER),
        ],
    )


async def measure(url: str, engine: str, count: int, server_cpu: Callable[[], float]) -> list[list[Any]]:
    """A line for each report: best and median in ms, CPU in ms, load of the machine, lines, and whether the best is over
    what is allowed: a second for a page (three of many waits), 300 ms for a list.
    """
    database = connect(url)
    await database.open()
    began = time.perf_counter()
    await database.write(lambda: schema.create(database.engine, NOW))
    await _fill(database, url, count)
    directory = Directory(database)
    await directory.load()
    print(f"\n{engine}: facts of {count} waits made in {time.perf_counter() - began:.0f} s", flush=True)
    if engine == "postgres" and count >= keeper.MANY:
        began = time.perf_counter()
        kept = await keeper.Keeper(database, database.write).keep(NOW, [EVER.zone])
        print(f"  {kept} tallies of finished months kept in {time.perf_counter() - began:.0f} s", flush=True)
    lines = []
    for name, make in [*_reports(database, directory), *_all_lists(database)]:
        try:
            times, cpu, found = await _timed(database, make, server_cpu, RUNS if count <= MANY else FEW_RUNS)
        except StoreUnavailable:
            lines.append([name, "", "", "", os.getloadavg()[0], "", "gave up"])
            continue
        size = len(found.lines) if hasattr(found, "lines") else len(found) if isinstance(found, list) else ""
        page = PAGE_MS if count <= MANY else PAGE_OF_MANY_MS
        allowed = LIST_MS if name.startswith("behind") else page
        over = "over" if min(times) > allowed else ""
        lines.append([name, min(times), median(times), cpu, os.getloadavg()[0], size, over])
    await _plans(database, count)
    await database.close()
    return lines


async def _plans(database: Database, count: int) -> None:
    """How the engine goes about the widest report and the first list."""
    source = KINDS["response"].listed(EVER)["n"].source
    wanted = reports_source.condition(source, EVER, EVERYTHING)
    listed = KINDS["response"].listed(EVER)["n"]
    for what, statement in (
        ("a year of waits", reports.walk_of(source, wanted)),
        ("the newest behind a number", reports.list_of(source, listed.item, wanted, 51)),
    ):
        plan = await database.read(lambda asked=statement: _explained(database.engine, asked))
        print(f"  plan of {what}: " + " | ".join(plan))


def _explained(engine: str, statement: Any) -> Query[list[str]]:
    text, order = statement.on(engine)
    words = "EXPLAIN QUERY PLAN" if engine == "sqlite" else "EXPLAIN"
    rows = yield Text({engine: f"{words} {text}"}, tuple(value for _, value in order))  # type: ignore[dict-item]
    return [str(row[-1]).strip() for row in rows]


def run(stores: Stores, engines: Sequence[str], *, scale: float) -> None:
    """Print a table for each engine."""
    count = max(1000, int(1_000_000 * scale))
    if count > MANY:
        # A quarter of the memory such a house has, as PostgreSQL's manual advises: else each walk copies what it reads
        # (https://www.postgresql.org/docs/17/runtime-config-resource.html, read 2026-11-22).
        stores.settings["shared_buffers"] = "4GB"
    for engine in engines:
        with stores.fresh(engine) as url:
            lines = asyncio.run(measure(url, engine, count, stores.server_cpu))
        table(f"{engine}: reports over {count} waits, {3 * count} deeds", HEAD, lines)
