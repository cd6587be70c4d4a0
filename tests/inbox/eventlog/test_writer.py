"""One door to state: committed in order, nothing twice, nothing lost; a failure takes nobody else along."""

from __future__ import annotations

import asyncio
import multiprocessing as mp
import os
import random
from multiprocessing.connection import Connection
from typing import Any

import pytest

from inbox.domain import events as e
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, Unavailable
from inbox.eventlog import log
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import MAX_WEIGHT, Writer
from inbox.storage.database import Database, StoreUnavailable, connect
from tests.inbox.new_database import with_schema

WRITERS = int(os.environ.get("INBOX_TEST_WRITERS", "64"))
PROCESSES = 4
EACH = int(os.environ.get("INBOX_TEST_WRITES_EACH", "4"))


class Note(Unit):
    """Emits some events that say who wrote them."""

    def __init__(self, name: int, events: int = 1) -> None:
        self.name = name
        self.events = events

    def decide(self, state: State) -> list[int]:
        """The positions taken."""
        told = e.SettingChanged(object="workspace", id=self.name)
        return [state.emit(told).position for _ in range(self.events)]


class Refuses(Note):
    """Decides that it cannot be."""

    def decide(self, state: State) -> list[int]:
        """Emit, then refuse."""
        super().decide(state)
        raise Conflict("no", code="changed")


class Breaks(Note):
    """Has a fault."""

    def decide(self, state: State) -> list[int]:
        """Emit, then divide by nothing."""
        super().decide(state)
        return [1 // 0]


class Bulk(Note):
    """Work that can wait."""

    priority = Priority.BULK


async def made(url: str) -> Database:
    """An open, empty database."""
    database = await with_schema(url)
    return database


async def all_events(database: Database) -> list[e.Logged]:
    """The whole log."""
    found: list[e.Logged] = []
    while page := await database.read(log.after, found[-1].position if found else 0, 1000):
        found += page
    return found


def _write(url: str, number: int, writers: int, pipe: Connection) -> None:
    """A process: writers who pause at random, and a reader who follows the log the whole time."""

    async def run() -> None:
        database = connect(url)
        await database.open()
        writer = Writer(database)
        writing = asyncio.create_task(writer.run())
        chance, problems = random.Random(number), []
        taken: list[int] = []
        seen: list[int] = []
        done = asyncio.Event()

        async def one(name: int) -> None:
            for _ in range(EACH):
                await asyncio.sleep(chance.random() * 0.02)
                while True:
                    try:
                        taken.extend(await writer.submit(Note(name, chance.randint(1, 3))))
                        break
                    except Unavailable as problem:  # whoever is told so comes again, as a network does
                        problems.append(problem.detail)

        async def follow() -> None:
            while True:
                last = done.is_set()
                page = await database.read(log.after, seen[-1] if seen else 0, 500)
                seen.extend(logged.position for logged in page)
                if last and not page:
                    return

        following = asyncio.create_task(follow())
        await asyncio.gather(*[one(number * 1000 + i) for i in range(writers)])
        pipe.send("written")
        await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
        done.set()
        await following
        pipe.send((taken, seen, problems))
        writer.close()
        await writing
        await database.close()

    asyncio.run(run())


async def test_many_writers_in_several_processes_skip_nothing_and_abort_nothing(database_url: str) -> None:
    """Positions are free of gaps, each is taken once, and whoever tails the log sees every one in order.

    On PostgreSQL nobody is turned away either. SQLite is for one process: it may say that the file is busy.
    """
    database = await made(database_url)
    context = mp.get_context("spawn")
    running: list[tuple[Any, Connection]] = []
    # On SQLite a command beside the server at most: its lock is not fair to more.
    processes, writers = (PROCESSES, WRITERS // PROCESSES) if database.engine == "postgres" else (2, WRITERS // 8)
    for number in range(1, processes + 1):
        near, far = context.Pipe()
        process = context.Process(target=_write, args=(database_url, number, writers, far), daemon=True)
        process.start()
        far.close()
        running.append((process, near))
    loop = asyncio.get_running_loop()
    for _, pipe in running:
        assert await loop.run_in_executor(None, pipe.recv) == "written"
    for _, pipe in running:
        pipe.send("finish")
    answers = [await loop.run_in_executor(None, pipe.recv) for _, pipe in running]
    for process, pipe in running:
        await loop.run_in_executor(None, process.join, 20)
        pipe.close()
    positions = [logged.position for logged in await all_events(database)]
    await database.close()
    if database.engine == "postgres":
        assert [problem for _, _, problems in answers for problem in problems] == []
    assert positions == list(range(1, len(positions) + 1))
    assert sorted(p for taken, _, _ in answers for p in taken) == positions
    for _, seen, _ in answers:
        assert seen == positions


async def test_one_unit_with_a_fault_fails_alone(database_url: str) -> None:
    """The others of its batch are committed; nothing of the broken and the refusing one is."""
    database = await made(database_url)
    writer = Writer(database)
    waiting = [
        asyncio.ensure_future(writer.submit(unit)) for unit in (Note(1), Breaks(2), Note(3), Refuses(4), Note(5))
    ]
    await asyncio.sleep(0)
    writing = asyncio.create_task(writer.run())
    results = await asyncio.gather(*waiting, return_exceptions=True)
    writer.close()
    await writing
    names = [logged.event.id for logged in await all_events(database)]  # type: ignore[union-attr]
    await database.close()
    assert [type(r).__name__ if isinstance(r, Exception) else r for r in results] == [
        [1], "ZeroDivisionError", [2], "Conflict", [3],
    ]  # fmt: skip
    assert names == [1, 3, 5]


class Away:
    """A database that is gone for a while."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.engine = database.engine
        self.away = True

    async def write(self, *words: Any, **more: Any) -> Any:
        """The store's own failure, or what the database does."""
        if self.away:
            raise StoreUnavailable("the database cannot be reached now; nothing was changed")
        return await self.database.write(*words)


async def test_a_store_that_is_away_fails_every_waiting_unit_and_the_writer_goes_on(sqlite_url: str) -> None:
    """Nothing is tried one by one, nothing is written, and the next batch is when the store is back."""
    database = await made(sqlite_url)
    away = Away(database)
    writer = Writer(away)  # type: ignore[arg-type]  # all a writer needs
    waiting = [asyncio.ensure_future(writer.submit(Note(n))) for n in range(3)]
    await asyncio.sleep(0)
    writing = asyncio.create_task(writer.run())
    results = await asyncio.gather(*waiting, return_exceptions=True)
    away.away = False
    assert await writer.submit(Note(9)) == [1]
    writer.close()
    await writing
    await database.close()
    assert [type(r) for r in results] == [StoreUnavailable] * 3


async def test_people_go_before_bulk_work(sqlite_url: str) -> None:
    """What a person waits for is decided first, whatever was queued before it."""
    database = await made(sqlite_url)
    writer = Writer(database)
    waiting = [asyncio.ensure_future(writer.submit(unit)) for unit in (Bulk(1), Bulk(2), Note(3))]
    await asyncio.sleep(0)
    writing = asyncio.create_task(writer.run())
    results = await asyncio.gather(*waiting)
    writer.close()
    await writing
    await database.close()
    assert results == [[2], [3], [1]]


async def test_who_waited_is_answered_before_the_next_batch_is_decided(database_url: str) -> None:
    """An answer that is durable does not wait for the work of a batch more."""
    database = await made(database_url)
    writer = Writer(database)
    told: list[str] = []

    class Second(Note):
        """Says when it is decided."""

        def decide(self, state: State) -> list[int]:
            told.append("second decided")
            return super().decide(state)

    async def first() -> None:
        await writer.submit(Note(1))
        told.append("first answered")

    # Waiting from the start, and too heavy for the batch of the first.
    heavy = Second(2)
    heavy.weight = MAX_WEIGHT
    waiting = [asyncio.ensure_future(first()), asyncio.ensure_future(writer.submit(heavy))]
    await asyncio.sleep(0)
    writing = asyncio.create_task(writer.run())
    await asyncio.gather(*waiting)
    writer.close()
    await writing
    await database.close()
    assert told == ["first answered", "second decided"]


async def test_a_closing_writer_writes_what_waits_and_takes_no_more(sqlite_url: str) -> None:
    """Nothing that was taken is dropped."""
    database = await made(sqlite_url)
    writer = Writer(database)
    waiting = asyncio.ensure_future(writer.submit(Note(1)))
    await asyncio.sleep(0)
    writer.close()
    with pytest.raises(Unavailable):
        await writer.submit(Note(2))
    await writer.run()
    assert await waiting == [1]
    await database.close()


class Needing(Note):
    """Names keys, so that loading is asked to look for them."""

    def needs(self, needs: Needs) -> None:
        """Keys of nothing that is there."""
        needs.conversations.add(self.name)
        needs.items.add((self.name, "nothing"))

    def decide(self, state: State) -> list[int]:
        """What was found."""
        return [*state.conversations, *state.messages]


async def test_what_is_not_there_is_not_found(database_url: str) -> None:
    """Keys of nothing load nothing and fail nothing."""
    database = await made(database_url)
    writer = Writer(database)
    writing = asyncio.create_task(writer.run())
    assert await writer.submit(Needing(77)) == []
    writer.close()
    await writing
    await database.close()
