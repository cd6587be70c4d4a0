"""Writes that begin with the workspace's lock: one after another, and none leaves a transaction open."""

import asyncio

import pytest

from inbox.storage import tables as t
from inbox.storage.database import Advance, ByKeys, Database, Insert, Lock, Query, Row, Save, Text, connect
from inbox.storage.postgres import Postgres
from tests.inbox.new_database import with_schema

CURSORS = ByKeys(t.cursor, [7], ("channel_id",))


def counted() -> Query[tuple[Row, tuple[Row, ...]]]:
    """Move the position on by one and tell it to a cursor; what was found before."""
    locked, nothing, cursors = yield Lock([ByKeys(t.cursor, [], ("channel_id",)), CURSORS])
    assert nothing == ()
    position = locked[0] + 1
    yield Save([Advance([(position, locked[1], locked[2])])])
    if not cursors:
        yield Save([Insert(t.cursor, [(7, "begun", 0)])])
    return locked, tuple(cursors)


async def opened(url: str, *, fresh: bool = False) -> Database:
    """A process's database."""
    if fresh:
        return await with_schema(url)
    made = connect(url)
    await made.open()
    return made


async def test_each_write_sees_what_the_one_before_it_wrote(database_url: str) -> None:
    """Writers of several processes take turns: whoever waited for the lock reads what was written meanwhile."""
    processes = [await opened(database_url, fresh=n == 0) for n in range(3)]

    async def write(process: Database) -> list[tuple[Row, tuple[Row, ...]]]:
        return [await process.write(counted, quick=True) for _ in range(20)]

    found = [one for many in await asyncio.gather(*map(write, processes)) for one in many]
    for process in processes:
        await process.close()

    assert sorted(locked[0] for locked, _ in found) == list(range(60))
    assert [len(cursors) for _, cursors in sorted(found)] == [0] + [1] * 59


@pytest.mark.postgres
async def test_a_writer_that_is_cancelled_twice_leaves_nothing_behind(postgres_url: str) -> None:
    """Cancelled in a statement and again while it rolls back: the next write begins anew, without what was begun."""
    database = await opened(postgres_url, fresh=True)
    assert isinstance(database, Postgres)

    def slow() -> Query[None]:
        locked, *_ = yield Lock()
        yield Save([Advance([(locked[0] + 1, locked[1], locked[2])])])
        yield Text({"postgres": "SELECT pg_sleep(30)"})

    for turns in range(6):
        writing = asyncio.ensure_future(database.write(slow, quick=True))
        while not (await database.read(sleeping)):
            await asyncio.sleep(0.01)
        writing.cancel()
        for _ in range(turns):
            await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing

    locked, _ = await database.write(counted, quick=True)
    await database.close()
    assert locked[0] == 0


def sleeping() -> Query[bool]:
    """Whether some connection is in the slow statement."""
    rows = yield Text(
        {"postgres": "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)' AND state = 'active'"}
    )
    return bool(rows[0][0])


@pytest.mark.parametrize("quick", [True, False])
async def test_a_failing_write_is_taken_back_whole(database_url: str, quick: bool) -> None:
    """What a write did before it failed is not there, and the next one goes on."""
    database = await opened(database_url, fresh=True)

    def failing() -> Query[None]:
        locked, *_ = yield Lock()
        yield Save([Advance([(locked[0] + 5, locked[1], locked[2])])])
        raise ValueError("decided wrongly")

    with pytest.raises(ValueError, match="decided wrongly"):
        await database.write(failing, quick=quick)
    locked, _ = await database.write(counted, quick=quick)
    await database.close()
    assert locked[0] == 0
