"""What wakes those who follow the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from inbox.eventlog.bus import HEAD, Bus
from inbox.eventlog.moved import LogMoved
from tests.inbox.desk import Desk
from tests.inbox.desk import desk as opened


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    """A desk whose writer commits."""
    async with opened(sqlite_url) as made:
        yield made


async def test_a_commit_another_process_and_a_call_wake_and_nothing_else(desk: Desk) -> None:
    """Each of the three ends the sleep; without them it lasts as long as was said."""
    bus = Bus()
    moved = LogMoved(desk.world.writer, bus)
    with moved.heard():
        await desk.writes()
        async with asyncio.timeout(30):
            await moved.within(None)
        moved.clear()
        await asyncio.to_thread(moved.wake)
        async with asyncio.timeout(30):
            await moved.within(None)
        moved.clear()
        bus.publish(HEAD, b"1")
        async with asyncio.timeout(30):
            await moved.within(None)
        moved.clear()
        async with asyncio.timeout(30):
            await moved.within(0.01)


async def test_commits_do_not_wake_who_wants_nothing(desk: Desk) -> None:
    """Where there is nothing to do with events, only a call wakes."""
    moved = LogMoved(desk.world.writer, Bus())
    moved.wanted = False
    with moved.heard():
        await desk.writes()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await moved.within(None)
        moved.wake()
        async with asyncio.timeout(30):
            await moved.within(None)
