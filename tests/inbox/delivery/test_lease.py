"""One holder at a time, and a fence that only rises."""

import time
from pathlib import Path

import pytest

from inbox import clock
from inbox.delivery.lease import Leases
from inbox.storage.database import StoreUnavailable
from tests.inbox.house import House, Sql, house


async def moved(home: House, seconds: float) -> None:
    """Have every lease end so much later, as if the store's clock had been put back by that; or earlier."""
    sql = f"UPDATE lease SET expires_at = expires_at + {round(seconds * clock.SECOND)}"
    await home.writer.submit(Sql(sql))


async def test_a_lease_has_one_holder_until_it_runs_out(database_url: str, tmp_path: Path) -> None:
    """The second waits; after the term it has it, with a higher fence, and the first has lost it."""
    async with house(database_url, tmp_path) as home:
        first, second = Leases(home.writer, "first"), Leases(home.writer, "second")

        assert await first.take(["channel:1"]) == {"channel:1": 1}
        assert await second.take(["channel:1", "channel:2"]) == {"channel:2": 1}
        assert await first.take(["channel:1"]) == {"channel:1": 1}
        await moved(home, -11)
        assert await second.take(["channel:1"]) == {"channel:1": 2}
        assert await first.take(["channel:1"]) == {}


@pytest.mark.parametrize("ahead", [-clock.HOUR, clock.HOUR])
async def test_a_machine_whose_clock_is_wrong_takes_nothing_from_others_and_keeps_nothing_longer(
    database_url: str, tmp_path: Path, ahead: int
) -> None:
    """Only the store's clock counts: what one holds is his until it has run out there, and so is what others hold."""
    async with house(database_url, tmp_path) as home:
        right, wrong = Leases(home.writer, "right"), Leases(home.writer, "wrong")
        await right.take(["channel:1"])
        clock.set_clock(lambda: time.time_ns() // 1_000 + ahead)
        try:
            assert await wrong.take(["channel:1", "channel:2"]) == {"channel:2": 1}
        finally:
            clock.set_clock(None)

        assert await right.take(["channel:1", "channel:2"]) == {"channel:1": 1}
        await moved(home, -11)
        assert await right.take(["channel:1", "channel:2"]) == {"channel:1": 1, "channel:2": 2}


async def test_after_the_clock_was_put_back_nobody_waits_for_the_dead(database_url: str, tmp_path: Path) -> None:
    """A lease that seems to last for two hours is free at once; whoever lives has renewed his."""
    async with house(database_url, tmp_path) as home:
        dead, alive, new = (Leases(home.writer, name) for name in ("dead", "alive", "new"))
        await dead.take(["channel:1"])
        await alive.take(["channel:2"])
        await moved(home, 2 * 3600)
        await alive.take(["channel:2"])

        assert await new.take(["channel:1", "channel:2"]) == {"channel:1": 2}


async def test_the_longest_lease_there_is_outlasts_a_clock_that_is_set_right(database_url: str, tmp_path: Path) -> None:
    """A step back by less than a minute takes nothing from anybody."""
    async with house(database_url, tmp_path) as home:
        first, second = Leases(home.writer, "first"), Leases(home.writer, "second")
        assert await first.hold("refresh:channel:1")
        await moved(home, 50)

        assert not await second.hold("refresh:channel:1")


async def test_what_is_released_is_free_at_once(database_url: str, tmp_path: Path) -> None:
    """A process that stops in order makes nobody wait; the fence rises all the same."""
    async with house(database_url, tmp_path) as home:
        first, second = Leases(home.writer, "first"), Leases(home.writer, "second")
        await first.take(["channel:1"])

        await first.release()

        assert await second.take(["channel:1"]) == {"channel:1": 2}
        assert await first.take(["channel:1"]) == {}


async def test_a_store_that_does_not_answer_ends_what_is_held_before_its_term(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held as long as nobody else can have it, then not."""
    async with house(sqlite_url, tmp_path) as home:
        leases = Leases(home.writer, "first", lease_seconds=1.3)
        await leases.take(["channel:1"])

        async def failing(*args: object, **more: object) -> object:
            raise StoreUnavailable("away")

        monkeypatch.setattr(home.database, "write", failing)

        assert await leases.take(["channel:1"]) == {"channel:1": 1}
        held = {"channel:1": 1}
        while held:
            held = await leases.take(["channel:1"])
        assert held == {}


async def test_a_process_that_stood_still_past_its_term_is_not_sure_of_what_it_held(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Until it has asked again: somebody else may have it."""
    async with house(sqlite_url, tmp_path) as home:
        leases = Leases(home.writer, "first", lease_seconds=1.3)
        assert not leases.sure_of("channel:1")
        await leases.take(["channel:1"])
        time.sleep(1.3)  # noqa: ASYNC251 - the whole process stands still
        assert not leases.sure_of("channel:1")

        longer = Leases(home.writer, "first")
        await longer.take(["channel:1"])
        assert longer.sure_of("channel:1")
        assert not longer.sure_of("channel:2")
        await longer.release()
        assert not longer.sure_of("channel:1")
