"""What every verb needs: the settings, an opened service, somebody to act as, and how to speak and to refuse."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from pydantic import ValidationError

from inbox.domain import events as e
from inbox.domain.permissions import ROLES, Principal, Scope
from inbox.settings import PREFIX, Settings

if TYPE_CHECKING:
    from inbox.app import Inbox

T = TypeVar("T")
OPERATOR = Principal(e.SYSTEM, "The command line", Scope(None, frozenset(), True), ROLES["admin"])
"""Whoever can run commands on the machine may do everything."""
_MAX_NAME = 200


class Refusal(Exception):
    """The verb cannot be carried out. The text names the thing, the value and the remedy, in one line."""


def read_settings(**changes: Any) -> Settings:
    """The settings of the environment, with changes. Raises Refusal for the first that makes no sense."""
    try:
        settings = Settings(**changes)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = str(first["loc"][0])
        said = first["msg"].removeprefix("Value error, ")
        # What may hold a password is not shown, and what is said of it reads on.
        value = f"is {first['input']!r}:" if Settings.model_fields[name].repr else ""
        raise Refusal(" ".join(f"{PREFIX}{name.upper()} {value} {said}".split())) from None
    return settings


@contextlib.asynccontextmanager
async def opened(settings: Settings | None = None) -> AsyncIterator[Inbox]:
    """The service's store, writer and directory. Raises Refusal unless the database is there and up to date, and the
    secret key is not gone.
    """
    from inbox.app import Inbox
    from inbox.cli import keys
    from inbox.storage.migrate import current, head, too_new

    if settings is None:
        from inbox import logs

        settings = read_settings()
        logs.configure(settings.log_format, "error")
    found = await current(settings.store) if is_there(settings) else None
    if found is None:
        raise Refusal(f"{shown(settings)} is empty: run `inbox migrate` first, or `inbox run`")
    if problem := too_new(found):
        raise Refusal(f"{shown(settings)} {problem}")
    if found != head():
        remedy = "stop the service and run `inbox migrate`"
        raise Refusal(f"{shown(settings)} is at revision {found}, this program needs {head()}: {remedy}")
    await keys.require(settings)
    async with Inbox.open(settings) as made:
        yield made


def is_there(settings: Settings) -> bool:
    """Whether there is a database: a server is taken to be there, a file is looked for."""
    path = sqlite_path(settings)
    return path is None or path.exists()


def sqlite_path(settings: Settings) -> Any:
    """The file of an SQLite database; None for PostgreSQL."""
    from pathlib import Path

    return Path(settings.store.split("///", 1)[1]) if settings.store.startswith("sqlite") else None


def shown(settings: Settings) -> str:
    """The database in words, without its password."""
    from urllib.parse import urlsplit

    path = sqlite_path(settings)
    if path is not None:
        return f"the database {path}"
    parts = urlsplit(settings.store)
    return f"the database {parts.path.lstrip('/')} at {parts.hostname}"


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a verb that waits. What fails in a group of tasks is raised as itself; Refusal where a key is missing."""
    try:
        return asyncio.run(work)
    except BaseExceptionGroup as group:
        raise refused(group) from None
    except Exception as problem:  # the edge of the verb: what is refused is said in one line
        raise refused(problem) from None


def refused(problem: BaseException) -> BaseException:
    """What failed, out of its groups; a Refusal in its place for what is the installation's fault, not ours."""
    from socket import gaierror

    from asyncpg import InterfaceError, PostgresError
    from sqlalchemy.exc import DBAPIError

    from inbox.seal import CannotOpen

    try:
        from pysqlite3 import Error as SqliteError
    except ImportError:  # no wheel for this platform
        from sqlite3 import Error as SqliteError

    while isinstance(problem, BaseExceptionGroup):
        problem = problem.exceptions[0]
    if isinstance(problem, BrokenPipeError):  # who reads what we print has enough
        return problem
    if isinstance(problem, CannotOpen):
        return Refusal(str(problem))
    answered = (DBAPIError, ConnectionError, TimeoutError, gaierror, PostgresError, InterfaceError, SqliteError)
    if isinstance(problem, answered):
        return Refusal(unreachable("the database", problem))
    return problem


def unreachable(name: str, problem: BaseException) -> str:
    """That a database does not answer as it should: what the driver said, without what it adds, and the remedy."""
    said = " ".join(str(getattr(problem, "orig", problem)).split()) or "no answer"
    remedy = next((remedy for words, remedy in _REMEDIES if words in said), "check INBOX_DATABASE_URL")
    return f"{name} cannot be reached or read ({said}): {remedy}"


_REMEDIES = (
    ("is full", "free some room there, or move INBOX_DATA_DIR to a larger disk"),
    ("disk I/O error", "free some room on its disk, which may be full, and look whether that is sound"),
    ("No space left", "free some room on the database server's disk"),
    ("readonly database", "let the account that runs the service write the file and its folder"),
    ("unable to open", "let the account that runs the service read and write the file and its folder"),
    ("disk image is malformed", "move the file and what lies beside it away, and restore a backup"),
    ("file is not a database", "name another file in INBOX_DATABASE_URL, or move it away and restore a backup"),
    ("permission denied", "make the role in INBOX_DATABASE_URL owner of the database and its schema"),
    ("must be owner", "make the role in INBOX_DATABASE_URL owner of the tables: whoever made them (REASSIGN OWNED)"),
    ("no schema has been selected", "set search_path, of the role or the database, to a schema that is there"),
    ("read-only transaction", "name the primary in INBOX_DATABASE_URL: this server takes no changes"),
)
"""By words of the drivers."""


def named(name: str) -> str:
    """A name as it is kept. Raises Refusal where it is none."""
    kept = name.strip()
    if not 0 < len(kept) <= _MAX_NAME or any("\ud800" <= char <= "\udfff" for char in kept):
        raise Refusal(f"--name {name!r}: give 1 to {_MAX_NAME} characters that can be read")
    return kept


def say(line: str = "") -> None:
    """One line of the answer, to standard output, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def say_json(value: object) -> None:
    """The answer for programs: one JSON object on one line."""
    say(msgspec.json.encode(value).decode())


def warn(line: str) -> None:
    """Something to know, to standard error."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
