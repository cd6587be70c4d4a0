"""Figures over the facts: spreads of durations, counts, what is behind them, what was open at an instant.

PostgreSQL groups and sorts by itself. SQLite's sorter would take seconds for a million rows, so there a statement only
reads the rows in the order of their key and hands whole columns over as one text each; they are grouped and sorted
here, exactly and in a fifth of the time (docs/adr/0026). Both give the same figures to the last bit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import BigInteger, BinaryExpression, Table, and_, bindparam, case, cast, func, literal, or_, select
from sqlalchemy import text as sql
from sqlalchemy.sql import operators

from inbox.clock import DAY, HOUR
from inbox.domain.figures import Asked, Filters
from inbox.domain.periods import TIME_KEYS, offsets
from inbox.domain.permissions import Scope
from inbox.storage import kept
from inbox.storage import tables as t
from inbox.storage.database import Bound, Query, Row, Statement, Text, among, fetch, first
from inbox.storage.dialect import Engine
from inbox.storage.reports_wall import QUARTER, in_quarters, on_the_wall

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
    indexed: frozenset[str] | None = None
    """An index in the order of `at` holds these dimensions, and all else that is asked of this source. None: its key
    is in that order, or no index is.
    """

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


def condition(
    source: Source, asked: Asked, scope: Scope, *, engine: Engine | None = None, by: Sequence[str] = ()
) -> Condition:
    """What of a source is asked for, and seen by this scope. SQLite, which keeps no statistics, is led to the index
    that holds all that is asked, and away from one that would send it to each row apart.
    """
    table, columns = source.table, source.table.c
    keyed = "ended_at" in columns and source.at is columns.ended_at
    led = engine == "sqlite" and "ended_at" in columns and not keyed
    beside = source.indexed is not None and _held(source.indexed, asked, scope, by)
    apart = led and not beside
    at = source.at + big(0) if apart and source.indexed is not None else source.at
    due = "deadline_at" in columns and source.at is columns.deadline_at
    workspace = columns.workspace_id + big(0) if apart and due else columns.workspace_id
    clauses: list[Any] = [workspace == 1, at >= big(asked.since), at < big(asked.until), *source.where]
    if "ended_at" in columns and not keyed and not due and not beside:
        # Nothing ends before it begins: the key's order is of use here too.
        clauses.append(columns.ended_at >= big(asked.since))
    filtered = filtered_by(source, asked.filters)
    seen = seen_by(table, scope)
    return Condition([*clauses, *filtered.clauses, *seen.clauses], {**filtered.values, **seen.values})


def _held(indexed: frozenset[str], asked: Asked, scope: Scope, by: Sequence[str]) -> bool:
    """Whether an index with these dimensions holds all that is grouped by, filtered by and needed to see it."""
    filtered = {name for name in Filters.__struct_fields__ if getattr(asked.filters, name)}
    seen = set() if scope.channels is None else {"channel", "team"}
    return (set(by) - set(TIME_KEYS)) | filtered | seen <= indexed


def seen_by(table: Table, scope: Scope) -> Condition:
    """What a scope sees of facts: those of its channels and of its teams."""
    if scope.channels is None:
        return Condition([], {})
    seen = or_(among(table.c.channel_id, "seen_channels"), among(table.c.team_id, "seen_teams"))
    return Condition([seen], {"seen_channels": sorted(scope.channels), "seen_teams": sorted(scope.teams)})


def filtered_by(source: Source, filters: Filters) -> Condition:
    """The rows of a source that filters let through."""
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


_BY_INDEX = frozenset({t.wait_fact.c.agent_id, t.wait_stretch.c.owner_id, t.deed.c.agent_id})
"""Dimensions by which an index leads to the rows of each group, with all columns that unfiltered figures ask for."""


def grouped_by_index(
    source: Source, figures: Sequence[Any], asked: Asked, scope: Scope, by: Sequence[str]
) -> Query[list[Row] | None]:
    """SQLite: rows (key, how many, figures…) of the groups of one dimension, each looked up in an index by itself, so
    that nothing is sorted and only the period is read. None where no index leads there.
    """
    key = _led(source, by)
    if key is None or not unfiltered(asked, scope):
        return None
    wanted = condition(source, asked, scope, engine="sqlite")
    one = Statement(select(func.count(), *figures).where(key == bindparam("group"), *wanted.clauses))
    found = []
    for group in (yield from groups_in(key)):
        rows = yield from fetch(one(group=group, **wanted.values))
        found += [(group, *row) for row in rows if row[0]]
    return found


def _led(source: Source, by: Sequence[str]) -> Any:
    """The column grouped by where an index leads to its groups; else None."""
    if len(by) != 1 or by[0] in TIME_KEYS:
        return None
    key = source.dimension(by[0])
    return key if any(key is column for column in _BY_INDEX) else None


def unfiltered(asked: Asked, scope: Scope) -> bool:
    """Whether everything is asked for and seen."""
    return asked.filters == Filters() and scope.channels is None


def groups_in(column: Any) -> Query[list[int]]:
    """The ids in a column that an index begins with, ascending: one lookup for each of them."""
    of = column.table.c.workspace_id == 1
    following = Statement(select(func.min(column)).where(of, column > bindparam("after", type_=BigInteger())))
    found = [-1]
    while (row := (yield from first(following(after=found[-1])))) is not None and row[0] is not None:
        found.append(row[0])
    return found[1:]


def tags_in(text: str) -> list[int]:
    """The tags of a fact; 0 for one without."""
    return [int(one) for one in text.split(",") if one] or [0]


# --- counts


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


_AT_LENGTH: dict[Engine, str] = {
    "postgres": "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '32MB', true)"
    ", set_config('random_page_cost', '1.1', true), set_config('max_parallel_workers_per_gather', '4', true)"
    ", set_config('enable_seqscan', $1, true)"
}


def at_length(*, covered: bool = False) -> Query[None]:
    """PostgreSQL: from here to the end of the transaction, plan each statement for its own lists, group in memory, and
    walk over an index that holds all that is asked rather than over rows three times as wide, with as many workers as
    the server has to spare: a million rows are worth it. `covered`: an index is known to hold all that follows; a walk
    over rows, whose cost it underestimates, takes twice as long.
    """
    yield from fetch(Text(_AT_LENGTH, ("off" if covered else "on",)))


def grouped(query: Any, keys: int) -> Statement:
    """Grouped by the first columns, named by their place: an expression with a parameter is another one elsewhere."""
    return Statement(query.group_by(*(sql(str(i + 1)) for i in range(keys))) if keys else query)


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
            yield from at_length(covered=len(values) == 1 and _led(source, by) is not None and unfiltered(asked, scope))
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
