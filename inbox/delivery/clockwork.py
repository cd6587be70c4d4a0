"""Timers: when one is due, the unit that decides what that means is submitted. One process of the installation does it.

A timer is a row that its unit deletes with the event it appends; firing twice, or after its clock was stopped, does
nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog

from inbox import clock
from inbox.domain.records import Timer
from inbox.errors import Unavailable
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Committed, Writer
from inbox.storage import timer as stored
from inbox.storage.database import Database

Due: TypeAlias = Callable[[Timer], Unit | Awaitable[Unit]]
"""The unit that fires a timer; awaited where something has to be looked up for it first."""

SCAN_SECONDS = 1.0
"""How long a timer set by another process may go unseen."""
AT_ONCE = 200
_log = structlog.get_logger(__name__)


class Clockwork:
    """Fires timers until cancelled."""

    def __init__(self, database: Database, writer: Writer, due: Due, *, scan_seconds: float = SCAN_SECONDS) -> None:
        self._database = database
        self._writer = writer
        self._due = due
        self._scan_seconds = scan_seconds
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def committed(self, committed: Committed) -> None:
        """Listen to the writer: a timer that was set may be due before the one waited for. Called in any thread."""
        if committed.state.timers and self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Sleep until the next timer, fire what is due, again."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            seconds = self._scan_seconds
            try:
                await self._fire(await self._database.read(stored.due, clock.now(), AT_ONCE))
                next_at = await self._database.read(stored.next_at)
                if next_at is not None:
                    seconds = min(seconds, max(0.01, (next_at - clock.now()) / clock.SECOND))
            except Unavailable as unavailable:
                _log.warning("timers_not_read", detail=unavailable.detail)
            try:
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _fire(self, timers: list[Timer]) -> None:
        if not timers:
            return
        fired = await asyncio.gather(*(self._one(timer) for timer in timers))
        if not any(fired):
            # Every one of them failed: without a pause they would be tried in a circle.
            await asyncio.sleep(self._scan_seconds)

    async def _one(self, timer: Timer) -> bool:
        try:
            due = self._due(timer)
            await self._writer.submit(due if isinstance(due, Unit) else await due)
        except Unavailable as unavailable:
            _log.warning("timer_not_fired", kind=timer.kind, ref=timer.ref, detail=unavailable.detail)
            return False
        except Exception as broken:  # the edge of the worker item
            _log.error("timer_failed", kind=timer.kind, ref=timer.ref, exc_info=broken)
            return False
        return True
