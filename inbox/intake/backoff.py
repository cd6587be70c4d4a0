"""How long to stay away from a network that failed: exponential, with jitter, never for ever."""

from __future__ import annotations

import secrets

from connectors.errors import SendError, SendErrorKind
from inbox import clock

LONGEST_ASKED = clock.HOUR
"""A network, or whatever stands before it, may ask us to stay away for days, by mistake as well: it is asked after this
time whether it still means it.
"""
_chance = secrets.SystemRandom()


def delay_seconds(failures: int, *, first: float, longest: float) -> float:
    """The wait after so many failures in a row (1: the first). Half of it is chance, so that many do not come back at
    once.
    """
    full = min(longest, first * 2 ** min(failures - 1, 30))
    return _chance.uniform(full / 2, full)


def asked_until(error: SendError) -> int | None:
    """Until when (µs) a network wants to be left alone, LONGEST_ASKED from now at most; None where it does not say."""
    return None if error.until is None else min(error.until, clock.now() + LONGEST_ASKED)


def delay_after(error: SendError, failures: int, *, first: float = 5.0, longest: float = 300.0) -> float:
    """The wait that an error of a network asks for: until the instant it named, else by the count of failures."""
    until = asked_until(error)
    if error.kind is SendErrorKind.THROTTLED and until is not None:
        return max(0.0, (until - clock.now()) / clock.SECOND) + _chance.uniform(0.0, 0.5)
    if error.kind is SendErrorKind.REAUTH:
        return longest
    return delay_seconds(failures, first=first, longest=longest)
