"""Opening hours in the time of a place: weekly spans, holidays, summer time.

Spans are times on the wall there. One that ends at or before it begins ends the next day. A wall time that the spring
change skips is read as if the clock had not changed yet (03:30 is then 04:30); one that autumn repeats is taken the
first time for an opening, the second time for a closing.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from inbox.clock import SECOND
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
        zone = ZoneInfo(self.zone)
        here = _EPOCH + timedelta(microseconds=now)
        today = here.astimezone(zone).date()
        spans = self._spans(today - timedelta(days=1), zone)
        for begin, end in spans:
            if begin <= now < end:
                return Opening(True, end)
            if begin > now:
                return Opening(False, begin)
        return Opening(False, None)

    def _spans(self, first: date, zone: ZoneInfo) -> list[tuple[int, int]]:
        """Spans of the coming days in order, those that touch joined."""
        found: list[tuple[int, int]] = []
        for offset in range(_AHEAD_DAYS):
            day = first + timedelta(days=offset)
            if self._is_holiday(day):
                continue
            found += [(_instant(day, b, zone, 0), _instant(day, e, zone, 1)) for b, e in self.weekly[day.weekday()]]
        joined: list[tuple[int, int]] = []
        for begin, end in sorted(found):
            if joined and begin <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((begin, end))
        return joined

    def _is_holiday(self, day: date) -> bool:
        return bool({(None, day.month, day.day), (day.year, day.month, day.day)} & self.holidays)


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


def _instant(day: date, minutes: int, zone: ZoneInfo, fold: int) -> int:
    days, rest = divmod(minutes, 1_440)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone).replace(fold=fold)
    if fold and wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        # A skipped closing time: without the fold it is read in the offset before the change.
        wall = wall.replace(fold=0)
    since = wall.astimezone(UTC) - _EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND
