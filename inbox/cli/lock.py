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
def the_only_server(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises Refusal, naming the process that holds it."""
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)
        opened = (folder / NAME).open("a+")
    except OSError as wrong:
        remedy = "give it to the account that runs the service, or name another INBOX_DATA_DIR"
        raise Refusal(f"the data folder {folder} cannot be used ({wrong.strerror}): {remedy}") from None
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise Refusal(
                f"a server already runs on {folder} (process {holder}): stop it, or name another INBOX_DATA_DIR"
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
