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
PUT_OFF = 10
"""Scans after which a timer that failed is tried again; those behind it have their turn meanwhile."""
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
        self._put_off: dict[_Key, int] = {}
        """Those that failed → when they are tried again."""

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
            now = clock.now()
            try:
                if await self._fire_due(now):
                    continue
                next_at = await self._database.read(stored.next_at, now)
                if next_at is not None:
                    seconds = min(seconds, max(0.01, (next_at - clock.now()) / clock.SECOND))
            except Unavailable as unavailable:
                _log.warning("timers_not_read", detail=unavailable.detail)
            try:
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _fire_due(self, now: int) -> bool:
        """Fire what is due; whether there may be more of it."""
        found = await self._database.read(stored.due, now, AT_ONCE + len(self._put_off))
        self._put_off = {key: at for timer in found if (at := self._put_off.get(key := _key(timer)))}
        timers = [timer for timer in found if self._put_off.get(_key(timer), 0) <= now]
        await asyncio.gather(*(self._one(timer) for timer in timers))
        return len(timers) >= AT_ONCE

    async def _one(self, timer: Timer) -> None:
        try:
            due = self._due(timer)
            await self._writer.submit(due if isinstance(due, Unit) else await due)
        except Unavailable as unavailable:
            _log.warning("timer_not_fired", kind=timer.kind, ref=timer.ref, detail=unavailable.detail)
            self._put(timer, off=1)
        except Exception as broken:  # the edge of the worker item
            _log.error("timer_failed", kind=timer.kind, ref=timer.ref, exc_info=broken)
            self._put(timer, off=PUT_OFF)

    def _put(self, timer: Timer, *, off: int) -> None:
        self._put_off[_key(timer)] = clock.now() + round(off * self._scan_seconds * clock.SECOND)


_Key: TypeAlias = tuple[str, int, int]


def _key(timer: Timer) -> _Key:
    """One that is set anew is another."""
    return timer.kind, timer.ref, timer.due_at
