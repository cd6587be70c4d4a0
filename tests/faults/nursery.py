"""Cheap lives: a process that has imported all that scenes need, and forks a child for each: `python -m …nursery`.

A fresh interpreter spends more than a second on imports, which is most of a life that ends after a tenth of one. The
child is nevertheless a process of its own: the nursery has no event loop, no thread, no database and no socket but its
standard input, so every file, connection and thread of a life is made after the fork and dies with it.

On standard input (a socket) comes a line of JSON, a `Birth`, with the descriptor that becomes the child's standard
output and error; the answer on standard output is the child's process id. The next line, of any words, says that the
child is dead: it is reaped, and the answer is its return code, negative for a signal. Until it is asked for that, the
nursery keeps the dead child, so that its id is nobody else's while the test may still send it a signal. One child lives
at a time.
"""

from __future__ import annotations

import gc
import importlib
import os
import random
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path
from typing import NoReturn

import msgspec

from inbox import failpoint
from tests.faults import scene

LAZY = (
    "inbox.storage.sqlite", "inbox.storage.postgres", "uvicorn.lifespan.off", "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)  # fmt: skip
"""What a life would import while it begins."""
_MOST_BYTES = 65_536


class Birth(msgspec.Struct, frozen=True):
    """A life that is wanted."""

    role: str
    url: str
    folder: str
    failpoints: str


def live(birth: Birth, out: int) -> NoReturn:
    """Be the child: what a fresh interpreter would be with this `INBOX_FAILPOINTS`. Ends the process."""
    code = 1
    try:
        scene.die_with_parent()
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.close(out)
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        random.seed()
        os.environ["INBOX_FAILPOINTS"] = birth.failpoints
        importlib.reload(failpoint)
        scene.play(birth.role, birth.url, Path(birth.folder))
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    """Fork until standard input ends. A child that then lives is killed."""
    scene.die_with_parent()
    for name in LAZY:
        importlib.import_module(name)
    assert threading.active_count() == 1, f"a thread is not forked: {threading.enumerate()}"
    # What is there now lives as long as the nursery: children need not look at it, and so not copy it.
    gc.collect()
    gc.freeze()
    orders = socket.socket(fileno=0)
    while True:
        line, descriptors, _, _ = socket.recv_fds(orders, _MOST_BYTES, 1)
        if not line:
            return
        pid = os.fork()
        if not pid:
            live(msgspec.json.decode(line, type=Birth), descriptors[0])
        os.close(descriptors[0])
        _answer(pid)
        if not orders.recv(_MOST_BYTES):
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        _answer(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
