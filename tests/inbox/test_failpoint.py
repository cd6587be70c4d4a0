"""Failpoints kill where they are armed, and nowhere else."""

import os
import subprocess
import sys

CODE = "from inbox.failpoint import failpoint\nfor n in range(3): failpoint('a.b'); print(n, flush=True)"


def lives(armed: str) -> tuple[int, str]:
    """Exit status and output of a process with this setting."""
    done = subprocess.run(
        [sys.executable, "-c", CODE], env={**os.environ, "INBOX_FAILPOINTS": armed}, capture_output=True, check=False
    )
    return done.returncode, done.stdout.decode()


def test_an_armed_point_kills_when_its_turn_comes() -> None:
    """The first time, or as often as it says."""
    assert lives("a.b") == (-9, "")
    assert lives("other, a.b:2") == (-9, "0\n")


def test_a_point_that_is_not_armed_does_nothing() -> None:
    """Unset or naming others."""
    assert lives("") == lives("x.y:1") == (0, "0\n1\n2\n")
