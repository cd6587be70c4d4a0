"""Spreads of durations over the facts: exact percentiles of everything and of each group.

PostgreSQL counts fine buckets in a first walk and fetches only the values of those that hold a rank in a second one;
both run in parallel workers. SQLite hands the values over, grouped already where an index has them in that order; each
group is sorted here. Both give the same figures to the last bit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Float, Integer, cast, func, literal, select

from inbox.domain.figures import Asked, Spread, spread_of
from inbox.domain.permissions import Scope
from inbox.storage import kept
from inbox.storage.database import Bound, Query, Text, among, fetch, first
from inbox.storage.dialect import Engine
from inbox.storage.ranks import COARSER, FINE, Tally, spread_of_runs
from inbox.storage.reports_source import (
    WORDS,
    Key,
    Source,
    at_length,
    big,
    condition,
    floats_in,
    grouped,
    grouped_by_index,
    keys_of,
    tags_in,
    unfiltered,
    whole,
)


def spreads(
    engine: Engine, source: Source, value: Any, asked: Asked, scope: Scope, by: Sequence[str] = ()
) -> Query[dict[Key, Spread]]:
    """The spread of a duration (µs), of everything (key `()`) and of each group."""
    if engine == "postgres":
        yield from at_length()
        return (yield from _spreads_there(source, value, asked, scope, by))
    rows = yield from grouped_by_index(source, [func.group_concat(value)], asked, scope, by)
    if rows is not None:
        return _of_runs({key: floats_in(text) for key, _, text in rows}, by)
    wanted = condition(source, asked, scope, engine=engine, by=by)
    values, *keys = yield from whole(source, [value, *keys_of(source, asked, by)], ("", *by), wanted)
    if not by or not values:
        values.sort()
        return {(): spread_of(values)} if values else {}
    runs: dict[Any, list[float]] = defaultdict(list)
    # One dimension is its own key until the end: a million tuples would cost more than the sorting.
    for key, some in zip(keys[0] if len(by) == 1 else zip(*keys, strict=True), values, strict=True):
        runs[key].append(some)
    return _of_runs(runs, by)


def _of_runs(runs: dict[Any, list[float]], by: Sequence[str]) -> dict[Key, Spread]:
    """The spreads of groups, and of all together without sorting them once more."""
    for values in runs.values():
        values.sort()
    found: dict[Key, Spread] = {(): spread_of_runs(list(runs.values()))} if runs else {}
    keyed: dict[Key, list[float]] = {(key,): some for key, some in runs.items()} if len(by) == 1 else runs
    if "tag" in by:
        keyed = _each_tag(keyed, by.index("tag"))
    for key, values in keyed.items():
        found[key] = spread_of(values)
    return found


def _each_tag(runs: dict[Key, list[float]], place: int) -> dict[Key, list[float]]:
    """Rows with several tags belong to each of them; without one, to 0."""
    found: dict[Key, list[float]] = defaultdict(list)
    for key, values in runs.items():
        for tag in tags_in(key[place]):
            found[(*key[:place], tag, *key[place + 1 :])] += values
    for values in found.values():
        values.sort()
    return found


# --- PostgreSQL


def tally_of(source: Source, value: Any, scope: Scope, by: Sequence[str]) -> kept.Make:
    """The statement that counts values in fine buckets: (group…, bucket, how many, sum, least, greatest)."""

    def made(asked: Asked) -> Bound:
        wanted = condition(source, asked, scope)
        keys = keys_of(source, asked, by)
        query = select(*keys, _fine(value, by), func.count(), func.sum(value), func.min(value), func.max(value))
        return grouped(query.select_from(source.table).where(*wanted.clauses), len(keys) + 1)(**wanted.values)

    return made


def _bounds(by: Sequence[str]) -> list[int]:
    return COARSER if by else FINE


def _fine(value: Any, by: Sequence[str]) -> Any:
    """The bucket of a value: how many bounds are below it; a bucket holds its upper bound."""
    # Doubles have their own, faster search, and hold every such number exactly.
    return func.width_bucket(cast(value - big(1), Float(53)), literal(_bounds(by), ARRAY(Float(53))))


def _spreads_there(
    source: Source, value: Any, asked: Asked, scope: Scope, by: Sequence[str]
) -> Query[dict[Key, Spread]]:
    if set(by) & {"day", "week"} and (yield from rows_about(source)) <= AT_ONCE:
        return (yield from _at_once(source, value, asked, scope, by))
    make = tally_of(source, value, scope, by)
    rows = yield from kept.rows_of(make, source.at, asked, everything=unfiltered(asked, scope))
    tallies: dict[Key, Tally] = defaultdict(lambda: Tally(_bounds(by)))
    there: dict[Key, set[int]] = defaultdict(set)
    for row in rows:
        bucket, n, total, low, high = row[len(by) :]
        key = tuple(row[: len(by)])
        there[key].add(bucket)
        for group in _groups_of(key, by):
            tallies[group].add(bucket, n, int(total), low, high)
    held = {group: tally.held() for group, tally in tallies.items()}
    pairs = [
        (*key, bucket)
        for key, buckets in there.items()
        for bucket in buckets & set().union(*(held[group] for group in _groups_of(key, by)))
    ]
    values: dict[Key, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for key, bucket, some in (yield from _values_there(source, value, asked, scope, pairs, by)):
        for group in _groups_of(key, by):
            if bucket in held[group]:
                values[group][bucket] += some
    return {group: tally.spread(_sorted(values[group])) for group, tally in tallies.items()}


AT_ONCE = 2_000_000
"""Up to so many rows of a kind of fact, groups by days hand all their values over: of many small groups nearly every
bucket would hold a rank."""
_ROWS = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = $1::text::regclass"


def rows_about(source: Source) -> Query[int]:
    """About how many rows its table has; none before the server has counted them."""
    row = yield from first(Text({"postgres": _ROWS}, (source.table.name,)))
    return int(row[0]) if row else 0


def _at_once(source: Source, value: Any, asked: Asked, scope: Scope, by: Sequence[str]) -> Query[dict[Key, Spread]]:
    """All values by group, in one walk."""
    keys, wanted = keys_of(source, asked, by), condition(source, asked, scope)
    query = select(*keys, func.array_agg(cast(value, Float(53)))).select_from(source.table).where(*wanted.clauses)
    rows = yield from fetch(grouped(query, len(keys))(**wanted.values))
    return _of_runs({row[0] if len(by) == 1 else tuple(row[:-1]): row[-1] for row in rows}, by)


def _groups_of(key: Key, by: Sequence[str]) -> list[Key]:
    """The groups that rows with these keys belong to: everything, and each of their tags."""
    if not by:
        return [()]
    if "tag" not in by:
        return [(), key]
    place = by.index("tag")
    return [(), *((*key[:place], tag, *key[place + 1 :]) for tag in tags_in(key[place]))]


def _sorted(values: dict[int, list[int]]) -> dict[int, list[int]]:
    return {bucket: sorted(some) for bucket, some in values.items()}


def _values_there(
    source: Source, value: Any, asked: Asked, scope: Scope, pairs: list[tuple[Any, ...]], by: Sequence[str]
) -> Query[list[tuple[Key, int, list[int]]]]:
    """(key, bucket, values) of these buckets of these keys, and of some others."""
    if not pairs:
        return []
    wanted, keys, fine = condition(source, asked, scope), keys_of(source, asked, by), _fine(value, by)
    # The list leaves out nearly all rows; what it lets through besides is not looked at.
    marks = sorted({_mark(pair, by) for pair in pairs})
    query = select(*keys, fine, func.array_agg(value)).select_from(source.table).where(*wanted.clauses)
    query = query.where(among(_mark_there(keys, fine, by), "marks"))
    rows = yield from fetch(grouped(query, len(keys) + 1)(**wanted.values, marks=marks))
    return [(tuple(row[: len(by)]), row[-2], row[-1]) for row in rows]


_SHIFT, _BUCKET_SHIFT = 20, 50


def _mark(pair: tuple[Any, ...], by: Sequence[str]) -> int:
    """A number of a group's numbers and a bucket. Different pairs may share one."""
    mark = pair[-1] << _BUCKET_SHIFT
    for place, (name, key) in enumerate(zip(by, pair, strict=False)):
        mark ^= 0 if _is_text(name) else key << _SHIFT * place
    return int(mark)


def _mark_there(keys: Sequence[Any], fine: Any, by: Sequence[str]) -> Any:
    """The same in PostgreSQL."""
    mark = cast(fine, BigInteger()).bitwise_lshift(_integer(_BUCKET_SHIFT))
    for place, (name, key) in enumerate(zip(by, keys, strict=True)):
        if not _is_text(name):
            mark = mark.bitwise_xor(cast(key, BigInteger()).bitwise_lshift(_integer(_SHIFT * place)))
    return mark


def _is_text(name: str) -> bool:
    return name in WORDS or name == "tag"


def _integer(value: int) -> Any:
    return literal(value, Integer())
