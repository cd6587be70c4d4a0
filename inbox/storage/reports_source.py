"""The facts that a figure is made of: whose rows, of which period, filtered and seen by whom, and grouped by what.

PostgreSQL groups and sorts by itself. SQLite's sorter would take seconds for a million rows, so there a statement only
reads the rows in the order of their key and hands whole columns over as one text each (docs/adr/0026).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import BigInteger, Table, bindparam, case, cast, func, literal, or_, select
from sqlalchemy import text as sql

from inbox.clock import DAY, HOUR
from inbox.domain.figures import Asked, Filters
from inbox.domain.periods import TIME_KEYS, offsets
from inbox.domain.permissions import Scope
from inbox.storage import tables as t
from inbox.storage.database import Query, Row, Statement, Text, among, fetch, first
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
    key = led_by_index(source, by)
    if key is None or not unfiltered(asked, scope):
        return None
    wanted = condition(source, asked, scope, engine="sqlite")
    one = Statement(select(func.count(), *figures).where(key == bindparam("group"), *wanted.clauses))
    found = []
    for group in (yield from groups_in(key)):
        rows = yield from fetch(one(group=group, **wanted.values))
        found += [(group, *row) for row in rows if row[0]]
    return found


def led_by_index(source: Source, by: Sequence[str]) -> Any:
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
