"""How fast a channel may send: the manifest's rates, and pauses that the network or its failure asked for."""

from __future__ import annotations

import asyncio

from connectors.contract import Manifest
from inbox import clock

_FORGET_ABOVE = 10_000


class Pace:
    """One channel's. Times are of the loop's clock; pauses, which networks name as an instant, of one that nobody sets:
    put back by an hour, the machine's would make them an hour longer.
    """

    def __init__(self, manifest: Manifest) -> None:
        self._every = 1.0 / manifest.rate_per_second
        self._every_in_thread = 1.0 / manifest.rate_per_thread_second
        self._next = 0.0
        self._next_in: dict[int, float] = {}
        self._paused_until = 0

    async def turn(self, thread_id: int) -> None:
        """Wait until one more may be sent into this thread, and count it."""
        loop = asyncio.get_running_loop()
        at = max(loop.time(), self._next, self._next_in.get(thread_id, 0.0))
        self._next = at + self._every
        if len(self._next_in) > _FORGET_ABOVE:
            self._next_in = {key: value for key, value in self._next_in.items() if value > loop.time()}
        self._next_in[thread_id] = at + self._every_in_thread
        await asyncio.sleep(at - loop.time())

    def pause(self, until: int) -> None:
        """Send nothing before an instant (µs). A shorter pause does not end a longer one."""
        self._paused_until = max(self._paused_until, clock.monotonic() + until - clock.now())

    def resume(self) -> None:
        """Forget the pause."""
        self._paused_until = 0

    @property
    def paused_seconds(self) -> float:
        """How long the pause still lasts; 0 without one."""
        return max(0.0, (self._paused_until - clock.monotonic()) / clock.SECOND)
