"""The bus: how soon a server that was lost is looked for. What crosses it, and with the server away: tests/faults."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisGone
from structlog.testing import CapturingLogger

from inbox.eventlog.bus import Bus


class Enough(Exception):
    """The test has seen what it came for."""


class Flapping(Bus):
    """A bus whose server is reached, or not, as the test says, and lost at once."""

    def __init__(self, reached: list[bool]) -> None:
        super().__init__("redis://127.0.0.1:1")
        self.reached = reached

    async def _receive(self, client: Redis) -> None:
        self.connected = self.reached.pop(0)
        raise RedisGone("the server went away")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> CapturingLogger:
    """Takes the bus's place to log: whatever level the process was set to, everything said is in its calls."""
    log = CapturingLogger()
    monkeypatch.setattr("inbox.eventlog.bus.log", log)
    return log


async def test_a_server_that_was_there_is_looked_for_at_once_again(
    monkeypatch: pytest.MonkeyPatch, log: CapturingLogger
) -> None:
    """The wait grows while the server stays away, and begins anew each time it was reached in between."""
    bus = Flapping([True, False, False, False, False, False, True, True])
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if not bus.reached:
            raise Enough

    monkeypatch.setattr("inbox.eventlog.bus.asyncio.sleep", sleep)
    monkeypatch.setattr("inbox.eventlog.bus.random.random", lambda: 0.5)
    with pytest.raises(Enough):
        await bus.run()

    assert len(log.calls) == 3  # each time that it was lost
    assert slept == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 0.1, 0.1]


async def test_a_server_that_never_was_there_is_named_once(
    monkeypatch: pytest.MonkeyPatch, log: CapturingLogger
) -> None:
    """A wrong address says so in the log, and not with every attempt."""
    bus = Flapping([False, False, False])

    async def sleep(seconds: float) -> None:
        if not bus.reached:
            raise Enough

    monkeypatch.setattr("inbox.eventlog.bus.asyncio.sleep", sleep)
    with pytest.raises(Enough):
        await bus.run()

    assert [call.args for call in log.calls] == [("bus_lost",)]
