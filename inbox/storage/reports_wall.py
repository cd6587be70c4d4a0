"""Counts by quarters of an hour, put on the wall clock of a zone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from inbox.clock import MINUTE
from inbox.domain.figures import Asked
from inbox.domain.periods import key_of, offsets

QUARTER = 15 * MINUTE


def in_quarters(asked: Asked) -> bool:
    """Whether the zone keeps to quarters of an hour all the time, as all zones now do."""
    spans = offsets(asked.zone, asked.since, asked.until)
    return not any(offset % QUARTER for _, offset in spans) and not any(until % QUARTER for until, _ in spans[:-1])


def on_the_wall(
    quarters: Mapping[int, int], bits: int, start: int, asked: Asked, by: Sequence[str]
) -> dict[tuple[int, tuple[Any, ...]], int]:
    """(mark, key) → how many, of counts by mark and quarter of an hour from `start` on: the wall clock is read once for
    each of them instead of once for each row.
    """
    spans = offsets(asked.zone, asked.since, asked.until)
    found: dict[tuple[int, tuple[Any, ...]], int] = defaultdict(int)
    for packed, n in quarters.items():
        at = (start + (packed >> bits)) * QUARTER
        wall = at + next(offset for until, offset in spans if at < until)
        found[packed & (1 << bits) - 1, tuple(key_of(name, wall) for name in by)] += n
    return found
