"""Figures of reports: what can be asked, and how a spread of durations is counted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal

import msgspec

from inbox.clock import HOUR, MINUTE, SECOND

Clock = Literal["customer", "desk"]
HoursMode = Literal["calendar", "business"]
DIMENSIONS = (
    "channel", "network", "kind", "team", "agent", "owner", "tag", "campaign", "post", "language", "rating",
)  # fmt: skip
PLACES = ("location", "brand")
"""Dimensions that follow from the channel; only of counts, which can be added up."""
MAX_KEYS = 2
FEW = 5
"""With fewer values there is no percentile: the values themselves are shown."""
FRACTIONS = (0.0, 1 / 3, 0.5, 2 / 3, 0.75, 0.9, 0.95, 1.0)
"""Percentiles that are read in one go: those shown, and those that give up to four values one by one."""
_EACH = {1: (0,), 2: (0, 7), 3: (0, 2, 7), 4: (0, 1, 3, 7)}
BOUNDS = tuple(
    x * SECOND if x < 60 else x // 60 * MINUTE
    for x in (30, 120, 300, 600, 1_800, 3_600, 4 * 3_600, 8 * 3_600, 24 * 3_600)
)
"""Upper bounds of the distribution's buckets, µs; the last bucket has none."""
assert BOUNDS[5] == HOUR
NONE = "none"
"""The label of a group of what has no team, agent, tag…"""


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions; empty: none. Several values of one are alternatives; 0 (or the empty word) is "none"."""

    channel: tuple[int, ...] = ()
    network: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    team: tuple[int, ...] = ()
    agent: tuple[int, ...] = ()
    owner: tuple[int, ...] = ()
    tag: tuple[int, ...] = ()
    campaign: tuple[int, ...] = ()
    post: tuple[int, ...] = ()
    language: tuple[str, ...] = ()
    rating: tuple[int, ...] = ()
    survey: tuple[int, ...] = ()
    """Of the reports of surveys alone."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a report. `since` belongs to the period, `until` does not (µs)."""

    since: int
    until: int
    zone: str = "UTC"
    by: tuple[str, ...] = ()
    clock: Clock = "customer"
    hours: HoursMode = "calendar"
    bucket: Literal["ended", "began"] = "ended"
    measure: str = ""
    """What a report of several measures is of; empty: its first."""
    filters: Filters = Filters()
    under: tuple[tuple[str, int], ...] = ()
    """Of lists: only what is counted under these time keys (`domain.periods`)."""
    now: int


class Spread(msgspec.Struct, frozen=True):
    """A spread of durations (µs, exact)."""

    n: int
    total: int
    points: tuple[float, ...]
    """At `FRACTIONS`."""
    counts: tuple[int, ...]
    """Values below or at each of `BOUNDS`, not below it twice; the last is of the rest."""
    zeros: int

    def percentile(self, fraction: float) -> float | None:
        """Of one of `FRACTIONS`; None of fewer than `FEW` values."""
        return self.points[FRACTIONS.index(fraction)] if self.n >= FEW else None

    def values(self) -> list[float]:
        """The values themselves where they are few; else none."""
        return [self.points[i] for i in _EACH.get(self.n, ())]


def percentile_cont(ordered: Sequence[float], fraction: float) -> float:
    """As PostgreSQL defines it: linear interpolation between the two nearest ranks, in the same order of steps, so that
    both engines give the same double (https://www.postgresql.org/docs/17/functions-aggregate.html, read 2026-11-22).
    """
    place = fraction * (len(ordered) - 1)
    low = int(place)
    high = low if place == low else low + 1
    first, second = ordered[low], ordered[high]
    return first if low == high else first + (place - low) * (second - first)


def spread_of(ordered: Sequence[float]) -> Spread:
    """The spread of values in ascending order, at least one."""
    ends = [bisect_right(ordered, bound) for bound in BOUNDS]
    counts = [end - begin for begin, end in zip([0, *ends], [*ends, len(ordered)], strict=True)]
    return Spread(
        n=len(ordered),
        total=int(sum(ordered)),
        points=tuple(percentile_cont(ordered, fraction) for fraction in FRACTIONS),
        counts=tuple(counts),
        zeros=bisect_right(ordered, 0) - bisect_left(ordered, 0),
    )


def seconds(value: float | None) -> float | None:
    """µs as seconds."""
    return None if value is None else value / SECOND


def share(part: float, whole: float) -> float | None:
    """A share of a whole; None of nothing."""
    return part / whole if whole else None


class Behind(msgspec.Struct, kw_only=True):
    """Something behind a number: a wait, an episode or a deed, with its conversation."""

    conversation_id: int
    item_id: int
    at: int
    value: int | None
    is_wait: bool = False
    """Whether `item_id` is that of a wait, which can be explained."""
