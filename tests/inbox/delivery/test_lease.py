"""One holder at a time, and a fence that only rises."""

from pathlib import Path

import pytest

from inbox import clock
from inbox.delivery.lease import Leases
from inbox.storage.database import StoreUnavailable
from tests.inbox.house import house


async def test_a_lease_has_one_holder_until_it_runs_out(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second waits; after the term it has it, with a higher fence, and the first has lost it."""
    async with house(database_url, tmp_path) as home:
        first, second = Leases(home.writer, "first"), Leases(home.writer, "second")

        assert await first.take(["channel:1"]) == {"channel:1": 1}
        assert await second.take(["channel:1", "channel:2"]) == {"channel:2": 1}
        assert await first.take(["channel:1"]) == {"channel:1": 1}
        later = clock.now() + 11 * clock.SECOND
        clock.set_clock(lambda: later)
        try:
            assert await second.take(["channel:1"]) == {"channel:1": 2}
            assert await first.take(["channel:1"]) == {}
        finally:
            clock.set_clock(None)


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
