"""Calendars as people write them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from inbox.domain.calendar_versions import CalendarVersion, hours_of, version_at, years_about
from inbox.errors import Invalid


def test_shifts_are_read_in_order_and_past_midnight() -> None:
    """An end at or before the begin is on the next day; 24:00 is the end of this one."""
    hours = hours_of(
        CalendarVersion(
            zone="Europe/Athens",
            weekly={"mon": ("17:00-20:00", "09:00-13:00"), "fri": ("22:00-06:00",), "sat": ("00:00-24:00",)},
            closed={"2026-12-25": "Christmas Day"},
            exceptions={"2026-12-24": ("09:00-12:00",), "2026-12-31": ()},
        )
    )

    assert hours.weekly[0] == ((540, 780), (1020, 1200))
    assert (hours.weekly[4], hours.weekly[5]) == (((1320, 1800),), ((0, 1440),))
    assert hours.closed == {date(2026, 12, 25)}
    assert hours.exceptions == {date(2026, 12, 24): ((540, 720),), date(2026, 12, 31): ()}


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"zone": "Mars/Olympus"}, "Europe/Athens"),
        ({"weekly": {"monday": ()}}, "mon, tue"),
        ({"weekly": {"mon": ("9-17",)}}, "09:00-17:00"),
        ({"weekly": {"mon": ("09:00-24:30",)}}, "22:00-02:00"),
        ({"weekly": {"mon": ("09:00-13:00", "12:00-14:00")}}, "join them"),
        ({"exceptions": {"24.12.": ()}}, "2026-12-24"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_remedy(wrong: dict[str, Any], remedy: str) -> None:
    """The person who writes a calendar learns how."""
    with pytest.raises(Invalid, match=remedy):
        hours_of(CalendarVersion(**({"zone": "UTC"} | wrong)))


def test_the_first_version_also_holds_before_it_was_made() -> None:
    """Past waits can be counted in a calendar made today."""
    versions = [CalendarVersion(zone="UTC", valid_from=10), CalendarVersion(zone="UTC", version=2, valid_from=20)]

    assert [version_at(versions, at).version for at in (5, 10, 19, 20, 99)] == [1, 1, 1, 2, 2]


def test_holidays_are_kept_for_the_years_around() -> None:
    """Past ones for what is counted back, ten years to come."""
    years = list(years_about(date(2026, 11, 22)))

    assert (years[0], years[-1]) == (2023, 2036)
