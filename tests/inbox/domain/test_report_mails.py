"""When a mailed report is due, which days it tells of, and which report its address names."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.clock import iso, parse_iso
from inbox.domain.figures import Filters
from inbox.domain.report_mails import ReportMail, next_due, period_of, read_address, with_period, without_period
from inbox.errors import Invalid


def mail(**fields: Any) -> ReportMail:
    """One that is due on Mondays at eight in Athens."""
    values = {
        "id": 1, "name": "Weekly", "owner_id": 2, "agent_ids": "[]", "addresses": "[]", "query": "", "every": "week",
        "weekday": 0, "month_day": 1, "minute": 8 * 60, "zone": "Europe/Athens", "language": "en", "form": "csv",
        "active": 1, "off_reason": "", "strikes": "{}", "created_at": 0, "version": 1,
    }  # fmt: skip
    return ReportMail(**{**values, **fields})


def days(one: ReportMail, due_at: str) -> tuple[str, str]:
    """The period of a mail due then."""
    since, until = period_of(one, parse_iso(due_at))
    return iso(since), iso(until)


def test_it_is_due_at_a_time_of_day_of_its_zone_across_a_clock_change() -> None:
    """At eight on the wall before and after 25 October 2026."""
    before = next_due(mail(), parse_iso("2026-10-18T00:00:00Z"))
    after = next_due(mail(), before)
    assert (iso(before), iso(after)) == ("2026-10-19T05:00:00.000Z", "2026-10-26T06:00:00.000Z")


def test_at_the_instant_itself_the_next_one_is_meant() -> None:
    """A timer that fired in time does not fire again."""
    every_day = mail(every="day", zone="UTC")
    assert iso(next_due(every_day, parse_iso("2026-11-22T08:00:00Z"))) == "2026-11-23T08:00:00.000Z"


def test_a_day_that_a_month_does_not_have_is_its_last() -> None:
    """The 31st is 28 February."""
    assert iso(next_due(mail(every="month", month_day=31, zone="UTC"), parse_iso("2027-02-01T00:00:00Z"))) == (
        "2027-02-28T08:00:00.000Z"
    )


def test_its_period_are_whole_local_days_that_are_over() -> None:
    """Yesterday, the seven days before, the calendar month before; a week with a clock change has an hour more."""
    assert days(mail(every="day"), "2026-11-23T06:00:00Z") == ("2026-11-21T22:00:00.000Z", "2026-11-22T22:00:00.000Z")
    assert days(mail(), "2026-10-26T06:00:00Z") == ("2026-10-18T21:00:00.000Z", "2026-10-25T22:00:00.000Z")
    assert days(mail(every="month", month_day=5), "2027-01-05T06:00:00Z") == (
        "2026-11-30T22:00:00.000Z", "2026-12-31T22:00:00.000Z",
    )  # fmt: skip


def test_the_address_of_the_reports_page_is_understood_as_it_stands() -> None:
    """Its period is left out; filters, hours and clock are kept."""
    copied = "?report=response&from=2026-10-01&to=2026-10-31&zone=UTC&hours=business&by=team&team=7&network=none&cell=n"
    address = read_address(copied)
    assert (address.report, address.by, address.hours, address.clock) == ("response", ("team",), "business", "customer")
    assert address.filters == Filters(team=(7,), network=("",))
    assert read_address("report=nps&survey=3").filters == Filters(survey=(3,))
    assert read_address("report=targets&measure=resolution&by=tag").asked(0, 1, "UTC", 1).measure == "resolution"
    kept = without_period(copied)
    assert kept == "report=response&hours=business&by=team&team=7&network=none"
    since, until = period_of(mail(), parse_iso("2026-11-23T06:00:00Z"))
    assert with_period(kept, since, until, "Europe/Athens").endswith(
        "&from=2026-11-16&to=2026-11-22&zone=Europe%2FAthens"
    )


@pytest.mark.parametrize("query", ["colour=red", "team=seven", "hours=night", "clock=wall", "report=response&survey=3"])
def test_what_the_page_does_not_write_is_refused(query: str) -> None:
    """In words that name the remedy or the choice."""
    with pytest.raises(Invalid) as refused:
        read_address(query)
    assert refused.value.code == "query"
