"""The program `inbox`: verbs that end are run in this process, those that stay in one of their own."""

from __future__ import annotations

import io
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import structlog

from inbox.cli.main import main

START_SECONDS = 90


class Ended(NamedTuple):
    """What a verb left behind."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Program:
    """An installation: a data folder and what else is in the environment."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    pid: int = 0
    """Of the verb that stays, while it does."""

    def run(self, *words: str, given: str = "") -> Ended:
        """Run a verb to its end in this process, as `main` would in its own; `given` on its standard input."""
        out, err = io.StringIO(), io.StringIO()
        with self._as_program(given), redirect_stdout(out), redirect_stderr(err):
            code = main(words)
        return Ended(code, out.getvalue(), err.getvalue())

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
        self.pid = process.pid
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

    @contextmanager
    def _as_program(self, given: str) -> Iterator[None]:
        """The environment, standard input and logging of a process of its own."""
        environment, stdin, root = dict(os.environ), sys.stdin, logging.getLogger()
        handlers, level, logs = list(root.handlers), root.level, structlog.get_config()
        ours = self._environment()
        os.environ.clear()
        os.environ.update(ours)
        sys.stdin = io.StringIO(given)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(environment)
            sys.stdin = stdin
            root.handlers[:] = handlers
            root.setLevel(level)
            structlog.configure(**logs)


def _lines(process: subprocess.Popen[str], until: str) -> Iterator[str]:
    assert process.stdout is not None
    end = time.monotonic() + START_SECONDS
    for line in process.stdout:
        yield line.rstrip("\n")
        if until in line:
            return
        assert time.monotonic() < end, f"no line with {until!r} within {START_SECONDS} s"
    raise AssertionError(f"ended with {process.wait()} before it said {until!r}")
