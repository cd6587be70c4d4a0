"""Percentiles without sorting: values are counted in fine buckets, and only those of the buckets that hold a rank are
looked at. Exact: the buckets only say where to look.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from inbox.clock import DAY
from inbox.domain.figures import BOUNDS, FRACTIONS, Spread, percentile_cont


def _bounds(growth: float) -> list[int]:
    """Upper bounds of buckets, µs: a millisecond to a year, each a little longer than the one before."""
    found, at = {-1, 0, *BOUNDS}, 1_000.0
    while at < 366 * DAY:
        found.add(int(at))
        at *= growth
    return sorted(found)


FINE, COARSER = _bounds(1.01), _bounds(1.06)
"""So fine that few values have to be fetched; coarser for groups, which are smaller and many."""


class Tally:
    """How many values of a group are in each fine bucket, and which buckets hold the ranks that are asked for."""

    def __init__(self, bounds: Sequence[int]) -> None:
        self.bounds = bounds
        self.counts: dict[int, int] = {}
        self.total = 0
        self.ends: list[int] = []

    def add(self, fine: int, n: int, total: int, low: int, high: int) -> None:
        """Take a bucket: how many values, their sum, the least and the greatest."""
        self.counts[fine] = n
        self.total += total
        self.ends += [low, high]

    def ranks(self) -> list[int]:
        """The ranks next to each fraction; the first and the last value are known already."""
        last = sum(self.counts.values()) - 1
        places = [fraction * last for fraction in FRACTIONS]
        return sorted({rank for place in places for rank in (int(place), min(int(place) + 1, last))} - {0, last})

    def holding(self) -> dict[int, tuple[int, int]]:
        """Rank → (fine bucket that holds it, place in that bucket)."""
        found: dict[int, tuple[int, int]] = {}
        wanted, before = self.ranks(), 0
        for fine in sorted(self.counts):
            n = self.counts[fine]
            found |= {rank: (fine, rank - before) for rank in wanted if before <= rank < before + n}
            before += n
        return found

    def spread(self, values: Mapping[int, list[int]]) -> Spread:
        """The spread, with the sorted values of the buckets that hold ranks."""
        n = sum(self.counts.values())
        known = {0: min(self.ends), n - 1: max(self.ends)}
        known |= {rank: values[fine][place] for rank, (fine, place) in self.holding().items()}
        places = {fraction: fraction * (n - 1) for fraction in FRACTIONS}
        points = []
        for place in places.values():
            low = int(place)
            high = low if place == low else low + 1
            points.append(percentile_cont([float(known[low]), float(known[high])], place - low))
        coarse = [0] * (len(BOUNDS) + 1)
        for fine, count in self.counts.items():
            # A fine bucket holds its upper bound, as the coarse ones do, and every coarse bound is a fine one.
            coarse[bisect_left(BOUNDS, self.bounds[fine]) if fine < len(self.bounds) else len(BOUNDS)] += count
        return Spread(n, self.total, tuple(points), tuple(coarse), self.counts.get(self.bounds.index(0), 0))
