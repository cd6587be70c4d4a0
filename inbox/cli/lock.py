"""One server on a data folder: a lock that the system releases when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from inbox.cli.opened import Refusal

NAME = "server.lock"


@contextlib.contextmanager
def the_only_server(folder: Path, database: Path | None = None) -> Iterator[None]:
    """Hold the folder's lock, and that of an SQLite file, which another folder's settings may name too. Raises Refusal,
    naming the process that holds one of them.
    """
    with _held(folder, NAME, "INBOX_DATA_DIR"):
        if database is None:
            yield
            return
        file = database.resolve()  # by whatever link it is named
        with _held(file.parent, f"{file.name}.lock", "file in INBOX_DATABASE_URL"):
            yield


@contextlib.contextmanager
def _held(folder: Path, name: str, setting: str) -> Iterator[None]:
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)
        opened = (folder / name).open("a+")
    except OSError as wrong:
        remedy = f"give it to the account that runs the service, or name another {setting}"
        raise Refusal(f"the data folder {folder} cannot be used ({wrong.strerror}): {remedy}") from None
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise Refusal(
                f"a server already runs on {folder} (process {holder}): stop it, or name another {setting}"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def is_held(folder: Path) -> bool:
    """Whether a server runs on the folder now."""
    if not (folder / NAME).exists():
        return False
    try:
        with the_only_server(folder):
            return False
    except Refusal:
        return True
