"""What was open at an instant, and how old it was."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Any, TypeAlias

from sqlalchemy import ARRAY, Float, and_, cast, func, literal, or_, select

from inbox.clock import DAY, HOUR
from inbox.domain.figures import Asked
from inbox.domain.permissions import Scope
from inbox.storage.database import Query, fetch
from inbox.storage.dialect import Engine
from inbox.storage.reports_source import Condition, Key, Source, at_length, big, filtered_by, grouped, seen_by, whole


def open_at(
    engine: Engine, source: Source, began: Any, ended: Any, since: Any, samples: Sequence[int], asked: Asked,
    scope: Scope, by: Sequence[str] = (),
) -> Query[dict[tuple[int, Key], list[float]]]:  # fmt: skip
    """(place of the sample, group) → ages (µs, ascending) of what had begun and not ended then. `since`: from when the
    age counts. `samples` ascend.
    """
    if not samples:
        return {}
    wanted = filtered_by(source, asked.filters)
    seen = seen_by(source.table, scope)
    spans = [source.table.c.workspace_id == 1, began <= big(samples[-1]), ended > big(samples[0]), *source.where]
    crossing = _crosses(began, ended, samples)
    where = Condition([*spans, *crossing, *wanted.clauses, *seen.clauses], {**wanted.values, **seen.values})
    there = _spans_there if engine == "postgres" else _spans_here
    runs: dict[tuple[int, Key], list[list[int]]] = defaultdict(list)
    for (first, end, key), some in (yield from there(source, began, ended, since, samples, where, by)).items():
        some.sort(reverse=True)
        for i in range(first, end):
            for group in ((), key) if by else ((),):
                runs[i, group].append(some)
    # Runs that are in order already are only merged.
    return {(i, key): sorted([float(samples[i] - at) for at in chain(*some)]) for (i, key), some in runs.items()}


_Span: TypeAlias = tuple[int, int, Key]
"""What was open at the samples from one place up to another, and its group."""


def _spans_here(
    source: Source, began: Any, ended: Any, since: Any, samples: Sequence[int], where: Condition, by: Sequence[str]
) -> Query[dict[_Span, list[int]]]:
    """SQLite: span → from when the ages of what is in it count."""
    keys = [source.dimension(name) for name in by]
    columns = yield from whole(source, [began, ended, since, *keys], ("began", "ended", "since", *by), where)
    found: dict[_Span, list[int]] = defaultdict(list)
    for begins, ends, counts_from, *key in zip(*columns, strict=True):
        first, end = bisect_left(samples, begins), bisect_left(samples, ends)
        if first < end:
            found[first, end, tuple(key)].append(counts_from)
    return found


def _spans_there(
    source: Source, began: Any, ended: Any, since: Any, samples: Sequence[int], where: Condition, by: Sequence[str]
) -> Query[dict[_Span, list[int]]]:
    """PostgreSQL: the same, grouped there: few spans are open at any sample, and many rows lie in each."""
    yield from at_length()
    bounds = literal(list(samples), ARRAY(Float(53)))
    first, end = (func.width_bucket(cast(at - big(1), Float(53)), bounds) for at in (began, ended))
    keys = [source.dimension(name) for name in by]
    query = select(first, end, *keys, func.array_agg(since)).select_from(source.table).where(*where.clauses)
    rows = yield from fetch(grouped(query, 2 + len(keys))(**where.values))
    return {(row[0], row[1], tuple(row[2:-1])): row[-1] for row in rows if row[0] < row[1]}


def _crosses(began: Any, ended: Any, samples: Sequence[int]) -> list[Any]:
    """Leaves out what begins and ends between two samples: of a year's waits nearly all. All samples but the last are
    the beginnings of local hours, days or weeks: an even grid but for a change of the clocks, hence the margin.
    """
    even, last = samples[:-1], samples[-1]
    if len(even) < 2:
        return []
    gap = min(b - a for a, b in pairwise(even))
    margin = 2 * HOUR if gap > HOUR else 0
    step = (gap + margin) // DAY * DAY if margin else HOUR
    base = even[0] % step
    crossed = (ended + big(margin - base)) // big(step) > (began - big(margin + base) - big(1)) // big(step)
    return [or_(crossed, and_(began <= big(last), ended > big(last)))]
