"""How often somebody may do something: the generic cell rate algorithm, in memory.

A key has a theoretical arrival time; an attempt is taken when that lies at most `burst` intervals ahead. One number per
key, no windows that reset, exact waiting times. Each process counts for itself: with n processes a limit is at most n
times as wide.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from inbox import clock

_MOST_KEYS = 50_000


class Rate(NamedTuple):
    """`burst` at once, then one every `every_seconds`."""

    burst: int
    every_seconds: float


class Throttle:
    """Remembers, per key, when the next attempt would be due."""

    def __init__(self) -> None:
        self._due: dict[tuple[str, ...], int] = {}

    def take(self, key: tuple[str, ...], rate: Rate) -> int:
        """Count an attempt. 0: it may go on; else the whole seconds until it may, and it was not counted."""
        now = clock.monotonic()
        every = round(rate.every_seconds * clock.SECOND)
        due = max(self._due.get(key, 0), now)
        wait = _wait(due - now, every, rate.burst)
        if wait == 0:
            if len(self._due) >= _MOST_KEYS:
                self._forget(now)
            self._due[key] = due + every
        return wait

    def wait(self, key: tuple[str, ...], rate: Rate) -> int:
        """What `take` would answer, without counting."""
        due = self._due.get(key)
        if due is None:
            return 0
        return _wait(due - clock.monotonic(), round(rate.every_seconds * clock.SECOND), rate.burst)

    def clear(self, key: tuple[str, ...]) -> None:
        """Forget a key: it starts afresh."""
        self._due.pop(key, None)

    def _forget(self, now: int) -> None:
        """Drop what is due anyway; under a flood of keys, everything, since memory is bounded before fairness."""
        self._due = {key: due for key, due in self._due.items() if due > now}
        if len(self._due) >= _MOST_KEYS:
            self._due.clear()


def _wait(ahead: int, every: int, burst: int) -> int:
    """Whole seconds until an attempt may go on whose key is due so far ahead (µs)."""
    beyond = ahead - every * (burst - 1)
    return math.ceil(beyond / clock.SECOND) if beyond > 0 else 0
