"""PostgreSQL: tallies of whole months, kept, so that a report over years counts only what no kept month says.

What is kept are the rows of a statement over a month (UTC) by the statement's own fingerprint: its text with all its
values. Its rows can be added up: what the months say together is what it would say of all of them. Whatever writes a
fact takes back the months that the fact belongs to, in the same transaction (docs/adr/0035).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Column, bindparam, func, select, update

from inbox.clock import SECOND
from inbox.domain.fact_records import OPEN, Deed, EpisodeFact, WaitFact
from inbox.domain.figures import Asked
from inbox.storage import tables as t
from inbox.storage.database import Bound, Delete, Insert, Query, Row, Save, Statement, Write, among, fetch, first

Make: TypeAlias = Callable[[Asked], Bound]
"""The statement of a period, whose rows over several periods can be added up."""
Touched: TypeAlias = set[tuple[str, int]]
"""(source, month) of facts that are not what they were."""
Place: TypeAlias = tuple[str, int, str]
"""Where a tally is kept: (source, month, fingerprint)."""
MOST_ROWS = 20_000
"""A tally of more rows is not kept: reading it would take as long as counting again."""
_LARGEST = 2**62
"""Numbers as large as this are not written as JSON."""
LABELS = frozenset({"tag", "campaign", "language", "rating"})
"""Dimensions by which the facts of the past change: they are as the conversation has them now."""
_SOURCES = frozenset({t.wait_fact.c.ended_at, t.wait_fact.c.deadline_at, t.episode_fact.c.closed_at, t.deed.c.at})
"""The instants by which facts are kept; whoever keeps by another one must take back by it too."""
_k = t.kept_tally.c
_OF_SOURCE = (_k.workspace_id == 1, _k.source == bindparam("source"))
_MONTHS = Statement(
    select(_k.month)
    .where(*_OF_SOURCE, _k.month >= bindparam("first"), _k.month <= bindparam("last"), _k.state == "kept")
    .distinct()
)
_TALLIES = Statement(
    select(_k.month, _k.tally).where(
        *_OF_SOURCE, among(_k.month, "months"), among(_k.fingerprint, "fingerprints"), _k.state == "kept"
    )
)
_ANY = Statement(select(_k.month).where(_k.workspace_id == 1).limit(1))
_EVERY = Statement(select(_k.source, _k.month, _k.fingerprint, _k.state))
_WHOLE = Statement(select(_k.source, _k.month, _k.fingerprint, _k.tally).where(_k.state == "kept"))
_ONE = (
    _k.workspace_id == 1, _k.source == bindparam("s"), _k.month == bindparam("m"), _k.fingerprint == bindparam("f"),
)  # fmt: skip
_FILL = Statement(
    update(t.kept_tally)
    .where(*_ONE, _k.state == bindparam("token"))
    .values(state=bindparam("now"), tally=bindparam("rows"))
)
_ENDS = Statement(select(func.min(t.deed.c.at), func.max(t.deed.c.at)).where(t.deed.c.workspace_id == 1))
_of_fact, _of_episode, _of_deed = t.wait_fact.c, t.episode_fact.c, t.deed.c
_LABELLED = tuple(
    (columns, Statement(select(*columns).where(among(columns[0].table.c.conversation_id, "conversations"))))
    for columns in ((_of_fact.ended_at, _of_fact.deadline_at), (_of_episode.closed_at,), (_of_deed.at,))
)
_rows = msgspec.json.Decoder(list[tuple[Any, ...]]).decode


# --- months


def month_of(at: int) -> int:
    """The month (UTC) of an instant, counted from the year 0."""
    day = datetime.fromtimestamp(at // SECOND, UTC)
    return day.year * 12 + day.month - 1


def span_of(month: int) -> tuple[int, int]:
    """When a month begins, and the next one."""
    begins = (datetime(at // 12, at % 12 + 1, 1, tzinfo=UTC) for at in (month, month + 1))
    begin, end = (int(at.timestamp()) * SECOND for at in begins)
    return begin, end


def months_in(since: int, until: int) -> range:
    """The months that lie in a period from beginning to end."""
    month = month_of(since)
    return range(month if span_of(month)[0] == since else month + 1, month_of(until))


def within(asked: Asked, month: int) -> Asked:
    """The same of a month."""
    since, until = span_of(month)
    return msgspec.structs.replace(asked, since=since, until=until)


def fingerprint(bound: Bound) -> str:
    """What tells a statement with its values from all others."""
    text, order = bound.statement.on("postgres")
    values = [bound.params.get(name, default) for name, default in order]
    return hashlib.sha256(msgspec.json.encode([text, values])).hexdigest()[:40]


def source_of(column: Column[Any]) -> str:
    """Facts by one of their instants, as a name."""
    return f"{column.table.name}.{column.name}"


# --- reading


def rows_of(make: Make, at: Any, asked: Asked, *, everything: bool) -> Query[list[Row]]:
    """The rows of a statement over a period, in pieces that can be added up: those of kept months as they are kept,
    the others counted. `at`: the instant by which its facts belong to the period. `everything`: nothing is left out
    by filters or scope; of parts nothing is kept.
    """
    months = months_in(asked.since, asked.until)
    of_use = everything and months and any(at is one for one in _SOURCES)
    there = (yield from _kept_months(at, months)) if of_use else []
    if not there:
        return list((yield from fetch(make(asked))))
    prints = {fingerprint(make(within(asked, month))): month for month in there}
    found = yield from fetch(_TALLIES(source=source_of(at), months=there, fingerprints=list(prints)))
    rows: list[Row] = []
    for _, tally in found:
        rows += _rows(tally)
    for since, until in _between(asked, sorted(month for month, _ in found)):
        rows += yield from fetch(make(msgspec.structs.replace(asked, since=since, until=until)))
    return rows


def _kept_months(at: Any, months: range) -> Query[list[int]]:
    rows = yield from fetch(_MONTHS(source=source_of(at), first=months[0], last=months[-1]))
    return [row[0] for row in rows]


def _between(asked: Asked, months: Sequence[int]) -> Iterator[tuple[int, int]]:
    """What of a period lies in none of these months."""
    at = asked.since
    for month in months:
        begin, end = span_of(month)
        if at < begin:
            yield at, begin
        at = end
    if at < asked.until:
        yield at, asked.until


# --- taking back


def keeps() -> Query[bool]:
    """Whether anything is kept, or about to be: small installations and SQLite keep nothing."""
    return (yield from first(_ANY())) is not None


def months_of_waits(before: Iterable[WaitFact], after: Iterable[WaitFact], responses: dict[int, str]) -> Touched:
    """The months of waits that are not what they were. `responses`: what some are now told to be, whose rows do not
    say it yet.
    """
    old = {fact.wait_id: fact for fact in before}
    new = {
        fact.wait_id: msgspec.structs.replace(fact, response=responses.get(fact.wait_id, fact.response))
        for fact in after
    }
    facts = [fact for i in old.keys() | new.keys() if old.get(i) != new.get(i) for fact in (old.get(i), new.get(i))]
    columns = (_of_fact.ended_at, _of_fact.deadline_at)
    return {mark for fact in facts if fact is not None for mark in _marks(columns, (fact.ended_at, fact.deadline_at))}


def months_of_episodes(before: Iterable[EpisodeFact], after: Iterable[EpisodeFact]) -> Touched:
    """The months of episodes that are not what they were."""
    old = {(fact.conversation_id, fact.number): fact for fact in before}
    changed = [fact for fact in after if old.get((fact.conversation_id, fact.number)) != fact]
    facts = [*changed, *(old[key] for fact in changed if (key := (fact.conversation_id, fact.number)) in old)]
    return {mark for fact in facts for mark in _marks((_of_episode.closed_at,), (fact.closed_at,))}


def months_of_deeds(deeds: Iterable[Deed]) -> Touched:
    """The months of new deeds."""
    return {mark for one in deeds if one.what != "restated" for mark in _marks((_of_deed.at,), (one.at,))}


def months_of_answers(ended_at: Iterable[int]) -> Touched:
    """The months of waits that are told to be another response by the instants they ended at."""
    return {mark for at in ended_at for mark in _marks((_of_fact.ended_at,), (at,))}


def months_of_conversations(conversation_ids: Collection[int]) -> Query[Touched]:
    """The months of all facts of these conversations."""
    found: Touched = set()
    for columns, statement in _LABELLED:
        rows = yield from fetch(statement(conversations=sorted(conversation_ids)))
        found |= {mark for row in rows for mark in _marks(columns, row)}
    return found


def _marks(columns: Sequence[Any], instants: Sequence[int | None]) -> Iterator[tuple[str, int]]:
    for column, at in zip(columns, instants, strict=True):
        if at is not None and at < OPEN:
            yield source_of(column), month_of(at)


def taken_back(touched: Touched, labelled: Touched) -> list[Write]:
    """What takes back the tallies of these months; of `labelled` ones only those by labels."""
    return [
        Delete(t.kept_tally, sorted(touched), ("source", "month")),
        Delete(t.kept_tally, [(*mark, 1) for mark in sorted(labelled)], ("source", "month", "labelled")),
    ]


# --- keeping


class Tally(msgspec.Struct, frozen=True):
    """A statement over a month, to be kept."""

    at: Any
    month: int
    bound: Bound
    labelled: bool

    @property
    def key(self) -> Place:
        """Where it is kept."""
        return source_of(self.at), self.month, fingerprint(self.bound)

    @property
    def month_name(self) -> str:
        """Year and month."""
        return f"{self.month // 12:04d}-{self.month % 12 + 1:02d}"


def months_before(until: int) -> Query[range]:
    """The months that are over by then, from the first deed's to the last one's."""
    row = yield from first(_ENDS())
    if row is None or row[0] is None:
        return range(0)
    return range(month_of(row[0]), min(month_of(until), month_of(row[1]) + 1))


def known() -> Query[dict[Place, str]]:
    """(source, month, fingerprint) of all that is kept → `kept`, `many` for what has too many rows, or the token of
    whoever is about to count it.
    """
    rows = yield from fetch(_EVERY())
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def in_order(rows: str) -> list[str]:
    """The rows of a tally, to be compared: an engine gives them in any order."""
    return sorted(msgspec.json.encode(row).decode() for row in _rows(rows)) if rows else []


def begin(tallies: Sequence[Tally], token: str) -> Query[None]:
    """Say that somebody counts these from a state that is read later than this: what changes meanwhile takes them
    back.
    """
    yield from forget(tally.key for tally in tallies)
    yield Save([Insert(t.kept_tally, [(*tally.key, int(tally.labelled), token, "") for tally in tallies])])


def forget(keys: Iterable[Place]) -> Query[None]:
    """Keep these no longer."""
    yield Save([Delete(t.kept_tally, list(keys), ("source", "month", "fingerprint"))])


def counted(bound: Bound) -> Query[str]:
    """The rows of a statement as they are kept; empty where they are too many."""
    rows = yield from fetch(bound)
    if len(rows) > MOST_ROWS:
        return ""
    plain = [[int(one) if isinstance(one, Decimal) else one for one in row] for row in rows]
    if any(isinstance(one, int) and abs(one) >= _LARGEST for row in plain for one in row):
        return ""
    return msgspec.json.encode(plain).decode()


def finish(counted: Iterable[tuple[Place, str]], token: str) -> Query[None]:
    """Keep the rows that were counted, but for what was taken back meanwhile."""
    for (source, month, of), rows in counted:
        yield _FILL(s=source, m=month, f=of, token=token, now="kept" if rows else "many", rows=rows)


def every() -> Query[dict[Place, str]]:
    """All that is kept, with its rows."""
    rows = yield from fetch(_WHOLE())
    return {(row[0], row[1], row[2]): row[3] for row in rows}
