"""Reports over a million waits, and the lists behind their cells: by the service's own queries on its own schema, warm.

The facts are made by the engine itself, from numbers alone, the same on both: a year; 10 channels, 5 teams, 50 agents,
30 tags; 1 % still open; answers take an hour on average with a long tail; three deeds for each wait.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from bench.machine import Stores, median, table
from bench.reads import EVERYTHING, NOW, YEAR, _mixed, _rows, _series
from inbox.clock import DAY, HOUR, MINUTE
from inbox.domain.facts import OPEN
from inbox.domain.figures import Asked, Filters
from inbox.eventlog.directory import Directory
from inbox.reports import backlog, floor, people
from inbox.reports.desk import _behind, _table
from inbox.reports.kinds import KINDS
from inbox.storage import reports, schema
from inbox.storage import tables as t
from inbox.storage.database import Database, Query, Text, connect

RUNS = 5
PAGE_MS, LIST_MS = 1_000, 300
HEAD = ("", "best ms", "median", "CPU ms", "load", "lines", "")
EVER = Asked(since=NOW - YEAR - DAY, until=NOW + DAY, zone="Europe/Athens", now=NOW)
MONTH = msgspec.structs.replace(EVER, since=NOW - 30 * DAY)


def statements(engine: str, count: int) -> list[str]:
    """What fills an empty database with the facts of `count` waits."""
    pick = {n: _mixed("i", n) for n in range(1, 9)}
    began = f"({NOW - YEAR} + i * {YEAR // count})"
    # The product of three even spreads has a long tail: median 16 min, a tenth above two hours.
    took = f"({pick[1]} % 1000 * ({pick[2]} % 1000) * ({pick[3]} % 1000) * 26 + 1000000)"
    running = f"{pick[4]} % 100 = 0"
    ended = f"CASE WHEN {running} THEN {OPEN} ELSE {began} + {took} END"
    many = _series(engine, count)
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
    return [
        _rows(t.wait_fact, wait, f"{many} ORDER BY 1, 2"),
        _rows(t.wait_stretch, stretch, f"{many} ORDER BY 1, 2"),
        _rows(t.episode_fact, episode, f"{many} WHERE i % 2 = 0 ORDER BY 1, 2"),
        _rows(t.deed, deed, three),
    ]


def _fill(engine: str, count: int) -> Query[None]:
    for statement in statements(engine, count):
        yield Text({engine: statement})  # type: ignore[dict-item]  # one engine's text


def _settle() -> Query[None]:
    yield Text({"sqlite": "ANALYZE", "postgres": "ANALYZE"})


async def _timed(
    database: Database, make: Callable[[], Query[Any]], server_cpu: Callable[[], float]
) -> tuple[list[float], float, Any]:
    """Wall times in ms, the least CPU of a run in ms (ours and the server's), the result."""
    times: list[float] = []
    spent: list[float] = []
    found = await database.read(make)
    for _ in range(RUNS):
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
    return found


def _lists(names: Sequence[tuple[str, str, Asked]]) -> list[tuple[str, Callable[[], Query[Any]]]]:
    def of(name: str, cell: str, asked: Asked) -> Callable[[], Query[Any]]:
        return lambda: _behind(KINDS[name].listed(asked)[cell], asked, EVERYTHING, 51, None)

    return [(f"behind {name}: {cell}", of(name, cell, asked)) for name, cell, asked in names]


async def measure(url: str, engine: str, count: int, server_cpu: Callable[[], float]) -> list[list[Any]]:
    """A line for each report: best and median in ms, CPU in ms, load of the machine, lines, and whether the best is over
    what is allowed: a second for a page, 300 ms for a list.
    """
    database = connect(url)
    await database.open()
    began = time.perf_counter()
    await database.write(lambda: schema.create(database.engine, NOW))
    await database.write(lambda: _fill(engine, count))
    await database.write(_settle)
    directory = Directory(database)
    await directory.load()
    print(f"\n{engine}: facts of {count} waits made in {time.perf_counter() - began:.0f} s", flush=True)
    rare = Filters(agent=(7,), tag=(3,), team=(2,))
    behind = _lists(
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
        ]
    )
    lines = []
    for name, make in [*_reports(database, directory), *behind]:
        times, cpu, found = await _timed(database, make, server_cpu)
        size = len(found.lines) if hasattr(found, "lines") else len(found) if isinstance(found, list) else ""
        allowed = LIST_MS if name.startswith("behind") else PAGE_MS
        over = "over" if min(times) > allowed else ""
        lines.append([name, min(times), median(times), cpu, os.getloadavg()[0], size, over])
    await _plans(database, count)
    await database.close()
    return lines


async def _plans(database: Database, count: int) -> None:
    """How the engine goes about the widest report and the first list."""
    source = KINDS["response"].listed(EVER)["n"].source
    wanted = reports.condition(source, EVER, EVERYTHING)
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
    for engine in engines:
        with stores.fresh(engine) as url:
            lines = asyncio.run(measure(url, engine, count, stores.server_cpu))
        table(f"{engine}: reports over {count} waits, {3 * count} deeds", HEAD, lines)
