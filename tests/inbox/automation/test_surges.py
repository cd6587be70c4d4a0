"""Crisis mode: far more than usual."""

from __future__ import annotations

from typing import Any

from inbox.automation.pages import AT_ONCE
from inbox.automation.step import REST
from inbox.automation.surges import Surges
from inbox.clock import DAY, HOUR, MINUTE
from inbox.domain.rules import deeds_of
from inbox.eventlog.bus import Bus
from inbox.reports.reader import Reader
from tests.inbox.automation.office import Office
from tests.inbox.desk import CLEO

SURGE: dict[str, Any] = {"on": "volume", "scope": "channel", "minutes": 15, "times": 3, "minimum": 5}


async def crowd(there: Office, count: int, day: int) -> None:
    """So many people write at once."""
    for n in range(count):
        await there.desk.writes("Your shop is down!" if n % 2 else "Hello", person=f"p{day}-{n}")


async def look(there: Office) -> None:
    """The reports read the log, the rules look, and do what is due."""
    await sees(there)
    await there.works()


async def sees(there: Office) -> None:
    """The reports read the log, the rules look."""
    world = there.world
    await Reader(world.database, world.writer, Bus()).catch_up()
    await Surges(world.database, world.writer, await world.directory.fresh()).look()


async def test_a_surge_is_told_once_and_ends(there: Office) -> None:
    """More than three times the mean of two weeks; its conversations are escalated by the rule's condition."""
    start = there.desk.now
    for day in range(14):
        there.desk.now = start + day * DAY
        await crowd(there, 1, day)
    down = {"field": "text", "op": "has_words", "value": ["down"]}
    actions = ({"do": "priority", "to": "urgent"}, {"do": "notify", "text": "Look!", "agent_ids": [CLEO]})
    await there.rule(*actions, trigger=SURGE, when=down, name="Crisis")
    there.desk.now = start + 14 * DAY
    await crowd(there, 4, 14)
    await look(there)
    assert "surge_began" not in await there.desk.events()
    await crowd(there, 2, 15)
    await look(there)
    await look(there)
    there.desk.now += 20 * MINUTE
    await look(there)

    events = await there.desk.events()
    urgent = await there.desk.rows("SELECT count(*) FROM conversation WHERE priority = 'urgent'")
    assert (events.count("surge_began"), events.count("surge_ended"), urgent) == (1, 1, [(3,)])
    assert (events.count("attention_raised"), events.count("attention_ended")) == (1, 1)
    told = [row[0] for row in await there.desk.rows("SELECT detail FROM notification WHERE kind = 'rule' ORDER BY id")]
    assert "6 items in 15 minutes" in told[0]


async def test_what_is_usual_is_no_surge(there: Office) -> None:
    """As many as on each of the days before."""
    start = there.desk.now
    await there.rule({"do": "priority", "to": "urgent"}, trigger=SURGE)
    for day in range(0, 14, 2):
        there.desk.now = start + day * DAY
        await crowd(there, 6, day)
    there.desk.now = start + 14 * DAY
    await crowd(there, 6, 14)
    await look(there)
    assert "surge_began" not in await there.desk.events()


async def test_every_conversation_of_a_surge_is_acted_on_whoever_goes_on(there: Office) -> None:
    """More than fit into one step, by a process that was not there when the surge was noted; each once, those alone of
    which the condition holds.
    """
    down = {"field": "text", "op": "has_words", "value": ["down"]}
    await there.rule({"do": "priority", "to": "urgent"}, trigger=SURGE, when=down)
    await crowd(there, 2 * AT_ONCE + 50, 0)
    await sees(there)
    assert await there.runs() == []

    await there.reader().catch_up()
    await there.works()

    urgent = await there.desk.rows("SELECT count(*) FROM conversation WHERE priority = 'urgent'")
    assert urgent == [(AT_ONCE + 25,)]
    assert len({run.conversation_id for run in await there.runs()}) == len(await there.runs()) == AT_ONCE + 25
    assert await there.desk.rows("SELECT count(*) FROM rule_due") == [(0,)]


async def test_a_surge_beyond_the_cap_goes_on_when_the_rule_has_rested(there: Office) -> None:
    """The last run before the rest says how many are left; an hour later they follow, none left out and none twice."""
    await there.rule({"do": "priority", "to": "urgent"}, trigger=SURGE, hour_cap=8)
    await crowd(there, 20, 0)
    await look(there)
    first = await there.runs()
    assert len(first) == 8
    said = [one.refused for run in first for one in deeds_of(run) if one.do == REST]
    assert len(said) == 1
    assert "up to 12 conversations" in said[0]
    assert [one.do for one in deeds_of(first[-1])] == ["priority", REST]

    there.desk.now += 30 * MINUTE
    await there.works()
    assert len(await there.runs()) == 8
    for _ in range(2):
        there.desk.now += HOUR + MINUTE
        await there.works()

    assert sorted(run.conversation_id for run in await there.runs()) == sorted(
        row[0] for row in await there.desk.rows("SELECT id FROM conversation")
    )
    shown = await there.desk.rows("SELECT count(*) FROM event WHERE type = 'rule_ran'")
    assert shown == [(20,)]
