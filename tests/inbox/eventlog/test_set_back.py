"""A log that goes on otherwise than it was seen is noticed, and another epoch is begun for it once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from inbox.domain import events as e
from inbox.domain.state import State
from inbox.eventlog.set_back import BeginEpoch, LogSetBack, Mark, newer, newest
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.storage.database import Database, Query, StoreUnavailable, Text
from tests.inbox.new_database import with_schema


class Note(Unit):
    """One event more."""

    def decide(self, state: State) -> int:
        """Its position."""
        return state.emit(e.SettingChanged(object="workspace", id=1)).position


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, empty database."""
    made = await with_schema(database_url)
    yield made
    await made.close()


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    """A writer at work, which knows nothing of what was there before."""
    made = Writer(database)
    running = asyncio.create_task(made.run())
    yield made
    made.close()
    await running


def put_back(position: int) -> Query[None]:
    """The log as a copy has it that knows no more than this position."""
    for said in (f"DELETE FROM event WHERE position > {position}", f"UPDATE workspace SET position = {position}"):
        yield Text(dict.fromkeys(("sqlite", "postgres"), said))


async def written(writer: Writer, count: int) -> None:
    """Some events more."""
    for _ in range(count):
        await writer.submit(Note())


async def test_a_log_that_goes_on_is_followed(database: Database, writer: Writer) -> None:
    """From the empty one on, whoever wrote."""
    seen = await database.read(newest)
    assert seen == Mark(0, 0, 1)
    for _ in range(2):
        await written(writer, 2)
        before, seen = seen, await database.read(newer, seen)
        assert seen.position == before.position + 2
        assert await database.read(newer, seen) == seen


@pytest.mark.parametrize("written_since", [0, 3, 6])
async def test_a_log_that_was_set_back_is_noticed(database: Database, writer: Writer, written_since: int) -> None:
    """Also where others have written on it up to where it was, and beyond."""
    await written(writer, 5)
    seen = await database.read(newest)
    await database.write(lambda: put_back(2))
    await written(writer, written_since)

    with pytest.raises(LogSetBack) as problem:
        await database.read(newer, seen)

    assert (problem.value.seen.position, problem.value.found.position) == (5, 2 + written_since)


async def test_nobody_who_knew_the_log_writes_onto_what_it_was_set_back_to(database: Database, writer: Writer) -> None:
    """He is told to try again, and nothing is written until there is another epoch, which one of many begins."""
    await written(writer, 5)
    seen = await database.read(newest)
    await database.write(lambda: put_back(2))
    writer.seen = lambda: seen
    with pytest.raises(StoreUnavailable, match="set back, from event 5 to 2"):
        await writer.submit(Note())

    writer.seen = lambda: None
    epochs = [await writer.submit(BeginEpoch(seen.epoch)) for _ in range(2)]

    found = await database.read(newest)
    assert epochs == [found.epoch] * 2
    assert (found.position, found.epoch > seen.epoch) == (2, True)
    writer.seen = lambda: seen
    with pytest.raises(StoreUnavailable):
        await writer.submit(Note())
    writer.seen = lambda: found
    assert await writer.submit(Note()) == 3
