"""Opening hours: the wall clock of a place, its holidays and its summer time."""

from __future__ import annotations

import json

import pytest

from inbox.clock import iso, parse_iso
from inbox.errors import Invalid
from inbox.webchat.hours import Hours, hours_of


def _hours(weekly: dict[str, list[str]], zone: str = "Europe/Athens", holidays: tuple[str, ...] = ()) -> Hours:
    made = hours_of(json.dumps({"timezone": zone, "weekly": weekly, "holidays": holidays}))
    assert made is not None
    return made


def _told(hours: Hours, at: str) -> tuple[bool, str | None]:
    opening = hours.at(parse_iso(at))
    return opening.open, None if opening.until is None else iso(opening.until)


WEEKDAYS = {day: ["09:00-13:00", "14:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
EVERY_DAY = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-11-20T08:00:00Z", (True, "2026-11-20T11:00:00.000Z")),  # Friday 10:00
        ("2026-11-20T11:00:00Z", (False, "2026-11-20T12:00:00.000Z")),  # 13:00 sharp: the break has begun
        ("2026-11-20T16:00:00Z", (False, "2026-11-23T07:00:00.000Z")),  # 18:00: Monday is next
        ("2026-11-20T06:59:59Z", (False, "2026-11-20T07:00:00.000Z")),
    ],
)
def test_open_and_closed_by_the_clock_there(at: str, told: tuple[bool, str]) -> None:
    """Breaks, evenings and weekends are closed, and it is known when that ends."""
    assert _told(_hours(WEEKDAYS), at) == told


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-03-28T06:59:00Z", (False, "2026-03-28T07:00:00.000Z")),  # Saturday, still winter: 09:00 is 07:00 UTC
        ("2026-03-29T06:00:00Z", (True, "2026-03-29T15:00:00.000Z")),  # Sunday, summer: 09:00 is 06:00 UTC
        ("2026-10-24T06:00:00Z", (True, "2026-10-24T15:00:00.000Z")),
        ("2026-10-25T06:30:00Z", (False, "2026-10-25T07:00:00.000Z")),  # back to winter
    ],
)
def test_hours_follow_summer_time(at: str, told: tuple[bool, str]) -> None:
    """Nine o'clock is nine on the wall, before and after the clocks change."""
    assert _told(_hours(EVERY_DAY), at) == told


def test_a_night_over_the_change_of_clocks() -> None:
    """A night shift lasts as long as the night does: an hour less in spring, an hour more in autumn."""
    nights = _hours({"sat": ["22:00-06:00"]}, zone="Europe/Berlin")

    assert _told(nights, "2026-03-28T21:00:00Z") == (True, "2026-03-29T04:00:00.000Z")
    assert _told(nights, "2026-10-24T20:00:00Z") == (True, "2026-10-25T05:00:00.000Z")
    assert _told(nights, "2026-10-25T04:59:59Z")[0] is True


def test_a_skipped_or_repeated_time_is_that_of_the_house_calendar() -> None:
    """One rule for chat, targets and reports: closing means the first time the wall shows the time, or a later one."""
    early = _hours({"sun": ["00:00-02:30"]}, zone="Europe/Berlin")

    assert _told(early, "2026-10-24T23:00:00Z") == (True, "2026-10-25T00:30:00.000Z")
    assert _told(early, "2026-03-28T23:30:00Z") == (True, "2026-03-29T01:00:00.000Z")


def test_holidays_are_closed_each_year_or_once() -> None:
    """A date without a year comes back; one with a year does not. The night before still ends."""
    hours = _hours(EVERY_DAY, holidays=("12-25", "2026-04-13"))

    assert _told(hours, "2026-12-25T10:00:00Z") == (False, "2026-12-26T07:00:00.000Z")
    assert _told(hours, "2027-12-25T10:00:00Z")[0] is False
    assert _told(hours, "2026-04-13T10:00:00Z")[0] is False
    assert _told(hours, "2027-04-13T10:00:00Z")[0] is True


def test_a_holiday_of_leap_years_is_none_in_others() -> None:
    """29 February comes back when there is one."""
    hours = _hours(EVERY_DAY, holidays=("02-29",))

    assert _told(hours, "2028-02-29T10:00:00Z")[0] is False
    assert _told(hours, "2027-03-01T10:00:00Z")[0] is True


def test_round_the_clock_has_no_seam_at_midnight() -> None:
    """Days that touch are one opening, without an end in sight."""
    always = _hours({day: ["00:00-24:00"] for day in EVERY_DAY})

    assert _told(always, "2026-11-20T21:59:59Z") == (True, None)


def test_without_hours_it_is_always_open_and_without_spans_never() -> None:
    """An empty setting is no opening hours; an empty week is closed for good."""
    assert hours_of("  ") is None
    assert _told(_hours({}), "2026-11-20T10:00:00Z") == (False, None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ('{"timezone": "Europe/Athens", "weekly": {"monday": ["09:00-18:00"]}}', "'monday' is no day"),
        ('{"timezone": "Athens", "weekly": {}}', "is no time zone"),
        ('{"timezone": "Europe/Athens", "weekly": {"mon": ["9-18"]}}', "is no span of time"),
        ('{"timezone": "Europe/Athens", "weekly": {"mon": ["09:00-24:30"]}}', "goes past midnight"),
        ('{"timezone": "Europe/Athens", "weekly": {}, "holidays": ["02-30"]}', "no '02-30' in the calendar"),
        ('{"timezone": "Europe/Athens", "weekly": {}, "holidays": ["Easter"]}', "is no holiday"),
        ("nine to five", "hours:"),
    ],
)
def test_what_is_wrong_is_named(given: str, said: str) -> None:
    """A setting that cannot be read says where and how to write it."""
    with pytest.raises(Invalid, match=said):
        hours_of(given)
