"""Starts a server program for the tests and ends it for certain, with all its children."""

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

START_SECONDS = 30
STOP_SECONDS = 10


class ServerFailed(Exception):
    """A server program ended while starting, or was not ready in time; holds its last words."""


def free_port() -> int:
    """Return a loopback TCP port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Say whether something accepts connections on the loopback port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def unprivileged() -> pwd.struct_passwd | None:
    """Return the account to run as for programs that refuse root; None when we are not root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _die_with_parent() -> None:
    """Ask Linux to end this process when the test run is killed and can clean up nothing."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class ServerProcess:
    """One running server program, leader of its own process group, writing to a log file."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        folder: Path,
        account: pwd.struct_passwd | None = None,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start `command` in `folder`, as `account` where one is given."""
        self.log = folder / f"{Path(command[0]).name}.log"
        self._stop_signal = stop_signal
        as_account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        with self.log.open("ab") as log:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                [str(word) for word in command],
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
                **as_account,  # type: ignore[call-overload]
            )

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its group."""
        return self._process.pid

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return once `ready()` is true; raises ServerFailed with the log's end otherwise."""
        end = time.monotonic() + START_SECONDS
        while not ready():
            if self._process.poll() is not None:
                raise ServerFailed(f"ended with {self._process.returncode}: {self._last_words()}")
            if time.monotonic() > end:
                self.kill()
                raise ServerFailed(f"not ready after {START_SECONDS} s: {self._last_words()}")
            time.sleep(0.02)

    def stop(self, with_signal: signal.Signals | None = None) -> None:
        """End it in order, by force after STOP_SECONDS; whatever it started ends with it."""
        if self._process.poll() is None:
            self._process.send_signal(with_signal or self._stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the whole group at once, as a crash would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(STOP_SECONDS)

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]
