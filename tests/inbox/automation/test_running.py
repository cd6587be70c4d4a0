"""Many rules at once, rules that break, and the loop that runs them."""

from __future__ import annotations

import asyncio
import random

import pytest

from inbox import clock
from inbox.automation import acting
from inbox.automation.acting import Doing
from inbox.automation.surges import LOOK_SECONDS
from inbox.domain import rules as r
from inbox.storage.database import Query
from tests.inbox.automation.office import Office
from tests.inbox.wall import put_back

URGENT = {"do": "priority", "to": "urgent"}


async def test_ten_rules_on_a_burst_each_act_once_and_in_their_order(there: Office) -> None:
    """Whatever the order they were made in, and though two readers are at it."""
    places = random.Random(7).sample(range(1, 11), 10)
    for place in places:
        await there.rule({"do": "note", "text": f"rule {place}"}, place=place)
    for n in range(20):
        await there.desk.writes(person=f"p{n % 5}")
    await asyncio.gather(there.rules.catch_up(), there.reader().catch_up())
    await there.works()

    runs = await there.runs()
    assert len({(run.rule_id, run.trigger_position) for run in runs}) == len(runs) == 200
    said = await there.desk.rows(
        "SELECT m.conversation_id, c.text FROM message m JOIN content c ON c.message_id = m.id"
        " WHERE m.direction = 'note' ORDER BY m.position"
    )
    in_order = [f"rule {place}" for place in range(1, 11)]
    for conversation in {row[0] for row in said}:
        assert [text for owner, text in said if owner == conversation] == in_order * 4


async def test_a_rule_that_breaks_is_left_out_and_the_others_go_on(
    there: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For that event alone; the admins are told once."""

    def breaks(doing: Doing, action: r.WriteNote) -> Query[r.Deed]:
        yield from ()
        raise ZeroDivisionError(action.text)

    monkeypatch.setitem(acting._ACTS, r.WriteNote, breaks)
    await there.rule({"do": "note", "text": "x"}, place=1)
    await there.rule(URGENT, place=2)
    await there.desk.writes(person="one")
    await there.desk.writes(person="two")
    await there.works()

    assert await there.acted() == [["priority"], ["priority"]]
    assert (await there.desk.events()).count("attention_raised") == 1
    monkeypatch.undo()
    await there.desk.writes(person="three")
    await there.works()
    assert (await there.acted())[2:] == [["note"], ["priority"]]


async def test_the_loop_is_woken_by_what_happens(there: Office) -> None:
    """By a rule that is made, and then by each commit; without rules it sleeps."""
    there.world.writer.listeners.append(
        lambda committed: [there.rules.heard(logged.event) for logged in committed.state.events]
    )
    running = asyncio.create_task(there.rules.run())
    try:
        await asyncio.sleep(0)
        await there.rule(URGENT)
        await there.desk.writes()
        async with asyncio.timeout(20):
            while not await there.runs():
                await asyncio.sleep(0.02)
    finally:
        running.cancel()
    assert await there.acted() == [["priority"]]


async def test_surges_are_looked_for_though_the_clock_is_put_back(
    there: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As soon as they would have been, not hours later."""
    looks: list[int] = []

    async def look() -> None:
        looks.append(clock.now())

    monkeypatch.setattr(there.rules._surges, "look", look)
    clock.set_clock(None)
    await there.rule(URGENT)
    await there.rules.catch_up()
    put_back(monkeypatch, hours=3, passed_seconds=LOOK_SECONDS + 1)
    await there.rules.catch_up()

    assert len(looks) == 2
