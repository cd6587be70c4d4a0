"""When something is tried again, what an answer means, and when a webhook is given up.

An event is tried ten times over three days. The first three times it keeps its place and everything behind it waits:
order is kept over a restart of the receiver. Then it steps aside, so that one event that a receiver cannot digest does
not hold up the others; these may overtake it. When the receiver answers after three failures in a row, all that
stepped aside goes back to its place and is sent first.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from inbox.clock import DAY, HOUR, MINUTE, SECOND

Outcome = Literal["delivered", "retry", "given_up", "gone"]

# About five seconds, five minutes, half an hour, then hours: three days together, as the specification advises
# (https://github.com/standard-webhooks/standard-webhooks, "Deliverability and reliability", read 2026-11-22).
DELAYS = (
    5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR,
)  # fmt: skip
MOST_ATTEMPTS = len(DELAYS) + 1
IN_PLACE = 3
"""Attempts during which an event keeps its place."""
LONGEST_PAUSE = 5 * MINUTE
"""How long a receiver that is down is left alone at most: its return is noticed within that."""
LONGEST_WAIT = DAY
"""The most that a receiver's Retry-After is believed."""
DISABLED_AFTER = 5 * DAY
"""A webhook that took nothing for so long is switched off."""
_SECONDS = re.compile(r"[0-9]{1,9}")


def outcome_of(status: int | None, number: int) -> Outcome:
    """What an attempt came to. `status`: None when there was no answer; `number`: which attempt this was, from 1."""
    if status is not None and 200 <= status < 300:
        return "delivered"
    if status == 410:
        return "gone"
    return "given_up" if number >= MOST_ATTEMPTS else "retry"


def due_again(number: int, place: int, now: int) -> int:
    """When an event that failed for the `number`th time is due. In its place: at the instant it was queued."""
    return place if number < IN_PLACE else now + _jittered(DELAYS[number - 1])


def pause(failures: int, now: int, retry_after: int | None) -> int:
    """Until when a receiver that failed so often in a row is left alone. What it asks for itself is respected."""
    until = now + _jittered(min(DELAYS[min(failures, len(DELAYS)) - 1], LONGEST_PAUSE))
    return until if retry_after is None else max(until, min(retry_after, now + LONGEST_WAIT))


def left_alone_until(paused_until: int | None, failing_since: int | None, now: int) -> int | None:
    """Until when nothing is tried; None: it may be now. A pause that begins later than now, or is longer than there are
    any, is of before the clock was put back: were it kept to, nothing would be sent until the clock is there again.
    """
    if paused_until is None or not now < paused_until <= now + LONGEST_WAIT:
        return None
    return None if failing_since is not None and failing_since > now else paused_until


def retry_after(headers: Mapping[str, str], now: int) -> int | None:
    """The instant (µs) that Retry-After names, as seconds or as a date (RFC 9110 10.2.3); None without one."""
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return now + int(value) * SECOND
    try:
        date = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    moment = date if date.tzinfo else date.replace(tzinfo=UTC)
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * SECOND


def _jittered(delay: int) -> int:
    """Up to a fifth more or less, so that what failed together does not come back together."""
    return round(delay * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load, keeps no secret
