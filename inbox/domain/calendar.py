"""Business hours: when people are there to answer, in the time of a place, as it was at each instant.

The rule is that of a clock on the wall. A shift of a date begins when the wall first shows its begin or a later time,
and ends when it first shows its end or a later time. So a time that the spring change skips moves forward to the end of
the gap, the hour that autumn repeats counts as real elapsed time, and shifts that do not overlap on the wall never
overlap in fact. A shift belongs to the date it begins on: a holiday of that date cancels it whole, past midnight too.

Everything here is pure. Holidays are dates: whoever makes a calendar writes them down
(`inbox.domain.public_holidays`), so that a newer list changes no past result. Instants are µs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from inbox.clock import DAY, SECOND

Span = tuple[int, int]
"""Two instants, or a begin and an end in minutes after a date's midnight; an end past 1440 is on the next date."""

DAY_MINUTES = 1_440
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a time on the wall
_EPOCH_UTC = _EPOCH.replace(tzinfo=UTC)
_KEPT_DAYS = 4_096
_FOR_EVER = 2**62
_SEARCHED_DAYS = 366 * 3
"""How far ahead opening hours are looked for: a calendar that is closed longer has none."""


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """What is open week after week in a time zone, and on which dates it is otherwise."""

    zone: str
    weekly: tuple[tuple[Span, ...], ...]
    """Shifts in minutes, for each weekday from Monday."""
    closed: frozenset[date] = frozenset()
    """Holidays."""
    exceptions: Mapping[date, tuple[Span, ...]] = {}
    """Dates with shifts of their own, none if closed; they go before holidays."""

    def shifts(self, day: date) -> tuple[Span, ...]:
        """The shifts that begin on a date."""
        own = self.exceptions.get(day)
        if own is not None:
            return own
        return () if day in self.closed else self.weekly[day.weekday()]


class OpenHours:
    """Hours over time: from each instant on those that were in force then. None: open always.

    The first hours hold for all time before too. What was worked out of a day is kept, so one object serves many
    questions; it may be shared by threads.
    """

    __slots__ = ("_days", "_from", "_hours")

    def __init__(self, pieces: Iterable[tuple[int, Hours | None]]) -> None:
        ordered = sorted(pieces, key=lambda piece: piece[0])
        if not ordered:
            raise ValueError("a calendar needs hours from some instant on")
        self._from = [at for at, _ in ordered]
        self._hours = [hours for _, hours in ordered]
        self._days: dict[int, tuple[int, tuple[Span, ...]]] = {}

    def intervals(self, start: int, end: int) -> list[Span]:
        """When it is open between two instants, in order, those that touch joined."""
        found: list[Span] = []
        for day in range(start // DAY, -(-end // DAY)):
            for begin, until in self._day(day)[1]:
                clipped = max(begin, start), min(until, end)
                if clipped[0] >= clipped[1]:
                    continue
                if found and found[-1][1] == clipped[0]:
                    clipped = (found.pop()[0], clipped[1])
                found.append(clipped)
        return found

    def open_time(self, start: int, end: int) -> int:
        """How much of the time between two instants it is open (µs); 0 if they are the wrong way round."""
        if end <= start:
            return 0
        first, last = start // DAY, end // DAY
        if first == last:
            return _overlap(self._day(first)[1], start, end)
        whole = sum(self._day(day)[0] for day in range(first + 1, last))
        return _overlap(self._day(first)[1], start, end) + whole + _overlap(self._day(last)[1], start, end)

    def add(self, start: int, duration: int) -> int | None:
        """The first instant by which it has been open for `duration` (µs) since `start`; None when it will not be: it
        is closed for the years to come.
        """
        left, day, closed_days = max(duration, 0), start // DAY, 0
        if not left:
            return start
        while closed_days < _SEARCHED_DAYS:
            total, spans = self._day(day)
            if total < left and day * DAY >= start:
                left -= total
            else:
                for begin, end in spans:
                    since = max(begin, start)
                    if end - since >= left:
                        return since + left
                    left -= max(end - since, 0)
            closed_days = 0 if total else closed_days + 1
            day += 1
        return None

    def _day(self, day: int) -> tuple[int, tuple[Span, ...]]:
        """(open time, spans) of a UTC day, counted from 1970."""
        found = self._days.get(day)
        if found is None:
            if len(self._days) >= _KEPT_DAYS:
                self._days.clear()
            spans = self._worked_out(day * DAY, (day + 1) * DAY)
            found = self._days[day] = sum(end - begin for begin, end in spans), spans
        return found

    def _worked_out(self, start: int, end: int) -> tuple[Span, ...]:
        """The spans of a day, each part of it by the hours in force then."""
        spans: list[Span] = []
        piece = max(bisect_right(self._from, start) - 1, 0)
        while piece < len(self._from) and (piece == 0 or self._from[piece] < end):
            since = start if piece == 0 else max(self._from[piece], start)
            until = min(self._from[piece + 1] if piece + 1 < len(self._from) else _FOR_EVER, end)
            if since < until:
                spans += _clipped(self._hours[piece], since, until)
            piece += 1
        return tuple(_joined(spans))


def intervals(calendar: OpenHours | None, start: int, end: int) -> list[Span]:
    """When a calendar is open between two instants; no calendar: always."""
    if calendar is None:
        return [(start, end)] if start < end else []
    return calendar.intervals(start, end)


def open_time(calendar: OpenHours | None, start: int, end: int) -> int:
    """Business time between two instants (µs); without a calendar all of it."""
    return max(end - start, 0) if calendar is None else calendar.open_time(start, end)


def business_seconds(calendar: OpenHours | None, start: int, end: int) -> float:
    """`open_time` in seconds. Percentiles are taken of `open_time`, which is exact."""
    return open_time(calendar, start, end) / SECOND


def add_open_time(calendar: OpenHours | None, start: int, duration: int) -> int | None:
    """The instant at which `duration` (µs) of business time has passed since `start`; None when it never will."""
    return start + max(duration, 0) if calendar is None else calendar.add(start, duration)


def add_business(calendar: OpenHours | None, start: int, seconds: float) -> int | None:
    """`add_open_time` of seconds."""
    return add_open_time(calendar, start, round(seconds * SECOND))


# --- times on a wall


def instant_of(day: date, minutes: int, zone: str) -> int:
    """When a clock in the zone first shows this time of a date, or a later one (µs)."""
    return _instant(day.toordinal(), minutes, zone)


@lru_cache(maxsize=16_384)
def _instant(ordinal: int, minutes: int, zone: str) -> int:
    place = ZoneInfo(zone)
    wall = datetime.combine(date.fromordinal(ordinal), datetime.min.time()) + timedelta(minutes=minutes)
    at = _since(wall.replace(tzinfo=place))
    if _wall(at, place) == wall:
        # Of a repeated time this is the first: `fold` is 0.
        return at
    # Skipped: the clock jumps somewhere between the two readings that the change would allow.
    before, after = _since(wall.replace(tzinfo=place, fold=1)) // SECOND, at // SECOND
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if _wall(middle * SECOND, place) >= wall else (middle, after)
    return after * SECOND


def _since(moment: datetime) -> int:
    since = moment.astimezone(UTC) - _EPOCH_UTC
    return (since.days * 86_400 + since.seconds) * SECOND


def _wall(at: int, place: ZoneInfo) -> datetime:
    return (_EPOCH_UTC + timedelta(microseconds=at)).astimezone(place).replace(tzinfo=None, fold=0)


def _clipped(hours: Hours | None, start: int, end: int) -> list[Span]:
    if hours is None:
        return [(start, end)]
    # A zone is at most 15 hours from UTC, and a shift reaches at most one date further.
    first = (_EPOCH + timedelta(microseconds=start)).date() - timedelta(days=2)
    found: list[Span] = []
    for offset in range((end - start) // DAY + 4):
        day = first + timedelta(days=offset)
        for begin, until in hours.shifts(day):
            span = max(instant_of(day, begin, hours.zone), start), min(instant_of(day, until, hours.zone), end)
            if span[0] < span[1]:
                found.append(span)
    return found


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    return joined


def _overlap(spans: Sequence[Span], start: int, end: int) -> int:
    return sum(max(min(until, end) - max(begin, start), 0) for begin, until in spans)
