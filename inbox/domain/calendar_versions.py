"""Calendars as people write them, and the versions that are kept: shifts as `09:00-13:00`, dates as `2026-12-24`.

A version says what is open and for whom it holds, from an instant on. Versions are never changed, only followed by
others, so a result of last year can be worked out as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from inbox.domain.calendar import DAY_MINUTES, Hours, Span
from inbox.domain.sla_records import Calendar
from inbox.errors import Invalid

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHIFT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


class CalendarVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a calendar says from an instant on."""

    version: int = 1
    valid_from: int = 0
    zone: str
    weekly: dict[str, tuple[str, ...]] = {}
    """Weekday → shifts. One that ends at or before it begins ends the next day."""
    holidays: str = ""
    """Whose public holidays are closed: `GR`, `DE-BY`; empty for none."""
    closed: dict[str, str] = {}
    """Those holidays as they were known when this was written: date → name."""
    exceptions: dict[str, tuple[str, ...]] = {}
    """Date → shifts of that date alone; none: closed."""
    workspace: bool = False
    """It holds wherever no other does."""
    team_ids: frozenset[int] = frozenset()
    channel_ids: frozenset[int] = frozenset()


def hours_of(version: CalendarVersion) -> Hours:
    """The hours of a version. Raises Invalid with what is wrong in it."""
    try:
        ZoneInfo(version.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"{version.zone!r} is no time zone: write one such as Europe/Athens", code="zone") from None
    strange = sorted(set(version.weekly) - set(WEEKDAYS))
    if strange:
        raise Invalid(f"{strange[0]!r} is no weekday: use {', '.join(WEEKDAYS)}", code="weekly")
    weekly = tuple(_shifts(day, version.weekly.get(day, ())) for day in WEEKDAYS)
    exceptions = {_date(day): _shifts(day, shifts) for day, shifts in version.exceptions.items()}
    return Hours(
        zone=version.zone,
        weekly=weekly,
        closed=frozenset(_date(day) for day in version.closed),
        exceptions=exceptions,
    )


def _shifts(day: str, texts: Sequence[str]) -> tuple[Span, ...]:
    shifts = sorted(_shift(text) for text in texts)
    for (_, end), (begin, _) in pairwise(shifts):
        if begin < end:
            raise Invalid(f"two shifts of {day} overlap: join them into one", code="weekly")
    return tuple(shifts)


def _shift(text: str) -> Span:
    found = _SHIFT.fullmatch(text)
    if found is None:
        raise Invalid(f"{text!r} is no shift: write 09:00-17:00, or 22:00-06:00 past midnight", code="weekly")
    hour, minute, until_hour, until_minute = (int(part) for part in found.groups())
    begin, end = hour * 60 + minute, until_hour * 60 + until_minute
    if end > DAY_MINUTES:
        raise Invalid(f"{text!r} goes past midnight: write 22:00-02:00", code="weekly")
    return begin, end if end > begin else end + DAY_MINUTES


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text!r} is no date: write 2026-12-24", code="exceptions") from None


def dated(known: Mapping[date, str]) -> dict[str, str]:
    """Holidays as a version keeps them."""
    return {day.isoformat(): name for day, name in known.items()}


def years_about(day: date) -> Iterable[int]:
    """Years whose holidays a version written on a day keeps: past ones, for what is counted back, and those to come."""
    return range((day - timedelta(days=3 * 365)).year, day.year + 11)


_decode = msgspec.json.Decoder(list[CalendarVersion]).decode


def versions_of(calendar: Calendar) -> list[CalendarVersion]:
    """All that a calendar ever said, oldest first."""
    return _decode(calendar.versions)


def version_at(versions: Sequence[CalendarVersion], at: int) -> CalendarVersion:
    """The version in force at an instant; the first one also before it was made."""
    return next((one for one in reversed(versions) if one.valid_from <= at), versions[0])
