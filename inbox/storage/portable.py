"""All rows of all tables, engine by engine alike: what a backup holds and a restore puts back.

Rows come in the order of their primary key, a page at a time, all in one transaction. The full-text index is not among
them: it is made again from the words.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import LargeBinary, Table, bindparam, delete, func, or_, select, tuple_, update

from inbox.domain.words import searchable
from inbox.storage import epoch
from inbox.storage import tables as t
from inbox.storage.database import Insert, PutSearch, Query, Row, Save, Statement, among, fetch, first
from inbox.storage.dialect import record_columns

PAGE = 1_000
PASSING = frozenset({"lease", "ticket", "session", "idempotency", "kept_tally"})
"""What is of no use elsewhere or later: sign-ins and holds end with a restore; tallies are counted anew."""
_EMPTY = Statement(select(t.workspace.c.position, select(func.count()).select_from(t.agent).scalar_subquery()))
_FORGET = Statement(delete(t.workspace))
_WORDS = Statement(
    select(t.content.c.message_id, t.content.c.title, t.content.c.text)
    .join(
        t.message,
        (t.message.c.id == t.content.c.message_id) & (t.message.c.version == t.content.c.version),
    )
    .where(t.content.c.message_id > bindparam("after"), t.message.c.erased == 0)
    .order_by(t.content.c.message_id)
    .limit(PAGE)
)
_NAMES = Statement(select(t.media.c.message_id, t.media.c.name).where(among(t.media.c.message_id, "messages")))
_BLOBS = Statement(select(t.media.c.sha256).where(t.media.c.sha256.is_not(None)).distinct().order_by(t.media.c.sha256))

_UNSURE = Statement(
    update(t.outbox)
    .where(
        or_(
            t.outbox.c.state == "waiting",
            (t.outbox.c.state == "held")
            & t.outbox.c.message_id.in_(
                select(t.timer.c.ref).where(t.timer.c.kind == "release", t.timer.c.due_at <= bindparam("now"))
            ),
        )
    )
    .values(state="sending", effect_at=bindparam("now"))
)

Write = Callable[[str, Sequence[Row]], None]
"""Takes rows of the table of that name; called while the transaction is open."""


def kept() -> list[Table]:
    """The tables that a backup holds, in the order of their names."""
    return sorted((x for x in t.metadata.tables.values() if x.name not in PASSING), key=lambda x: x.name)


def dump(write: Write) -> Query[tuple[dict[str, int], list[str]]]:
    """Hand every row to `write`; how many there were of each table, and the hashes of all files they refer to."""
    counts: dict[str, int] = {}
    for table in kept():
        name = str(table.name)
        counts[name] = 0
        key = [[c.name for c in record_columns(table)].index(name) for name in _key_of(table)]
        last: Row | None = None
        while rows := (yield from _page(table, last)):
            write(name, [tuple(row) for row in rows])
            counts[name] += len(rows)
            last = tuple(rows[-1][i] for i in key)
    rows = yield _BLOBS()
    return counts, [row[0] for row in rows]


def is_empty() -> Query[bool]:
    """Whether nothing has happened here and nobody can sign in."""
    row = yield from first(_EMPTY())
    return row is None or (row[0] == 0 and row[1] == 0)


def fill(pages: Iterable[tuple[str, Sequence[Row]]], now: int) -> Query[int]:
    """Put rows into an empty database, in one transaction, and raise the log's epoch; the new one.

    Whoever followed the log, here or where the rows are from, begins anew by that. What waited to be sent, or was to
    leave by now, may have been sent since the rows were written: it is settled as what a crash interrupted.
    """
    yield _FORGET()
    known = {table.name: table for table in kept()}
    for name, rows in pages:
        yield Save([Insert(known[name], [_without_nul(row) for row in rows])])
    yield _UNSURE(now=now)
    yield from _index()
    return (yield from epoch.begin(now))


def _without_nul(row: Row) -> Row:
    """The row as PostgreSQL can keep it: SQLite took texts with U+0000, which stand as U+FFFD from then on."""
    if not any(isinstance(value, str) and "\x00" in value for value in row):
        return row
    return tuple(value.replace("\x00", "\ufffd") if isinstance(value, str) else value for value in row)


def readable(table_name: str, row: Sequence[Any]) -> Row:
    """A row as JSON gave it back: bytes are base64 there."""
    columns = record_columns(t.metadata.tables[table_name])
    return tuple(
        base64.b64decode(value) if isinstance(column.type, LargeBinary) and value is not None else value
        for column, value in zip(columns, row, strict=True)
    )


def columns_of(table_name: str) -> list[str]:
    """Names of a table's columns in the order of its rows."""
    return [str(column.name) for column in record_columns(t.metadata.tables[table_name])]


def _key_of(table: Table) -> list[str]:
    return [column.name for column in table.primary_key.columns if column.name != "workspace_id"]


@cache
def pages_of(table: Table) -> tuple[Statement, Statement]:
    """(first page, page after a key)."""
    key = [table.c[name] for name in _key_of(table)]
    start = select(*record_columns(table)).order_by(*key).limit(PAGE)
    if "workspace_id" in table.primary_key.columns:  # else the whole table would be sorted for each page
        start = start.where(table.c.workspace_id == 1)
    after = tuple_(*key) > tuple_(*(bindparam(f"after_{column.name}", type_=column.type) for column in key))
    return Statement(start), Statement(start.where(after))


def _page(table: Table, last: Row | None) -> Query[list[Row]]:
    start, following = pages_of(table)
    if last is None:
        return (yield from fetch(start()))
    key = {f"after_{name}": value for name, value in zip(_key_of(table), last, strict=True)}
    return (yield from fetch(following(**key)))


def _index() -> Query[None]:
    """Fill the full-text index from the newest words of each item and the names of its files."""
    after = 0
    while rows := (yield from fetch(_WORDS(after=after))):
        after = rows[-1][0]
        named = yield from fetch(_NAMES(messages=[row[0] for row in rows]))
        yield Save([PutSearch(list(_folded(rows, named)))])


def _folded(rows: Sequence[Row], named: Sequence[Row]) -> Iterator[tuple[int, str]]:
    names: dict[int, list[str]] = {}
    for message_id, name in named:
        names.setdefault(message_id, []).append(name)
    for message_id, title, text in rows:
        folded = searchable(" ".join([title, text, *names.get(message_id, ())])).strip()
        if folded:
            yield message_id, folded
