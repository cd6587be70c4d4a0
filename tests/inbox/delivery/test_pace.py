"""How fast a channel may send."""

import asyncio
from dataclasses import replace

import pytest

from connectors import registry
from inbox import clock
from inbox.delivery.pace import Pace
from tests.inbox.wall import put_back

MANIFEST = replace(registry.manifest("custom"), rate_per_second=100.0, rate_per_thread_second=20.0)


async def test_threads_and_the_channel_have_rates_of_their_own() -> None:
    """Two turns in a thread are a twentieth of a second apart, in two threads a hundredth."""
    pace, loop = Pace(MANIFEST), asyncio.get_running_loop()
    began = loop.time()

    await pace.turn(1)
    await pace.turn(2)
    side_by_side = loop.time() - began
    await pace.turn(1)

    assert 0.009 <= side_by_side < 0.04
    assert loop.time() - began >= 0.049


async def test_the_longest_pause_counts_until_it_is_ended() -> None:
    """What the network asked for is not shortened by a smaller wish."""
    pace = Pace(MANIFEST)

    pace.pause(clock.now() + 60 * clock.SECOND)
    pace.pause(clock.now() + 1 * clock.SECOND)

    assert pace.paused_seconds > 50
    pace.resume()
    assert pace.paused_seconds == 0


async def test_a_clock_that_is_put_back_makes_no_pause_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It lasts as long as it would have."""
    pace = Pace(MANIFEST)
    pace.pause(clock.now() + 60 * clock.SECOND)
    put_back(monkeypatch, hours=3, passed_seconds=20)

    assert 30 < pace.paused_seconds <= 40
