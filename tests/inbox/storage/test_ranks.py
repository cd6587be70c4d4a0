"""Percentiles that are found without sorting everything are those of everything sorted."""

from __future__ import annotations

import random
from bisect import bisect_left
from itertools import chain

import pytest

from inbox.domain.figures import Spread, spread_of
from inbox.storage.ranks import COARSER, FINE, MANY_RUNS, Tally, spread_of_runs

HOUR = 3_600_000_000


def _values(dice: random.Random) -> list[float]:
    """Lengths of time of all sorts: none, equal ones, below 0, longer than a year."""
    most = dice.choice([1, 1_000, 50_000_000, 3 * HOUR, 20_000 * HOUR])
    few = [0, -5 * HOUR, HOUR, 30_000_000, 30_000_001]
    return [float(dice.choice([dice.randrange(most), dice.choice(few)])) for _ in range(dice.randrange(1, 60))]


@pytest.mark.parametrize("count", [1, 2, 7, 40, MANY_RUNS + 5])
def test_the_spread_of_runs_is_that_of_all_their_values(count: int) -> None:
    """However the values are divided into groups, every figure of the whole is the same to the last bit."""
    dice = random.Random(count)
    for _ in range(40):
        runs = [sorted(_values(dice)) for _ in range(count)]
        assert spread_of_runs(runs) == spread_of(sorted(chain.from_iterable(runs)))


@pytest.mark.parametrize("bounds", [FINE, COARSER])
def test_the_spread_of_buckets_is_that_of_all_their_values(bounds: list[int]) -> None:
    """Counted in buckets, with only the values of those that hold a rank, every figure is the same to the last bit."""
    dice = random.Random(len(bounds))
    for _ in range(60):
        values = [int(value) for _ in range(dice.randrange(1, 30)) for value in _values(dice)]
        assert _by_buckets(values, bounds) == spread_of(sorted(map(float, values)))


def _by_buckets(values: list[int], bounds: list[int]) -> Spread:
    tally, inside = Tally(bounds), dict[int, list[int]]()
    for value in values:
        inside.setdefault(bisect_left(bounds, value), []).append(value)
    for bucket, some in inside.items():
        half = len(some) // 2
        for part in (some[:half], some[half:]):
            if part:
                tally.add(bucket, len(part), sum(part), min(part), max(part))
    return tally.spread({bucket: sorted(inside[bucket]) for bucket in tally.held()})
