"""Business hours found the slow way: somebody looks at the clock on the wall once a minute, and remembers the latest
time that it has shown. What `inbox.domain.calendar` works out must be the same to the second.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from inbox.clock import DAY, MINUTE, SECOND
from inbox.domain.calendar import Hours, OpenHours, Span, add_business, business_seconds

ZONES = (
    "Europe/Athens", "Europe/Berlin", "Europe/London", "Europe/Helsinki", "America/New_York", "America/St_Johns",
    "America/Havana", "America/Santiago", "America/Sao_Paulo", "America/Scoresbysund", "Africa/Cairo",
    "Africa/Casablanca", "Asia/Beirut", "Asia/Tehran", "Asia/Yerevan", "Asia/Jakarta", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati",
    "Antarctica/Troll", "UTC",
)  # fmt: skip
"""Whole, half and double hours of change, changes at midnight, a date that never was, zones at both ends."""
YEARS = range(2008, 2030)
WINDOW_DAYS = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BEFORE_DAYS = 4
"""The clock is watched from this long before a window: a shift reaches at most two dates."""


def at(moment: datetime) -> int:
    """A moment in µs."""
    since = moment.astimezone(UTC) - _EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND


@cache
def changes_of(zone: str) -> tuple[int, ...]:
    """The UTC days (from 1970) of the years looked at in which the zone's offset changes."""
    place = ZoneInfo(zone)
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    days = [datetime(d.year, d.month, d.day, tzinfo=UTC) for d in _dates(first, last)]
    offsets = [day.astimezone(place).utcoffset() for day in days]
    pairs = zip(days, offsets, offsets[1:], strict=False)
    return tuple(at(day) // DAY for day, before, after in pairs if before != after)


def _dates(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


@lru_cache(maxsize=8192)
def _shown(zone: str, first_day: int, days: int) -> array[int]:
    """For each minute of some UTC days the latest wall time shown so far, in minutes from 1970 of the wall."""
    place = ZoneInfo(zone)
    latest, shown = -1, array("i")
    since = (first_day - _BEFORE_DAYS) * 1_440
    for minute in range(since, (first_day + days) * 1_440):
        wall = (_EPOCH + timedelta(minutes=minute)).astimezone(place).replace(tzinfo=UTC, fold=0) - _EPOCH
        latest = max(latest, wall.days * 1_440 + wall.seconds // 60)
        shown.append(latest)
    return shown[_BEFORE_DAYS * 1_440 :]


def open_minutes(pieces: Sequence[tuple[int, Hours]], first_day: int, days: int) -> list[bool]:
    """For each minute of some UTC days whether it is open, by the hours in force in that minute."""
    ordered = sorted(pieces, key=lambda piece: piece[0])
    walls = [
        (since // MINUTE, _shown(hours.zone, first_day, days), _painted(hours, first_day)) for since, hours in ordered
    ]
    found: list[bool] = []
    first, current = first_day * 1_440, 0
    _, shown, painted = walls[0]
    for index in range(days * 1_440):
        while current + 1 < len(walls) and walls[current + 1][0] <= first + index:
            current += 1
            _, shown, painted = walls[current]
        found.append(painted[shown[index] - first + _BEFORE_DAYS * 1_440] == 1)
    return found


def _painted(hours: Hours, first_day: int) -> bytearray:
    """The wall time near some days minute by minute: 1 where it is in a shift."""
    minutes = bytearray((2 * _BEFORE_DAYS + WINDOW_DAYS) * 1_440)
    for number in range(2 * _BEFORE_DAYS + WINDOW_DAYS - 2):
        day = date(1970, 1, 1) + timedelta(days=first_day - _BEFORE_DAYS + number)
        if day in hours.exceptions:
            shifts = hours.exceptions[day]
        else:
            shifts = () if day in hours.closed else hours.weekly[day.weekday()]
        for begin, end in shifts:
            minutes[number * 1_440 + begin : number * 1_440 + end] = b"\1" * (end - begin)
    return minutes


# --- calendars by chance


def any_calendar(chance: random.Random) -> tuple[list[tuple[int, Hours]], int]:
    """The pieces of a calendar, and the UTC day at which to look at it: mostly about a change of the clock."""
    zone = chance.choice(ZONES)
    changes = changes_of(zone)
    year = chance.choice(YEARS)
    somewhere = at(datetime(year, 1, 1, tzinfo=UTC)) // DAY + 90 * chance.randrange(4)
    day = chance.choice(changes) - chance.randrange(3) if changes and chance.random() < 0.8 else somewhere
    pieces = [(0, any_hours(chance, zone, day))]
    for _ in range(chance.choice((0, 0, 0, 1, 2))):
        since = day * DAY + chance.randrange(WINDOW_DAYS * 1_440) * MINUTE
        other = zone if chance.random() < 0.7 else chance.choice(ZONES)
        pieces.append((since, any_hours(chance, other, day)))
    return pieces, day


def any_hours(chance: random.Random, zone: str, day: int) -> Hours:
    """Hours with split and overnight shifts, holidays and exceptions near a day."""
    near = [date(1970, 1, 1) + timedelta(days=day + offset) for offset in range(-2, WINDOW_DAYS + 1)]
    return Hours(
        zone=zone,
        weekly=tuple(_shifts(chance) for _ in range(7)),
        closed=frozenset(chance.sample(near, chance.choice((0, 0, 1)))),
        exceptions={one: _shifts(chance) for one in chance.sample(near, chance.choice((0, 0, 1)))},
    )


def _shifts(chance: random.Random) -> tuple[Span, ...]:
    spans = []
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        begin = chance.choice((0, 120, 150, 540, chance.randrange(1_440)))
        end = chance.choice((60, 150, 180, 1_440, chance.randrange(1, 1_441)))
        spans.append((begin, end if end > begin else end + 1_440))
    return tuple(sorted(spans))


def difference(seed: int) -> str:
    """How the quick way differs from the slow one for the calendar of this seed, in words; empty for not at all."""
    chance = random.Random(seed)
    pieces, day = any_calendar(chance)
    slow = open_minutes(pieces, day, WINDOW_DAYS)
    calendar = OpenHours(pieces)
    minutes = WINDOW_DAYS * 1_440
    for _ in range(3):
        begin, end = sorted((chance.randrange(minutes + 1), chance.randrange(minutes + 1)))
        start, until = (day * 1_440 + begin) * MINUTE, (day * 1_440 + end) * MINUTE
        counted = sum(slow[begin:end]) * 60
        if business_seconds(calendar, start, until) != counted:
            return f"seed {seed}: {business_seconds(calendar, start, until)} s from {start} to {until}, not {counted}"
        if sum(b - a for a, b in calendar.intervals(start, until)) != counted * SECOND:
            return f"seed {seed}: the intervals from {start} to {until} are not {counted} s"
        if counted:
            last = max(index for index in range(begin, end) if slow[index]) + 1
            due = (day * 1_440 + last) * MINUTE
            if add_business(calendar, start, counted) != due:
                return f"seed {seed}: {counted} s after {start} is {add_business(calendar, start, counted)}, not {due}"
    return ""
