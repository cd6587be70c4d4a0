"""Rules asked of a past that is written: each item once, at the instant of whoever writes it."""

from __future__ import annotations

from typing import Any

from inbox.automation.then import RulesThen
from tests.inbox.automation.office import Office

URGENT: dict[str, Any] = {"do": "priority", "to": "urgent"}
DOWN = {"field": "text", "op": "has_words", "value": ["down"]}


async def test_rules_that_are_off_are_asked_of_the_items_named(there: Office) -> None:
    """Those that hold act in a run of their own, however often they ran; items that set none off are left out."""
    await there.rule(URGENT, when=DOWN, active=0, hour_cap=1)
    await there.rule(URGENT, when=DOWN, active=0, trigger={"on": "time", "what": "open", "seconds": 60})
    await there.desk.writes("It is down", person="eleni")
    await there.desk.writes("Hello", person="anna")
    await there.desk.writes("Still down", person="nikos")
    await there.works()
    assert await there.runs() == []
    asked = await there.desk.rows(
        "SELECT conversation_id, id, position FROM message WHERE direction = 'in' ORDER BY id"
    )

    then = RulesThen(there.world.database, there.world.directory, there.desk.context_of)
    acts = await then(asked)
    for act in acts.values():
        assert await there.desk.do(act) is True

    runs = await there.runs()
    assert list(acts) == [asked[0][1], asked[2][1]]
    assert [(run.conversation_id, run.trigger_position) for run in runs] == [
        (asked[0][0], asked[0][2]), (asked[2][0], asked[2][2])
    ]  # fmt: skip
    assert {rule.paused_until for rule in there.world.directory.rules.values()} == {None}


async def test_without_rules_nothing_is_asked(there: Office) -> None:
    """An empty house has an empty answer."""
    await there.desk.writes("It is down")
    assert await RulesThen(there.world.database, there.world.directory, there.desk.context_of)([(1, 2, 3)]) == {}
