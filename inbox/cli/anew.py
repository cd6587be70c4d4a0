"""Beginning anew in the same process, with nothing remembered, once the log was found set back: as a supervisor would
have it, but without one, and without the sockets that wait to be served being refused meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import structlog

from inbox.cli import keys
from inbox.cli.opened import opened, refused
from inbox.cli.told import told_to_end, until
from inbox.settings import Settings

if TYPE_CHECKING:
    from inbox.app import Inbox
    from inbox.eventlog.set_back import LogSetBack
    from inbox.worker import Networks

log = structlog.get_logger(__name__)
RETRY_SECONDS = 1.0

Work = Callable[["Inbox", "Networks"], Coroutine[Any, Any, None]]


async def again_if_set_back(settings: Settings, work: Work) -> None:
    """Do what a process is for until it is told to end, from the beginning each time that the log was set back."""
    told = told_to_end()
    while (set_back := await _once(settings, work, told)) is not None:
        seen, found = set_back.seen, set_back.found
        log.error("log_set_back", seen=seen.position, found=found.position, epoch=seen.epoch)
        await _another_epoch(settings, seen.epoch, told)


async def _once(settings: Settings, work: Work, told: asyncio.Event) -> LogSetBack | None:
    """Open, work, close. None when it was told to end."""
    from inbox.worker import networks

    if told.is_set():
        return None
    async with opened(settings) as inbox, networks(inbox) as parts:
        await keys.say_if_lost(inbox)
        looking = asyncio.create_task(inbox.set_back.wait(), name="set-back")
        try:
            await until(told, work(inbox, parts), looking)
        finally:
            looking.cancel()
        return inbox.lost


async def _another_epoch(settings: Settings, ended: int, told: asyncio.Event) -> None:
    """Begin one as soon as the store takes it: it may be on its way still."""
    from inbox.eventlog.set_back import BeginEpoch

    while not told.is_set():
        try:
            async with opened(settings) as inbox:
                log.info("epoch_begun", epoch=await inbox.writer.submit(BeginEpoch(ended)))
                return
        except Exception as problem:  # the edge of a worker item: drivers have many ways to fail
            log.warning("store_unavailable", detail=str(refused(problem)))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RETRY_SECONDS):
                await told.wait()
