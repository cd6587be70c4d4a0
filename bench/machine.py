"""Starting the programs that are measured, reading their CPU, and printing what came of it."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from inbox.serving import SWITCH_SECONDS
from tests.processes import ServerFailed, answers, free_port
from tests.servers import Postgres, fresh_database

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
_TICKS = os.sysconf("SC_CLK_TCK")

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "512MB", "jit": "off"}
"""What the service is run with: an acknowledged message survives a power cut."""


def steady() -> None:
    """What every measured server does after start: the garbage collector leaves alone what lives for ever."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    sys.setswitchinterval(SWITCH_SECONDS)


class Program:
    """A server of ours in its own process, until `stop`."""

    def __init__(self, module: str, *words: str) -> None:
        self.port = free_port()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the program
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, "--port", str(self.port), *words],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        end = time.monotonic() + START_SECONDS
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                self.process.wait()
                self.log.seek(0)
                raise ServerFailed(f"{module} did not start: {self.log.read()[-2000:].decode(errors='replace')}")
            time.sleep(0.05)

    def cpu_seconds(self) -> float:
        """User and system time it has taken so far."""
        return cpu_seconds(self.process.pid)

    def memory_bytes(self) -> int:
        """Resident memory."""
        return memory_bytes(self.process.pid)

    def stop(self) -> None:
        """End it."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()
        self.log.close()


def cpu_seconds(pid: int, *, children: bool = False) -> float:
    """User and system time of a process, on request with its living children and theirs. 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    own = (int(fields[11]) + int(fields[12])) / _TICKS
    if not children:
        return own
    own += (int(fields[13]) + int(fields[14])) / _TICKS
    below: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        below = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return own + sum(cpu_seconds(child, children=True) for child in below)


def memory_bytes(pid: int) -> int:
    """Resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


class Stores:
    """Fresh databases on both engines; PostgreSQL is started when first asked for."""

    def __init__(self, *, fsync: bool = True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="inbox-bench-"))
        self.fsync = fsync
        self.settings = dict(DURABLE)
        """Of PostgreSQL; what is changed counts if it does not run yet."""
        self._postgres: Postgres | None = None

    @property
    def postgres(self) -> Postgres:
        """The server."""
        if self._postgres is None:
            self._postgres = Postgres(settings=self.settings)
            self._postgres.start()
        return self._postgres

    def server_cpu(self) -> float:
        """CPU seconds of PostgreSQL with its backends; 0 when it does not run."""
        return 0.0 if self._postgres is None else cpu_seconds(self._postgres.pid, children=True)

    @contextlib.contextmanager
    def fresh(self, engine: str) -> Iterator[str]:
        """The URL of an empty database, removed afterwards."""
        if engine == "postgres":
            with fresh_database(self.postgres.url) as url:
                yield url
            return
        path = self.folder / f"{time.monotonic_ns()}.sqlite3"
        try:
            yield f"sqlite:///{path}"
        finally:
            for left in self.folder.glob(f"{path.name}*"):
                left.unlink()

    def close(self) -> None:
        """Stop PostgreSQL and remove what was written."""
        if self._postgres is not None:
            self._postgres.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def median(values: Sequence[float]) -> float:
    """The median; 0 of nothing."""
    return statistics.median(values) if values else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table; numbers to the right."""
    texts = [[_text(cell) for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(head), *texts]) for i in range(len(head))]
    print(f"\n{title}")
    for line in [list(head), *texts]:
        cells = [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        print("  " + "  ".join(cells), flush=True)


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return f"{cell:.0f}" if abs(cell) >= 1000 else f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.2f}"
    return str(cell)
