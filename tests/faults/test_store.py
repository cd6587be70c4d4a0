"""The store restarts, drops connections, is locked or full: what was acknowledged is there, once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pysqlite3 as sqlite3
import pytest
from sqlalchemy import select

from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, StoreUnavailable, Text
from tests.inbox.world import World, world
from tests.servers import Postgres, fresh_database, psql

RECOVERY_SECONDS = 5.0 * 3
"""What is asked for, thrice: tests share their machine."""
_KNOWN = Statement(select(t.message.c.external_id))


def _known() -> Query[list[str]]:
    rows = yield _KNOWN()
    return [row[0] for row in rows]


class Sender:
    """A network that sends each message until it is told that it was taken."""

    def __init__(self, made: World) -> None:
        self.made = made
        self.acknowledged: list[str] = []
        self.refused = 0
        self.longest_seconds = 0.0

    async def send(self, n: int, pause: float) -> None:
        """Send n messages, one after another."""
        for i in range(n):
            inbound = self.made.message(f"m{i}", person=f"p{i % 5}")
            began = time.monotonic()
            while True:
                try:
                    await self.made.arrives(inbound)
                    break
                except StoreUnavailable:
                    self.refused += 1
                    await asyncio.sleep(0.05)
            self.longest_seconds = max(self.longest_seconds, time.monotonic() - began)
            self.acknowledged.append(inbound.external_id)
            await asyncio.sleep(pause)

    async def check(self) -> None:
        """Everything acknowledged is stored, once."""
        stored = await self.made.database.read(_known)
        assert sorted(stored) == sorted(set(stored))
        assert set(self.acknowledged) <= set(stored)


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server of the test's own, to be broken."""
    server = Postgres()
    server.start()
    yield server
    server.close()


@pytest.mark.postgres
async def test_postgres_crashes_and_comes_back(own_postgres: Postgres) -> None:
    """A crashed server makes senders wait; once it is back they go on within seconds, nothing acknowledged is lost."""
    with fresh_database(own_postgres.url) as url:
        async with world(url) as made:
            sender = Sender(made)
            sending = asyncio.create_task(sender.send(60, 0.02))
            await asyncio.sleep(0.4)
            await asyncio.to_thread(own_postgres.crash)
            await asyncio.sleep(0.5)
            await asyncio.to_thread(own_postgres.start)
            started = time.monotonic()
            await sending

            assert sender.refused > 0
            assert time.monotonic() - started < RECOVERY_SECONDS + 60 * 0.05
            await sender.check()


@pytest.mark.postgres
async def test_backends_are_terminated_again_and_again(own_postgres: Postgres) -> None:
    """Connections dropped by the server every 200 ms cost retries, nothing else."""
    with fresh_database(own_postgres.url) as url:
        async with world(url) as made:
            sender = Sender(made)
            sending = asyncio.create_task(sender.send(60, 0.03))
            others = "pid <> pg_backend_pid() AND datname IS NOT NULL"
            kill = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
            while not sending.done():
                await asyncio.sleep(0.2)
                await asyncio.to_thread(psql, own_postgres.url, kill)
            await sending
            for _ in range(20):  # the last kill may have hit the reader's connection
                try:
                    await sender.check()
                    break
                except StoreUnavailable:
                    await asyncio.sleep(0.05)

            assert len(sender.acknowledged) == 60


async def test_sqlite_is_locked_by_another_program(sqlite_url: str) -> None:
    """A program that holds the file for seconds delays or refuses writes; when it lets go they succeed, once."""
    async with world(sqlite_url) as made:
        held, let_go = threading.Event(), threading.Event()

        def hold() -> None:
            other = sqlite3.connect(sqlite_url.split("///", 1)[1], isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            held.set()
            let_go.wait(20)
            other.execute("ROLLBACK")
            other.close()

        thread = threading.Thread(target=hold)
        thread.start()
        await asyncio.to_thread(held.wait)
        sender = Sender(made)
        sending = asyncio.create_task(sender.send(5, 0))
        await asyncio.sleep(6)
        let_go.set()
        await sending
        thread.join()

        assert sender.refused >= 1
        await sender.check()


async def test_sqlite_disk_is_full(sqlite_url: str, tmp_path: Path) -> None:
    """No room: refused as unavailable, nothing half written; with room again the same message is taken."""
    async with world(sqlite_url) as made:
        await made.says("before")
        pages = await made.database.write(lambda: _pragma("PRAGMA page_count"))
        await made.database.write(lambda: _pragma(f"PRAGMA max_page_count = {pages + 2}"))
        inbound = made.message("x" * 200_000, person="late")

        with pytest.raises(StoreUnavailable):
            await made.arrives(inbound)
        assert len(await made.database.read(_known)) == 1
        await made.database.write(lambda: _pragma("PRAGMA max_page_count = 1073741823"))
        assert await made.arrives(inbound) == ["done"]

        assert len(await made.database.read(_known)) == 2


def _pragma(text: str) -> Query[int]:
    rows = yield Text({"sqlite": text})
    return int(rows[0][0])
