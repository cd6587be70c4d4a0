"""The one place that reads the clock.

Instants are `int` microseconds since the epoch, UTC: they sort, subtract and store alike on every engine, and
percentiles are exact. They become RFC 3339 text at the edges (`iso`, `parse_iso`). Tests replace the clock through
`set_clock`.

A machine's clock is put right now and then, and may go back by hours. What only this process waits for or counts is
therefore measured with `monotonic`; instants that others see, or that are kept, are of `now`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def _system() -> int:
    return time.time_ns() // 1_000


def _steady() -> int:
    return time.monotonic_ns() // 1_000


_read: Callable[[], int] = _system
_measure: Callable[[], int] = _steady


def now() -> int:
    """The current instant in microseconds."""
    return _read()


def monotonic() -> int:
    """Microseconds since some moment that this process alone knows; setting the machine's clock does not move it."""
    return _measure()


def set_clock(read: Callable[[], int] | None) -> None:
    """Replace `now` and `monotonic` (tests, the sandbox's moved clock); None puts the system's back."""
    global _read, _measure
    _read, _measure = read or _system, read or _steady


def iso(at: int) -> str:
    """RFC 3339 with `Z`, to the millisecond: `2026-11-22T10:00:00.000Z`."""
    return _to_the_second(at // SECOND) + _MILLISECONDS[at // 1_000 % 1_000]


_MILLISECONDS = tuple(f".{n:03d}Z" for n in range(1_000))
"""Every frame holds some seven instants: looked up, each takes less than half of what formatting it does."""


@lru_cache(maxsize=4096)
def _to_the_second(seconds: int) -> str:
    t = time.gmtime(seconds)
    return f"{t.tm_year:04d}-{t.tm_mon:02d}-{t.tm_mday:02d}T{t.tm_hour:02d}:{t.tm_min:02d}:{t.tm_sec:02d}"


def iso_or_none(at: int | None) -> str | None:
    """`iso`, or None for None."""
    return None if at is None else iso(at)


def parse_iso(text: str) -> int:
    """Microseconds of an RFC 3339 instant with an offset. Raises ValueError for anything else, naive times included."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone: end it with Z or an offset")
    try:
        since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is outside of the years 1 to 9999 in UTC") from None
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds
