"""PostgreSQL: one connection that writes, a pool that reads, the raw asyncpg driver below both (ten to twenty times
less CPU per statement).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import asyncpg
import msgspec

from inbox import tracing
from inbox.storage import dialect
from inbox.storage.database import (
    Advance,
    Bound,
    ByKeys,
    Delete,
    DropSearch,
    Insert,
    IntegrityFailed,
    Lock,
    PutSearch,
    Query,
    Row,
    Save,
    Step,
    StoreUnavailable,
    Text,
    Together,
    Update,
    Upsert,
    Write,
    write_text,
)
from inbox.storage.dialect import Engine

T = TypeVar("T")
_SECONDS = 30.0
"""So long may one statement take."""
_CONNECT_SECONDS = 10.0
"""So long may it take to connect: over a bad line, several times to and fro."""
_ANSWER_SECONDS = 5.0
"""So long may take what costs the server nothing: of one that answers no sooner nobody knows whether it is there."""
_LOCK_SECONDS = 15.0
"""So long is a lock waited for."""
_ROOM_SECONDS = 10.0
"""So long is one of the reading connections waited for."""
_json = msgspec.json.Encoder().encode
_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    ConnectionError,
    OSError,
    TimeoutError,
)


class Postgres:
    """The scaled store: any number of processes."""

    engine: Engine = "postgres"

    def __init__(self, dsn: str, *, readers: int = 4) -> None:
        self.dsn = dsn
        self._size = readers
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._writer: asyncpg.Connection[asyncpg.Record] | None = None
        self._turn = asyncio.Lock()
        self._begun = False
        """Whether the writing connection is in a transaction, or may be."""

    async def open(self) -> None:
        """Open the pool and the writing connection."""
        with _translating("try again"):
            self._pool = await asyncpg.create_pool(
                self.dsn,
                min_size=0,  # the driver would keep up one that cannot be had, with a traceback at each attempt
                max_size=self._size,
                timeout=_CONNECT_SECONDS,
                command_timeout=_SECONDS,
                init=_prepare,
                reset=_as_it_is,
            )
            await self._writing()

    async def close(self) -> None:
        """Close what is open."""
        if self._writer is not None and not self._writer.is_closed():
            with contextlib.suppress(*_GONE):
                await self._writer.close(timeout=_ANSWER_SECONDS)
        if self._pool is not None:
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await self._pool.close()
            except _GONE:  # nobody is there to take leave of
                self._pool.terminate()

    async def read(self, query: Callable[..., Query[T]], *args: Any, **kwargs: Any) -> T:
        """See `Database.read`."""
        assert self._pool is not None, "open() first"
        # What is read is often what has just been written: of that it says nothing.
        with _translating("try again"), tracing.reading(query):
            async with self._pool.acquire(timeout=_ROOM_SECONDS) as connection:
                try:
                    return await _glance(connection, query(*args, **kwargs))
                except _GONE:
                    # To take leave of it would be to wait for the same server once more.
                    connection.terminate()
                    raise

    async def write(
        self, make: Callable[[], Query[T]], then: Callable[[T], Any] | None = None, *, quick: bool = False
    ) -> T:
        """See `Database.write`."""
        async with self._turn:
            with _translating("nothing was changed"):
                try:
                    result = await self._transact(await self._writing(), make())
                except _GONE:
                    # Whatever state it was left in, nothing goes through it again.
                    if self._writer is not None:
                        self._writer.terminate()
                    raise
        if then is not None:
            then(result)
        return result

    async def scrub(self) -> None:
        """See `Database.scrub`: autovacuum does it here."""

    async def _writing(self) -> asyncpg.Connection[asyncpg.Record]:
        if self._writer is None or self._writer.is_closed():
            self._writer = await asyncpg.connect(
                self.dsn, timeout=_CONNECT_SECONDS, command_timeout=_SECONDS, **_STATEMENTS
            )
            await _prepare(self._writer)
            await self._writer.execute(_BY_KEY)
        elif self._begun:  # the last write was cancelled, and again while it was taken back
            await self._writer.execute("ROLLBACK")
        self._begun = False
        return self._writer

    async def _transact(self, connection: asyncpg.Connection[asyncpg.Record], query: Query[T]) -> T:
        """A query in a transaction of its own. If it begins by taking the lock, one round trip does both."""
        rows: list[Row] | None = None
        try:
            while True:
                try:
                    step = next(query) if rows is None else query.send(rows)
                except StopIteration as done:
                    if self._begun:
                        await _commit(connection)
                        self._begun = False
                    result: T = done.value
                    return result
                if rows is None:
                    self._begun = True
                    begin = dialect.BEGIN_LOCKED if isinstance(step, Lock) else "BEGIN"
                    await connection.execute(begin, timeout=_LOCK_SECONDS + _ANSWER_SECONDS)
                rows = await _execute(connection, step)
        except _GONE:
            # Taken back with the connection, which the caller drops: a silent server says nothing to a ROLLBACK.
            raise
        except BaseException:
            if self._begun and not connection.is_closed():
                await connection.execute("ROLLBACK")
                self._begun = False
            raise


async def _commit(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Commit. Raises StoreUnavailable that says so where nobody knows whether it was done."""
    try:
        await connection.execute("COMMIT")
    except _GONE as problem:
        connection.terminate()
        said = f"the database was lost ({type(problem).__name__}) before it confirmed; the change may have been made"
        raise StoreUnavailable(said, code="unconfirmed") from problem


# A saved batch is one long statement: kept prepared whatever its length, or it would be parsed and planned each time.
_STATEMENTS: dict[str, Any] = {
    "statement_cache_size": 512,
    # A plan made on tiny tables may like the wrong one of two partial indexes: it is made anew every minute.
    "max_cached_statement_lifetime": 60,
    "max_cacheable_statement_size": 0,
}
# What is written is found by key. Planned once, without asking statistics that an empty or fast growing table has not
# got: planning a batch anew costs ten times what running it does.
_BY_KEY = (
    "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off; "
    "SET enable_mergejoin = off"
)


# Plans of tiny parametrised statements are cached by the driver; JIT would cost more than they take.
#
# The rest is for the server, should we vanish without a word, by a machine that stops or a line that is cut: it would
# keep the workspace's lock for us until its keep-alive gives us up, after two hours, and nobody could write.
_SESSION = (
    f"SET jit = off; SET lock_timeout = '{_LOCK_SECONDS:.0f}s'; SET idle_in_transaction_session_timeout = '10s'; "
    "SET tcp_user_timeout = '10s'; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; "
    "SET tcp_keepalives_count = 3"
)
_ALSO_WHILE_BUSY = "SET client_connection_check_interval = '2s'"
"""Not every system can: there a statement of somebody who hung up runs to its end."""
_LINE = (
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 5),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 2),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 10_000),
)
"""The same on our side: a line that takes nothing is given up by the system before a statement is."""


async def _prepare(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    line = connection._transport.get_extra_info("socket")
    for level, name, value in _LINE:
        with contextlib.suppress(AttributeError, OSError):  # not every system has them all, a Unix socket none
            line.setsockopt(level, getattr(socket, name), value)
    await connection.execute(_SESSION, timeout=_ANSWER_SECONDS)
    with contextlib.suppress(asyncpg.InvalidParameterValueError):
        await connection.execute(_ALSO_WHILE_BUSY, timeout=_ANSWER_SECONDS)


async def _as_it_is(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Hand a connection back with its settings, which the driver would reset: a read changes nothing of it."""


class _translating:
    """Turns driver errors into the store's two. `then`: what it means to whoever asked."""

    def __init__(self, then: str) -> None:
        self._then = then

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, problem: BaseException | None, trace: Any) -> None:
        if isinstance(problem, asyncpg.UniqueViolationError):
            raise IntegrityFailed(str(problem)) from problem
        if isinstance(problem, _GONE):
            said = f"the database cannot be reached now ({type(problem).__name__}); {self._then}"
            raise StoreUnavailable(said) from problem


async def _glance(connection: Any, query: Query[T]) -> T:
    """Run a query on one state of the database."""
    try:
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", timeout=_ANSWER_SECONDS)
        found = await _run(connection, query)
        await connection.execute("COMMIT")
    except _GONE:
        raise
    except BaseException:
        await connection.execute("ROLLBACK")
        raise
    return found


async def _run(connection: Any, query: Query[T]) -> T:
    rows: list[Row] | None = None
    while True:
        try:
            step = next(query) if rows is None else query.send(rows)
        except StopIteration as done:
            result: T = done.value
            return result
        rows = await _execute(connection, step)


async def _execute(connection: Any, step: Step) -> list[Row]:
    match step:
        case Bound(statement, params):
            text, order = statement.on("postgres")
            found: list[Row] = await connection.fetch(text, *[params.get(name, default) for name, default in order])
            return found
        case ByKeys(table, values, keys, where):
            text = dialect.read_by_keys("postgres", table, keys, where)
            found = await connection.fetch(text, *_columns(values, keys))
            return found
        case Together(steps):
            return await _together(connection, steps)
        case Lock(steps):
            return await _locked(connection, steps)
        case Save(writes):
            return await _save(connection, [write for write in writes if write.rows])
        case Text(text_of, args):
            found = await connection.fetch(text_of["postgres"], *args)
            return found


def _columns(values: Sequence[Any], keys: Sequence[str]) -> list[list[Any]]:
    """One array for each key; of no values, empty ones."""
    if len(keys) == 1:
        return [list(values)]
    return [list(column) for column in zip(*values, strict=True)] or [[] for _ in keys]


async def _together(connection: Any, steps: Sequence[ByKeys], *, locked: bool = False) -> list[Row]:
    text = dialect.read_together(tuple((step.table, step.keys, step.where) for step in steps), locked=locked)
    arguments: list[list[Any]] = []
    for step in steps:
        arguments += _columns(step.values, step.keys)
    found: list[Row] = list(await connection.fetchrow(text, *arguments))
    return found


async def _locked(connection: Any, steps: Sequence[ByKeys]) -> list[Row]:
    """The lock is held since the transaction began."""
    (row,), *found = await _together(connection, [step for step in steps if step.values], locked=True)
    rows = iter(found)
    return [row, *(next(rows) if step.values else () for step in steps)]


async def _save(connection: Any, writes: Sequence[Write]) -> list[Row]:
    if not writes:
        return []
    arguments: list[Any] = []
    widths = []
    for write in writes:
        given = _given(write)
        widths.append(len(given))
        arguments += given
    texts = tuple(write_text("postgres", write, min(len(write.rows), 2)) for write in writes)
    await connection.execute(_one_statement(texts, tuple(widths)), *arguments)
    return []


def _given(write: Write) -> Sequence[Any]:
    """The parameters of a write: of one row as they are, else its rows as JSON, or a list for each column."""
    if len(write.rows) == 1 and not isinstance(write, _ARRAYS):
        return write.rows[0]
    match write:
        case Insert(table) | Upsert(table):
            names = dialect.written_as_json(table)
        case Update(table, columns=columns):
            names = dialect.written_as_json(table, columns)
        case Delete(table, keys=keys):
            names = dialect.written_as_json(table, keys)
        case PutSearch() | DropSearch() | Advance():
            names = None
    if names is None:
        return [list(column) for column in zip(*write.rows, strict=True)]
    return [_json([dict(zip(names, row, strict=True)) for row in write.rows]).decode()]


_ARRAYS = (PutSearch, DropSearch)
"""Writes whose text takes arrays also for one row."""


@lru_cache(maxsize=2048)
def _one_statement(texts: tuple[str, ...], widths: tuple[int, ...]) -> str:
    """Several independent writes as one: each a CTE, its parameters numbered on. They see the same snapshot and run
    together.
    """
    if len(texts) == 1:
        return texts[0]
    parts = []
    start = 0
    for index, (text, width) in enumerate(zip(texts, widths, strict=True)):
        parts.append(f"w{index} AS ({dialect.numbered_on(text, width, start)})")
        start += width
    return f"WITH {', '.join(parts)} SELECT 1"
