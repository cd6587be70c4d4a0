"""Redis away, flapping or full: live updates of another process come later, never not at all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import redis

from inbox import clock
from inbox.clock import SECOND
from inbox.eventlog.bus import Bus
from inbox.live.shown import Showing, Shown
from inbox.live.tail import POLL_SECONDS, Tail
from tests.faults.proxy import FaultProxy
from tests.inbox.world import World, world
from tests.servers import Valkey

LATE_SECONDS = POLL_SECONDS + 2.5


class Elsewhere:
    """The live side of another process: it sees commits only through the database and Redis."""

    def __init__(self, made: World, url: str) -> None:
        self.bus = Bus(url)
        self.got: list[tuple[int, int]] = []
        self.tail = Tail(made.database, Showing(made.show, "http://x"), self.bus, self._publish)

    def _publish(self, shown: list[Shown]) -> None:  # type: ignore[override]
        self.got += [(one.position, clock.now() - one.at) for one in shown]


@contextlib.asynccontextmanager
async def two_processes(url: str, valkey: Valkey) -> AsyncIterator[tuple[World, Elsewhere, Bus]]:
    """One that writes and one that watches, each with a bus of its own."""
    async with world(url) as made:
        here = Bus(valkey.url)
        writes = Tail(made.database, Showing(made.show, "http://x"), here, lambda shown: None)
        other = Elsewhere(made, valkey.url)
        await writes.open()
        await other.tail.open()
        made.writer.listeners.append(writes.committed)
        tasks = [asyncio.create_task(t) for t in (here.run(), other.bus.run(), other.tail.run())]
        try:
            yield made, other, here
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _talk(made: World, n: int, pause: float) -> None:
    for i in range(n):
        await made.says(f"m{i}", person=f"p{i % 3}")
        await asyncio.sleep(pause)


async def _complete(made: World, other: Elsewhere, start: int) -> None:
    async with asyncio.timeout(30):
        while True:
            rows = await made.database.read(_head)
            if other.tail.position >= rows:
                break
            await asyncio.sleep(0.05)
    assert [position for position, _ in other.got] == list(range(start + 1, other.tail.position + 1))


def _head():  # type: ignore[no-untyped-def]
    from inbox.eventlog import log

    return (yield from log.head())[0]


@pytest.fixture
def valkey() -> object:
    """A server of the test's own, to be stopped and started."""
    server = Valkey()
    server.start()
    yield server
    server.close()


async def test_with_redis_events_cross_at_once(postgres_url: str, valkey: Valkey) -> None:
    """A commit here is shown there in a fraction of the fallback poll."""
    async with two_processes(postgres_url, valkey) as (made, other, here):
        async with asyncio.timeout(30):
            while not (other.bus.connected and here.connected):
                await asyncio.sleep(0.02)
        start = other.tail.position
        await _talk(made, 20, 0.02)
        await _complete(made, other, start)

        delays = sorted(delay for _, delay in other.got)
        assert delays[len(delays) // 2] < POLL_SECONDS * SECOND / 2


async def test_without_redis_events_cross_by_polling(postgres_url: str, valkey: Valkey) -> None:
    """With Redis stopped, every event still crosses, within the poll interval and a little."""
    async with two_processes(postgres_url, valkey) as (made, other, _):
        start = other.tail.position
        await _talk(made, 5, 0.02)
        valkey.stop()
        await _talk(made, 20, 0.05)
        await _complete(made, other, start)
        assert max(delay for _, delay in other.got) < LATE_SECONDS * SECOND

        valkey.start()
        async with asyncio.timeout(30):
            while not other.bus.connected:
                await asyncio.sleep(0.05)
        await _talk(made, 5, 0.02)
        await _complete(made, other, start)


async def test_flapping_redis_loses_nothing(postgres_url: str, valkey: Valkey) -> None:
    """On and off every half second: nothing is lost, doubled or out of order."""
    async with two_processes(postgres_url, valkey) as (made, other, _):
        start = other.tail.position
        talking = asyncio.create_task(_talk(made, 60, 0.04))
        for _ in range(3):
            await asyncio.sleep(0.4)
            await asyncio.to_thread(valkey.stop)
            await asyncio.sleep(0.4)
            await asyncio.to_thread(valkey.start)
        await talking
        await _complete(made, other, start)


async def test_a_full_redis_loses_nothing(postgres_url: str, valkey: Valkey) -> None:
    """A Redis that refuses for want of memory costs latency only."""
    async with two_processes(postgres_url, valkey) as (made, other, _):
        start = other.tail.position
        with redis.Redis.from_url(valkey.url) as client:
            client.config_set("maxmemory", "1")
            client.config_set("maxmemory-policy", "noeviction")
        await _talk(made, 20, 0.03)
        await _complete(made, other, start)


async def test_who_only_listens_notices_that_nothing_comes_any_more(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that went silent is found out by asking, without anything to publish; what is said next is heard again."""
    monkeypatch.setattr("inbox.eventlog.bus._QUIET_SECONDS", 0.2)
    proxy = FaultProxy(valkey.port)
    await proxy.start()
    listens, speaks = Bus(f"redis://127.0.0.1:{proxy.port}/0"), Bus(valkey.url)
    heard: list[bytes] = []
    listens.listen("word", heard.append)
    tasks = [asyncio.create_task(bus.run()) for bus in (listens, speaks)]
    try:
        async with asyncio.timeout(30):
            while not (listens.connected and speaks.connected):
                await asyncio.sleep(0.02)
            proxy.cut("half_open")
            while not heard:
                speaks.publish("word", b"again")
                await asyncio.sleep(0.1)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await proxy.stop()
