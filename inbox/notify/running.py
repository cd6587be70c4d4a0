"""The telling of an installation, run by one process at a time: a reader of the log, and what leaves the house."""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from inbox.errors import Unavailable
from inbox.eventlog.bus import Bus
from inbox.eventlog.moved import LogMoved
from inbox.eventlog.writer import Writer
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
        self._reader = reader
        self._outgoing = outgoing
        self._moved = LogMoved(writer, bus)
        self._queued = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled. Only one process of the installation may."""
        with self._moved.heard():
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(), name="notify-reader")
                tasks.create_task(self._send(), name="notify-outgoing")

    async def _read(self) -> None:
        while True:
            self._moved.clear()
            try:
                if await self._reader.catch_up():
                    self._queued.set()
            except Unavailable as unavailable:
                _log.warning("notifications_not_read", detail=unavailable.detail)
            await asyncio.sleep(PACE_SECONDS)
            await self._moved.within(POLL_SECONDS)

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
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_RETRY_SECONDS if seconds is None else min(seconds, _RETRY_SECONDS)):
                    await self._queued.wait()
