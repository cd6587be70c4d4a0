"""A unit: one thing to be decided and written. Deliveries, commands, timers, send results and readers' effects are all
units.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from inbox.domain.state import Needs, State
from inbox.storage.database import Query


class Priority(IntEnum):
    """Who goes first when more waits than fits into one batch."""

    PERSON = 0
    NETWORK = 1
    BULK = 2


class Unit:
    """Subclasses name what they need, then decide. A unit is decided at most once per committed batch; a failed batch
    runs its units alone.

    Override `decide` for what the loaded state suffices for. Override `run` instead, with `alone = True`, for work with
    statements of its own: it gets a batch to itself. Either may raise an InboxError: nothing of the unit is written
    then, and its caller gets the error.
    """

    priority: Priority = Priority.PERSON
    alone: bool = False
    weight: int = 1
    """Rows it is worth, so that bulk work is cut into slices."""

    def needs(self, needs: Needs) -> None:
        """Name the keys `decide` will look at."""

    def decide(self, state: State) -> Any:
        """Emit events on the state; the result is what `Writer.submit` returns."""
        raise TypeError(f"{type(self).__name__} overrides neither decide nor run")

    def run(self, state: State) -> Query[Any]:
        """`decide` with statements of its own, inside the same transaction and before the save."""
        yield from ()
        return self.decide(state)
