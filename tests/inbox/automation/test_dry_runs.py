"""What a rule would have done, counted in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import msgspec

from inbox.automation.dry_runs import DryRuns
from inbox.clock import HOUR
from inbox.domain import rules as r
from inbox.domain.dry_run_shapes import DryResult
from inbox.domain.permissions import Scope
from inbox.domain.rule_records import DryRun
from inbox.storage import rows
from tests.inbox.automation.office import Office

HELLO = {"field": "text", "op": "has_words", "value": ["hello"]}


async def tried(there: Office, trigger: dict[str, Any], scope: Scope, days: int = 7) -> tuple[DryRun, DryResult]:
    """A draft that was tried to its end."""
    going: list[asyncio.Future[object]] = []

    def later(work: Awaitable[object], name: str) -> None:
        going.append(asyncio.ensure_future(work))

    world = there.world
    draft = r.RuleVersion(
        trigger=msgspec.convert(trigger, r.Trigger), condition=HELLO, actions=(r.SetPriority(to="high"),)
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
