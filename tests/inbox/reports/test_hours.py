"""Edge cases of business hours: versions, two calendars, clocks that change, nights, nobody there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors import inbound as net
from inbox import clock
from inbox.clock import SECOND
from inbox.commands.triage import Dismiss
from inbox.storage import tables as t
from tests.inbox.desk import T0
from tests.inbox.domain.promises import calendar, calendar_of
from tests.inbox.reports.bureau import Bureau, bureau
from tests.inbox.world import ATHENS

EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture
async def made(sqlite_url: str) -> AsyncIterator[Bureau]:
    """A bureau; what it counted is recomputed from the log at the end of each test."""
    async with bureau(sqlite_url) as opened:
        yield opened


def daily(*shifts: str) -> dict[str, tuple[str, ...]]:
    """The same shifts every day."""
    return dict.fromkeys(EVERY_DAY, shifts)


async def _waits(made: Bureau, since: str, until: str) -> dict[str, Any]:
    """Somebody writes, and is answered later; the figures on the desk's clock, in both hours."""
    made.desk.now = clock.parse_iso(since)
    await made.desk.writes()
    made.desk.now = clock.parse_iso(until)
    await made.answers()
    (fact,) = await made.facts()
    asked = {"since": fact.opened_at - SECOND, "until": fact.ended_at + SECOND, "clock": "desk"}
    both = [await made.cells("response", hours=hours, **asked) for hours in ("calendar", "business")]
    return {"calendar": both[0]["longest"], "business": both[1]["longest"], "zeros": both[1]["zeros"]}


async def test_calendar_edited_changes_no_past_result(made: Bureau) -> None:
    """Each instant counts by the version then in force."""
    noon = clock.parse_iso("2027-01-18T12:00:00Z")
    await made.desk.world.rows(
        (t.calendar, calendar_of([
            {"zone": "UTC", "weekly": daily("09:00-17:00"), "workspace": True},
            {"zone": "UTC", "weekly": daily("09:00-24:00"), "workspace": True, "valid_from": noon},
        ]))
    )  # fmt: skip

    before = await _waits(made, "2027-01-17T16:00:00Z", "2027-01-17T20:00:00Z")
    assert (before["calendar"], before["business"]) == (4 * 3_600.0, 3_600.0)


async def test_two_calendars_during_one_wait_count_piecewise(made: Bureau) -> None:
    """While a team holds it, that team's hours count; before, the workspace's."""
    await made.desk.world.rows(
        (t.calendar, calendar(50, zone="UTC", weekly=daily("09:00-17:00"))),
        (
            t.calendar,
            calendar(51, zone="UTC", weekly=daily("12:00-13:00"), workspace=False, team_ids=frozenset({ATHENS})),
        ),
    )
    made.desk.now = clock.parse_iso("2027-01-18T10:00:00Z")
    await made.desk.writes()
    made.desk.now = clock.parse_iso("2027-01-18T11:00:00Z")
    await made.desk.triages(team_id=ATHENS)
    made.desk.now = clock.parse_iso("2027-01-18T15:00:00Z")
    await made.answers()

    (fact,) = await made.facts()
    assert fact.desk_worked == (3_600 + 3_600) * SECOND
    assert [one.worked // SECOND for one in await made.stretches(fact.wait_id)] == [3_600, 3_600]


async def test_hours_of_a_wait_taken_for_ended_are_those_of_who_held_it_then(made: Bureau) -> None:
    """A team that gets it after its dismissal counts from when it got it, not from the dismissal on."""
    athens = calendar(51, zone="UTC", weekly=daily("12:00-13:00"), workspace=False, team_ids=frozenset({ATHENS}))
    house = calendar(50, zone="UTC", weekly=daily("09:00-17:00"))
    await made.desk.world.rows((t.calendar, house), (t.calendar, athens))
    made.desk.now = clock.parse_iso("2027-01-18T10:00:00Z")
    await made.desk.writes()
    made.desk.later(1_800)
    await made.desk.do(Dismiss(made.desk.agent(), await made.desk.only(), "thanks"))
    made.desk.later(1_800)
    await made.desk.triages(team_id=ATHENS)
    made.desk.now = clock.parse_iso("2027-01-18T14:00:00Z")
    await made.desk.writes("But it is broken!")
    made.desk.later(3_600)
    await made.answers()

    (fact,) = await made.facts()
    assert [one.worked // SECOND for one in await made.stretches(fact.wait_id)] == [1_800, 1_800, 3_600, 0]
    assert fact.desk_worked == 2 * 3_600 * SECOND


async def test_hours_after_an_answer_that_we_heard_of_late_do_not_count(made: Bureau) -> None:
    """The customer's clock stops at the network's time, whoever held the conversation until we heard of it; also where
    that is before we had the question.
    """
    athens = calendar(51, zone="UTC", weekly=daily("12:00-13:00"), workspace=False, team_ids=frozenset({ATHENS}))
    house = calendar(50, zone="UTC", weekly=daily("09:00-17:00"))
    await made.desk.world.rows((t.calendar, house), (t.calendar, athens))
    ten, given, heard = (clock.parse_iso(f"2027-01-18T{at}:00Z") for at in ("10:00", "11:00", "14:00"))
    us = net.Author(external_id="us", name="Shop", is_self=True)
    place = net.Thread(external_id="chat-eleni", kind="direct", audience="private")

    made.desk.now = ten
    await made.desk.writes()
    made.desk.now = given
    await made.desk.triages(team_id=ATHENS)
    made.desk.now = heard
    await made.desk.writes("From my phone.", author=us, thread=place, occurred_at=ten + 1_800 * SECOND)
    await made.desk.writes("And?", occurred_at=ten + 2 * 3_600 * SECOND, person="budi")
    made.desk.later(600)
    place = net.Thread(external_id="chat-budi", kind="direct", audience="private")
    await made.desk.writes("Sent.", author=us, thread=place, occurred_at=ten + 3 * 3_600 * SECOND)

    first, second = await made.facts()
    assert (first.desk_worked, first.customer_worked) == (7_200 * SECOND, 1_800 * SECOND)
    assert (second.desk_worked, second.customer_worked) == (600 * SECOND, 3_600 * SECOND)


async def test_the_hour_that_autumn_repeats_counts_as_elapsed_time(made: Bureau) -> None:
    """In Athens 03:00 to 05:00 of 31 October 2027 are three hours: clocks go back at 04:00."""
    await made.desk.world.rows((t.calendar, calendar(50, weekly=daily("03:00-05:00"))))

    found = await _waits(made, "2027-10-30T22:00:00Z", "2027-10-31T06:00:00Z")
    assert found["business"] == 3 * 3_600.0


async def test_the_hour_that_spring_skips_is_not_counted(made: Bureau) -> None:
    """In Athens 02:00 to 05:00 of 28 March 2027 are two hours: 03:00 becomes 04:00."""
    await made.desk.world.rows((t.calendar, calendar(50, weekly=daily("02:00-05:00"))))

    found = await _waits(made, "2027-03-27T22:00:00Z", "2027-03-28T06:00:00Z")
    assert found["business"] == 2 * 3_600.0


async def test_overnight_shift_belongs_to_its_start_date(made: Bureau) -> None:
    """It goes past midnight as one; a holiday of the date it begins on cancels it whole."""
    await made.desk.world.rows(
        (t.calendar, calendar(50, zone="UTC", weekly=daily("22:00-06:00"), closed={"2027-01-19": "Holiday"}))
    )

    found = await _waits(made, "2027-01-18T20:00:00Z", "2027-01-20T21:00:00Z")
    assert found["business"] == 8 * 3_600.0


async def test_arrival_and_answer_off_hours_are_zero_and_flagged(made: Bureau) -> None:
    """0 s of business hours is counted, and the share of such zeros is shown; calendar hours stand beside."""
    await made.desk.world.rows((t.calendar, calendar(50, zone="UTC", weekly=daily("09:00-17:00"))))

    found = await _waits(made, "2027-01-18T19:00:00Z", "2027-01-18T20:00:00Z")
    assert found == {"calendar": 3_600.0, "business": 0.0, "zeros": 1}


async def test_days_of_a_report_are_those_of_its_zone(made: Bureau) -> None:
    """A wait that ended at 23:30 UTC ended the next day in Athens, and the weekday and hour are that day's."""
    made.desk.now = clock.parse_iso("2027-01-18T23:00:00Z")
    await made.desk.writes()
    made.desk.later(1_800)
    await made.answers()

    assert list(await made.by("response", "day")) == ["2027-01-18"]
    assert list(await made.by("response", "day", zone="Europe/Athens")) == ["2027-01-19"]
    assert list(await made.by("response", "hour", zone="Asia/Kathmandu")) == ["5"]
    assert list(await made.by("response", "weekday", zone="Europe/Athens")) == ["1"]
    assert made.desk.now > T0
