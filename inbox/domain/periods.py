"""Days, weeks and hours of a place: where they begin, what they are called, and the one before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from inbox.clock import DAY, HOUR, SECOND
from inbox.domain.calendar import instant_of
from inbox.errors import Invalid

Step = Literal["hour", "day", "week"]
TIME_KEYS = ("day", "week", "weekday", "hour")
"""Dimensions made of an instant: date, week (its Monday), weekday (Monday is 0), hour of the day."""
MAX_SAMPLES = 800
_MONDAY = 3
"""The first day of 1970 was a Thursday."""


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name. Raises Invalid for one that is not in the IANA list."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"there is no time zone {name!r}: take a name such as Europe/Athens", code="zone") from None


@lru_cache(maxsize=256)
def offsets(zone: str, since: int, until: int) -> tuple[tuple[int, int], ...]:
    """(until when, µs east of UTC) of the spans of time with one offset, in order; the last goes on until 2**62."""
    place = zone_of(zone)
    found: list[tuple[int, int]] = []
    at, offset = since, _offset(place, since)
    while at < until:
        following = min(at + DAY, until)
        changed = _offset(place, following)
        if changed != offset:
            before, after = at, following
            while after - before > SECOND:
                middle = (before + after) // 2 // SECOND * SECOND
                if middle <= before:
                    break
                before, after = (middle, after) if _offset(place, middle) == offset else (before, middle)
            found.append((after, offset))
            offset = changed
        at = following
    return (*found, (2**62, offset))


def _offset(place: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at // SECOND, UTC).astimezone(place).utcoffset()
    assert offset is not None
    return (offset.days * 86_400 + offset.seconds) * SECOND


def key_of(name: str, local: int) -> int:
    """A time key of a local instant (µs, offset added)."""
    day = local // DAY
    if name == "day":
        return day
    if name == "week":
        return (day + _MONDAY) // 7
    return (day + _MONDAY) % 7 if name == "weekday" else local // HOUR % 24


def label_of(name: str, key: int) -> str:
    """A time key in words: dates as ISO 8601, a week by its Monday, weekday and hour as numbers."""
    if name == "day":
        return (date(1970, 1, 1) + timedelta(days=key)).isoformat()
    if name == "week":
        return (date(1970, 1, 1) + timedelta(days=key * 7 - _MONDAY)).isoformat()
    return str(key)


def end_of(name: str, key: int, zone: str) -> int:
    """The instant at which a day or week is over."""
    days = key + 1 if name == "day" else key * 7 - _MONDAY + 7
    return instant_of(date(1970, 1, 1) + timedelta(days=days), 0, zone)


def midnight(at: int, zone: str) -> int:
    """The beginning of the day that an instant is in."""
    local = at + _offset(zone_of(zone), at)
    return instant_of(date(1970, 1, 1) + timedelta(days=local // DAY), 0, zone)


def samples(since: int, until: int, step: Step, zone: str) -> list[int]:
    """The instants between two at which a local hour, day or week begins, the first at or after `since`. Raises Invalid
    for more than `MAX_SAMPLES`.
    """
    if (until - since) // {"hour": HOUR, "day": DAY, "week": 7 * DAY}[step] > MAX_SAMPLES:
        raise Invalid(f"that are more than {MAX_SAMPLES} points: take a longer step or a shorter period", code="period")
    if step == "hour":
        return list(range(-(-since // HOUR) * HOUR, until + 1, HOUR))
    place = zone_of(zone)
    day = (since + _offset(place, since)) // DAY
    found = []
    while (at := instant_of(date(1970, 1, 1) + timedelta(days=day), 0, zone)) <= until:
        if at >= since and (step == "day" or (day + _MONDAY) % 7 == 0):
            found.append(at)
        day += 1
    return found


def before(since: int, until: int, zone: str) -> tuple[int, int]:
    """The period before this one: as many local days where it is made of whole days, else as long."""
    if midnight(since, zone) == since and midnight(until, zone) == until:
        place = zone_of(zone)
        first, last = ((at + _offset(place, at)) // DAY for at in (since, until))
        start = date(1970, 1, 1) + timedelta(days=2 * first - last)
        return instant_of(start, 0, zone), since
    return 2 * since - until, since
