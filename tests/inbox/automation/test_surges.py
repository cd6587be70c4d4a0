"""Crisis mode: far more than usual."""

from __future__ import annotations

from typing import Any

from inbox.automation.surges import Surges
from inbox.clock import DAY, MINUTE
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
