"""Timers fire once, when they are due."""

import asyncio
from pathlib import Path

import pytest

from inbox import clock
from inbox.delivery import clockwork as firing
from inbox.delivery.clockwork import Clockwork
from inbox.domain.records import Timer
from inbox.domain.state import State
from inbox.eventlog.unit import Unit
from tests.inbox.house import House, house, running


class Set(Unit):
    """Start a clock."""

    def __init__(self, ref: int, due_at: int) -> None:
        self.ref, self.due_at = ref, due_at

    def decide(self, state: State) -> None:
        """One timer."""
        state.set_timer("release", self.ref, self.due_at)


class Fire(Unit):
    """What a timer means in these tests: it is noted and gone."""

    def __init__(self, timer: Timer, fired: list[int]) -> None:
        self.timer, self.fired = timer, fired

    def decide(self, state: State) -> None:
        """Odd ones are broken."""
        if self.timer.ref % 2:
            raise ZeroDivisionError("a fault of ours")
        state.drop_timer(self.timer.kind, self.timer.ref)
        self.fired.append(self.timer.ref)


def clockwork(home: House, fired: list[int], scan_seconds: float = 30.0) -> Clockwork:
    """A clockwork that listens to the house's writer."""
    made = Clockwork(home.database, home.writer, lambda timer: Fire(timer, fired), scan_seconds=scan_seconds)
    home.writer.listeners.append(made.committed)
    return made


async def test_timers_fire_when_they_are_due_and_not_before(database_url: str, tmp_path: Path) -> None:
    """Those of the past at once, later ones in their time, also when set while it waits."""
    fired: list[int] = []
    async with house(database_url, tmp_path) as home:
        await home.writer.submit(Set(2, clock.now() - clock.HOUR))
        async with running(clockwork(home, fired).run()):
            await home.until_column("SELECT count(*) FROM timer", [0])
            await home.writer.submit(Set(6, clock.now() + clock.HOUR))
            await home.writer.submit(Set(4, clock.now() + clock.SECOND // 5))
            await home.until_column("SELECT ref FROM timer", [6])
    assert fired == [2, 4]


async def test_a_timer_that_fails_does_not_stop_the_others(database_url: str, tmp_path: Path) -> None:
    """One broken timer is logged and tried again; the rest fire."""
    fired: list[int] = []
    async with house(database_url, tmp_path) as home:
        for ref in (1, 2, 4):
            await home.writer.submit(Set(ref, clock.now()))
        async with running(clockwork(home, fired, 0.1).run()):
            await home.until_column("SELECT ref FROM timer", [1])
    assert sorted(fired) == [2, 4]


async def test_timers_that_always_fail_do_not_starve_those_behind_them(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are as many of them as are looked at in one turn, and they are the oldest."""
    monkeypatch.setattr(firing, "AT_ONCE", 2)
    fired: list[int] = []
    async with house(database_url, tmp_path) as home:
        for ref in (1, 3, 5, 4):
            await home.writer.submit(Set(ref, clock.now() - clock.HOUR + ref))
        await home.writer.submit(Set(6, clock.now()))
        async with running(clockwork(home, fired, 0.1).run()):
            await home.until_column("SELECT ref FROM timer ORDER BY ref", [1, 3, 5])
    assert fired == [4, 6]


async def test_a_timer_that_failed_is_tried_again(sqlite_url: str, tmp_path: Path) -> None:
    """After a while, without anything else happening."""
    tried: list[int] = []

    def broken(timer: Timer) -> Unit:
        tried.append(timer.ref)
        raise ZeroDivisionError("a fault of ours")

    async with house(sqlite_url, tmp_path) as home:
        await home.writer.submit(Set(1, clock.now()))
        async with running(Clockwork(home.database, home.writer, broken, scan_seconds=0.02).run()):
            async with asyncio.timeout(20):
                while len(tried) < 2:
                    await asyncio.sleep(0.01)
    assert set(tried) == {1}
