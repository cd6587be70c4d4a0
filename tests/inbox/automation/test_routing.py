"""The router is woken by what happens."""

from __future__ import annotations

import asyncio

from inbox import clock
from inbox.automation.routing import Router
from inbox.commands.availability import Here, SetAvailability
from inbox.commands.routing_settings import PutTeamRouting
from inbox.domain.listing import Filter
from inbox.domain.permissions import Scope
from inbox.domain.routing import NO_TEAM
from inbox.eventlog.bus import HEAD
from inbox.eventlog.writer import Committed
from inbox.storage.conversations import page
from tests.inbox.house import running
from tests.inbox.world import ANNA, CLEO, World, world

SOON = 10.0


async def test_it_routes_when_somebody_writes_or_becomes_available(database_url: str) -> None:
    """Long before the next poll: a customer writes, it is Anna's; while she is busy it waits, and no longer."""
    async with world(database_url) as made:
        cleo = made.directory.principal_of(made.directory.agents[CLEO])
        anna = made.directory.principal_of(made.directory.agents[ANNA])
        unit = PutTeamRouting(cleo, NO_TEAM, {"mode": "round_robin"}, directory=made.directory)
        await made.writer.submit(unit)
        await made.directory.load()
        await made.writer.submit(Here([ANNA]))
        loop = asyncio.get_running_loop()

        def told(committed: Committed) -> None:
            loop.call_soon_threadsafe(made.bus.publish, HEAD)

        made.writer.listeners.append(told)
        async with running(Router(made.database, made.writer, made.directory, made.bus, poll_seconds=600).run()):
            await made.says(person="eleni")
            await until_owned(made, 1)
            await made.writer.submit(SetAvailability(anna, ANNA, "busy"))
            await made.says(person="nikos")
            await until_owned(made, 1)
            await made.writer.submit(SetAvailability(anna, ANNA, "available"))
            await until_owned(made, 2)


async def until_owned(made: World, n: int) -> None:
    """Return as soon as Anna owns so many."""
    async with asyncio.timeout(SOON):
        while True:
            everything = Scope(None, frozenset())
            found = await made.database.read(
                page, Filter(assignee=ANNA), "activity", everything, now=clock.now(), limit=10
            )
            if len(found.ids) == n:
                return
            await asyncio.sleep(0.01)
