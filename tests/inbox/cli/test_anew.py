"""Beginning anew in the same process, once the log was set back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from inbox.app import Inbox
from inbox.cli import anew
from inbox.cli.anew import again_if_set_back
from inbox.cli.opened import Refusal, opened
from inbox.settings import Settings
from inbox.storage.migrate import migrate
from inbox.worker import Networks
from tests.inbox.eventlog.test_set_back import Note, put_back


async def test_the_work_is_begun_again_in_another_epoch_as_soon_as_the_store_is_there(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing of the first time; a store that is on its way still is waited for."""
    settings = Settings(data_dir=tmp_path, database_url=database_url, secret_key="k" * 40)
    await migrate(settings.store)
    begun: list[tuple[Inbox, int, int]] = []
    refused = iter([False, True, True, False, False])

    @asynccontextmanager
    async def opening(settings: Settings) -> AsyncIterator[Any]:
        if next(refused):
            raise Refusal("the database cannot be reached now")
        async with opened(settings) as inbox:
            yield inbox

    async def work(inbox: Inbox, parts: Networks) -> None:
        begun.append((inbox, inbox.seen.position, inbox.seen.epoch))
        if len(begun) == 1:
            for _ in range(2):
                await inbox.writer.submit(Note())
            await inbox.database.write(lambda: put_back(1))
            await asyncio.Event().wait()

    monkeypatch.setattr(anew, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(anew, "opened", opening)
    async with asyncio.timeout(60):
        await again_if_set_back(settings, work)

    (first, *at_first), (second, position, epoch) = begun
    assert at_first == [0, 1]
    assert (position, epoch > 1, second is not first) == (1, True, True)
    assert not next(refused, False)
