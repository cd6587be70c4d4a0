"""Running queries: one small driver per engine, one transaction per call.

A *query* is a generator. It yields a step (`Statement` with arguments, `ByKeys`, `Save`) and is sent the rows; its
return value is the result. The same query runs in SQLite's thread and over asyncpg. Nothing but steps can be yielded,
so no query can wait for a network.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

import msgspec
from sqlalchemy import ARRAY, BigInteger, ColumnElement, String, Table, bindparam
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from inbox.errors import Unavailable
from inbox.storage import dialect
from inbox.storage.dialect import Engine

T = TypeVar("T")
Row: TypeAlias = tuple[Any, ...]


class StoreUnavailable(Unavailable):
    """The database is busy, full, restarting or gone. Nothing was written, unless it was lost while it was to confirm
    that; the same call may be repeated.
    """

    default_code = "store_unavailable"


class IntegrityFailed(Exception):
    """A unique key is taken. Raised out of the transaction, which is rolled back."""


class Statement:
    """A Core statement, compiled once per engine to text and parameter order. Calling it with its parameters gives a
    step.
    """

    __slots__ = ("_compiled", "core")

    def __init__(self, core: ClauseElement) -> None:
        self.core = core
        self._compiled: dict[Engine, tuple[str, tuple[tuple[str, Any], ...]]] = {}

    def __call__(self, **params: Any) -> Bound:
        return Bound(self, params)

    def on(self, engine: Engine) -> tuple[str, tuple[tuple[str, Any], ...]]:
        """SQL text and its parameters in order, each with the value it has unless one is given."""
        found = self._compiled.get(engine)
        if found is None:
            made = sqlite_dialect.dialect(paramstyle="qmark") if engine == "sqlite" else asyncpg_dialect()  # type: ignore[no-untyped-call]
            compiled = self.core.compile(dialect=made, compile_kwargs={"render_postcompile": True})
            assert isinstance(compiled, SQLCompiler)
            order = tuple((name, compiled.params.get(name)) for name in (compiled.positiontup or ()))
            found = self._compiled[engine] = (str(compiled), order)
        return found


class Bound(msgspec.Struct, frozen=True):
    """A statement with its parameters: the ordinary step."""

    statement: Statement
    params: dict[str, Any]


class ByKeys(msgspec.Struct, frozen=True):
    """Whole records by a list of keys. `values` are tuples where there are several key columns."""

    table: Table
    values: Sequence[Any]
    keys: tuple[str, ...] = ("id",)
    where: str = ""


class Together(msgspec.Struct, frozen=True):
    """Several `ByKeys` that do not wait for one another: the answer has one tuple of rows for each. PostgreSQL carries
    them out in one round trip.
    """

    steps: Sequence[ByKeys]


class Lock(msgspec.Struct, frozen=True):
    """The first step of a write that decides: take the workspace's lock, then read the locked row and, as `Together`
    does, what is known to be needed. The answer has the locked row alone, then the rows of each of `steps`; those
    without values are not asked for and have none.
    """

    steps: Sequence[ByKeys] = ()


class Insert(msgspec.Struct, frozen=True):
    """Many new records."""

    table: Table
    rows: Sequence[Row]
    on_conflict: Literal["", "nothing"] = ""


class Update(msgspec.Struct, frozen=True):
    """Many changed records: whole, or of them the `columns` named, keys among them."""

    table: Table
    rows: Sequence[Row]
    keys: tuple[str, ...] = ("id",)
    columns: tuple[str, ...] = ()


class Upsert(msgspec.Struct, frozen=True):
    """Many records, new or replaced. `add` names a column that is added to."""

    table: Table
    rows: Sequence[Row]
    keys: tuple[str, ...]
    add: str = ""


class Delete(msgspec.Struct, frozen=True):
    """Many records by key."""

    table: Table
    rows: Sequence[Row]
    keys: tuple[str, ...] = ("id",)


class PutSearch(msgspec.Struct, frozen=True):
    """(message id, folded text) pairs for the full-text index."""

    rows: Sequence[Row]


class DropSearch(msgspec.Struct, frozen=True):
    """Message ids (as 1-tuples) that leave the full-text index."""

    rows: Sequence[Row]


class Advance(msgspec.Struct, frozen=True):
    """The workspace's (position, last id, last number), as the one row."""

    rows: Sequence[Row]


Write: TypeAlias = Insert | Update | Upsert | Delete | PutSearch | DropSearch | Advance


class Save(msgspec.Struct, frozen=True):
    """Independent writes. PostgreSQL carries them out in one round trip."""

    writes: Sequence[Write]


class Text(msgspec.Struct, frozen=True):
    """Engine-specific text of `dialect.py` with positional arguments."""

    text: dict[Engine, str]
    args: Row = ()


Step: TypeAlias = Bound | ByKeys | Together | Lock | Save | Text
Query: TypeAlias = Generator[Step, list[Row], T]


def write_text(engine: Engine, write: Write, count: int) -> str:
    """The SQL of one bulk write of `count` rows; on PostgreSQL 2 stands for all but one."""
    match write:
        case Insert(table, _, on_conflict):
            return dialect.insert_many(engine, table, on_conflict, count)
        case Update(table, _, keys, columns):
            return dialect.update_many(engine, table, keys, count, columns)
        case Upsert(table, _, keys, add):
            return dialect.upsert_many(engine, table, keys, add, count)
        case Delete(table, _, keys):
            return dialect.delete_many(engine, table, keys, count)
        case PutSearch():
            return dialect.search_put(engine, count)
        case DropSearch():
            return dialect.search_delete(engine, count)
        case Advance():
            return dialect.ADVANCE[engine]


def fetch(step: Step) -> Query[list[Row]]:
    """Yield one step and return its rows: `rows = yield from fetch(…)` where a type checker should know the type."""
    return (yield step)


def first(step: Step) -> Query[Row | None]:
    """The first row, or None."""
    rows = yield step
    return rows[0] if rows else None


class among(ColumnElement[bool]):
    """`column IN (list parameter)` whose text does not depend on the list's length. The parameter is a list of ints or
    strings.
    """

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        kind: Any = BigInteger() if isinstance(column.type, BigInteger) else String()
        self.array = bindparam(name, type_=ARRAY(kind))
        self.json = bindparam(name, type_=String())


@compiles(among, "sqlite")
def _among_sqlite(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    left = compiler.process(element.column, **kw)
    return f"{left} IN (SELECT value FROM json_each({compiler.process(element.json, **kw)}))"


@compiles(among, "postgresql")
def _among_postgres(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{compiler.process(element.column, **kw)} = ANY({compiler.process(element.array, **kw)})"


class Database(Protocol):
    """A store: reads in parallel, writes one after another."""

    engine: Engine

    async def open(self) -> None:
        """Connect. Raises StoreUnavailable."""
        ...

    async def close(self) -> None:
        """Finish what runs and disconnect."""
        ...

    async def read(self, query: Callable[..., Query[T]], *args: Any, **kwargs: Any) -> T:
        """Run a query in a read-only transaction that sees one state of the database."""
        ...

    async def write(
        self, make: Callable[[], Query[T]], then: Callable[[T], Any] | None = None, *, quick: bool = False
    ) -> T:
        """Run a query in a write transaction and commit. `then` runs after the commit, before anybody else writes.
        `quick`: its statements are few and go by keys, so that the event loop may wait for them.

        Raises StoreUnavailable when the store could not do it, or did not come to say that it did, and IntegrityFailed
        on a taken key: then nothing was written.
        """
        ...

    async def scrub(self) -> None:
        """Have the file forget words that were taken out of the search index, in short turns; others write meanwhile.
        Quick where none were. Raises StoreUnavailable.
        """
        ...


def connect(url: str, *, readers: int = 4) -> Database:
    """The database behind a URL: `sqlite:///path` or `postgresql://…` (an SQLAlchemy driver suffix is ignored)."""
    if url.startswith("sqlite"):
        from inbox.storage.sqlite import Sqlite

        return Sqlite(url.split("///", 1)[1], readers=readers)
    if url.startswith("postgres"):
        from inbox.storage.postgres import Postgres

        return Postgres("postgresql" + url[url.index("://") :], readers=readers)
    raise ValueError(f"INBOX_DATABASE_URL {url!r}: use sqlite:///path/to/file or postgresql://user@host/name")
