"""SQLite: one connection that writes, a few reader threads with theirs.

A quick write runs on the event loop, all but its COMMIT, which waits for the disk in the writer's thread: its
statements take microseconds, and a thread of their own would fight the loop for the interpreter with each of them
(docs/adr/0022). Whatever may take longer runs in the writer's thread as a whole.

WAL with `synchronous=FULL`: what we acknowledged survives a power cut; group commit pays for it. `pysqlite3` brings a
SQLite with the WAL-reset fix (3.51.3); an older library runs with all checkpoints in the writer's connection
(https://sqlite.org/wal.html, read 2026-11-21).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from inbox import tracing
from inbox.storage import dialect
from inbox.storage.database import (
    Bound,
    ByKeys,
    DropSearch,
    IntegrityFailed,
    Lock,
    Query,
    Row,
    Save,
    Step,
    StoreUnavailable,
    Text,
    Together,
    Write,
    write_text,
)
from inbox.storage.dialect import Engine

try:
    import pysqlite3 as sqlite3
except ImportError:  # no wheel for this platform
    import sqlite3

T = TypeVar("T")
MAX_ROWS = 64
BUSY_SECONDS = 5.0
RETRY_SECONDS = 0.005
_MERGED_PAGES = 200
_json = msgspec.json.Encoder().encode


class Sqlite:
    """The embedded store: a file, one process."""

    engine: Engine = "sqlite"

    def __init__(self, path: str, *, readers: int = 4) -> None:
        self.path = path
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="sqlite-reader")
        self._turn = asyncio.Lock()
        self._local = threading.local()
        self._writing: Any = None
        self._all: list[Any] = []
        self._lock = threading.Lock()

    async def open(self) -> None:
        """Open the writer's connection; the folder is made, for this account alone."""
        make_file(Path(self.path))
        loop = asyncio.get_running_loop()
        self._writing = await loop.run_in_executor(self._writer, self._connection, False)

    async def close(self) -> None:
        """Wait for what runs, then close every connection."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._readers.shutdown(wait=True)
        self._writer.shutdown(wait=True)
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()

    async def read(self, query: Callable[..., Query[T]], *args: Any, **kwargs: Any) -> T:
        """See `Database.read`."""
        with tracing.reading(query):
            return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, query, args, kwargs)

    async def write(
        self, make: Callable[[], Query[T]], then: Callable[[T], Any] | None = None, *, quick: bool = False
    ) -> T:
        """See `Database.write`."""
        async with self._turn:
            if quick:
                return await self._write_here(make, then)
            return await asyncio.get_running_loop().run_in_executor(self._writer, self._write, make, then)

    async def foreign_writes(self) -> int:
        """`data_version`, off the event loop, by the writer's connection (which does not count its own writes)."""
        async with self._turn:
            return await asyncio.get_running_loop().run_in_executor(self._writer, self._writer_version)

    async def scrub(self) -> None:
        """See `Database.scrub`. `secure_delete` overwrites what rows held; but the index only notes that an item is
        gone until its segments are merged, and the log of pages has what they said before until it is begun anew.
        """
        more = dropped = await self._in_turn(_dropped)
        while more:
            more = await self._in_turn(_merged_further)
        if dropped:
            await self._in_turn(_forgotten, dropped)

    async def _in_turn(self, do: Callable[..., T], *args: Any) -> T:
        def run() -> T:
            try:
                return do(self._connection(False), *args)
            except sqlite3.Error as problem:
                raise _translated(problem) from problem

        async with self._turn:
            return await asyncio.get_running_loop().run_in_executor(self._writer, run)

    def _writer_version(self) -> int:
        return int(self._connection(False).execute("PRAGMA data_version").fetchone()[0])

    def _connection(self, reading: bool) -> Any:
        found = getattr(self._local, "connection", None)
        if found is None:
            try:
                found = sqlite3.connect(
                    self.path, isolation_level=None, check_same_thread=False,
                    cached_statements=256 if reading else 1024, timeout=5.0,
                )  # fmt: skip
                for pragma in _PRAGMAS:
                    found.execute(pragma)
                if reading:
                    found.execute(dialect.SEARCH_WORDS)
                # Who writes waits for the lock by himself: see `_begun`.
                found.execute("PRAGMA query_only=ON" if reading else "PRAGMA busy_timeout=0")
                found.execute(f"PRAGMA cache_size=-{_READER_CACHE_KIB if reading else _WRITER_CACHE_KIB}")
            except sqlite3.Error as problem:
                raise StoreUnavailable(f"cannot open the database {self.path}: {problem}") from problem
            self._local.connection = found
            with self._lock:
                self._all.append(found)
        return found

    def _read(self, query: Callable[..., Query[T]], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        connection = self._connection(True)
        try:
            connection.execute("BEGIN")
            try:
                return _run(connection, query(*args, **kwargs))
            finally:
                connection.execute("ROLLBACK")
        except sqlite3.Error as problem:
            raise _translated(problem) from problem

    def _write(self, make: Callable[[], Query[T]], then: Callable[[T], Any] | None) -> T:
        connection = self._connection(False)
        try:
            _begin(connection)
            try:
                result = _run(connection, make())
                connection.execute("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise
        except sqlite3.Error as problem:
            raise _translated(problem) from problem
        if then is not None:
            then(result)
        return result

    async def _write_here(self, make: Callable[[], Query[T]], then: Callable[[T], Any] | None) -> T:
        connection = self._writing
        assert connection is not None, "open() first"
        try:
            until = time.monotonic() + BUSY_SECONDS
            while not _begun(connection, until):  # noqa: ASYNC110 - another process has it, and wakes nobody
                await asyncio.sleep(RETRY_SECONDS)
            try:
                result = _run(connection, make())
                await self._commit(connection)
            except BaseException:
                _roll_back(connection)
                raise
        except sqlite3.Error as problem:
            raise _translated(problem) from problem
        if then is not None:
            then(result)
        return result

    async def _commit(self, connection: Any) -> None:
        """COMMIT in the writer's thread. Whoever is cancelled meanwhile waits for its end: nobody else may use the
        connection before.
        """
        commit = asyncio.get_running_loop().run_in_executor(self._writer, connection.execute, "COMMIT")
        try:
            await asyncio.shield(commit)
        except asyncio.CancelledError:
            await asyncio.wait([commit])
            raise


def make_file(path: Path) -> None:
    """The file and its folder, where they are not there, for this account alone: SQLite itself would let others read
    it, and gives what it puts beside it the same rights. What cannot be made is refused when it is opened.
    """
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _begin(connection: Any) -> None:
    """Take the write lock, waiting for another process that has it; off the event loop."""
    until = time.monotonic() + BUSY_SECONDS
    while not _begun(connection, until):
        time.sleep(RETRY_SECONDS)


def _begun(connection: Any, until: float) -> bool:
    """Take the write lock; False while another process has it. Raises when it still has it at `until`."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as problem:
        if getattr(problem, "sqlite_errorname", "").startswith("SQLITE_BUSY") and time.monotonic() < until:
            return False
        raise
    return True


def _roll_back(connection: Any) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


_READER_CACHE_KIB, _WRITER_CACHE_KIB = 4096, 16_384
"""Of each connection: what readers do not have, the system has in its own cache of the file."""
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA temp_store=MEMORY",
    # What is deleted or blanked is overwritten: who is erased must not be found in free parts of the file.
    "PRAGMA secure_delete=ON",
)


def _dropped(connection: Any) -> int:
    """How many times items left the full-text index since the last scrub; kept in the file's header."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _note_dropped(connection: Any) -> None:
    connection.execute(f"PRAGMA user_version={_dropped(connection) + 1}")


def _merged_further(connection: Any) -> int:
    """Merge some of the index's segments; 0 where there is no more to do
    (https://sqlite.org/fts5.html#the_merge_command, read 2026-11-23).
    """
    _begin(connection)
    before = connection.total_changes
    try:
        connection.execute("INSERT INTO search(search, rank) VALUES('merge', ?)", (-_MERGED_PAGES,))
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise
    return int(connection.total_changes - before >= 2)


def _forgotten(connection: Any, dropped: int) -> None:
    """Begin the log of pages anew, and remember that all is done, unless a reader needs it or more was dropped."""
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        return
    _begin(connection)
    if _dropped(connection) == dropped:
        connection.execute("PRAGMA user_version=0")
    connection.execute("COMMIT")


def _translated(problem: Exception) -> Exception:
    if isinstance(problem, sqlite3.IntegrityError):
        return IntegrityFailed(str(problem))
    if isinstance(problem, sqlite3.OperationalError) and not str(problem).startswith(("no such", "near ")):
        return StoreUnavailable(f"the database cannot be written now ({problem}); nothing was changed")
    return problem


def _run(connection: Any, query: Query[T]) -> T:
    rows: list[Row] | None = None
    while True:
        try:
            step = next(query) if rows is None else query.send(rows)
        except StopIteration as done:
            result: T = done.value
            return result
        rows = _execute(connection, step)


def _execute(connection: Any, step: Step) -> list[Row]:
    match step:
        case Bound(statement, params):
            text, order = statement.on("sqlite")
            values = [_plain(params.get(name, default)) for name, default in order]
            found: list[Row] = connection.execute(text, values).fetchall()
            return found
        case ByKeys(table, values, keys, where):
            text = dialect.read_by_keys("sqlite", table, keys, where)
            found = connection.execute(text, (_json(values).decode(),)).fetchall()
            return found
        case Together(steps):
            return [tuple(_execute(connection, one)) for one in steps]
        case Lock(steps):  # BEGIN IMMEDIATE took it
            locked = connection.execute(dialect.LOCKED["sqlite"]).fetchone()
            return [locked, *(tuple(_execute(connection, one)) if one.values else () for one in steps)]
        case Save(writes):
            for write in writes:
                _save(connection, write)
            if any(isinstance(write, DropSearch) and write.rows for write in writes):
                _note_dropped(connection)
            return []
        case Text(text_of, args):
            found = connection.execute(text_of["sqlite"], args).fetchall()
            return found


def _save(connection: Any, write: Write) -> None:
    """In slices of 64, 32, 16 … rows: so few texts per table that all of them stay prepared."""
    rows = write.rows
    begin = 0
    while begin < len(rows):
        count = min(MAX_ROWS, 1 << (len(rows) - begin).bit_length() - 1)
        values = rows[begin] if count == 1 else tuple(chain.from_iterable(rows[begin : begin + count]))
        connection.execute(write_text("sqlite", write, count), values)
        begin += count


def _plain(value: Any) -> Any:
    return _json(value).decode() if isinstance(value, (list, tuple)) else value
