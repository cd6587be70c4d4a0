"""How late targets warn and fall: the delay between an instant that a policy named and its event in the log, while
100,000 other clocks run, with one worker and with three.

Each worker is a process of its own that asks for the lease of the clock as the service does; one has it. Half of the
instants come one by one, the others all at once. Every warning and every breach has to be in the log exactly once.

    python -m bench clocks [--engine sqlite|postgres] [--scale N]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from bench.machine import ROOT, Stores, median, percentile, table
from bench.product import EVERYTHING
from connectors import inbound as net
from inbox import clock, logs
from inbox.clock import DAY, SECOND
from inbox.commands.due import unit_of
from inbox.commands.policies import PutPolicy
from inbox.delivery.clockwork import Clockwork
from inbox.domain.targets import TARGET, encode, target_of
from inbox.storage import tables as t
from inbox.storage.database import Database, Insert, Query, Row, Save, Statement, connect, fetch
from inbox.storage.dialect import record_columns
from tests.inbox.house import House, house
from tests.inbox.world import Arrives

SPREAD_SECONDS = 20
FIRST_SECONDS = 12
"""Until the first instant: one of the workers takes the lease meanwhile."""
START_SECONDS = 120
GAP = 3 * SECOND
"""From a warning to its deadline."""
GRACE_SECONDS = 15
SLICE = 1_000
LOOK_SECONDS = 0.005
ALLOWED_SECONDS = 1.0
_FELL = Statement(
    select(t.event.c.position, t.event.c.type, t.event.c.at, t.event.c.conversation_id)
    .where(
        t.event.c.workspace_id == 1,
        t.event.c.position > bindparam("after"),
    )
    .order_by(t.event.c.position)
)  # fmt: skip
_TYPES = frozenset({"target_warned", "target_breached"})


def instants(count: int) -> list[int]:
    """When the clocks of the measurement warn, µs: half of them one after another, half at the same instant."""
    first, half = clock.now() + FIRST_SECONDS * SECOND, count // 2
    spread = [first + i * SPREAD_SECONDS * SECOND // half for i in range(half)]
    return spread + [first + SPREAD_SECONDS * SECOND // 2] * (count - half)


async def waiting(home: House) -> None:
    """Somebody waits, and is promised an answer."""
    channel_id = await home.channel(outbound_url="https://shop.example/out")
    directory = await home.directory.fresh()
    terms = {"time": "calendar", "first_response_seconds": 3600, "warning_seconds": 900}
    await home.writer.submit(PutPolicy(EVERYTHING, None, {"name": "Fast"}, terms, directory=directory))
    terms_now = (await home.directory.fresh()).terms
    home.writer.terms = lambda: terms_now
    message = net.MessageReceived(
        dedupe_key="d", occurred_at=clock.now(), external_id="m", text="Hello?",
        thread=net.Thread(external_id="chat", kind="direct", audience="private"),
        author=net.Author(external_id="p", name="P"),
    )  # fmt: skip
    await home.writer.submit(Arrives((await home.directory.fresh()).facts(channel_id), message))


def multiply(warns: Sequence[int], gap: int, first: int) -> Query[None]:
    """One more like the one who waits for each of these warnings; `first` tells apart those of several calls."""
    kept = {}
    for one in (t.conversation, t.thread, t.wait, t.episode):
        rows = yield from fetch(Statement(select(*record_columns(one)).limit(1))())
        kept[one] = dict(zip([c.name for c in record_columns(one)], rows[0], strict=True))
    for start in range(0, len(warns), SLICE):
        rows_of: dict[Any, list[Row]] = {one: [] for one in (*kept, t.timer)}
        for n, warn_at in enumerate(warns[start : start + SLICE], first + start):
            for one, row in _copies(kept, 1_000_000 + 10 * n, warn_at, warn_at + gap).items():
                rows_of[one].append(row)
        yield Save([Insert(one, some) for one, some in rows_of.items()])


def _copies(kept: dict[Any, dict[str, Any]], base: int, warn_at: int, deadline_at: int) -> dict[Any, Row]:
    """The rows of another one who waits; `base` is the id of the conversation."""
    ids = {"conversation_id": base, "thread_id": base + 1}
    target = msgspec.structs.replace(target_of(kept[t.wait]["target"]), warn_at=warn_at, deadline_at=deadline_at)
    wait = {"id": base + 2, "deadline_at": deadline_at, "target": encode(target).decode(), **ids}
    changed: dict[Any, dict[str, Any]] = {
        t.conversation: {"id": base, "number": base, "deadline_at": deadline_at},
        t.thread: {"id": base + 1, "conversation_id": base, "external_id": f"chat-{base}"},
        t.wait: wait,
        t.episode: {"conversation_id": base},
    }
    found: dict[Any, Row] = {one: tuple({**kept[one], **of}.values()) for one, of in changed.items()}
    return {**found, t.timer: (TARGET, base + 2, warn_at, 1)}


async def watched(database: Database, after: int, until: int) -> list[tuple[str, int, float]]:
    """(type, conversation, delay in seconds) of what falls, as it appears in the log, until an instant."""
    found: list[tuple[str, int, float]] = []
    while clock.now() < until:
        rows = await database.read(lambda seen=after: fetch(_FELL(after=seen)))
        now = clock.now()
        for position, kind, at, conversation_id in rows:
            after = position
            if kind in _TYPES:
                found.append((kind, conversation_id, (now - at) / SECOND))
        await asyncio.sleep(LOOK_SECONDS)
    return found


async def measure(url: str, workers: int, count: int, falling: int) -> tuple[list[Any], list[str]]:
    """The line of the table, and what is wrong."""
    with tempfile.TemporaryDirectory(prefix="inbox-bench-") as folder:
        async with house(url, Path(folder)) as home:
            await waiting(home)
        database = connect(url)
        await database.open()
        later = clock.now() + 10 * DAY
        await database.write(lambda: multiply(range(later, later + count - falling), GAP, 0))
        command = [sys.executable, "-m", "bench.clocks", url, folder]
        processes = [
            await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
            for _ in range(workers)
        ]
        try:
            for process in processes:
                await _at_work(process)
            warns = instants(falling)
            await database.write(lambda: multiply(warns, GAP, count))
            seen = await watched(database, 0, max(warns) + GAP + GRACE_SECONDS * SECOND)
        finally:
            for process in processes:
                process.kill()
                await process.wait()
            await database.close()
    delays = sorted(delay for _, _, delay in seen)
    times = Counter((kind, conversation) for kind, conversation, _ in seen)
    name = f"{workers} worker{'s' if workers > 1 else ''}"
    faults = []
    if len(times) != 2 * falling:
        faults.append(f"clocks, {name}: {2 * falling - len(times)} of {2 * falling} warnings and breaches are missing")
    if len(seen) != len(times):
        faults.append(f"clocks, {name}: {len(seen) - len(times)} warnings or breaches came twice")
    late = sum(delay > ALLOWED_SECONDS for delay in delays)
    told = [x * 1e3 for x in (median(delays), percentile(delays, 0.99), max(delays, default=0.0))]
    line = [name, count, len(delays), *told, late]
    return line, faults


async def _at_work(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(START_SECONDS):
        await process.stdout.readline()


async def work(url: str, folder: str) -> None:
    """A worker: hold the clock when it is free, until ended."""
    async with house(url, Path(folder), fresh=False) as home:
        await home.directory.load()
        home.writer.terms = lambda: home.directory.terms
        clockwork = Clockwork(home.database, home.writer, unit_of)
        home.writer.listeners.append(clockwork.committed)
        logs.configure("json", "warning")
        print("ready", flush=True)
        await home.holder(once={"clockwork": clockwork.run}).run()


def run(stores: Stores, engines: Sequence[str], *, scale: float) -> list[str]:
    """Print a table for each engine; what is wrong."""
    faults: list[str] = []
    count, falling = max(200, int(100_000 * scale)), max(20, int(600 * min(scale, 1.0)))
    for engine in engines:
        lines = []
        for workers in (1, 3) if engine == "postgres" else (1,):
            with stores.fresh(engine) as url:
                line, wrong = asyncio.run(measure(url, workers, count, falling))
            lines.append(line)
            faults += [f"{engine}: {one}" for one in wrong]
        head = ("", "clocks", "events", "p50 ms", "p99 ms", "worst ms", "over 1 s")
        table(f"{engine}: from an instant to its warning or breach in the log", head, lines)
    return faults


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2]))
