"""The line to PostgreSQL goes silent: no reset, no close, nothing comes. It is given up soon, on both sides."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import pytest

from inbox.storage import postgres
from inbox.storage import tables as t
from inbox.storage.database import Advance, ByKeys, Database, Lock, Query, Save, StoreUnavailable, Text, connect
from tests.faults.proxy import FaultProxy
from tests.inbox.new_database import with_schema

pytestmark = pytest.mark.postgres
SOON_SECONDS = 15.0
"""Half of what one statement may take: whoever waits for that has not noticed."""


@contextlib.asynccontextmanager
async def behind(proxy: FaultProxy, url: str) -> AsyncIterator[Database]:
    """A process's database, reached through a proxy."""
    await proxy.start()
    parts = urlsplit(url)
    far = parts._replace(netloc=f"{parts.username}@127.0.0.1:{proxy.port}")
    database = connect(urlunsplit(far), readers=1)
    await database.open()
    try:
        yield database
    finally:
        await database.close()
        await proxy.stop()


@pytest.fixture
def proxy(postgres_url: str) -> FaultProxy:
    """What lies between the process and the server."""
    port = urlsplit(postgres_url).port
    assert port is not None
    return FaultProxy(port)


def counted() -> Query[int]:
    """Move the position on by one; what it was."""
    (position, last_id, last_number, *_), *_ = yield Lock()
    yield Save([Advance([(position + 1, last_id, last_number)])])
    return int(position)


def position() -> Query[int]:
    """The position as it is."""
    rows = yield ByKeys(t.workspace, [1])
    return int(rows[0][1])


async def test_a_silent_line_is_left_for_another(
    postgres_url: str, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads or writes is refused soon, and not when a long statement would have ended; the next one goes on."""
    monkeypatch.setattr(postgres, "_ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(postgres, "_LOCK_SECONDS", 0.5)
    await (await with_schema(postgres_url)).close()
    async with behind(proxy, postgres_url) as database:
        assert await database.write(counted) == 0
        assert await database.read(position) == 1
        for ask, said in (
            (lambda: database.read(position), "try again"),
            (lambda: database.write(counted), "nothing was changed"),
        ):
            proxy.cut("half_open")
            async with asyncio.timeout(SOON_SECONDS):
                with pytest.raises(StoreUnavailable, match=said):
                    await ask()
                assert await ask() == 1


async def test_whoever_vanishes_does_not_keep_the_lock(
    postgres_url: str, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is cut off in the middle of a write is taken back by the server; the others write on."""
    monkeypatch.setattr(postgres, "_SESSION", postgres._SESSION.replace("'10s'", "'1s'"))
    monkeypatch.setattr(postgres, "_SECONDS", 3.0)
    other = await with_schema(postgres_url)
    async with behind(proxy, postgres_url) as database:
        held = asyncio.Event()

        def vanishing() -> Query[None]:
            yield Lock()
            proxy.cut("half_open")
            held.set()
            yield ByKeys(t.workspace, [1])

        writing = asyncio.create_task(database.write(vanishing))
        await held.wait()
        assert await other.write(counted) == 0
        with pytest.raises(StoreUnavailable):
            await writing
    await other.close()


async def test_what_took_too_long_does_not_keep_the_lock(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that nobody waits for any more is ended by the server, not at its own end."""
    other = await with_schema(postgres_url)
    monkeypatch.setattr(postgres, "_SECONDS", 1.0)
    database = connect(postgres_url, readers=1)
    await database.open()

    def endless() -> Query[None]:
        yield Lock()
        yield Text({"postgres": "SELECT pg_sleep(600)"})

    with pytest.raises(StoreUnavailable):
        await database.write(endless)
    assert await other.write(counted) == 0
    await database.close()
    await other.close()


async def test_a_commit_that_is_not_confirmed_is_not_called_undone(
    postgres_url: str, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost between the order and its confirmation: who asked is told that it may have been done."""
    monkeypatch.setattr(postgres, "_SECONDS", 1.0)
    await (await with_schema(postgres_url)).close()
    async with behind(proxy, postgres_url) as database:

        def unconfirmed() -> Query[None]:
            yield from counted()
            proxy.cut("half_open")

        with pytest.raises(StoreUnavailable, match="may have been made") as lost:
            await database.write(unconfirmed)
        assert lost.value.code == "unconfirmed"


@pytest.mark.parametrize("code", ["53200", "58030", "40P01", "57014"])
async def test_a_server_in_need_is_a_store_that_is_away(postgres_url: str, code: str) -> None:
    """Out of memory, its disk failing, a deadlock, cancelled: it may be asked again, and nothing of ours is broken."""
    database = await with_schema(postgres_url)

    def refused() -> Query[None]:
        yield Text({"postgres": f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"})

    for ask in (database.write, database.read):
        with pytest.raises(StoreUnavailable):
            await ask(refused)
    assert await database.write(counted) == 0
    await database.close()


async def test_reading_connections_keep_their_settings(postgres_url: str) -> None:
    """Each read, not the first of a connection alone, is bound to wait for a lock no longer than is said."""
    await (await with_schema(postgres_url)).close()
    database = connect(postgres_url, readers=1)
    await database.open()

    def settings() -> Query[tuple[str, str]]:
        rows = yield Text({"postgres": "SELECT current_setting('lock_timeout'), current_setting('jit')"})
        return rows[0][0], rows[0][1]

    assert [await database.read(settings) for _ in range(2)] == [("15s", "off")] * 2
    await database.close()
