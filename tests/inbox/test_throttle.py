"""How often somebody may do something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inbox import clock
from inbox.clock import SECOND
from inbox.throttle import Rate, Throttle
from tests.inbox.wall import put_back

RATE = Rate(burst=3, every_seconds=10)
KEY = ("sign_in", "anna")


@pytest.fixture
def at() -> Iterator[list[int]]:
    """The instant, in seconds; set it to move the clock."""
    seconds = [1000]
    clock.set_clock(lambda: seconds[0] * SECOND)
    yield seconds
    clock.set_clock(None)


def test_a_burst_then_one_by_one(at: list[int]) -> None:
    """Three at once, then one every ten seconds; a refused one does not count."""
    throttle = Throttle()

    assert [throttle.take(KEY, RATE) for _ in range(5)] == [0, 0, 0, 10, 10]
    at[0] += 10
    assert [throttle.take(KEY, RATE) for _ in range(2)] == [0, 10]
    at[0] += 7
    assert throttle.take(KEY, RATE) == 3


def test_a_pause_gives_the_burst_back(at: list[int]) -> None:
    """After half a minute without an attempt there are three again, and no more."""
    throttle = Throttle()
    for _ in range(3):
        throttle.take(KEY, RATE)
    at[0] += 3600

    assert [throttle.take(KEY, RATE) for _ in range(4)] == [0, 0, 0, 10]


def test_keys_are_apart_and_can_be_cleared(at: list[int]) -> None:
    """Who succeeds starts afresh; others are not affected by him."""
    throttle = Throttle()
    for _ in range(3):
        throttle.take(KEY, RATE)

    assert throttle.take(("sign_in", "ben"), RATE) == 0
    throttle.clear(KEY)
    assert throttle.take(KEY, RATE) == 0


def test_a_flood_of_keys_does_not_fill_the_memory(at: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the most keys, those that are due anyway are forgotten first, then all."""
    monkeypatch.setattr("inbox.throttle._MOST_KEYS", 10)
    throttle = Throttle()
    for number in range(10):
        throttle.take((str(number),), RATE)
    at[0] += 11

    throttle.take(("eleventh",), RATE)

    assert len(throttle._due) == 1


def test_a_clock_that_is_put_back_locks_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who used up his burst waits for the seconds he would have waited, not for the hours."""
    throttle = Throttle()
    for _ in range(3):
        throttle.take(KEY, RATE)
    put_back(monkeypatch, hours=3)

    assert throttle.wait(KEY, RATE) == throttle.take(KEY, RATE) == 10
