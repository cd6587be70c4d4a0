"""Figures over the facts: spreads of durations, counts, what is behind them, what was open at an instant.

PostgreSQL groups and sorts by itself. SQLite's sorter would take seconds for a million rows, so there a statement only
reads the rows in the order of their key and hands whole columns over as one text each; they are grouped and sorted
here, exactly and in a fifth of the time (docs/adr/0026). Both give the same figures to the last bit.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, pairwise
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import BigInteger, BinaryExpression, Table, and_, bindparam, case, cast, func, literal, or_, select
from sqlalchemy import text as sql
from sqlalchemy.sql import operators

from inbox.clock import DAY, HOUR, MINUTE
from inbox.domain.figures import Asked, Filters
from inbox.domain.periods import TIME_KEYS, key_of, offsets
from inbox.domain.permissions import Scope
from inbox.storage import tables as t
from inbox.storage.database import Bound, Query, Row, Statement, Text, among, fetch, first
from inbox.storage.dialect import Engine

Key: TypeAlias = tuple[Any, ...]
"""A group: one value for each dimension asked for; empty for everything."""
_COLUMN_OF = {
    "channel": "channel_id",
    "team": "team_id",
    "agent": "agent_id",
    "owner": "owner_id",
    "campaign": "campaign_id",
    "post": "post_id",
}
WORDS = frozenset({"network", "kind", "language", "by", "part"})
_numbers = msgspec.json.Decoder(list[int]).decode
_floats = msgspec.json.Decoder(list[float]).decode
_words = msgspec.json.Decoder(list[str]).decode


class Source(msgspec.Struct, frozen=True):
    """Rows of one kind of fact, in a period."""

    table: Table
    at: Any
    """The instant by which a row belongs to the period."""
    where: tuple[Any, ...] = ()
    columns: Mapping[str, Any] = {}
    """Dimensions that are counted by another column here."""

    def dimension(self, name: str) -> Any:
        """The column of a dimension."""
        if name in self.columns:
            return self.columns[name]
        return self.table.c["tags" if name == "tag" else _COLUMN_OF.get(name, name)]

    def has(self, name: str) -> bool:
        """Whether its rows say it themselves. Of a stretch much is said by its wait."""
        return name in self.columns or ("tags" if name == "tag" else _COLUMN_OF.get(name, name)) in self.table.c


class Condition(msgspec.Struct, frozen=True):
    """Clauses with the values of their lists."""

    clauses: list[Any]
    values: dict[str, Any]


_OF_WAIT = Source(t.wait_fact, t.wait_fact.c.ended_at)


def big(value: int) -> Any:
    """A number in a statement."""
    return literal(value, BigInteger())


def condition(source: Source, asked: Asked, scope: Scope, *, seek: bool = True) -> Condition:
    """What of a source is asked for, and seen by this scope. Without `seek` no index is searched for the period."""
    table = source.table
    at = source.at if seek else source.at + big(0)
    # No index is in the order of deadlines: the rows are walked, and none of the narrower indexes is a way to them.
    apart = "deadline_at" in table.c and source.at is table.c.deadline_at
    workspace = table.c.workspace_id + big(0) if apart else table.c.workspace_id
    clauses: list[Any] = [workspace == 1, at >= big(asked.since), at < big(asked.until), *source.where]
    if seek and "ended_at" in table.c and source.at is not table.c.ended_at and not apart:
        # Nothing ends before it begins: the key's order is of use here too.
        clauses.append(table.c.ended_at >= big(asked.since))
    filtered = _filtered(source, asked.filters)
    seen = seen_by(table, scope)
    return Condition([*clauses, *filtered.clauses, *seen.clauses], {**filtered.values, **seen.values})


def seen_by(table: Table, scope: Scope) -> Condition:
    """What a scope sees of facts: those of its channels and of its teams."""
    if scope.channels is None:
        return Condition([], {})
    seen = or_(among(table.c.channel_id, "seen_channels"), among(table.c.team_id, "seen_teams"))
    return Condition([seen], {"seen_channels": sorted(scope.channels), "seen_teams": sorted(scope.teams)})


def _filtered(source: Source, filters: Filters) -> Condition:
    clauses: list[Any] = []
    values: dict[str, Any] = {}
    for name in msgspec.structs.fields(Filters):
        wanted: tuple[Any, ...] = getattr(filters, name.name)
        if not wanted:
            continue
        there = source.has(name.name)
        column = (source if there else _OF_WAIT).dimension(name.name)
        if name.name == "tag":
            clause = or_(*(column == "" if not one else column.contains(f",{one:d},") for one in wanted))
        elif len(wanted) == 1:
            clause = column == (wanted[0] if name.name in WORDS else big(wanted[0]))
        else:
            typed = column if name.name in WORDS else cast(column, BigInteger())
            clause = among(typed, f"only_{name.name}")
            values[f"only_{name.name}"] = list(wanted)
        if not there:
            fact = t.wait_fact.c
            clause = source.table.c.wait_id.in_(select(fact.wait_id).where(fact.workspace_id == 1, clause))
        clauses.append(clause)
    return Condition(clauses, values)


def local(at: Any, asked: Asked) -> Any:
    """An instant on the wall clock of the report's zone, µs."""
    spans = offsets(asked.zone, asked.since, asked.until)
    if len(spans) == 1:
        return at + big(spans[0][1])
    whens = [(at < big(until), big(offset)) for until, offset in spans[:-1]]
    return at + case(*whens, else_=big(spans[-1][1]))


def keys_of(source: Source, asked: Asked, by: Sequence[str]) -> list[Any]:
    """What rows are grouped by, one expression for each dimension."""
    wall = local(source.at, asked) if set(by) & set(TIME_KEYS) else None
    made = {
        "day": lambda: wall // big(DAY),
        "week": lambda: (wall // big(DAY) + big(3)) // big(7),
        "weekday": lambda: (wall // big(DAY) + big(3)) % big(7),
        "hour": lambda: wall // big(HOUR) % big(24),
    }
    return [made[name]() if name in made else source.dimension(name) for name in by]


# --- columns and groups


def whole(source: Source, columns: Sequence[Any], names: Sequence[str], wanted: Condition) -> Query[list[list[Any]]]:
    """SQLite: whole columns. All come of one walk over the rows, so they are in the same order."""
    joined = [
        func.json_group_array(column) if name in WORDS or name == "tag" else func.group_concat(column)
        for name, column in zip(names, columns, strict=True)
    ]
    row = yield from first(
        Statement(select(func.count(), *joined).where(*wanted.clauses).select_from(source.table))(**wanted.values)
    )
    if row is None or not row[0]:
        return [[] for _ in columns]
    return [
        _words(text) if name in WORDS or name == "tag" else (_floats if not name else _numbers)(f"[{text}]")
        for name, text in zip(names, row[1:], strict=True)
    ]


def floats_in(text: str) -> list[float]:
    """The numbers that SQLite joined with commas."""
    return _floats(f"[{text}]")


_IN_ORDER = frozenset({t.wait_fact.c.agent_id, t.wait_stretch.c.owner_id, t.deed.c.agent_id})
"""Dimensions by which an index of SQLite has the rows in order, with all columns that unfiltered figures ask for."""


def grouped_in_order(
    source: Source, figures: Sequence[Any], asked: Asked, scope: Scope, by: Sequence[str], more: Sequence[Any] = ()
) -> Bound | None:
    """SQLite: rows (key, how many, figures…) of the groups of one dimension, when an index has them in that order:
    then nothing is sorted. None where none has. `more`: columns of that index that divide the groups further.
    """
    if len(by) != 1 or by[0] in TIME_KEYS or asked.filters != Filters() or scope.channels is not None:
        return None
    key = source.dimension(by[0])
    if not any(key is column for column in _IN_ORDER):
        return None
    # With a period to search for, SQLite would skip from group to group, and sort what it found.
    wanted = condition(source, asked, scope, seek=False)
    query = select(key, *more, func.count(), *figures).where(*wanted.clauses).group_by(key, *more)
    return Statement(query)(**wanted.values)


def tags_in(text: str) -> list[int]:
    """The tags of a fact; 0 for one without."""
    return [int(one) for one in text.split(",") if one] or [0]


# --- counts


def counts(
    engine: Engine, source: Source, cells: Mapping[str, Any], asked: Asked, scope: Scope, by: Sequence[str] = (), *,
    apart: bool = False,
) -> Query[dict[Key, dict[str, int]]]:  # fmt: skip
    """How many rows of everything (key `()`) and of each group fulfil each condition of `cells`. `apart`: none fulfils
    two of them, so that the first that holds settles it.
    """
    wanted = condition(source, asked, scope)
    mask = _mask(cells, apart=apart)
    if engine == "postgres":
        return (yield from _counts_there(source, mask, list(cells), asked, by, wanted))
    keys = keys_of(source, asked, by)
    if by and set(by) <= set(TIME_KEYS) and _in_quarters(asked):
        quarter = source.at // big(QUARTER)
        columns = yield from whole(source, [mask + quarter * big(1 << _MASK_BITS)], ("mask",), wanted)
        tally = _on_the_wall(Counter(columns[0]), asked, by)
    elif _can_pack(by):
        packed = mask + sum((key * big(1 << shift) for key, shift in zip(keys, _shifts(by), strict=True)), big(0))
        columns = yield from whole(source, [packed], ("mask",), wanted)
        tally = {_unpacked(value, by): n for value, n in Counter(columns[0]).items()}
    else:
        columns = yield from whole(source, [mask, *keys], ("mask", *by), wanted)
        tally = {(row[0], tuple(row[1:])): n for row, n in Counter(zip(*columns, strict=True)).items()}
    return _count_cells(tally, list(cells), by)


def _mask(cells: Mapping[str, Any], *, apart: bool) -> Any:
    """A bit for each condition that holds."""
    if apart:
        bits = [(cell, big(1 << i)) for i, cell in enumerate(cells.values())]
        column = _same_column(list(cells.values()))
        if column is None:
            return case(*bits, else_=big(0))
        return case(*((cell.right, bit) for cell, bit in bits), value=column, else_=big(0))
    return sum((case((cell, big(1 << i)), else_=big(0)) for i, cell in enumerate(cells.values())), big(0))


def _same_column(cells: Sequence[Any]) -> Any:
    """The column that each of these conditions compares with a value of its own; None where they ask something else.
    It is then read once for all of them.
    """
    if all(isinstance(cell, BinaryExpression) and cell.operator is operators.eq for cell in cells):
        columns = {cell.left for cell in cells}
        return columns.pop() if len(columns) == 1 else None
    return None


_MASK_BITS, _TIME_BITS = 16, 17
"""Room for the conditions of a report and, twice, for a day counted from 1970; what is left is an id's: 47 bits."""


QUARTER = 15 * MINUTE


def _in_quarters(asked: Asked) -> bool:
    """Whether the zone keeps to quarters of an hour all the time, as all zones now do."""
    spans = offsets(asked.zone, asked.since, asked.until)
    return not any(offset % QUARTER for _, offset in spans) and not any(until % QUARTER for until, _ in spans[:-1])


def _on_the_wall(quarters: Mapping[int, int], asked: Asked, by: Sequence[str]) -> dict[tuple[int, Key], int]:
    """(mask, key) → how many, of counts by mask and quarter of an hour: the wall clock is read once for each of them
    instead of once for each row.
    """
    spans = offsets(asked.zone, asked.since, asked.until)
    found: dict[tuple[int, Key], int] = defaultdict(int)
    for packed, n in quarters.items():
        at = (packed >> _MASK_BITS) * QUARTER
        wall = at + next(offset for until, offset in spans if at < until)
        found[packed & (1 << _MASK_BITS) - 1, tuple(key_of(name, wall) for name in by)] += n
    return found


def _can_pack(by: Sequence[str]) -> bool:
    """Whether the keys and the mask fit into one number: counting numbers costs a quarter of counting tuples."""
    ids = [name for name in by if name not in TIME_KEYS]
    return len(ids) <= 1 and not (set(ids) & (WORDS | {"tag"})) and (not ids or len(by) == 1)


def _shifts(by: Sequence[str]) -> list[int]:
    return [_MASK_BITS + _TIME_BITS * place for place in range(len(by))]


def _unpacked(value: int, by: Sequence[str]) -> tuple[int, Key]:
    mask, rest = value & (1 << _MASK_BITS) - 1, value >> _MASK_BITS
    if len(by) < 2:
        return mask, (rest,) if by else ()
    return mask, (rest & (1 << _TIME_BITS) - 1, rest >> _TIME_BITS)


def _count_cells(
    tally: Mapping[tuple[int, Key], int], names: list[str], by: Sequence[str]
) -> dict[Key, dict[str, int]]:
    found: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    place = by.index("tag") if "tag" in by else None
    for (mask, key), n in tally.items():
        if not mask:
            continue
        groups: list[Key] = [key]
        if place is not None:
            groups = [(*key[:place], tag, *key[place + 1 :]) for tag in tags_in(key[place])]
        for group in ((), *groups) if by else ((),):
            cells = found[group]
            for i, name in enumerate(names):
                if mask >> i & 1:
                    cells[name] += n
    return dict(found)


def _counts_there(
    source: Source, mask: Any, names: list[str], asked: Asked, by: Sequence[str], wanted: Condition
) -> Query[dict[Key, dict[str, int]]]:
    """PostgreSQL: counted by group and mask, which parallel workers can do; the cells are added up here."""
    yield from at_length()
    keys = keys_of(source, asked, by)
    query = select(*keys, mask, func.count()).select_from(source.table).where(*wanted.clauses)
    rows = yield from fetch(grouped(query, len(keys) + 1)(**wanted.values))
    return _count_cells({(row[-2], tuple(row[:-2])): row[-1] for row in rows}, names, by)


_AT_LENGTH: dict[Engine, str] = {
    "postgres": "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '32MB', true)"
}


def at_length() -> Query[None]:
    """PostgreSQL: from here to the end of the transaction, plan each statement for its own lists, and group in memory:
    a walk over a million rows is worth both.
    """
    yield from fetch(Text(_AT_LENGTH))


def grouped(query: Any, keys: int) -> Statement:
    """Grouped by the first columns, named by their place: an expression with a parameter is another one elsewhere."""
    return Statement(query.group_by(*(sql(str(i + 1)) for i in range(keys))) if keys else query)


def sums(
    engine: Engine, source: Source, values: Mapping[str, Any], asked: Asked, scope: Scope, by: Sequence[str] = ()
) -> Query[dict[Key, dict[str, int]]]:
    """Sums, and how many rows (`n`), of everything (key `()`) and of each group."""
    wanted = condition(source, asked, scope)
    keys = keys_of(source, asked, by)
    rows: Iterable[Sequence[Any]]
    added = [func.sum(value) for value in values.values()]
    in_order = grouped_in_order(source, added, asked, scope, by) if engine == "sqlite" and len(values) == 1 else None
    if in_order is not None:
        rows = yield from fetch(in_order)
    elif engine == "sqlite" and by:
        names = ("sum",) * len(values)
        rows = _summed((yield from whole(source, [*values.values(), *keys], (*names, *by), wanted)), len(values))
    else:
        if engine == "postgres":
            yield from at_length()
        query = select(*keys, func.count(), *added)
        query = query.select_from(source.table).where(*wanted.clauses)
        rows = yield from fetch(grouped(query, len(keys))(**wanted.values))
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


# --- at an instant


def open_at(
    engine: Engine, source: Source, began: Any, ended: Any, since: Any, samples: Sequence[int], asked: Asked,
    scope: Scope, by: Sequence[str] = (),
) -> Query[dict[tuple[int, Key], list[float]]]:  # fmt: skip
    """(place of the sample, group) → ages (µs, ascending) of what had begun and not ended then. `since`: from when the
    age counts. `samples` ascend.
    """
    if not samples:
        return {}
    wanted = _filtered(source, asked.filters)
    seen = seen_by(source.table, scope)
    spans = [source.table.c.workspace_id == 1, began <= big(samples[-1]), ended > big(samples[0]), *source.where]
    crossing = _crosses(began, ended, samples)
    keys = [source.dimension(name) for name in by]
    clauses = [*spans, *crossing, *wanted.clauses, *seen.clauses]
    values = {**wanted.values, **seen.values}
    names = ("began", "ended", "since", *by)
    if engine == "sqlite":
        where = Condition(clauses, values)
        columns = yield from whole(source, [began, ended, since, *keys], names, where)
        rows: Iterable[Sequence[Any]] = zip(*columns, strict=True)
    else:
        query = select(began, ended, since, *keys).where(*clauses).select_from(source.table)
        rows = yield from fetch(Statement(query)(**values))
    found: dict[tuple[int, Key], list[float]] = defaultdict(list)
    for begins, ends, counts_from, *key in rows:
        for i in range(bisect_left(samples, begins), bisect_left(samples, ends)):
            for group in ((), tuple(key)) if by else ((),):
                found[i, group].append(float(samples[i] - counts_from))
    for ages in found.values():
        ages.sort()
    return found


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
    source: Source, item: Any, value: Any, clauses: Sequence[Any], asked: Asked, scope: Scope, *, limit: int,
    after: Sequence[int] | None = None,
) -> Query[list[Behind]]:  # fmt: skip
    """Rows behind a number, newest first, after an (instant, item, conversation): where items are episodes, whose
    numbers each conversation has of its own, only all three tell those that one action closed apart.
    """
    wanted = condition(source, asked, scope)
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


# --- people


class Deeds(msgspec.Struct, frozen=True):
    """How many deeds of one sort, and in how many conversations."""

    n: int
    conversations: int


def deeds_of_agents(engine: Engine, source: Source, asked: Asked, scope: Scope) -> Query[dict[tuple[int, str], Deeds]]:
    """(agent, what) → his deeds of that sort; agent 0 is everybody and everything else."""
    d = t.deed.c
    conversations = func.count(d.conversation_id.distinct())
    query = grouped_in_order(source, [conversations], asked, scope, ("agent",), (d.what,))
    if query is None and engine == "sqlite":
        wanted = condition(source, asked, scope)
        columns = yield from whole(
            source, [d.agent_id, d.what, d.conversation_id], ("agent", "by", "conversation"), wanted
        )
        pairs = list(zip(columns[0], columns[1], strict=True))
        inside = Counter((agent, what) for agent, what, _ in set(zip(*columns, strict=True)))
        return {pair: Deeds(n, inside[pair]) for pair, n in Counter(pairs).items()}
    if query is None or engine == "postgres":
        wanted = condition(source, asked, scope)
        found = select(d.agent_id, d.what, func.count(), conversations).where(*wanted.clauses)
        query = grouped(found, 2)(**wanted.values)
    return {(agent, what): Deeds(n, inside) for agent, what, n, inside in (yield from fetch(query))}


_RESTATED = select(t.deed.c.at, t.deed.c.after_at, t.deed.c.position).where(
    t.deed.c.workspace_id == 1,
    t.deed.c.what == "restated",
    t.deed.c.at >= bindparam("since"),
    t.deed.c.at < bindparam("until"),
)


def restated(asked: Asked, scope: Scope) -> Query[list[tuple[int, int]]]:
    """(instant counted, instant at which it was counted anew) of waits of a period."""
    seen = seen_by(t.deed, scope)
    rows = yield from fetch(
        Statement(_RESTATED.where(*seen.clauses))(since=asked.since, until=asked.until, **seen.values)
    )
    return [(row[0], row[1]) for row in rows]
