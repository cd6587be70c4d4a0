"""What waits is given to somebody: one owner each, nobody over his capacity, the longest waiting first."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec
import pytest

from inbox import clock
from inbox.automation.routing import Router
from inbox.clock import MINUTE, SECOND
from inbox.commands.availability import Here, SetAvailability
from inbox.commands.routing import Next, ReturnWork, explained, one_conversation
from inbox.commands.routing_settings import PutAbility, PutAttendance, PutTeamRouting
from inbox.commands.triage import Dismiss, Triage, TriageChange
from inbox.domain import events as e
from inbox.domain.records import Conversation, Team
from inbox.domain.routing import NO_TEAM
from inbox.domain.state import State
from inbox.errors import Forbidden, Invalid, NotFound, Stale
from inbox.eventlog import log
from inbox.eventlog.bus import Bus
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.storage import tables as t
from inbox.storage.database import Query, Text, connect
from inbox.storage.routing import RETURN
from tests.inbox.world import ANNA, ATHENS, CLEO, TELEGRAM, World, agent, world

DORA, EMIL, FAY = 24, 25, 26
NIGHT = 32


class Sql(Unit):
    """A statement that means the same on both engines; its rows."""

    alone = True

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def run(self, state: State) -> Query[list[Any]]:
        """Run it."""
        return (yield Text({"sqlite": self.sql, "postgres": self.sql}))


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[World]:
    """A world in which Telegram belongs to Athens, where Dora, Emil and Fay work and are there."""
    async with world(database_url) as made:
        await made.rows(
            *((t.agent, agent(i, name, channels=[])) for i, name in ((DORA, "Dora"), (EMIL, "Emil"), (FAY, "Fay"))),
            *((t.team_member, (ATHENS, i)) for i in (DORA, EMIL, FAY)),
            (t.team, Team(NIGHT, "Night", 1, 1)),
            (t.team_member, (NIGHT, CLEO)),
        )
        await team_of_telegram(made, ATHENS)
        await made.writer.submit(Here([DORA, EMIL, FAY]))
        yield made


async def team_of_telegram(shop: World, team_id: int | None) -> None:
    """Whose what arrives there is."""
    await shop.writer.submit(Sql(f"UPDATE channel SET team_id = {team_id or 'NULL'} WHERE id = {TELEGRAM}"))
    await shop.directory.load()


async def routed_by(shop: World, team_id: int = ATHENS, **fields: Any) -> None:
    """Let a team give out so."""
    cleo = shop.directory.principal_of(shop.directory.agents[CLEO])
    await shop.writer.submit(PutTeamRouting(cleo, team_id, fields, directory=shop.directory))
    await shop.directory.load()


async def takes(shop: World, agent_id: int, capacity: int | None = None, **able: Any) -> None:
    """Say what somebody is good at."""
    cleo = shop.directory.principal_of(shop.directory.agents[CLEO])
    unit = PutAbility(cleo, agent_id, able.get("languages", {}), able.get("skills", []), capacity)
    await shop.writer.submit(unit)


async def says(shop: World, agent_id: int, state: Any, reason_id: int | None = None) -> None:
    """Somebody says whether he takes work."""
    me = shop.directory.principal_of(shop.directory.agents[agent_id])
    await shop.writer.submit(SetAvailability(me, agent_id, state, reason_id))


async def route(shop: World) -> Mapping[int, int]:
    """One pass of the router."""
    directory = Directory(shop.database)
    await directory.load()
    return await Router(shop.database, shop.writer, directory, Bus()).route()


async def owners(shop: World) -> dict[int, int | None]:
    """Conversation → owner."""
    return dict(await shop.writer.submit(Sql("SELECT id, assignee_id FROM conversation")))


async def newest(shop: World) -> Conversation:
    """The newest conversation."""
    found = await shop.database.read(one_conversation, max(await owners(shop)))
    assert found is not None
    return found


async def changes(shop: World) -> list[e.AssigneeChanged]:
    """Every change of owner."""
    logged = await shop.database.read(log.after, 0, 10_000)
    return [one.event for one in logged if isinstance(one.event, e.AssigneeChanged)]


async def test_conversations_go_round_the_longest_waiting_first(shop: World) -> None:
    """Six people and three agents: two each, in the order in which they wait."""
    for i in range(6):
        await shop.says(person=f"p{i}")
    await routed_by(shop, mode="round_robin")

    given = await route(shop)

    assert list(given) == sorted(given)
    assert sorted(given.values()) == sorted([DORA, EMIL, FAY] * 2)
    assert {one.reason for one in await changes(shop)} == {"routed"}


async def test_a_team_that_gives_nothing_out_is_left_alone(shop: World) -> None:
    """Off and pull: what waits stays until somebody takes it."""
    await shop.says()
    for mode in ("off", "pull"):
        await routed_by(shop, mode=mode)
        assert await route(shop) == {}


async def test_what_was_imported_is_never_given_out(shop: World) -> None:
    """Nobody waits in history."""
    shop.directory._facts[TELEGRAM] = msgspec.structs.replace(shop.facts(), live_since=clock.now() + MINUTE)
    await shop.says()
    await routed_by(shop, mode="round_robin")

    assert await route(shop) == {}


async def test_nobody_gets_more_than_he_takes(shop: World) -> None:
    """One takes one, the others nothing: one is given out, the rest waits."""
    for i in range(4):
        await shop.says(person=f"p{i}")
    for agent_id, capacity in ((DORA, 1), (EMIL, 0), (FAY, 0)):
        await takes(shop, agent_id, capacity)
    await routed_by(shop, mode="least_loaded")

    assert list((await route(shop)).values()) == [DORA]
    assert await route(shop) == {}


async def test_a_conversation_of_no_team_goes_to_agents_who_see_its_channel(shop: World) -> None:
    """Anna sees Telegram; the others only their team's; the admin is not asked."""
    await team_of_telegram(shop, None)
    await shop.writer.submit(Here([ANNA, CLEO]))
    await shop.says()
    await routed_by(shop, NO_TEAM, mode="round_robin")

    assert list((await route(shop)).values()) == [ANNA]


async def test_the_last_owner_gets_the_person_again(shop: World) -> None:
    """Within the days the team says; a conversation closed by Emil makes the next one his."""
    await routed_by(shop, mode="round_robin", sticky_days=7, reopen="new")
    await shop.says(person="eleni")
    first = await newest(shop)
    me = shop.directory.principal_of(shop.directory.agents[EMIL])
    for change in (TriageChange(assignee_id=EMIL), TriageChange(status="closed")):
        await shop.writer.submit(Triage(me, first.id, change, directory=shop.directory))
    await shop.says(person="eleni")
    assert (await newest(shop)).linked_from == first.id

    assert list((await route(shop)).values()) == [EMIL]
    assert (await changes(shop))[-1].reason == "sticky"


async def test_who_cannot_be_placed_goes_to_the_overflow_team_when_his_time_has_come(shop: World) -> None:
    """Not before; then at once to somebody there, who is told why."""
    for agent_id in (DORA, EMIL, FAY):
        await says(shop, agent_id, "busy")
    await shop.writer.submit(Here([CLEO]))
    await routed_by(shop, NIGHT, mode="round_robin")
    await routed_by(shop, mode="round_robin", overflow_team_id=NIGHT, overflow_seconds=600)
    await shop.says(person="new")
    assert await route(shop) == {}
    await shop.arrives(shop.message(person="old"), at=clock.now() - 11 * MINUTE)

    given = await route(shop)

    assert list(given.values()) == [CLEO]
    moved = await shop.database.read(one_conversation, next(iter(given)))
    assert moved is not None
    assert moved.team_id == NIGHT
    assert (await changes(shop))[-1].reason == "overflow"


async def test_work_of_somebody_away_goes_back_when_the_team_s_time_has_passed(shop: World) -> None:
    """Only who waits, only after so long; whoever comes back in between keeps everything."""
    await routed_by(shop, mode="round_robin", return_seconds=60)
    await shop.says()
    [owner] = (await route(shop)).values()
    await says(shop, owner, "away")
    assert await shop.writer.submit(ReturnWork(owner)) is False
    assert await _timers(shop) == [owner]
    await says(shop, owner, "available")
    assert await _timers(shop) == []
    await says(shop, owner, "away")
    await _long_ago(shop, owner)

    assert await shop.writer.submit(ReturnWork(owner)) is True
    assert list((await owners(shop)).values()) == [None]
    assert (await changes(shop))[-1].reason == "returned"
    [next_one] = (await route(shop)).values()
    assert next_one != owner


async def test_what_was_answered_stays_with_who_is_away(shop: World) -> None:
    """Nobody waits in it: it is his when he is back."""
    await routed_by(shop, mode="round_robin", return_seconds=60)
    await shop.says()
    [(conversation_id, owner)] = (await route(shop)).items()
    me = shop.directory.principal_of(shop.directory.agents[owner])
    await shop.writer.submit(Dismiss(me, conversation_id))
    await says(shop, owner, "away")
    await _long_ago(shop, owner)

    assert await shop.writer.submit(ReturnWork(owner)) is False
    assert await owners(shop) == {conversation_id: owner}


async def test_a_closed_conversation_opens_again_without_owner_if_the_team_says_so(shop: World) -> None:
    """And sticky does not give it back to the one it was taken off from."""
    await routed_by(shop, mode="pull", reopen="none", sticky_days=30)
    await shop.says(person="eleni")
    first = await newest(shop)
    me = shop.directory.principal_of(shop.directory.agents[EMIL])
    for change in (TriageChange(assignee_id=EMIL), TriageChange(status="closed")):
        await shop.writer.submit(Triage(me, first.id, change, directory=shop.directory))

    await shop.says(person="eleni")

    found = await newest(shop)
    assert (found.id, found.status, found.assignee_id) == (first.id, "open", None)
    assert (await changes(shop))[-1].reason == "reopened"


async def test_it_is_told_whom_it_would_be_given_to_and_why_nobody_else(shop: World) -> None:
    """One word for each person."""
    await routed_by(shop, mode="round_robin")
    await says(shop, EMIL, "away", 1)
    await takes(shop, FAY, 0)
    await shop.says()

    found = await shop.database.read(explained, await newest(shop), shop.directory, clock.now())

    assert found.choice.agent_id == DORA
    words = {why.agent_id: why.word for why in found.choice.why}
    assert words == {22: "offline", DORA: "turn", EMIL: "away", FAY: "full"}


# --- at the same time


@contextlib.asynccontextmanager
async def another_process(url: str) -> AsyncIterator[tuple[Writer, Directory]]:
    """A writer of its own on the same store, as another process has."""
    database = connect(url)
    await database.open()
    writer, directory = Writer(database), Directory(database)
    await directory.load()
    running = asyncio.create_task(writer.run())
    try:
        yield writer, directory
    finally:
        writer.close()
        await running
        await database.close()


async def test_three_routers_and_people_who_claim_give_each_conversation_one_owner(
    shop: World, database_url: str
) -> None:
    """Whoever comes first has it; nobody is over what he takes but by his own hand, and nothing is given twice."""
    for i in range(60):
        await shop.says(person=f"p{i}")
    for agent_id in (DORA, EMIL, FAY):
        await takes(shop, agent_id, 15)
    await routed_by(shop, mode="least_loaded")
    ids = sorted(await owners(shop))
    anna = shop.directory.principal_of(shop.directory.agents[ANNA])

    async def routes(writer: Writer, directory: Directory) -> None:
        await Router(writer.database, writer, directory, Bus()).route()

    async def claims() -> None:
        for _ in range(10):
            with contextlib.suppress(NotFound):
                await shop.writer.submit(Next(anna))

    async with contextlib.AsyncExitStack() as stack:
        others = [await stack.enter_async_context(another_process(database_url)) for _ in range(3)]
        await asyncio.gather(claims(), *(routes(*one) for one in others))

    found = await owners(shop)
    given = [owner for owner in found.values() if owner is not None]
    assert {i: given.count(i) for i in (DORA, EMIL, FAY)} == {DORA: 15, EMIL: 15, FAY: 15}
    assert given.count(ANNA) == 10
    changed = await changes(shop)
    assert len(changed) == 55 == len({one.conversation_id for one in changed})
    assert len(ids) - len(given) == 5


async def test_fifty_who_take_the_next_get_fifty_different_ones(shop: World) -> None:
    """At the same moment, the longest waiting first; who comes after that is told that nobody waits."""
    for i in range(50):
        await shop.says(person=f"p{i}")
    anna = shop.directory.principal_of(shop.directory.agents[ANNA])
    dora = shop.directory.principal_of(shop.directory.agents[DORA])

    taken = await asyncio.gather(*(shop.writer.submit(Next(anna if i % 2 else dora)) for i in range(50)))

    assert sorted(taken) == sorted(await owners(shop))
    assert {one.reason for one in await changes(shop)} == {"next"}
    with pytest.raises(NotFound, match="nobody waits"):
        await shop.writer.submit(Next(anna))


async def test_the_next_is_of_what_one_sees_and_of_the_view_named(shop: World) -> None:
    """Another's team is out of sight, a view of closed ones has nobody who waits."""
    await team_of_telegram(shop, None)
    await shop.says()
    dora = shop.directory.principal_of(shop.directory.agents[DORA])
    anna = shop.directory.principal_of(shop.directory.agents[ANNA])

    for principal, view in ((dora, None), (anna, "kind:comment")):
        with pytest.raises(NotFound):
            await shop.writer.submit(Next(principal, view))
    with pytest.raises(Invalid):
        await shop.writer.submit(Next(anna, "closed"))
    assert await shop.writer.submit(Next(anna, f"channel:{TELEGRAM}")) == (await newest(shop)).id


# --- settings


async def test_settings_are_refused_that_cannot_be_kept(shop: World) -> None:
    """Overflow in a circle, a tag there is none of, two reasons of one name, an old version."""
    cleo = shop.directory.principal_of(shop.directory.agents[CLEO])
    await routed_by(shop, overflow_team_id=NIGHT)
    for team_id, fields in ((NIGHT, {"overflow_team_id": ATHENS}), (ATHENS, {"tag_skills": {999: "vip"}})):
        with pytest.raises(Invalid):
            await shop.writer.submit(PutTeamRouting(cleo, team_id, fields, directory=shop.directory))
    with pytest.raises(Invalid):
        await shop.writer.submit(PutAttendance(cleo, {"reasons": [(None, "Lunch"), (None, "lunch ")]}))
    with pytest.raises(Stale):
        await shop.writer.submit(PutTeamRouting(cleo, ATHENS, {}, directory=shop.directory, version=7))


async def test_one_says_for_oneself_whether_one_takes_work_and_supervisors_for_others(shop: World) -> None:
    """With a reason of the house's list; the change is told to everybody."""
    dora = shop.directory.principal_of(shop.directory.agents[DORA])
    cleo = shop.directory.principal_of(shop.directory.agents[CLEO])
    with pytest.raises(Forbidden):
        SetAvailability(dora, EMIL, "away")
    with pytest.raises(Invalid):
        await says(shop, DORA, "away", 99)
    await shop.writer.submit(SetAvailability(cleo, EMIL, "away", 2))

    logged = await shop.database.read(log.after, 0, 1000)
    last = logged[-1]
    assert last.event == e.AvailabilityChanged(agent_id=EMIL, before="available", state="away", reason_id=2)
    assert (last.actor.id, last.audience) == (CLEO, e.EVERYONE)


# --- the test's own hands


async def _timers(shop: World) -> list[int]:
    rows = await shop.writer.submit(Sql(f"SELECT ref FROM timer WHERE kind = '{RETURN}'"))
    return [row[0] for row in rows]


async def _long_ago(shop: World, agent_id: int) -> None:
    """As if he had gone, and everybody begun to wait, two minutes earlier."""
    for table, column, which in (
        ("availability", "since_at", f" WHERE id = {agent_id}"), ("conversation", "waiting_since", ""),
    ):  # fmt: skip
        await shop.writer.submit(Sql(f"UPDATE {table} SET {column} = {column} - {120 * SECOND}{which}"))
