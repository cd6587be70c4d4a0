"""Figures over the facts: spreads of durations, counts, what is behind them, what was open at an instant.

PostgreSQL groups and sorts by itself. SQLite's sorter would take seconds for a million rows, so there a statement only
reads the rows in the order of their key and hands whole columns over as one text each; they are grouped and sorted
here, exactly and in a fifth of the time (docs/adr/0024). Both give the same figures to the last bit.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Float, Table, and_, bindparam, case, cast, func, literal, or_, select
from sqlalchemy import text as sql

from inbox.clock import DAY, HOUR
from inbox.domain.facts import OPEN
from inbox.domain.figures import BOUNDS, FRACTIONS, Asked, Filters, Spread, percentile_cont, spread_of
from inbox.domain.periods import TIME_KEYS, offsets
from inbox.domain.permissions import Scope
from inbox.storage import tables as t
from inbox.storage.database import Query, Row, Statement, Text, among, fetch, first
from inbox.storage.dialect import Engine

Key: TypeAlias = tuple[Any, ...]
"""A group: one value for each dimension asked for; empty for everything."""
_COLUMN_OF = {"channel": "channel_id", "team": "team_id", "agent": "agent_id", "owner": "owner_id", "campaign": "campaign_id", "post": "post_id"}
_WORDS = frozenset({"network", "kind", "language", "by", "part"})
_numbers = msgspec.json.Decoder(list[int]).decode
_floats = msgspec.json.Decoder(list[float]).decode
_words = msgspec.json.Decoder(list[str]).decode
_MORE_MEMORY = Text({"postgres": "SET LOCAL work_mem = '128MB'", "sqlite": ""})


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


def condition(source: Source, asked: Asked, scope: Scope) -> Condition:
    """What of a source is asked for, and seen by this scope."""
    table = source.table
    clauses: list[Any] = [table.c.workspace_id == 1, source.at >= big(asked.since), source.at < big(asked.until), *source.where]
    if "ended_at" in table.c and source.at is not table.c.ended_at and source.at is not table.c.get("deadline_at"):
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
        else:
            typed = column if name.name in _WORDS else cast(column, BigInteger())
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


def _keys(source: Source, asked: Asked, by: Sequence[str]) -> list[Any]:
    wall = local(source.at, asked) if set(by) & set(TIME_KEYS) else None
    made = {
        "day": lambda: wall // big(DAY),
        "week": lambda: (wall // big(DAY) + big(3)) // big(7),
        "weekday": lambda: (wall // big(DAY) + big(3)) % big(7),
        "hour": lambda: wall // big(HOUR) % big(24),
    }
    return [made[name]() if name in made else source.dimension(name) for name in by]


# --- spreads


def spreads(
    engine: Engine, source: Source, value: Any, asked: Asked, scope: Scope, by: Sequence[str] = ()
) -> Query[dict[Key, Spread]]:
    """The spread of a duration (µs), of everything (key `()`) and of each group."""
    wanted = condition(source, asked, scope)
    if engine == "sqlite":
        columns = yield from _whole(source, [value, *_keys(source, asked, by)], ("", *by), wanted)
        return _spread_columns(columns, by)
    yield _MORE_MEMORY
    found = yield from _spreads_there(source, value, asked, (), wanted)
    if by:
        found |= yield from _spreads_there(source, value, asked, by, wanted)
    return found


def _whole(source: Source, columns: Sequence[Any], names: Sequence[str], wanted: Condition) -> Query[list[list[Any]]]:
    """SQLite: whole columns. All come of one walk over the rows, so they are in the same order."""
    joined = [
        func.json_group_array(column) if name in _WORDS or name == "tag" else func.group_concat(column)
        for name, column in zip(names, columns, strict=True)
    ]
    row = yield from first(Statement(select(func.count(), *joined).where(*wanted.clauses).select_from(source.table))(**wanted.values))
    if row is None or not row[0]:
        return [[] for _ in columns]
    return [
        _words(text) if name in _WORDS or name == "tag" else (_floats if not name else _numbers)(f"[{text}]")
        for name, text in zip(names, row[1:], strict=True)
    ]


def _spread_columns(columns: list[list[Any]], by: Sequence[str]) -> dict[Key, Spread]:
    values = columns[0]
    if not values:
        return {}
    grouped: dict[Key, list[float]] = defaultdict(list)
    if by:
        for key, value in zip(zip(*columns[1:], strict=True), values, strict=True):
            grouped[key].append(value)
    values.sort()
    found = {(): spread_of(values)}
    for key, some in _each_tag(grouped, by).items():
        some.sort()
        found[key] = spread_of(some)
    return found


def _each_tag(grouped: dict[Key, list[float]], by: Sequence[str]) -> dict[Key, list[float]]:
    """Rows with several tags belong to each of them; without one, to 0."""
    if "tag" not in by:
        return grouped
    place = by.index("tag")
    found: dict[Key, list[float]] = defaultdict(list)
    for key, values in grouped.items():
        for tag in tags_in(key[place]):
            found[(*key[:place], tag, *key[place + 1 :])].extend(values)
    return found


def tags_in(text: str) -> list[int]:
    """The tags of a fact; 0 for one without."""
    return [int(one) for one in text.split(",") if one] or [0]


def _spreads_there(
    source: Source, value: Any, asked: Asked, by: Sequence[str], wanted: Condition
) -> Query[dict[Key, Spread]]:
    """PostgreSQL: groups, sorts and interpolates."""
    keys, places = _grouped_there(source, asked, by)
    points = func.percentile_cont(literal(list(FRACTIONS), ARRAY(Float(53)))).within_group(value.asc())
    lows = (None, *BOUNDS)
    counts = [
        func.count().filter(and_(*((value > big(low),) if low is not None else ()), *((value <= big(high),) if high is not None else ())))
        for low, high in zip(lows, (*BOUNDS, None), strict=True)
    ]
    whole = (func.count(), func.sum(value), func.count().filter(value == big(0)))
    query = select(*keys, *whole, points, *counts).select_from(*places).where(*wanted.clauses)
    rows = yield from fetch(_grouped(query, len(keys))(**wanted.values))
    found = {}
    for row in rows:
        n, total, zeros, at = row[len(by) : len(by) + 4]
        if n:
            found[tuple(row[: len(by)])] = Spread(n, int(total), tuple(float(x) for x in at), tuple(row[len(by) + 4 :]), zeros)
    return found


def _grouped_there(source: Source, asked: Asked, by: Sequence[str]) -> tuple[list[Any], list[Any]]:
    """PostgreSQL: the key columns, and where they come from. A row with several tags is there once for each."""
    keys = _keys(source, asked, by)
    if "tag" not in by:
        return keys, [source.table]
    listed = func.string_to_array(func.coalesce(func.nullif(func.btrim(source.table.c.tags, ","), ""), "0"), ",")
    each = func.unnest(listed).column_valued("each_tag")
    return [cast(each, BigInteger()) if name == "tag" else key for name, key in zip(by, keys, strict=True)], [
        source.table, each,
    ]  # fmt: skip


# --- counts


def counts(
    engine: Engine, source: Source, cells: Mapping[str, Any], asked: Asked, scope: Scope, by: Sequence[str] = ()
) -> Query[dict[Key, dict[str, int]]]:
    """How many rows of everything (key `()`) and of each group fulfil each condition of `cells`."""
    wanted = condition(source, asked, scope)
    if engine == "sqlite":
        mask: Any = big(0)
        for i, cell in enumerate(cells.values()):
            mask = mask + case((cell, big(1 << i)), else_=big(0))
        columns = yield from _whole(source, [mask, *_keys(source, asked, by)], ("mask", *by), wanted)
        return _count_columns(columns, list(cells), by)
    found = yield from _counts_there(source, cells, asked, (), wanted)
    if by:
        found |= yield from _counts_there(source, cells, asked, by, wanted)
    return found


def _count_columns(columns: list[list[Any]], names: list[str], by: Sequence[str]) -> dict[Key, dict[str, int]]:
    found: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    place = by.index("tag") if "tag" in by else None
    for (mask, *key), n in Counter(zip(*columns, strict=True)).items():
        groups: list[Key] = [tuple(key)]
        if place is not None:
            groups = [(*key[:place], tag, *key[place + 1 :]) for tag in tags_in(key[place])]
        for group in ((), *groups) if by else ((),):
            cells = found[group]
            for i, name in enumerate(names):
                if mask >> i & 1:
                    cells[name] += n
    return dict(found)


def _counts_there(
    source: Source, cells: Mapping[str, Any], asked: Asked, by: Sequence[str], wanted: Condition
) -> Query[dict[Key, dict[str, int]]]:
    keys, places = _grouped_there(source, asked, by)
    each = [func.count().filter(cell) for cell in cells.values()]
    query = select(*keys, *each).select_from(*places).where(*wanted.clauses)
    rows = yield from fetch(_grouped(query, len(keys))(**wanted.values))
    return {tuple(row[: len(by)]): dict(zip(cells, row[len(by) :], strict=True)) for row in rows}


def _grouped(query: Any, keys: int) -> Statement:
    """Grouped by the first columns, named by their place: an expression with a parameter is another one elsewhere."""
    return Statement(query.group_by(*(sql(str(i + 1)) for i in range(keys))) if keys else query)


def sums(
    source: Source, values: Mapping[str, Any], asked: Asked, scope: Scope, by: Sequence[str] = ()
) -> Query[dict[Key, dict[str, int]]]:
    """Sums, and how many rows (`n`), of each group; without `by` of everything."""
    wanted = condition(source, asked, scope)
    keys = _keys(source, asked, by)
    query = select(*keys, func.count(), *(func.sum(value) for value in values.values()))
    rows = yield from fetch(_grouped(query.select_from(source.table).where(*wanted.clauses), len(keys))(**wanted.values))
    found: dict[Key, dict[str, int]] = {}
    names = ("n", *values)
    place = by.index("tag") if "tag" in by else None
    for row in rows:
        key, cells = tuple(row[: len(by)]), [int(value or 0) for value in row[len(by) :]]
        groups = [key] if place is None else [(*key[:place], x, *key[place + 1 :]) for x in tags_in(key[place])]
        for group in groups if cells[0] else ():
            known = found.setdefault(group, dict.fromkeys(names, 0))
            for name, value in zip(names, cells, strict=True):
                known[name] += value
    return found


# --- at an instant


def open_at(
    engine: Engine, source: Source, began: Any, ended: Any, since: Any, samples: Sequence[int], asked: Asked, scope: Scope,
    by: Sequence[str] = (),
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
        columns = yield from _whole(source, [began, ended, since, *keys], names, where)
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
    """Leaves out what begins and ends between two samples: of a year's waits nearly all. Samples of local days are an
    even grid but for a change of the clocks, hence the margin.
    """
    if len(samples) < 2:
        return []
    step = min(b - a for a, b in zip(samples, samples[1:], strict=False)) + HOUR
    step = (step + 2 * HOUR) // DAY * DAY if step >= DAY else HOUR
    margin = 2 * HOUR if step >= DAY else 0
    base = samples[0] % step
    return [(ended + big(margin - base)) // big(step) > (began - big(margin + base) - big(1)) // big(step)]


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
    """Rows behind a number, newest first, after an (instant, item)."""
    wanted = condition(source, asked, scope)
    where = [*wanted.clauses, *clauses, *_under(source, asked)]
    if after is not None:
        here, last = big(after[0]), big(after[1])
        where += [source.at <= here, or_(source.at < here, item < last)]
    columns = (source.table.c.conversation_id, item, source.at, value if value is not None else literal(None, BigInteger()))
    query = select(*columns).select_from(source.table).where(*where)
    rows = yield from fetch(Statement(query.order_by(source.at.desc(), item.desc()).limit(limit))(**wanted.values))
    return [Behind(*row) for row in rows]


def _under(source: Source, asked: Asked) -> list[Any]:
    """The group asked for (`asked.under`): a date, a weekday, an hour of the day."""
    if not asked.under:
        return []
    keys = _keys(source, asked, [name for name, _ in asked.under])
    return [key == big(value) for key, (_, value) in zip(keys, asked.under, strict=True)]


def stars(source: Source, asked: Asked, scope: Scope, by: Sequence[str] = ()) -> Query[dict[Key, dict[str, int]]]:
    """Sums of stars and how many reviews, by group."""
    return (yield from sums(source, {"stars": source.table.c.stars}, asked, scope, by))


# --- people


def conversations_per_agent(source: Source, asked: Asked, scope: Scope) -> Query[dict[int, int]]:
    """How many conversations each agent is in, of these rows."""
    wanted = condition(source, asked, scope)
    table = source.table
    query = select(table.c.agent_id, func.count(table.c.conversation_id.distinct())).where(*wanted.clauses)
    rows = yield from fetch(_grouped(query, 1)(**wanted.values))
    return {row[0]: row[1] for row in rows}


_RESTATED = (
    select(t.deed.c.at, t.deed.c.after_at, t.deed.c.position)
    .where(t.deed.c.workspace_id == 1, t.deed.c.what == "restated", t.deed.c.at >= bindparam("since"), t.deed.c.at < bindparam("until"))
)


def restated(asked: Asked, scope: Scope) -> Query[list[tuple[int, int]]]:
    """(instant counted, instant at which it was counted anew) of waits of a period."""
    seen = seen_by(t.deed, scope)
    rows = yield from fetch(Statement(_RESTATED.where(*seen.clauses))(since=asked.since, until=asked.until, **seen.values))
    return [(row[0], row[1]) for row in rows]


