"""Targets on a store: warned of and missed once, at their instants, by however many workers; proved from the log."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from inbox.clock import SECOND
from inbox.commands import due
from inbox.commands.calendars import PutCalendar
from inbox.commands.due import unit_of
from inbox.delivery.clockwork import Clockwork
from inbox.domain.events import Target
from inbox.domain.sla_records import Calendar, Policy
from inbox.domain.targets import target_of
from inbox.eventlog.verify import verify
from inbox.eventlog.writer import Writer
from inbox.storage import tables as t
from inbox.storage.database import connect
from tests.inbox.desk import CLEO, T0, Desk, desk
from tests.inbox.domain.promises import HOUR, calendar, policy


async def promise(shop: Desk, *records: Policy | Calendar) -> None:
    """Put policies and calendars in force."""
    tables = {Policy: t.policy, Calendar: t.calendar}
    await shop.world.rows(*((tables[type(one)], one) for one in records))


async def stories(shop: Desk) -> list[tuple[str, int]]:
    """(name, time) of every event of a target, as they stand in the log."""
    names = "('target_warned', 'target_breached', 'target_changed', 'breach_withdrawn')"
    rows = await shop.rows(f"SELECT type, at FROM event WHERE type IN {names} ORDER BY position")
    return [(row[0], row[1]) for row in rows]


async def proved(shop: Desk) -> None:
    """The log alone says the same of every wait."""
    found = await shop.world.database.read(verify)
    assert (found.count, found.differences) == (0, [])


def at(seconds: float) -> int:
    """An instant that long after the desk opened."""
    return T0 + int(seconds * SECOND)


async def test_a_stopped_worker_catches_up_with_the_right_instants(database_url: str) -> None:
    """Warning and breach carry their own times, however late they are noticed."""
    async with desk(database_url) as shop:
        await promise(shop, policy(first_response_seconds=HOUR, warning_seconds=600))
        await shop.writes()
        shop.later(9 * HOUR)
        assert await shop.due() == 1
        assert await shop.due() == 0

        assert await stories(shop) == [("target_warned", at(HOUR - 600)), ("target_breached", at(HOUR))]
        assert await shop.rows("SELECT kind FROM timer") == []
        await proved(shop)


async def test_a_target_moves_with_what_decides_and_is_proved(database_url: str) -> None:
    """Priority, an answer in time, a refusal after it, the customer again: the log tells all of it."""
    async with desk(database_url) as shop:
        await promise(
            shop,
            policy(1, place=1, priorities=frozenset({"urgent"}), first_response_seconds=HOUR // 2),
            policy(2, place=2, first_response_seconds=4 * HOUR, next_response_seconds=2 * HOUR),
        )
        await shop.writes()
        await shop.triages(priority="urgent")
        answer = await shop.replies()
        await shop.accepts(answer)
        shop.later(HOUR)
        await shop.told_failed(answer)
        await shop.due()
        again = await shop.replies("Really.")
        await shop.accepts(again)
        await shop.writes("And the colour?")

        first, second = await shop.waits()
        assert (first.policy_id, first.breached_at, first.reopened) == (1, at(HOUR / 2), 1)
        assert second.policy_id is None
        assert [name for name, _ in await stories(shop)] == ["target_changed", "target_breached"]
        await proved(shop)


async def test_the_timer_leaves_with_the_wait(database_url: str) -> None:
    """Nothing is left in the store that could fire, and the list shows no deadline."""
    async with desk(database_url) as shop:
        await promise(shop, policy(first_response_seconds=HOUR))
        await shop.writes()
        set_at = await shop.rows("SELECT due_at FROM timer WHERE kind = 'target'")
        shown = (await shop.conversation()).deadline_at
        await shop.accepts(await shop.replies())

        assert (set_at, shown) == ([(at(HOUR),)], at(HOUR))
        assert await shop.rows("SELECT due_at FROM timer WHERE kind = 'target'") == []
        assert (await shop.conversation()).deadline_at is None
        await proved(shop)


async def test_a_resolution_stands_still_on_a_store_too(database_url: str) -> None:
    """Answered: the clock stands; written again: it goes on; closed late: missed at its deadline, in the episode."""
    async with desk(database_url) as shop:
        await promise(shop, policy(resolution_seconds=4 * HOUR, pauses=frozenset({"waiting_on_customer"})))
        await shop.writes()
        shop.later(HOUR)
        await shop.accepts(await shop.replies())
        shop.later(10 * HOUR)
        assert await shop.due() == 0
        await shop.writes("It is broken")
        shop.later(5 * HOUR)
        await shop.triages(status="closed")

        assert await shop.rows("SELECT policy_id, deadline_at, breached_at FROM episode") == [
            (1, at(14 * HOUR), at(14 * HOUR))
        ]
        assert await shop.rows("SELECT kind FROM timer") == []


async def test_calendars_that_change_move_what_runs_slice_by_slice(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every conversation once, whatever the size of a slice; a stop in between forgets none."""
    monkeypatch.setattr(due, "SLICE", 2)
    async with desk(database_url) as shop:
        always = {"weekly": {day: ("00:00-24:00",) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}}
        await promise(shop, policy(first_response_seconds=HOUR, time="business"), calendar(50, **always))
        for person in ("a", "b", "c", "d", "e"):
            await shop.writes(person=person)
        closed = {"weekly": {}, "exceptions": {"2027-02-01": ("10:00-18:00",)}}
        unit = PutCalendar(shop.agent(CLEO), 50, None, closed, directory=shop.world.directory)
        await shop.do(unit)
        shop.later(3)
        fired = 0
        while await shop.rows("SELECT ref FROM timer WHERE kind = 'recount_targets'"):
            await shop.due()
            fired += 1

        deadlines = {wait.deadline_at for wait in await shop.waits()}
        assert (fired, deadlines) == (3, {1_801_472_400 * SECOND})
        await proved(shop)


@contextlib.asynccontextmanager
async def worker(url: str) -> AsyncIterator[None]:
    """A worker of its own: its connection, its writer, its clockwork."""
    database = connect(url)
    await database.open()
    writer = Writer(database)
    clockwork = Clockwork(database, writer, unit_of, scan_seconds=0.02)
    tasks = [asyncio.create_task(writer.run()), asyncio.create_task(clockwork.run())]
    try:
        yield
    finally:
        writer.close()
        await tasks[0]
        tasks[1].cancel()
        await asyncio.gather(tasks[1], return_exceptions=True)
        await database.close()


@pytest.mark.parametrize("workers", [1, 3])
async def test_each_breach_comes_once_with_any_number_of_workers(database_url: str, workers: int) -> None:
    """Forty clocks, workers that race for them: forty warnings and forty breaches, each at its instant."""
    async with desk(database_url) as shop:
        await promise(shop, policy(first_response_seconds=HOUR, warning_seconds=60))
        for number in range(40):
            await shop.writes(person=f"p{number}")
            shop.later(1)
        shop.later(2 * HOUR)
        async with contextlib.AsyncExitStack() as running:
            for _ in range(workers):
                await running.enter_async_context(worker(database_url))
            async with asyncio.timeout(30):
                while await shop.rows("SELECT ref FROM timer"):
                    await asyncio.sleep(0.02)

        told = await stories(shop)
        waits = await shop.waits()
        targets: list[Target] = [target_of(wait.target) for wait in waits]
        assert sorted(when for name, when in told if name == "target_breached") == [w.deadline_at for w in waits]
        assert sorted(when for name, when in told if name == "target_warned") == [one.warn_at for one in targets]
        await proved(shop)
