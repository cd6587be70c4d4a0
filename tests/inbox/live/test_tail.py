"""The tail forwards every event of this and other processes, in order and once."""

from __future__ import annotations

import asyncio

from inbox.eventlog import log
from inbox.eventlog.writer import Writer
from inbox.live.shown import Showing, Shown
from inbox.live.tail import Tail
from inbox.storage.database import connect
from tests.inbox.world import Arrives, World, world


def _tail(made: World, got: list[Shown]) -> Tail:
    return Tail(made.database, Showing(made.show, "http://inbox.test"), made.bus, got.extend)


async def test_own_commits_are_shown_in_order_without_reading(database_url: str) -> None:
    """Batches of this process arrive as frames whose row is the conversation after the event."""
    async with world(database_url) as made:
        got: list[Shown] = []
        tail = _tail(made, got)
        await tail.open()
        start = tail.position
        made.writer.listeners.append(tail.committed)

        for i in range(5):
            await made.says(f"message {i}", person=f"p{i % 2}")
        await tail.moved(start, 5)
        await asyncio.sleep(0)

        assert [one.position for one in got] == list(range(start + 1, start + 1 + len(got)))
        assert b'"preview":"message 4"' in got[-1].payload or b'"preview":"message 4"' in got[-2].payload


async def test_commits_of_another_process_are_read_and_interleaved(database_url: str) -> None:
    """A gap made by somebody else's commit is filled by reading before our own batch is shown."""
    async with world(database_url) as made:
        got: list[Shown] = []
        tail = _tail(made, got)
        await tail.open()
        start = tail.position
        made.writer.listeners.append(tail.committed)
        running = asyncio.create_task(tail.run())
        elsewhere = connect(database_url)
        await elsewhere.open()
        other = Writer(elsewhere)
        writing = asyncio.create_task(other.run())

        for i in range(10):
            await made.says(f"here {i}", person="a")
            await other.submit(Arrives(made.facts(), made.message(f"there {i}", person="b")))
        while tail.position < start + 20:
            await tail.moved(tail.position, 2)
        other.close()
        await writing
        await elsewhere.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

        positions = [one.position for one in got]
        assert positions == list(range(start + 1, positions[-1] + 1))


async def test_a_commit_nobody_told_of_is_found_within_one_poll(database_url: str) -> None:
    """Another process's commit without a wake-up is read after a pause, and at once when one of ours follows it."""
    async with world(database_url) as made:
        got: list[Shown] = []
        tail = _tail(made, got)
        await tail.open()
        running = asyncio.create_task(tail.run())
        start = tail.position

        await made.says("nobody hears of it", person="a")  # committed, and the tail is no listener yet
        found = await tail.moved(start, 20)
        await made.says("nor of this", person="b")
        made.writer.listeners.append(tail.committed)
        await made.says("but of that", person="c")
        head, _ = await made.database.read(log.head)
        while tail.position < head:
            assert await tail.moved(tail.position, 20)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

        assert found
        assert [one.position for one in got] == list(range(got[0].position, tail.position + 1))


async def test_frames_made_from_the_log_equal_those_made_at_commit(database_url: str) -> None:
    """An event read later shows the same as when it was committed, as long as nothing changed since."""
    async with world(database_url) as made:
        got: list[Shown] = []
        tail = _tail(made, got)
        await tail.open()
        start = tail.position
        made.writer.listeners.append(tail.committed)
        await made.says("Πού είναι το δέμα μου;", person="eleni")
        await tail.moved(start, 5)

        again = await tail.missed(start, 100)
        tail.ring.clear()
        read = await tail.missed(start, 100)

        assert [one.payload for one in again] == [one.payload for one in got]
        assert read[-1].payload == got[-1].payload
