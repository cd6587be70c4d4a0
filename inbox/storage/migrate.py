"""Bringing a database to the newest schema: Alembic, with the connection made here.

All steps run in one transaction under a lock, so that two processes that start together do not migrate twice and a step
that fails leaves the database as it was. Called by `inbox migrate` and at the start of an embedded service.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, create_engine, event, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from inbox.errors import Conflict
from inbox.storage import dialect
from inbox.storage.sqlite import make_file

try:
    import pysqlite3 as sqlite3
except ImportError:  # no wheel for this platform
    import sqlite3

T = TypeVar("T")
_SECONDS = 10.0
_LOCK = text("SELECT pg_advisory_xact_lock(742085611)")
"""Any number of our own; released with the transaction."""
_FITNESS = text(f"SELECT current_setting('server_encoding'), {dialect.PASSIVE}")
_CLOSED = text(
    """SELECT quote_ident(current_user), quote_ident(current_schema()),
        coalesce(string_agg(relname, ', ' ORDER BY relname), '')
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema()) AND relname <> 'alembic_version'
        AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
            AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))"""
)
"""The account, the schema, and its tables that are not open to it: another account may have migrated."""


def scripts() -> Path:
    """The folder of the migrations: beside the code in a wheel, at the top of the tree otherwise."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def head() -> str:
    """The newest revision there is."""
    found = ScriptDirectory(str(scripts())).get_current_head()
    if found is None:
        raise RuntimeError(f"there are no migrations in {scripts()}: the installation is incomplete")
    return found


async def migrate(url: str, revision: str = "head") -> str:
    """Bring the database behind a URL (`Settings.store`) to a revision; the one it is at afterwards.

    Idempotent. Downwards where the revision is older: data of what is dropped is lost. Raises Conflict for an empty
    database that is not fit (`unfit`), and for one that a newer version has written.
    """
    return await _connected(url, lambda connection: _move(connection, revision))


async def current(url: str) -> str | None:
    """The revision a database is at; None for an empty one."""
    return await _connected(url, lambda connection: MigrationContext.configure(connection).get_current_revision())


async def unfit(url: str) -> str | None:
    """Why a database that answers cannot be used, and the remedy; None where it can."""
    return await _connected(url, _unfit)


def too_new(revision: str | None) -> str | None:
    """What to do with a database whose revision this program does not know; None where it knows it."""
    if revision is None or revision in {step.revision for step in ScriptDirectory(str(scripts())).walk_revisions()}:
        return None
    remedy = "install that version again, or restore a backup of this one into an empty database"
    return f"is at revision {revision}, which is newer than this program ({head()}): {remedy}"


def _unfit(connection: Connection) -> str | None:
    if connection.dialect.name != "postgresql":
        return None
    encoding, passive = connection.execute(_FITNESS).one()
    if encoding != "UTF8":
        return (
            f"has the encoding {encoding} and cannot keep every text: make one with ENCODING 'UTF8' TEMPLATE template0"
        )
    if passive:
        return "takes no changes: name the primary in INBOX_DATABASE_URL, or end default_transaction_read_only"
    account, schema, closed = connection.execute(_CLOSED).one()
    if closed:
        grant = f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {account}"
        return f"does not let {account} read and write {closed}: run {grant} as their owner"
    return None


def _move(connection: Connection, revision: str) -> str:
    before = MigrationContext.configure(connection).get_current_revision()
    if problem := (None if before else _unfit(connection)) or too_new(before):
        raise Conflict(f"the database {problem}")
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    config = Config()
    config.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    config.attributes["connection"] = connection
    before = MigrationContext.configure(connection).get_current_revision()
    if revision == "head" or _is_newer(config, revision, before):
        command.upgrade(config, revision)
    else:
        command.downgrade(config, revision)
    return MigrationContext.configure(connection).get_current_revision() or ""


def _is_newer(config: Config, revision: str, than: str | None) -> bool:
    if revision == "base":
        return False
    order = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    return than is None or order.index(revision) < order.index(than)


async def _connected(url: str, work: Callable[[Connection], T]) -> T:
    """Run work in one transaction on a connection of its own."""
    if url.startswith("sqlite"):
        return await asyncio.to_thread(_on_sqlite, url, work)
    # The driver reads the URL, as it does for the service itself: SQLAlchemy knows no `sslmode` and the like.
    dsn = "postgresql" + url[url.index("://") :]
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn, timeout=_SECONDS), poolclass=NullPool
    )
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _on_sqlite(url: str, work: Callable[[Connection], T]) -> T:
    path = url.split("///", 1)[1]
    make_file(Path(path))
    # As a path, not as a URL: `?` may be in the name of a folder.
    engine = create_engine(URL.create("sqlite", database=path), module=sqlite3, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _by_hand(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver would commit before each CREATE

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        return work(connection)
