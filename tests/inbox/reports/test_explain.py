"""A number explained is the number: the same derivation, with its events and intervals."""

from __future__ import annotations

from inbox import clock
from inbox.storage import tables as t
from tests.inbox.desk import ANNA, CLEO
from tests.inbox.domain.promises import calendar
from tests.inbox.reports.bureau import bureau
from tests.inbox.reports.test_hours import daily


async def test_a_wait_is_told_with_events_and_open_hours(database_url: str) -> None:
    """Clocks, parts, who held it when, business intervals, and every event with position, time, actor and words."""
    async with bureau(database_url) as made:
        await made.desk.world.rows((t.calendar, calendar(50, zone="UTC", weekly=daily("09:00-17:00"))))
        made.desk.now = clock.parse_iso("2027-01-18T16:00:00Z")
        await made.desk.writes(occurred_at=made.desk.now - 60 * clock.SECOND)
        made.desk.later(1_800)
        await made.desk.triages(assignee_id=ANNA)
        made.desk.now = clock.parse_iso("2027-01-19T10:00:00Z")
        message = await made.desk.replies()
        made.desk.later(5)
        await made.desk.accepts(message)
        (fact,) = await made.facts()

        told = await made.reports.explain(fact.wait_id, made.desk.agent(CLEO))

    assert told.stored
    customer, desk = told.clocks
    assert (customer.seconds, desk.seconds) == (60 + 18 * 3_600 + 5.0, 18 * 3_600.0)
    assert (desk.business_seconds, customer.business_seconds) == (7_200.0, 7_265.0)
    assert sum(told.parts.values()) == customer.seconds
    assert [(span.part, span.seconds, span.business_seconds) for span in told.spans] == [
        ("queue", 1_800.0, 1_800.0),
        ("person", 63_000.0, 5_400.0),
    ]
    assert told.spans[1].open == [
        ("2027-01-18T16:30:00.000Z", "2027-01-18T17:00:00.000Z"),
        ("2027-01-19T09:00:00.000Z", "2027-01-19T10:00:00.000Z"),
    ]
    assert [step.type for step in told.steps] == [
        "wait_opened", "assignee_changed", "message_sent", "wait_answered", "delivery_changed",
    ]  # fmt: skip
    assert [step.actor for step in told.steps] == ["Inbox", "Anna", "Anna", "Anna", "Anna"]
    assert all(step.words and step.position for step in told.steps)


async def test_a_running_wait_is_told_up_to_now(sqlite_url: str) -> None:
    """Its clocks run, and it has no end."""
    async with bureau(sqlite_url) as made:
        await made.desk.writes()
        made.desk.later(90)
        (fact,) = await made.facts()

        told = await made.reports.explain(fact.wait_id, made.desk.agent())

    assert [(one.seconds, one.until, one.ends_with) for one in told.clocks] == [(90.0, None, "it runs")] * 2
    assert told.end == ""
