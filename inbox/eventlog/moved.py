"""Who follows the log sleeps until it moved: by a commit here, by word of another process, or because he is called."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from inbox.eventlog.bus import HEAD, Bus
from inbox.eventlog.writer import Committed, Writer


class LogMoved:
    """A wake-up for one loop. It says that something may be new, never what: a missed one costs a poll.

    `wanted`: whether commits wake at all; who has nothing to do with events is woken by `wake` alone.
    """

    def __init__(self, writer: Writer, bus: Bus) -> None:
        self.wanted = True
        self._writer = writer
        self._bus = bus
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Listen, in the running loop, until the block ends."""
        self._loop = asyncio.get_running_loop()
        self._writer.listeners.append(self._committed)
        stop = self._bus.listen(HEAD, lambda payload: self._woken.set() if self.wanted else None)
        try:
            yield
        finally:
            stop()
            self._writer.listeners.remove(self._committed)
            self._loop = None

    def wake(self) -> None:
        """There is something to look at. Called in any thread; nothing before anybody listens."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._woken.set)

    def clear(self) -> None:
        """All that woke until now is being looked at."""
        self._woken.clear()

    async def within(self, seconds: float | None) -> None:
        """Sleep until it moved, at most so long; None: however long that takes."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    def _committed(self, committed: Committed) -> None:
        """Called by the writer in any thread, and quick."""
        if self.wanted and committed.state.events:
            self.wake()
