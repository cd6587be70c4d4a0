"""`inbox doctor`: looks at an installation and says, line by line, what is well and what to mend."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from inbox.cli.opened import Refusal, is_there, read_settings, run, say, shown, sqlite_path, unreachable
from inbox.settings import Settings

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from inbox.storage.database import Database

Verdict = Literal["ok", "warn", "fail"]
_GIGABYTE = 1_000_000_000
_LOW_BYTES = 2 * _GIGABYTE
_FULL_BYTES = _GIGABYTE // 10
"""With less, the next change may be refused."""
_SAFE_SQLITE = (3, 51, 3)
"""The release with the WAL-reset fix (https://sqlite.org/wal.html, read 2026-11-21)."""
_SECONDS = 5.0
_CLOCK_SECONDS = 2.0


class Line(NamedTuple):
    """One thing looked at; `said` names it, its value and the remedy."""

    verdict: Verdict
    said: str


def doctor() -> int:
    """Look at settings, key, disk, database, Redis and clock, and at what of the work needs somebody: channels,
    sign-ins that end, what waits to be sent, quarantine, webhooks. Exit code 1 when something fails.
    """
    try:
        settings = read_settings()
    except Refusal as wrong:
        say(f"fail  {wrong}")
        return 1
    return run(_doctor(settings))


async def _doctor(settings: Settings) -> int:
    failed = False
    async for line in lines(settings):
        say(f"{line.verdict:<4}  {line.said}")
        failed = failed or line.verdict == "fail"
    return int(failed)


async def lines(settings: Settings) -> AsyncIterator[Line]:
    """Everything there is to say."""
    here: tuple[Callable[[Settings], Line], ...] = (key, address, proxy, disk, library)
    for look in here:
        yield look(settings)
    found, our_time = await database(settings)
    yield found
    if our_time is not None:
        yield our_time
    yield await redis(settings)
    if our_time is not None:
        async for line in working(settings):
            yield line


async def working(settings: Settings) -> AsyncIterator[Line]:
    """How the work goes, of a database that is there and migrated."""
    from inbox import clock
    from inbox.cli.work import work
    from inbox.storage.database import connect

    store = connect(settings.store)
    await store.open()
    try:
        async for line in sorting(store):
            yield line
        async for line in lost_keys(settings, store):
            yield line
        async for line in work(store, clock.now()):
            yield line
    finally:
        await store.close()


async def sorting(store: Database) -> AsyncIterator[Line]:
    """Indexes of texts that may be in another order than the server has now: it says so only in its own log."""
    from inbox.storage.collation import changed

    found = await store.read(changed) if store.engine == "postgres" else None
    if found is not None:
        name = f'"{found.database}"'
        remedy = f"stop the service, run REINDEX DATABASE {name} and ALTER DATABASE {name} REFRESH COLLATION VERSION"
        said = f"its indexes were made with version {found.before} of its collation, the server has {found.now}"
        yield Line("fail", f"database: {said}, and may miss what is there or take it twice: {remedy}")


async def lost_keys(settings: Settings, store: Database) -> AsyncIterator[Line]:
    """What no key of ours opens: the key was lost, or is another installation's."""
    from inbox.cli import keys

    if problem := await keys.problem(settings, store):
        yield Line("fail", f"secret key: {problem}")


def key(settings: Settings) -> Line:
    """The secret key: there, and nobody else's to read."""
    if settings.secret_key:
        return Line("ok", f"secret key: {len(settings.keys())} in INBOX_SECRET_KEY")
    file = settings.key_file
    if not file.exists():
        return Line("warn", f"secret key: {file} is made on the first start: keep a copy of it elsewhere")
    if not settings.known_keys():
        return Line("fail", f"secret key: {file} is empty: put the key back from its copy, or remove the file")
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        return Line("fail", f"secret key: {file} can be read by others (mode {mode:o}): run chmod 600 {file}")
    return Line("warn", f"secret key: kept in {file}: without a copy elsewhere, a backup's credentials cannot be read")


def address(settings: Settings) -> Line:
    """Whether browsers come encrypted."""
    if settings.encrypted:
        return Line("ok", f"address: {settings.address}")
    if settings.host in ("127.0.0.1", "localhost", "::1"):
        return Line("ok", f"address: {settings.address}, on this machine alone")
    return Line("warn", f"address: {settings.address} is not encrypted: set INBOX_PUBLIC_URL to an https address")


def proxy(settings: Settings) -> Line:
    """Whether visitors are told apart: https is a proxy's work, and all come from its address."""
    if settings.trusted_proxies or not settings.encrypted:
        return Line("ok", f"proxy: {', '.join(settings.trusted_proxies) or 'none'}")
    remedy = "set INBOX_TRUSTED_PROXIES to the address it connects from, such as 127.0.0.1"
    return Line("warn", f"proxy: none is believed, so all visitors count as one, and slow each other down: {remedy}")


def disk(settings: Settings) -> Line:
    """Room for data and files, and whether they can be written."""
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    said = f"disk: {free / _GIGABYTE:.1f} GB free at {settings.data_dir}"
    for written in (folder, settings.data_dir / "media", settings.data_dir / "media" / "unfinished"):
        if written.exists() and not os.access(written, os.W_OK | os.X_OK):
            remedy = "let the account that runs the service write it, and look whether it is mounted read-only"
            return Line("fail", f"{said}, but {written} takes no files: {remedy}")
    if free > _LOW_BYTES:
        return Line("ok", said)
    return Line("warn" if free > _FULL_BYTES else "fail", f"{said}: free some, or move INBOX_DATA_DIR")


def library(settings: Settings) -> Line:
    """The SQLite library, where it is used."""
    if sqlite_path(settings) is None:
        return Line("ok", "sqlite: not used")
    try:
        import pysqlite3 as sqlite3
    except ImportError:  # no wheel for this platform
        import sqlite3
    version: str = sqlite3.sqlite_version
    if tuple(int(part) for part in version.split(".")) < _SAFE_SQLITE:
        return Line(
            "warn", f"sqlite: {version} can lose commits in rare crashes: install pysqlite3, or Python with 3.51.3"
        )
    return Line("ok", f"sqlite: {version}")


async def database(settings: Settings) -> tuple[Line, Line | None]:
    """Reachable and migrated; and, of a server, how far its clock is from ours."""
    from inbox.storage.database import connect
    from inbox.storage.instant import now
    from inbox.storage.migrate import current, head, too_new, unfit

    name = shown(settings)
    if not is_there(settings):
        return Line(
            "warn", f"database: there is no {name.removeprefix('the database ')} yet: `inbox run` makes it"
        ), None
    try:
        async with asyncio.timeout(_SECONDS):
            found = await current(settings.store)
            problem = await unfit(settings.store) or too_new(found)
    except Exception as broken:  # the edge of a worker item: drivers have many ways to fail
        return Line("fail", f"database: {unreachable(name, broken)}"), None
    if problem:
        return Line("fail", f"database: {name} {problem}"), None
    if found != head():
        remedy = "stop the service and run `inbox migrate`" if found else "run `inbox migrate`"
        return Line("fail", f"database: {name} is at {found or 'nothing'}, {head()} is needed: {remedy}"), None
    store = connect(settings.store)
    await store.open()
    try:
        off = await clock_off(lambda: store.read(now)) if store.engine == "postgres" else 0.0
    finally:
        await store.close()
    return Line("ok", f"database: {name} is at {found}"), _clock(off)


async def clock_off(ask: Callable[[], Awaitable[int]]) -> float:
    """Seconds that the database's clock is ahead of ours."""
    from inbox import clock

    before = clock.now()
    theirs = await ask()
    return (theirs - (before + clock.now()) / 2) / clock.SECOND


def _clock(off: float) -> Line:
    if abs(off) > _CLOCK_SECONDS:
        return Line(
            "fail", f"clock: the database is {off:+.1f} s away from this machine: let both follow a time server"
        )
    return Line("ok", f"clock: within {_CLOCK_SECONDS:g} s of the database")


async def redis(settings: Settings) -> Line:
    """Reachable, where one is named."""
    if not settings.redis_url:
        several = sqlite_path(settings) is None
        said = "redis: none; between processes, news take up to half a second" if several else "redis: not needed"
        return Line("ok", said)
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    try:
        async with Redis.from_url(
            settings.redis_url, socket_connect_timeout=_SECONDS, socket_timeout=_SECONDS
        ) as client:
            await _publish_and_listen(client)
    except (RedisError, OSError) as broken:
        return Line("fail", f"redis: cannot be used ({broken}): check INBOX_REDIS_URL; news are late without it")
    return Line("ok", "redis: answers")


async def _publish_and_listen(client: Redis) -> None:
    """What wake-ups need of it: an account may be allowed to connect, and neither of these."""
    await client.publish("inbox:doctor", b"|")  # nobody listens to that
    async with client.pubsub() as listening:
        await listening.psubscribe("inbox:*")
        await listening.get_message(timeout=_SECONDS)
