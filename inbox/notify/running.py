"""The telling of an installation, run by one process at a time: a reader of the log, and what leaves the house."""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from inbox.errors import Unavailable
from inbox.eventlog.bus import HEAD, Bus
from inbox.eventlog.writer import Committed, Writer
from inbox.notify.outgoing import Outgoing
from inbox.notify.reader import Reader

PACE_SECONDS = 0.25
"""Under load the log is read so often, not at each commit."""
POLL_SECONDS = 0.5
"""How long a missed wake-up can cost."""
_RETRY_SECONDS = 5.0
_log = structlog.get_logger(__name__)


class Notifying:
    """Tells agents until cancelled."""

    def __init__(self, writer: Writer, bus: Bus, reader: Reader, outgoing: Outgoing) -> None:
        self._writer = writer
        self._bus = bus
        self._reader = reader
        self._outgoing = outgoing
        self._moved = asyncio.Event()
        self._queued = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def committed(self, committed: Committed) -> None:
        """Listen to the writer. Called in any thread, and quick."""
        if self._loop is not None and committed.state.events:
            self._loop.call_soon_threadsafe(self._moved.set)

    async def run(self) -> None:
        """Work until cancelled. Only one process of the installation may."""
        self._loop = asyncio.get_running_loop()
        self._writer.listeners.append(self.committed)
        stop = self._bus.listen(HEAD, lambda payload: self._moved.set())
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(), name="notify-reader")
                tasks.create_task(self._send(), name="notify-outgoing")
        finally:
            stop()
            self._writer.listeners.remove(self.committed)
            self._loop = None

    async def _read(self) -> None:
        while True:
            self._moved.clear()
            try:
                if await self._reader.catch_up():
                    self._queued.set()
            except Unavailable as unavailable:
                _log.warning("notifications_not_read", detail=unavailable.detail)
            await asyncio.sleep(PACE_SECONDS)
            await _either(self._moved, POLL_SECONDS)

    async def _send(self) -> None:
        while True:
            self._queued.clear()
            seconds: float | None = _RETRY_SECONDS
            try:
                seconds = await self._outgoing.work()
            except Unavailable as unavailable:
                _log.warning("notices_wait", detail=unavailable.detail)
            except Exception as broken:  # the edge of the worker item
                _log.error("notices_failed", exc_info=broken)
            # Digests and tests are queued by others: they are noticed within a few seconds.
            await _either(self._queued, _RETRY_SECONDS if seconds is None else min(seconds, _RETRY_SECONDS))


async def _either(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
