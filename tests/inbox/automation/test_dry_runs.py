"""What a rule would have done, counted in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import msgspec

from inbox.automation.dry_runs import DryRuns
from inbox.clock import HOUR, MINUTE, SECOND, iso
from inbox.domain import rules as r
from inbox.domain.dry_run_shapes import DryResult
from inbox.domain.permissions import Scope
from inbox.domain.rule_records import DryRun
from inbox.eventlog.bus import Bus
from inbox.reports.reader import Reader
from inbox.storage import rows
from tests.inbox.automation.office import Office
from tests.inbox.desk import SHOP

HELLO = {"field": "text", "op": "has_words", "value": ["hello"]}


async def tried(
    there: Office, trigger: dict[str, Any], scope: Scope, days: int = 7, when: dict[str, Any] = HELLO
) -> tuple[DryRun, DryResult]:
    """A draft that was tried to its end."""
    going: list[asyncio.Future[object]] = []

    def later(work: Awaitable[object], name: str) -> None:
        going.append(asyncio.ensure_future(work))

    world = there.world
    draft = r.RuleVersion(
        trigger=msgspec.convert(trigger, r.Trigger), condition=when, actions=(r.SetPriority(to="high"),)
    )
    begun = await DryRuns(world.database, world.writer, world.directory, later).start(draft, days, scope, None)
    await asyncio.gather(*going)
    found = await world.database.read(rows.one, DryRun, begun.id)
    assert found is not None
    return found, msgspec.json.decode(found.result, type=DryResult)


async def test_what_lasted_is_found_in_the_log(there: Office) -> None:
    """Who waited as long is a hit at the instant when it was so, if the condition holds and one sees him; what became
    of it later changes nothing.
    """
    begun = there.desk.now
    await there.desk.writes("Hello?", person="eleni")
    await there.desk.writes("Something else", person="anna")
    there.desk.now = begun + 2 * HOUR
    hello = (await there.desk.rows("SELECT min(id) FROM conversation"))[0][0]
    await there.desk.accepts(await there.desk.replies(conversation=hello))
    there.desk.now = begun + 3 * HOUR
    waiting = {"on": "time", "what": "waiting", "seconds": 3600}

    run, result = await tried(there, waiting, Scope(None, frozenset()))
    long, nobody = await tried(there, {**waiting, "seconds": 3 * 3600}, Scope(None, frozenset()))
    _, unseen = await tried(there, waiting, Scope(frozenset({4711}), frozenset()))

    assert (run.state, run.checked, result.hits) == ("done", 2, 1)
    assert [(one.preview, one.conversation_id) for one in result.first] == [("Hello?", str(hello))]
    assert (long.state, nobody.hits, unseen.hits) == ("done", 0, 0)
    assert await there.runs() == []


async def test_a_surge_is_found_in_what_came(there: Office) -> None:
    """When it began and ended, in what, beside what is usual; a hit is each conversation of it of which the condition
    holds and that one sees. Nothing is done.
    """
    surge = {"on": "volume", "scope": "channel", "minutes": 15, "times": 3, "minimum": 5}
    begun = there.desk.now
    for n in range(7):
        await there.desk.writes("Hello?" if n % 2 else "Down!", person=f"p{n}")
    there.desk.now = begun + 2 * HOUR
    await Reader(there.world.database, there.world.writer, Bus()).catch_up()

    run, result = await tried(there, surge, Scope(None, frozenset()))
    _, more = await tried(there, {**surge, "minimum": 8}, Scope(None, frozenset()))
    _, unseen = await tried(there, surge, Scope(frozenset({4711}), frozenset()))

    (one,) = result.surges
    assert (run.state, run.checked, result.hits, result.surge_count) == ("done", 7, 3, 1)
    assert (one.scope, one.ref, one.name, one.count, one.usual, one.conversations) == (
        "channel", str(SHOP), f"custom {SHOP}", 7, 0.0, 7,
    )  # fmt: skip
    assert (one.at, one.until) == (iso(_look(begun)), iso(_look(begun + 15 * MINUTE)))
    assert {hit.at for hit in result.first} == {one.at}
    assert (more.surge_count, more.hits, unseen.surge_count, unseen.hits) == (0, 0, 0, 0)
    assert await there.runs() == []


def _look(at: int) -> int:
    """The first look at an instant or after it."""
    return -(-at // (30 * SECOND)) * 30 * SECOND


async def test_an_item_is_asked_in_the_words_and_stars_that_it_had(there: Office) -> None:
    """A review with two stars that has five now is found as it came; a change is found where the rule is set off by it,
    and counts what the rule itself did.
    """
    low = {
        "all": [
            {"field": "item_kind", "op": "is", "value": "review"},
            {"field": "rating", "op": "at_most", "value": 2},
        ]
    }
    received: dict[str, Any] = {"on": "event", "events": ["message_received"]}
    changed: dict[str, Any] = {"on": "event", "events": ["rating_changed"]}
    edited: dict[str, Any] = {"on": "event", "events": ["message_edited"]}
    both: dict[str, Any] = {"on": "event", "events": ["message_received", "rating_changed"]}
    await there.rule({"do": "note", "text": "Low"}, trigger=both, when=low)
    for person, stars in (("eleni", 2), ("anna", 5)):
        await there.reviews(stars, person=person)
    await there.works()
    there.desk.later(60)
    for person, stars in (("eleni", 5), ("anna", 1)):
        await there.reviews(stars, person=person)
    await there.works()
    there.desk.later(60)
    await there.reviews(1, "Worse and worse", person="anna")
    await there.works()
    everything = Scope(None, frozenset())

    hits = {
        name: (await tried(there, trigger, everything, when=low))[1].hits
        for name, trigger in {
            "received": received,
            "changed": changed,
            "edited": edited,
            "both": both,
        }.items()
    }
    run, result = await tried(there, received, everything, when={"field": "text", "op": "has_words", "value": ["bad"]})

    assert hits == {"received": 1, "changed": 1, "edited": 2, "both": 2}
    assert len(await there.runs()) == hits["both"]
    assert (run.checked, result.hits) == (2, 2)
