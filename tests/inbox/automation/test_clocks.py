"""Rules that wait for a time, and rules with a schedule."""

from __future__ import annotations

from typing import Any

import msgspec

from inbox.clock import HOUR, iso
from inbox.commands.rules import PutRule
from inbox.domain.calendar_versions import WEEKDAYS
from inbox.domain.rules import OnSchedule, Trigger
from inbox.domain.schedules import next_occurrence
from inbox.domain.sla_records import Calendar
from inbox.storage import tables as t
from tests.inbox.automation.office import Office
from tests.inbox.automation.test_acting import OFFICE_HOURS
from tests.inbox.desk import ANNA, CLEO

URGENT = {"do": "priority", "to": "urgent"}


def after(what: str, time: float, **more: Any) -> dict[str, Any]:
    """A trigger by time."""
    return {"on": "time", "what": what, "seconds": round(time * 3600), **more}


async def passes(there: Office, hours: float) -> None:
    """Time passes, and the rules look at the clock."""
    await there.works()
    there.desk.later(hours * 3600)
    await there.works()


async def test_who_waits_too_long_is_noticed_once(there: Office) -> None:
    """Once for each wait, also when it goes on after it seemed answered."""
    await there.rule(URGENT, {"do": "note", "text": "waits"}, trigger=after("waiting", 2))
    await there.desk.writes()
    await passes(there, 1.9)
    assert await there.runs() == []
    await passes(there, 0.2)
    answer = await there.desk.replies()
    await there.desk.accepts(answer)
    await there.works()
    await there.desk.told_failed(answer)
    await passes(there, 3)
    assert len(await there.runs()) == 1
    await there.desk.accepts(await there.desk.replies("Again"))
    there.desk.later(60)
    await there.desk.writes("Hello?")
    await passes(there, 2.1)
    assert len(await there.runs()) == 2


async def test_who_waits_already_when_the_rule_is_made_is_noticed_in_time(there: Office) -> None:
    """Those over the time already are not: a new rule does not run over the past."""
    await there.desk.writes(person="long")
    there.desk.later(3 * 3600)
    await there.desk.writes(person="short")
    await there.rule(URGENT, trigger=after("waiting", 2))
    await passes(there, 2.1)

    [run] = await there.runs()
    assert (await there.desk.rows("SELECT max(id) FROM conversation"))[0][0] == run.conversation_id


async def test_an_answer_in_time_stops_the_clock(there: Office) -> None:
    """Nothing is due any more."""
    await there.rule(URGENT, trigger=after("waiting", 2))
    await there.desk.writes()
    await there.works()
    await there.desk.accepts(await there.desk.replies())
    await passes(there, 3)
    assert await there.runs() == []


async def test_what_nobody_owns_is_noticed(there: Office) -> None:
    """From when nobody owns it; an owner stops the clock."""
    await there.rule(URGENT, trigger=after("unassigned", 1))
    await there.desk.writes(person="one")
    await there.desk.writes(person="two")
    one, two = [row[0] for row in await there.desk.rows("SELECT id FROM conversation ORDER BY id")]
    await there.works()
    await there.desk.triages(conversation=one, assignee_id=ANNA)
    await passes(there, 1.1)
    await there.desk.triages(conversation=one, assignee_id=None)
    await passes(there, 0.9)
    assert [run.conversation_id for run in await there.runs()] == [two]
    await passes(there, 0.2)
    assert [run.conversation_id for run in await there.runs()] == [two, one]


async def test_silence_after_our_answer_closes_and_is_counted_apart(there: Office) -> None:
    """Not while somebody waits, nor when the customer wrote meanwhile."""
    await there.rule({"do": "close"}, trigger=after("silent", 48))
    for person in ("quiet", "writes"):
        await there.desk.writes(person=person)
    quiet, writes = [row[0] for row in await there.desk.rows("SELECT id FROM conversation ORDER BY id")]
    there.desk.later(60)
    for conversation in (quiet, writes):
        await there.desk.accepts(await there.desk.replies(conversation=conversation))
    await passes(there, 40)
    await there.desk.writes("Thanks, but…", person="writes")
    await passes(there, 9)

    assert [(await there.desk.conversation(c)).status for c in (quiet, writes)] == ["closed", "open"]
    closed = await there.desk.rows("SELECT data, actor_kind FROM event WHERE type = 'conversation_closed'")
    assert [(b'"automatic":true' in bytes(row[0]), row[1]) for row in closed] == [(True, "rule")]


async def test_business_hours_count_where_the_rule_says_so(there: Office) -> None:
    """Two hours from Friday 16:00 are over on Monday 10:00."""
    await there.world.rows((t.calendar, Calendar(71, "Office", OFFICE_HOURS, 1, 1)))
    there.desk.now += 16 * HOUR - there.desk.now % (24 * HOUR)
    await there.rule(URGENT, trigger=after("waiting", 2, hours="business"))
    await there.desk.writes()
    await passes(there, 65.9)
    assert await there.runs() == []
    await passes(there, 0.2)
    assert len(await there.runs()) == 1


async def test_a_rule_that_was_changed_counts_by_its_new_time(there: Office) -> None:
    """What runs is noted anew; a rule that is switched off forgets it."""
    rule = await there.rule(URGENT, trigger=after("waiting", 2))
    await there.desk.writes()
    await there.works()
    directory, admin = there.world.directory, there.desk.agent(CLEO)
    longer = {"trigger": _converted(after("waiting", 4))}
    await there.desk.do(PutRule(admin, rule.id, {}, longer, directory=directory))
    await passes(there, 2.1)
    assert await there.runs() == []
    await there.desk.do(PutRule(admin, rule.id, {"active": 0}, {}, directory=directory))
    assert await there.desk.rows("SELECT * FROM rule_due") == []


def _converted(trigger: dict[str, Any]) -> Trigger:
    return msgspec.convert(trigger, Trigger)  # type: ignore[arg-type]


async def test_a_schedule_asks_every_conversation_that_is_not_closed(there: Office) -> None:
    """At its time, each day, once; slices of many conversations are one occurrence."""
    schedule = {"on": "schedule", "days": list(WEEKDAYS), "time": "09:00", "zone": "UTC"}
    for n in range(120):
        await there.desk.writes(person=f"p{n}")
    note = {"do": "note", "text": "daily"}
    await there.rule(note, trigger=schedule, when={"field": "waiting_seconds", "op": "at_least", "value": 1})
    await passes(there, 23.9)
    await passes(there, 0.2)
    await there.reader().catch_up()
    assert len(await there.runs()) == 120
    await passes(there, 24)
    assert len(await there.runs()) == 240


def test_the_next_occurrence_is_on_the_wall_of_its_place() -> None:
    """Across the spring change the wall shows nine again, an hour earlier in UTC."""
    schedule = OnSchedule(days=("sun", "mon"), time="09:00", zone="Europe/Athens")
    at = 1_774_600_000_000_000  # 27 March 2026, a Friday
    first = next_occurrence(schedule, at)
    second = next_occurrence(schedule, first)
    assert (iso(first), iso(second)) == ("2026-03-29T06:00:00.000Z", "2026-03-30T06:00:00.000Z")
    assert iso(next_occurrence(schedule, first - 7 * 24 * HOUR)) == "2026-03-22T07:00:00.000Z"
