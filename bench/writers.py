"""Several writer processes on one workspace of PostgreSQL: no batch may be aborted, and together they write about as
fast as one alone.
"""

from __future__ import annotations

import asyncio
import multiprocessing as mp
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from bench.machine import Stores, table
from bench.payload import CHANNEL
from connectors import inbound as net
from inbox import clock
from inbox.domain.state import ChannelFacts
from inbox.eventlog.writer import Writer
from inbox.intake.prepare import described
from inbox.intake.receive import Arrived, DeliveryUnit, Element, Source
from inbox.storage import schema
from inbox.storage.database import Database, Query, T, connect

PROCESSES = 4
WAITING = 128
FACTS = ChannelFacts(
    id=CHANNEL, network="custom", identity_scope=f"asset:{CHANNEL}", item_scope=False, erases_unsent=False, live_since=0,
    reopen_seconds=72 * 3600, team_id=None, sandbox=False, window_seconds={},
)  # fmt: skip


class Counted:
    """A database that counts the transactions it had to give up."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.engine = database.engine
        self.aborted = 0

    async def write(
        self, make: Callable[[], Query[T]], then: Callable[[T], Any] | None = None, *, quick: bool = False
    ) -> T:
        """The same, counted."""
        try:
            return await self.database.write(make, then, quick=quick)
        except Exception:
            self.aborted += 1
            raise


def unit(n: int, person: int) -> DeliveryUnit:
    """A message of a person."""
    now = clock.now()
    text = f"Message {n}: has my parcel left yet? I ordered the blue jacket last week."
    inbound = net.MessageReceived(
        dedupe_key=f"m{n}",
        occurred_at=now,
        thread=net.Thread(external_id=f"chat-{person}", kind="direct", audience="private"),
        author=net.Author(external_id=f"person-{person}", name=f"Customer {person}"),
        external_id=f"m{n}",
        text=text,
    )
    arrived = Arrived(
        channel=FACTS, elements=(Element(inbound),), sources=(Source(body=text.encode()),), received_at=now
    )
    return DeliveryUnit(arrived, [described(inbound)])


def write(url: str, number: int, count: int, pipe: Connection) -> None:
    """One process: `count` messages, `WAITING` of them at a time, by people whom the other processes write of too."""

    async def run() -> None:
        database = connect(url)
        await database.open()
        counted = Counted(database)
        writer = Writer(counted)  # type: ignore[arg-type]  # all a writer needs
        writing = asyncio.create_task(writer.run())
        units = [unit(number * 10_000_000 + i, i % 500) for i in range(count)]
        await writer.submit(unit(number * 10_000_000 + count, number))
        pipe.send("ready")
        await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
        began, waiting = time.perf_counter(), iter(units)

        async def some() -> None:
            for one in waiting:
                await writer.submit(one)

        await asyncio.gather(*[some() for _ in range(WAITING)])
        pipe.send((began, time.perf_counter(), counted.aborted))
        writer.close()
        await writing
        await database.close()

    asyncio.run(run())


async def _make(url: str) -> None:
    database = connect(url)
    await database.open()
    await database.write(lambda: schema.create(database.engine, clock.now()))
    await database.close()


def measure(stores: Stores, processes: int, count: int) -> tuple[float, int]:
    """(messages per second of all processes, aborted batches)."""
    context = mp.get_context("spawn")
    with stores.fresh("postgres") as url:
        asyncio.run(_make(url))
        running = []
        for number in range(processes):
            near, far = context.Pipe()
            process = context.Process(target=write, args=(url, number + 1, count // processes, far), daemon=True)
            process.start()
            far.close()
            running.append((process, near))
        for _, pipe in running:
            assert pipe.recv() == "ready"
        for _, pipe in running:
            pipe.send("go")
        found = [pipe.recv() for _, pipe in running]
        for process, pipe in running:
            process.join(20)
            pipe.close()
    began, ended = min(f[0] for f in found), max(f[1] for f in found)
    return count / (ended - began), sum(f[2] for f in found)


def run(stores: Stores, *, short: bool) -> list[str]:
    """Print rates of one and of several; the aborted batches as faults."""
    count, rounds = (400, 1) if short else (8000, 3)
    best, together, aborted = 0.0, 0.0, 0
    for _ in range(rounds):
        rate, lost = measure(stores, 1, count)
        best, aborted = max(best, rate), aborted + lost
        rate, lost = measure(stores, PROCESSES, count)
        together, aborted = max(together, rate), aborted + lost
    table(
        f"PostgreSQL: {PROCESSES} writer processes on one workspace",
        ("", "msg/s", "of one", "aborted batches"),
        [["one process", best, 1.0, ""], [f"{PROCESSES} processes", together, together / best, aborted]],
    )
    return [f"{aborted} batches of several writers were aborted"] if aborted else []
