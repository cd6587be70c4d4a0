"""Percentiles without sorting everything: values are counted in fine buckets, and only those of the buckets that hold a
rank are looked at; or they are searched for in runs that are sorted already. Exact: the buckets only say where to look.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from inbox.clock import DAY
from inbox.domain.figures import BOUNDS, FRACTIONS, Spread, percentile_cont, spread_of


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
        self.counts[fine] = self.counts.get(fine, 0) + n
        self.total += total
        self.ends += [low, high]

    def held(self) -> set[int]:
        """The buckets that hold the ranks next to each fraction; the first and the last value are known already."""
        return {fine for fine, _ in self._holding().values()}

    def _holding(self) -> dict[int, tuple[int, int]]:
        """Rank → (fine bucket that holds it, place in that bucket)."""
        found: dict[int, tuple[int, int]] = {}
        n = sum(self.counts.values())
        wanted, before = sorted(set(ranks(n)) - {0, n - 1}), 0
        for fine in sorted(self.counts):
            count = self.counts[fine]
            found |= {rank: (fine, rank - before) for rank in wanted if before <= rank < before + count}
            before += count
        return found

    def spread(self, values: Mapping[int, list[int]]) -> Spread:
        """The spread, with the sorted values of the buckets that hold ranks."""
        n = sum(self.counts.values())
        known = {0: min(self.ends), n - 1: max(self.ends)}
        known |= {rank: values[fine][place] for rank, (fine, place) in self._holding().items()}
        coarse = [0] * (len(BOUNDS) + 1)
        for fine, count in self.counts.items():
            # A fine bucket holds its upper bound, as the coarse ones do, and every coarse bound is a fine one.
            coarse[bisect_left(BOUNDS, self.bounds[fine]) if fine < len(self.bounds) else len(BOUNDS)] += count
        return Spread(
            n, self.total, _points(n, known.__getitem__), tuple(coarse), self.counts.get(self.bounds.index(0), 0)
        )


def ranks(n: int) -> list[int]:
    """The ranks of `n` values that the fractions lie at or between, ascending."""
    places = [fraction * (n - 1) for fraction in FRACTIONS]
    return sorted({rank for place in places for rank in (int(place), min(int(place) + 1, n - 1))})


def _points(n: int, at: Callable[[int], float]) -> tuple[float, ...]:
    """The values at the fractions, from the value at each rank."""
    points = []
    for fraction in FRACTIONS:
        place = fraction * (n - 1)
        low = int(place)
        high = low if place == low else low + 1
        points.append(percentile_cont([float(at(low)), float(at(high))], place - low))
    return tuple(points)


MANY_RUNS = 100
"""With more of them the search below takes longer than putting them into one order."""


def spread_of_runs(runs: Sequence[Sequence[float]]) -> Spread:
    """The spread of all values of several runs, each of them ascending and none empty; the values are whole numbers."""
    if len(runs) == 1 or len(runs) > MANY_RUNS:
        return spread_of(sorted(chain.from_iterable(runs)))
    n = sum(map(len, runs))
    known = _at_ranks(runs, ranks(n))
    ends = [_up_to(runs, bound) for bound in BOUNDS]
    counts = [end - begin for begin, end in zip([0, *ends], [*ends, n], strict=True)]
    zeros = sum(bisect_right(run, 0) - bisect_left(run, 0) for run in runs)
    total = sum(int(sum(run)) for run in runs)
    return Spread(n, total, _points(n, known.__getitem__), tuple(counts), zeros)


def _at_ranks(runs: Sequence[Sequence[float]], wanted: Sequence[int]) -> dict[int, float]:
    """The values at these ranks, ascending: the least number that more values than the rank are at or below."""
    found: dict[int, float] = {}
    least, most = int(min(run[0] for run in runs)), int(max(run[-1] for run in runs))
    for rank in wanted:
        if rank - 1 in found:
            found[rank] = _following(runs, found[rank - 1], rank)
            continue
        low, high = least, most
        while low < high:
            middle = (low + high) // 2
            if _up_to(runs, middle) > rank:
                high = middle
            else:
                low = middle + 1
        found[rank], least = float(low), low
    return found


def _up_to(runs: Sequence[Sequence[float]], value: float) -> int:
    return sum([bisect_right(run, value) for run in runs])


def _following(runs: Sequence[Sequence[float]], value: float, rank: int) -> float:
    """The value at a rank, from that at the rank before."""
    places = [bisect_right(run, value) for run in runs]
    if sum(places) > rank:
        return value
    return min(run[place] for run, place in zip(runs, places, strict=True) if place < len(run))
