"""Units of the past: decided at their own instant, beside those of now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from inbox import clock
from inbox.clock import DAY
from inbox.domain.state import State
from inbox.eventlog.unit import Priority, Unit
from inbox.sandbox.moved import At, Landings, Moved
from inbox.storage.database import Query
from tests.inbox.house import House, house

THEN = 1_790_000_000_000_000


class Tells(Unit):
    """Its result is the instant it is decided at."""

    def decide(self, state: State) -> int:
        return state.now


class Alone(Unit):
    """The same, in a batch of its own."""

    alone = True

    def run(self, state: State) -> Query[Any]:
        yield from ()
        return state.now


class Fails(Unit):
    """Raises."""

    def decide(self, state: State) -> None:
        raise ValueError("no")


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """A house on SQLite."""
    async with house(f"sqlite:///{tmp_path}/db", tmp_path) as made:
        yield made


async def test_a_unit_is_decided_at_its_instant_and_its_neighbours_now(home: House) -> None:
    """Of units in one batch each has its own time; those of the present keep theirs."""
    submit = home.writer.submit

    then, now, alone = await asyncio.gather(submit(At(Tells(), THEN)), submit(Tells()), submit(At(Alone(), THEN + DAY)))

    assert (then, alone) == (THEN, THEN + DAY)
    assert abs(now - clock.now()) < DAY


def test_the_time_is_put_back_when_a_unit_fails() -> None:
    """A refused command of the past does not move what is decided after it."""
    state = State(None, 5)  # type: ignore[arg-type]  # no workspace is looked at

    with pytest.raises(ValueError, match="no"):
        At(Fails(), THEN).decide(state)

    assert state.now == 5


async def test_the_past_stands_behind_the_present(home: House) -> None:
    """Whatever is moved has the rank of bulk work."""
    assert At(Tells(), THEN).priority is Priority.BULK
    assert await Moved(home.writer, THEN, Landings()).submit(Tells()) == THEN
