"""Business hours over time: shifts, summer time, holidays, versions."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.clock import HOUR, parse_iso
from inbox.domain.calendar import Hours, OpenHours, Span, add_business, business_seconds, instant_of, intervals
from tests.inbox.domain.wall_clock import difference

NINE_TO_FIVE: tuple[Span, ...] = ((9 * 60, 17 * 60),)
EVERY_DAY = (NINE_TO_FIVE,) * 7
WEEKDAYS = (NINE_TO_FIVE,) * 5 + ((),) * 2
MONDAY = "2026-11-23T"
"""An ordinary Monday; Athens is two hours ahead of UTC."""


def hours(weekly: tuple[tuple[Span, ...], ...] = WEEKDAYS, zone: str = "Europe/Athens", **more: object) -> Hours:
    """Hours of one version."""
    return Hours(zone=zone, weekly=weekly, **more)  # type: ignore[arg-type]


def open_hours(
    weekly: tuple[tuple[Span, ...], ...] = WEEKDAYS, zone: str = "Europe/Athens", **more: object
) -> OpenHours:
    """A calendar of one version."""
    return OpenHours([(0, hours(weekly, zone, **more))])


def seconds(calendar: OpenHours | None, start: str, end: str) -> float:
    """Business seconds between two instants written as text."""
    return business_seconds(calendar, parse_iso(start), parse_iso(end))


@settings(max_examples=int(os.environ.get("INBOX_CALENDARS", "60")), deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_every_calendar_agrees_with_a_clock_looked_at_once_a_minute(seed: int) -> None:
    """Whatever the zone, the shifts, the change of the clock: 0 s difference."""
    assert difference(seed) == ""


def test_without_a_calendar_all_time_counts() -> None:
    """No calendar: always open."""
    assert seconds(None, MONDAY + "00:00:00Z", MONDAY + "12:00:00Z") == 12 * 3600
    assert add_business(None, 5, 1) == 1_000_005


def test_split_shifts_inside_one_day() -> None:
    """The siesta is closed."""
    calendar = open_hours((((9 * 60, 13 * 60), (17 * 60, 20 * 60)),) * 7)
    assert seconds(calendar, MONDAY + "12:30:00+02:00", MONDAY + "17:30:00+02:00") == 3600


def test_an_overnight_shift_is_one_interval_of_its_start_date() -> None:
    """Friday 22:00 to Saturday 06:00 belongs to Friday: a holiday on Saturday does not cut it, one on Friday does."""
    night: tuple[tuple[Span, ...], ...] = ((),) * 4 + (((22 * 60, 30 * 60),), (), ())
    friday, saturday = date(2026, 11, 27), date(2026, 11, 28)
    window = "2026-11-27T12:00:00+02:00", "2026-11-28T12:00:00+02:00"

    assert seconds(open_hours(night), *window) == 8 * 3600
    assert seconds(open_hours(night, closed=frozenset({saturday})), *window) == 8 * 3600
    assert seconds(open_hours(night, closed=frozenset({friday})), *window) == 0
    assert len(intervals(open_hours(night), parse_iso(window[0]), parse_iso(window[1]))) == 1


def test_off_hours_arrival_and_answer_are_zero() -> None:
    """Both on a Sunday: no business second passed."""
    assert seconds(open_hours(), "2026-11-22T10:00:00Z", "2026-11-22T12:00:00Z") == 0


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 3, 29), 7), (date(2026, 10, 25), 9), (date(2026, 6, 1), 8)],
)
def test_summer_time_makes_a_night_shorter_and_longer(day: date, expected: int) -> None:
    """00:00 to 08:00 has an hour less when it is skipped, and one more when it is repeated."""
    calendar = open_hours((((0, 8 * 60),),) * 7, "Europe/Berlin")
    night = instant_of(day, 0, "Europe/Berlin"), instant_of(day, 1_440, "Europe/Berlin")
    assert business_seconds(calendar, *night) == expected * 3600


def test_a_skipped_time_moves_forward_to_the_end_of_the_gap() -> None:
    """Berlin has no 02:30 on 29 March 2026: the shift begins at 03:00."""
    begin = instant_of(date(2026, 3, 29), 150, "Europe/Berlin")
    assert begin == parse_iso("2026-03-29T03:00:00+02:00")


def test_a_date_that_never_was_has_no_hours() -> None:
    """Samoa skipped 30 December 2011."""
    calendar = open_hours(EVERY_DAY, "Pacific/Apia")
    found = intervals(calendar, parse_iso("2011-12-29T12:00:00Z"), parse_iso("2012-01-01T00:00:00Z"))
    shown = [datetime.fromtimestamp(begin / 1e6, UTC).isoformat() for begin, _ in found]
    assert shown == ["2011-12-29T19:00:00+00:00", "2011-12-30T19:00:00+00:00", "2011-12-31T19:00:00+00:00"]


def test_an_exception_goes_before_a_holiday() -> None:
    """Open on a holiday, with hours of its own."""
    monday = date(2026, 11, 23)
    calendar = open_hours(closed=frozenset({monday}), exceptions={monday: ((600, 660),)})
    assert seconds(calendar, MONDAY + "00:00:00Z", MONDAY + "22:00:00Z") == 3600


def test_each_instant_is_counted_by_the_version_then_in_force() -> None:
    """An edit at noon changes the afternoon, not the morning."""
    noon = parse_iso(MONDAY + "12:00:00+02:00")
    calendar = OpenHours([(0, hours()), (noon, hours(((),) * 7))])
    assert seconds(calendar, MONDAY + "00:00:00Z", "2026-12-01T00:00:00Z") == 3 * 3600


def test_a_message_on_friday_evening_is_due_on_monday() -> None:
    """10 minutes on Friday, the rest of the hour on Monday."""
    due = add_business(open_hours(), parse_iso("2026-11-27T16:50:00+02:00"), 3600)
    assert due == parse_iso("2026-11-30T09:50:00+02:00")


def test_a_target_that_ends_with_the_shift_is_due_that_day() -> None:
    """The last second of Friday is Friday's, not Monday's first."""
    due = add_business(open_hours(), parse_iso("2026-11-27T16:00:00+02:00"), 3600)
    assert due == parse_iso("2026-11-27T17:00:00+02:00")


def test_a_calendar_that_never_opens_has_no_due_time() -> None:
    """Nothing is due where nobody ever works."""
    assert add_business(open_hours(((),) * 7), parse_iso(MONDAY + "00:00:00Z"), 60) is None


def test_long_targets_and_long_waits_are_exact() -> None:
    """A year of working days there and back."""
    calendar, start = open_hours(), parse_iso("2026-01-01T00:00:00Z")
    due = add_business(calendar, start, 261 * 8 * 3600)
    assert due is not None
    assert business_seconds(calendar, start, due) == 261 * 8 * 3600
    assert business_seconds(calendar, start, due - HOUR) == 261 * 8 * 3600 - 3600
