"""A database with the schema in it, quickly: a copy of one that `schema.create` made once.

Making the schema takes longer than most tests do; copying a file, or a database within its server, does not.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from inbox import clock
from inbox.storage import schema
from inbox.storage.database import Database, Query, Text, connect


async def with_schema(url: str) -> Database:
    """Give the empty database at `url`, which nobody has open, the schema and its first row, and open it."""
    if url.startswith("sqlite"):
        await _copy_file(Path(url.removeprefix("sqlite:///")))
    else:
        await _copy_database(url)
    database = connect(url)
    await database.open()
    await database.write(_begun_now)
    return database


def _begun_now() -> Query[None]:
    """The first row is as old as the test, whose clock may be another than that of the copied one."""
    yield Text(dict.fromkeys(("sqlite", "postgres"), f"UPDATE workspace SET created_at = {clock.now():d}"))


async def _make(url: str) -> None:
    database = connect(url)
    await database.open()
    await database.write(lambda: schema.create(database.engine, clock.now()))
    await database.close()


# --- SQLite


@functools.cache
def _folder() -> Path:
    """Where this process keeps the file that it copies."""
    folder = Path(tempfile.mkdtemp(prefix="inbox-schema-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


async def _copy_file(path: Path) -> None:
    made = _folder() / "made.sqlite3"
    if not made.exists():
        await _make(f"sqlite:///{made}")
    shutil.copy(made, path)


# --- PostgreSQL


@functools.cache
def _name() -> str:
    """Of the database that is copied: servers outlive test processes, and schemas change."""
    statements = "\n".join(schema.ddl("postgres"))
    return f"inbox_schema_{hashlib.sha256(statements.encode()).hexdigest()[:16]}"


async def _copy_database(url: str) -> None:
    plain = urlsplit(url)._replace(scheme="postgresql")
    server = await asyncpg.connect(urlunsplit(plain._replace(path="/postgres")))
    try:
        if not await server.fetchval("SELECT true FROM pg_database WHERE datname = $1", _name()):
            await _make_on(server, plain.geturl())
        await server.execute(f'DROP DATABASE "{plain.path[1:]}"')
        await server.execute(f'CREATE DATABASE "{plain.path[1:]}" TEMPLATE "{_name()}" STRATEGY file_copy')
    finally:
        await server.close()


async def _make_on(server: asyncpg.Connection, url: str) -> None:
    """Made beside and renamed when whole: other test processes may use this server, and make it too."""
    beside = f"inbox_schema_{uuid4().hex}"
    await server.execute(f'CREATE DATABASE "{beside}"')
    await _make(urlunsplit(urlsplit(url)._replace(path=f"/{beside}")))
    try:
        await server.execute(f'ALTER DATABASE "{beside}" RENAME TO "{_name()}"')
    except asyncpg.DuplicateDatabaseError:
        await server.execute(f'DROP DATABASE "{beside}"')
