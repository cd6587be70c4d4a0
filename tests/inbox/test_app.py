"""The parts of a process, put together: what it hears of its own writes and of others'."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from inbox.app import Inbox, every
from inbox.domain import events as e
from inbox.domain.state import State
from inbox.eventlog import log
from inbox.eventlog.bus import HEAD
from inbox.eventlog.unit import Unit
from inbox.settings import Settings
from inbox.storage.database import StoreUnavailable
from inbox.storage.migrate import migrate
from tests.inbox import wall
from tests.inbox.eventlog.test_set_back import put_back


class Renames(Unit):
    """Changes a setting."""

    def decide(self, state: State) -> int:
        """The position taken."""
        return state.emit(e.SettingChanged(object="workspace", id=1)).position


def settings_of(database_url: str, folder: Path) -> Settings:
    """Of a process with a folder of its own."""
    return Settings(data_dir=folder, database_url=database_url, public_url="https://inbox.test", secret_key="k" * 40)


async def test_what_another_process_changes_is_heard_once_and_in_order(database_url: str, tmp_path: Path) -> None:
    """Settings events of this process and of another reach whoever listens, wherever they were written."""
    settings = settings_of(database_url, tmp_path)
    await migrate(settings.store)
    heard: list[e.Event] = []
    async with Inbox.open(settings) as here, Inbox.open(settings) as there:
        here.heard.append(heard.append)
        await here.writer.submit(Renames())
        assert len(heard) == 1
        await there.writer.submit(Renames())
        here.bus.publish(HEAD)
        async with asyncio.timeout(30):
            while len(heard) < 2:
                await asyncio.sleep(0.01)
        await here.writer.submit(Renames())
        assert len(heard) == 3


async def test_a_commit_of_ours_is_not_read_from_the_log_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wake-up for a position that this process wrote itself asks the store nothing."""
    settings = settings_of(database_url, tmp_path)
    await migrate(settings.store)
    monkeypatch.setattr("inbox.app.FOLLOW_SECONDS", 60.0)
    async with Inbox.open(settings) as here:
        asked: list[Any] = []
        read = here.database.read

        async def counted(query: Any, *args: Any, **kwargs: Any) -> Any:
            asked.append(query)
            return await read(query, *args, **kwargs)

        monkeypatch.setattr(here.database, "read", counted)
        position = await here.writer.submit(Renames())
        here.bus.publish(HEAD, str(position).encode())
        await asyncio.sleep(0)
        await here.writer.submit(Renames())
        assert log.settings_after not in asked
        here.bus.publish(HEAD, str(position + 100).encode())
        async with asyncio.timeout(30):
            while log.settings_after not in asked:
                await asyncio.sleep(0.01)


async def test_a_log_that_was_set_back_is_told(database_url: str, tmp_path: Path) -> None:
    """Whoever waits for it hears of it within a moment, though nobody writes; until then nothing is written here."""
    settings = settings_of(database_url, tmp_path)
    await migrate(settings.store)
    async with Inbox.open(settings) as here:
        position = await here.writer.submit(Renames())
        assert not here.set_back.is_set()
        await here.database.write(lambda: put_back(position - 1))
        with pytest.raises(StoreUnavailable, match="set back"):
            await here.writer.submit(Renames())
        async with asyncio.timeout(30):
            await here.set_back.wait()
        assert here.lost is not None
        assert (here.lost.seen.position, here.lost.found.position) == (position, position - 1)


async def test_what_is_done_again_and_again_goes_on_when_the_clock_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when that happens while it is being done."""
    done = asyncio.Semaphore(0)

    async def do() -> None:
        wall.put_back(monkeypatch, hours=3)
        done.release()

    task = asyncio.ensure_future(every(0.01, do, "something"))
    async with asyncio.timeout(20):
        await done.acquire()
        await done.acquire()
    task.cancel()
