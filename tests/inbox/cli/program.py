"""The program `inbox`, run as people run it: as a process with words and an environment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 60


@dataclass
class Program:
    """An installation: a data folder and what else is in the environment."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a verb to its end, `given` on its standard input."""
        return subprocess.run(
            [sys.executable, "-m", "inbox.cli.main", *words],
            env=self._environment(),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS,
        )

    def done(self, *words: str, given: str = "") -> str:
        """Run a verb that must succeed; what it printed."""
        found = self.run(*words, given=given)
        assert found.returncode == 0, found.stderr
        return found.stdout.strip()

    def refused(self, *words: str, given: str = "") -> str:
        """Run a verb that must be refused, in one line; that line."""
        found = self.run(*words, given=given)
        assert found.returncode == 1, found.stdout + found.stderr
        lines = found.stderr.strip().splitlines()
        assert len(lines) == 1, found.stderr
        return lines[0]

    @contextmanager
    def staying(self, *words: str, until: str) -> Iterator[list[str]]:
        """Run a verb that stays; yields the lines it printed up to the one that contains `until`. Ends by SIGTERM, in
        order.
        """
        errors = self.folder.parent / "stderr.log"
        with errors.open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "inbox.cli.main", *words],
                env=self._environment(),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert process.stdout is not None
        try:
            yield list(_lines(process, until))
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(START_SECONDS)
            process.stdout.close()
        assert code == 0, errors.read_text()

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INBOX_")}
        return {**kept, "INBOX_DATA_DIR": str(self.folder), **self.environment}


def _lines(process: subprocess.Popen[str], until: str) -> Iterator[str]:
    assert process.stdout is not None
    end = time.monotonic() + START_SECONDS
    for line in process.stdout:
        yield line.rstrip("\n")
        if until in line:
            return
        assert time.monotonic() < end, f"no line with {until!r} within {START_SECONDS} s"
    raise AssertionError(f"ended with {process.wait()} before it said {until!r}")
