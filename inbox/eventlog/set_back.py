"""A log that was set back: the store answers with less than this process has seen of it, or with something else at the
same position. So it is after a fail-over to a copy that was behind, or with an older copy put in the server's place.

Positions and ids are given out a second time then. Whoever remembers any of the first time must begin anew, and knows
it by another epoch.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from inbox.domain.state import State
from inbox.eventlog import log
from inbox.eventlog.unit import Unit
from inbox.storage import epoch
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, StoreUnavailable, among

_AT = Statement(
    select(t.event.c.position, t.event.c.at).where(t.event.c.workspace_id == 1, among(t.event.c.position, "positions"))
)


class LogSetBack(StoreUnavailable):
    """The log is not the one this process knows. It has to begin anew; what it was asked meanwhile may be repeated."""

    def __init__(self, seen: Mark, found: Mark) -> None:
        super().__init__(f"the database was set back, from event {seen.position} to {found.position}; try again")
        self.seen = seen
        self.found = found


class Mark(NamedTuple):
    """The newest event that was seen, and in which epoch. Two events of one position differ in their instant."""

    position: int
    at: int
    epoch: int


def newest() -> Query[Mark]:
    """The newest event there is."""
    position, in_epoch = yield from log.head()
    found = yield from _at(position)
    return Mark(position, found.get(position, 0), in_epoch)


def newer(seen: Mark) -> Query[Mark]:
    """The newest event there is. Raises LogSetBack where the log does not go on from what was seen."""
    position, in_epoch = yield from log.head()
    found = yield from _at(position, seen.position)
    mark = Mark(position, found.get(position, 0), in_epoch)
    if in_epoch != seen.epoch or position < seen.position or found.get(seen.position, seen.at) != seen.at:
        raise LogSetBack(seen, mark)
    return mark


def _at(*positions: int) -> Query[dict[int, int]]:
    rows = yield _AT(positions=list(positions))
    return {row[0]: row[1] for row in rows}


class BeginEpoch(Unit):
    """Another epoch than the one that was set back, unless another process began one already; the one there is."""

    alone = True

    def __init__(self, ended: int) -> None:
        self.ended = ended

    def run(self, state: State) -> Query[int]:
        """Write it."""
        if state.workspace.epoch != self.ended:
            return state.workspace.epoch
        return (yield from epoch.begin(state.now))
