"""When somebody is there to chat, as the channel's setting says it: weekly spans in the time of a place, holidays.

What is open when is worked out by `inbox.domain.calendar`, as for targets and reports.
"""

from __future__ import annotations

import re
from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from inbox.clock import DAY
from inbox.domain.calendar import Hours as WeeklyHours
from inbox.domain.calendar import OpenHours
from inbox.errors import Invalid

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AHEAD_DAYS = 21
_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_HOLIDAY = re.compile(r"(?:(\d{4})-)?(\d\d)-(\d\d)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Opening(msgspec.Struct, frozen=True):
    """Whether it is open, and until when that stays so (µs); None: for ever, or for weeks."""

    open: bool
    until: int | None


class _Given(msgspec.Struct, forbid_unknown_fields=True):
    timezone: str
    weekly: dict[str, list[str]]
    holidays: list[str] = []


class Hours(msgspec.Struct, frozen=True):
    """When somebody is there. Without spans: always."""

    zone: str
    weekly: tuple[tuple[tuple[int, int], ...], ...]
    """For each day from Monday: (begin, end) in minutes after midnight; an end past 1440 is on the next day."""
    holidays: frozenset[tuple[int | None, int, int]]
    """(year or None for every year, month, day)."""

    def at(self, now: int) -> Opening:
        """Open or closed at an instant."""
        ahead = now + _AHEAD_DAYS * DAY
        spans = _calendar(self, (_EPOCH + timedelta(microseconds=now)).year).intervals(now, ahead)
        if not spans:
            return Opening(False, None)
        begin, end = spans[0]
        if begin > now:
            return Opening(False, begin)
        return Opening(True, end if end < ahead else None)


@lru_cache(maxsize=64)
def _calendar(hours: Hours, year: int) -> OpenHours:
    """The hours around a year: holidays that come back stand in it, and in those before and after, as dates."""
    closed = frozenset(
        date(given or near, month, day)
        for given, month, day in hours.holidays
        for near in (year - 1, year, year + 1)
        if given is not None or (month, day) != (2, 29) or isleap(near)
    )
    return OpenHours([(0, WeeklyHours(zone=hours.zone, weekly=hours.weekly, closed=closed))])


def hours_of(text: str) -> Hours | None:
    """Hours from the channel's setting; None where it is empty: always open. Raises Invalid with what is wrong."""
    if not text.strip():
        return None
    try:
        given = msgspec.json.decode(text, type=_Given)
        ZoneInfo(given.timezone)
    except msgspec.DecodeError as error:
        raise Invalid(f"hours: {error}") from None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"hours: {given.timezone!r} is no time zone: write one such as Europe/Athens") from None
    strange = sorted(set(given.weekly) - set(DAYS))
    if strange:
        raise Invalid(f"hours: {strange[0]!r} is no day: use {', '.join(DAYS)}")
    weekly = tuple(tuple(sorted(_span(span) for span in given.weekly.get(day, []))) for day in DAYS)
    return Hours(given.timezone, weekly, frozenset(_holiday(one) for one in given.holidays))


def _span(text: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(text)
    numbers: tuple[Any, ...] = found.groups() if found else ()
    if not numbers:
        raise Invalid(f"hours: {text!r} is no span of time: write 09:00-18:00")
    begin, end = int(numbers[0]) * 60 + int(numbers[1]), int(numbers[2]) * 60 + int(numbers[3])
    if begin >= 1_440 or end > 1_440:
        raise Invalid(f"hours: {text!r} goes past midnight: write 22:00-02:00")
    return begin, end if end > begin else end + 1_440


def _holiday(text: str) -> tuple[int | None, int, int]:
    found = _HOLIDAY.fullmatch(text)
    if found is None:
        raise Invalid(f"hours: {text!r} is no holiday: write 12-25 or 2026-04-13")
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        date(year or 2024, month or 0, day or 0)
    except ValueError:
        raise Invalid(f"hours: there is no {text!r} in the calendar") from None
    return year, month or 0, day or 0
