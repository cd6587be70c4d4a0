"""Whoever falls silent is away, and what waits for him goes back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from inbox import clock
from inbox.automation.availability import Absences
from inbox.clock import HOUR, MINUTE
from inbox.commands.availability import Here
from inbox.commands.due import unit_of
from inbox.commands.routing import one_conversation
from inbox.commands.routing_settings import PutTeamRouting
from inbox.commands.triage import Triage, TriageChange
from inbox.domain.listing import Filter
from inbox.domain.permissions import Scope
from inbox.domain.records import Conversation
from inbox.domain.routing import NO_TEAM
from inbox.domain.routing_records import Availability
from inbox.storage import rows, timer
from inbox.storage.conversations import page
from inbox.storage.database import Query
from tests.inbox.world import ANNA, CLEO, World, world

Passes = Callable[[int], None]


@pytest.fixture
async def there(database_url: str) -> AsyncIterator[World]:
    """A world in which Anna is here, and work of who is away goes back after ten minutes."""
    async with world(database_url) as made:
        cleo = made.directory.principal_of(made.directory.agents[CLEO])
        fields = {"mode": "pull", "return_seconds": 600}
        await made.writer.submit(PutTeamRouting(cleo, NO_TEAM, fields, directory=made.directory))
        await made.directory.load()
        await made.writer.submit(Here([ANNA]))
        yield made


@pytest.fixture
def passes() -> Iterator[Passes]:
    """Lets time pass."""
    began, gone = clock.now(), [0]

    def later(how_long: int) -> None:
        gone[0] += how_long

    clock.set_clock(lambda: began + gone[0])
    yield later
    clock.set_clock(None)


async def state_of(there: World, agent_id: int = ANNA) -> str:
    """Whether he takes work."""
    found = await there.database.read(rows.one, Availability, agent_id)
    assert found is not None
    return found.state


async def fire(there: World) -> None:
    """Fire what is due."""
    for one in await there.database.read(timer.due, clock.now(), 100):
        await there.writer.submit(unit_of(one))


async def the_one(there: World) -> Conversation:
    """The only conversation."""
    found = await there.database.read(_the_one)
    assert found is not None
    return found


def _the_one() -> Query[Conversation | None]:
    found = yield from page(Filter(), "activity", Scope(None, frozenset()), now=0, limit=1)
    return (yield from one_conversation(found.ids[0]))


async def test_silence_makes_away_then_offline_and_a_socket_available(there: World, passes: Passes) -> None:
    """However the process that had the socket ended."""
    absences = Absences(there.database, there.writer, there.directory)
    seen = [await state_of(there)]
    for how_long in (4 * MINUTE, 2 * MINUTE, HOUR):
        passes(how_long)
        await absences.look()
        seen.append(await state_of(there))
    await there.writer.submit(Here([ANNA]))

    assert [*seen, await state_of(there)] == ["available", "available", "away", "offline", "available"]


async def test_who_writes_to_somebody_away_goes_back_to_the_queue(there: World, passes: Passes) -> None:
    """Even if he wrote long after she left: the clock is started by whoever looks, and fires as a timer."""
    absences = Absences(there.database, there.writer, there.directory)
    await there.says()
    anna = there.directory.principal_of(there.directory.agents[ANNA])
    found = (await the_one(there)).id
    for change in (TriageChange(assignee_id=ANNA), TriageChange(status="closed")):
        await there.writer.submit(Triage(anna, found, change, directory=there.directory))
    passes(HOUR)
    await absences.look()
    await there.says()
    assert (await the_one(there)).assignee_id == ANNA
    await absences.look()
    passes(9 * MINUTE)
    await fire(there)
    assert (await the_one(there)).assignee_id == ANNA
    passes(2 * MINUTE)
    await fire(there)

    assert (await the_one(there)).assignee_id is None
