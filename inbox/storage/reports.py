"""Figures over the facts: counts, sums, and what is behind them.

What SQLite hands over in whole columns is grouped and sorted here, exactly and in a fifth of the time its sorter takes
(docs/adr/0026). Both engines give the same figures to the last bit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import BigInteger, BinaryExpression, and_, bindparam, case, func, literal, or_, select
from sqlalchemy.sql import operators

from inbox.domain.figures import Asked, Filters
from inbox.domain.periods import TIME_KEYS
from inbox.domain.permissions import Scope
from inbox.storage import kept
from inbox.storage import tables as t
from inbox.storage.database import Bound, Query, Row, Statement, fetch, first
from inbox.storage.dialect import Engine
from inbox.storage.reports_source import (
    WORDS,
    Condition,
    Key,
    Source,
    at_length,
    big,
    condition,
    filtered_by,
    grouped,
    grouped_by_index,
    keys_of,
    led_by_index,
    seen_by,
    tags_in,
    unfiltered,
    whole,
)
from inbox.storage.reports_wall import QUARTER, in_quarters, on_the_wall

Cells: TypeAlias = Mapping[str, Any] | Callable[[Asked], Mapping[str, Any]]
"""Name → the condition behind it; of a period, where it may be another one in each."""


def _of_period(cells: Cells, asked: Asked) -> Mapping[str, Any]:
    return cells(asked) if callable(cells) else cells


def counts(
    engine: Engine, source: Source, cells: Cells, asked: Asked, scope: Scope, by: Sequence[str] = (), *,
    apart: bool = False,
) -> Query[dict[Key, dict[str, int]]]:  # fmt: skip
    """How many rows of everything (key `()`) and of each group fulfil each condition of `cells`. `apart`: none fulfils
    two of them, so that the first that holds settles it.
    """
    each = _of_period(cells, asked)
    wanted = condition(source, asked, scope, engine=engine, by=by)
    if engine == "postgres":
        tally = yield from _tally_there(source, cells, asked, scope, by, apart=apart)
    elif apart and source.table is t.deed and _held_by_deed(source, asked, scope, by):
        tally = yield from _by_deed(source, list(each), asked, by, wanted)
    else:
        tally = yield from _tally(source, _marks(each, apart=apart), asked, by, wanted)
    return _count_cells(tally, list(each), by, apart=apart)


class _Mark(msgspec.Struct, frozen=True):
    """Which conditions a row fulfils, as a number of so many bits: a bit for each of them, or, where it is at most one,
    its place counted from 1. The fewer digits, the sooner SQLite hands them over.
    """

    number: Any
    bits: int


def _marks(cells: Mapping[str, Any], *, apart: bool) -> _Mark:
    if not apart:
        each = (case((cell, big(1 << i)), else_=big(0)) for i, cell in enumerate(cells.values()))
        return _Mark(sum(each, big(0)), len(cells))
    places = [(cell, big(i)) for i, cell in enumerate(cells.values(), 1)]
    column = _same_column(list(cells.values()))
    bits = len(cells).bit_length()
    if column is None:
        return _Mark(case(*places, else_=big(0)), bits)
    return _Mark(case(*((cell.right, place) for cell, place in places), value=column, else_=big(0)), bits)


def _tally(
    source: Source, mark: _Mark, asked: Asked, by: Sequence[str], wanted: Condition
) -> Query[dict[tuple[int, Key], int]]:
    """SQLite: (mark, key) → how many."""
    if not by and not mark.bits:
        row = yield from first(Statement(select(func.count()).where(*wanted.clauses))(**wanted.values))
        return {(0, ()): row[0]} if row is not None and row[0] else {}
    keys = keys_of(source, asked, by)
    if by and set(by) <= set(TIME_KEYS) and in_quarters(asked):
        start = asked.since // QUARTER
        quarter = source.at // big(QUARTER) - big(start)
        columns = yield from whole(source, [mark.number + quarter * big(1 << mark.bits)], ("mark",), wanted)
        return on_the_wall(Counter(columns[0]), mark.bits, start, asked, by)
    if _can_pack(by):
        shifts = [mark.bits + _TIME_BITS * place for place in range(len(by))]
        packed = mark.number + sum((key * big(1 << shift) for key, shift in zip(keys, shifts, strict=True)), big(0))
        columns = yield from whole(source, [packed], ("mark",), wanted)
        return {_unpacked(value, mark.bits, by): n for value, n in Counter(columns[0]).items()}
    columns = yield from whole(source, [mark.number, *keys], ("mark", *by), wanted)
    return {(row[0], tuple(row[1:])): n for row, n in Counter(zip(*columns, strict=True)).items()}


def _held_by_deed(source: Source, asked: Asked, scope: Scope, by: Sequence[str]) -> bool:
    """Whether the index by the names of deeds holds all that is asked."""
    return unfiltered(asked, scope) and source.indexed is not None and set(by) <= source.indexed | set(TIME_KEYS)


def _by_deed(
    source: Source, names: Sequence[str], asked: Asked, by: Sequence[str], wanted: Condition
) -> Query[dict[tuple[int, Key], int]]:
    """SQLite: the same of deeds that are told apart by their names, each looked up in the index by name: what is handed
    over is only the key.
    """
    clauses = [*wanted.clauses, t.deed.c.what == bindparam("name")]
    found: dict[tuple[int, Key], int] = {}
    for place, name in enumerate(names, 1):
        named = Condition(clauses, {**wanted.values, "name": name})
        tally = yield from _tally(source, _Mark(big(0), 0), asked, by, named)
        found |= {(place, key): n for (_, key), n in tally.items()}
    return found


def _same_column(cells: Sequence[Any]) -> Any:
    """The column that each of these conditions compares with a value of its own; None where they ask something else.
    It is then read once for all of them.
    """
    if all(isinstance(cell, BinaryExpression) and cell.operator is operators.eq for cell in cells):
        columns = {cell.left for cell in cells}
        return columns.pop() if len(columns) == 1 else None
    return None


_TIME_BITS = 17
"""Room for a day counted from 1970, twice; what is left beside the conditions of a report is an id's."""


def _can_pack(by: Sequence[str]) -> bool:
    """Whether the keys and the mark fit into one number: counting numbers costs a quarter of counting tuples."""
    ids = [name for name in by if name not in TIME_KEYS]
    return len(ids) <= 1 and not (set(ids) & (WORDS | {"tag"})) and (not ids or len(by) == 1)


def _unpacked(value: int, bits: int, by: Sequence[str]) -> tuple[int, Key]:
    mark, rest = value & (1 << bits) - 1, value >> bits
    if len(by) < 2:
        return mark, (rest,) if by else ()
    return mark, (rest & (1 << _TIME_BITS) - 1, rest >> _TIME_BITS)


def _count_cells(
    tally: Mapping[tuple[int, Key], int], names: list[str], by: Sequence[str], *, apart: bool
) -> dict[Key, dict[str, int]]:
    found: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    place = by.index("tag") if "tag" in by else None
    for (mark, key), n in tally.items():
        if not mark:
            continue
        held = [names[mark - 1]] if apart else [name for i, name in enumerate(names) if mark >> i & 1]
        groups: list[Key] = [key]
        if place is not None:
            groups = [(*key[:place], tag, *key[place + 1 :]) for tag in tags_in(key[place])]
        for group in ((), *groups) if by else ((),):
            cells = found[group]
            for name in held:
                cells[name] += n
    return dict(found)


def tally_of(source: Source, cells: Cells, scope: Scope, by: Sequence[str], *, apart: bool) -> kept.Make:
    """PostgreSQL's statement that counts by group and mark, which parallel workers can do: (group…, mark, how many)."""

    def made(asked: Asked) -> Bound:
        wanted = condition(source, asked, scope)
        keys, mark = keys_of(source, asked, by), _marks(_of_period(cells, asked), apart=apart)
        query = select(*keys, mark.number, func.count()).select_from(source.table).where(*wanted.clauses)
        return grouped(query, len(keys) + 1)(**wanted.values)

    return made


def _tally_there(
    source: Source, cells: Cells, asked: Asked, scope: Scope, by: Sequence[str], *, apart: bool
) -> Query[dict[tuple[int, Key], int]]:
    """PostgreSQL: (mark, key) → how many."""
    yield from at_length()
    found: dict[tuple[int, Key], int] = defaultdict(int)
    make = tally_of(source, cells, scope, by, apart=apart)
    for row in (yield from kept.rows_of(make, source.at, asked, everything=unfiltered(asked, scope))):
        found[row[-2], tuple(row[:-2])] += row[-1]
    return found


def sums(
    engine: Engine, source: Source, values: Mapping[str, Any], asked: Asked, scope: Scope, by: Sequence[str] = ()
) -> Query[dict[Key, dict[str, int]]]:
    """Sums, and how many rows (`n`), of everything (key `()`) and of each group."""
    wanted = condition(source, asked, scope, engine=engine, by=by)
    keys = keys_of(source, asked, by)
    added = [func.sum(value) for value in values.values()]
    alone = engine == "sqlite" and len(values) == 1
    rows: Iterable[Sequence[Any]] | None = (
        (yield from grouped_by_index(source, added, asked, scope, by)) if alone else None
    )
    if rows is not None:
        pass
    elif engine == "sqlite" and by:
        names = ("sum",) * len(values)
        rows = _summed((yield from whole(source, [*values.values(), *keys], (*names, *by), wanted)), len(values))
    else:
        make = sum_of(source, values, scope, by, engine=engine)
        if engine == "postgres":
            yield from at_length(
                covered=len(values) == 1 and led_by_index(source, by) is not None and unfiltered(asked, scope)
            )
            rows = yield from kept.rows_of(make, source.at, asked, everything=unfiltered(asked, scope))
        else:
            rows = yield from fetch(make(asked))
    found: dict[Key, dict[str, int]] = {}
    names = ("n", *values)
    place = by.index("tag") if "tag" in by else None
    for row in rows:
        key, cells = tuple(row[: len(by)]), [int(value or 0) for value in row[len(by) :]]
        groups = [key] if place is None else [(*key[:place], x, *key[place + 1 :]) for x in tags_in(key[place])]
        for group in {(), *groups} if cells[0] else ():
            known = found.setdefault(group, dict.fromkeys(names, 0))
            for name, value in zip(names, cells, strict=True):
                known[name] += value
    return found


def sum_of(
    source: Source, values: Mapping[str, Any], scope: Scope, by: Sequence[str], *, engine: Engine = "postgres"
) -> kept.Make:
    """The statement of sums by group: (group…, how many, sum…)."""

    def made(asked: Asked) -> Bound:
        wanted = condition(source, asked, scope, engine=engine, by=by)
        keys = keys_of(source, asked, by)
        query = select(*keys, func.count(), *(func.sum(value) for value in values.values()))
        return grouped(query.select_from(source.table).where(*wanted.clauses), len(keys))(**wanted.values)

    return made


def _summed(columns: list[list[Any]], count: int) -> list[Row]:
    """Rows (key…, n, sum…) of `count` columns of values beside those of the keys."""
    keys = columns[count] if len(columns) == count + 1 else list(zip(*columns[count:], strict=True))
    tally = Counter(keys)
    totals: list[dict[Any, int]] = []
    for values in columns[:count]:
        added: dict[Any, int] = defaultdict(int)
        pairs: Iterable[tuple[Any, int]] = zip(keys, values, strict=True)
        if values.count(0) > len(values) // 2:
            # Parts that few waits have: the others are skipped without a look.
            pairs = compress(pairs, values)
        for key, value in pairs:
            added[key] += value
        totals.append(added)
    alone = len(columns) == count + 1
    return [(*((key,) if alone else key), n, *(added[key] for added in totals)) for key, n in tally.items()]


# --- what is behind a number


class Behind(msgspec.Struct, frozen=True):
    """A row behind a number: its conversation, its wait where it is one, the instant it is counted at, and the figure
    (µs) where it has one.
    """

    conversation_id: int
    item_id: int
    at: int
    value: int | None


def behind(
    engine: Engine, source: Source, item: Any, value: Any, clauses: Sequence[Any], asked: Asked, scope: Scope, *,
    limit: int, after: Sequence[int] | None = None,
) -> Query[list[Behind]]:  # fmt: skip
    """Rows behind a number, newest first, after an (instant, item, conversation): where items are episodes, whose
    numbers each conversation has of its own, only all three tell those that one action closed apart.
    """
    if engine == "postgres":
        yield from at_length()
    wanted = condition(source, asked, scope, engine=engine)
    where = [*wanted.clauses, *clauses, *_under(source, asked)]
    if after is not None:
        here, last, beside = big(after[0]), big(after[1]), source.table.c.conversation_id < big(after[2])
        where += [source.at <= here, or_(source.at < here, item < last, and_(item == last, beside))]
    statement = list_of(source, item, Condition(where, wanted.values), limit, value)
    return [Behind(*row) for row in (yield from fetch(statement(**wanted.values)))]


def list_of(source: Source, item: Any, wanted: Condition, limit: int, value: Any = None) -> Statement:
    """The statement of a list, newest first."""
    figure = value if value is not None else literal(None, BigInteger())
    beside = source.table.c.conversation_id
    query = select(beside, item, source.at, figure).where(*wanted.clauses)
    return Statement(query.order_by(source.at.desc(), item.desc(), beside.desc()).limit(limit))


def walk_of(source: Source, wanted: Condition) -> Statement:
    """The walk over all rows of a period that the widest figures take."""
    return Statement(select(func.count(), func.sum(source.at)).where(*wanted.clauses))


def _under(source: Source, asked: Asked) -> list[Any]:
    """The group asked for (`asked.under`): a date, a weekday, an hour of the day."""
    if not asked.under:
        return []
    keys = keys_of(source, asked, [name for name, _ in asked.under])
    return [key == big(value) for key, (_, value) in zip(keys, asked.under, strict=True)]


def stars(
    engine: Engine, source: Source, asked: Asked, scope: Scope, by: Sequence[str] = ()
) -> Query[dict[Key, dict[str, int]]]:
    """Sums of stars and how many reviews, by group."""
    return (yield from sums(engine, source, {"stars": source.table.c.stars}, asked, scope, by))


# --- counted anew

_RESTATED = select(t.deed.c.at, t.deed.c.after_at, t.deed.c.position).where(
    t.deed.c.workspace_id == 1,
    t.deed.c.what == "restated",
    t.deed.c.at >= bindparam("since"),
    t.deed.c.at < bindparam("until"),
)


_FOLLOWS = ("channel", "network", "kind", "tag", "campaign", "post", "language", "rating")
"""What a mark says of its wait. Team, owner and agent of a mark are those who held it, and acted, when it was made."""


def restated(asked: Asked, scope: Scope) -> Query[list[tuple[int, int]]]:
    """(instant counted, instant at which it was counted anew) of waits of a period."""
    seen = seen_by(t.deed, scope)
    only = Filters(**{name: getattr(asked.filters, name) for name in _FOLLOWS})
    filtered = filtered_by(Source(t.deed, t.deed.c.at), only)
    rows = yield from fetch(
        Statement(_RESTATED.where(*seen.clauses, *filtered.clauses))(
            since=asked.since, until=asked.until, **seen.values, **filtered.values
        )
    )
    return [(row[0], row[1]) for row in rows]
