"""Processes that are killed on purpose, and how often."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
KILLS = int(os.environ.get("INBOX_KILLS", "25"))
"""Over all tests of one kind; `make faults` sets more."""


class Victim:
    """A scene that runs in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, word: str) -> None:
        self._process = process
        self.word = word

    @classmethod
    async def start(cls, role: str, url: str, folder: Path, *, failpoints: str = "") -> Victim:
        """Start a scene and wait until it is at work. A failpoint may end it before that: then `word` is empty."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.scene", role, url, str(folder),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "INBOX_FAILPOINTS": failpoints},
        )  # fmt: skip
        assert process.stdout is not None
        async with asyncio.timeout(30):
            line = (await process.stdout.readline()).decode().split()
        return cls(process, line[1] if line else "")

    @property
    def is_dead(self) -> bool:
        """Whether it has ended, by a failpoint or by us."""
        return self._process.returncode is not None

    async def died(self) -> None:
        """Wait until it has ended."""
        await self._process.wait()

    async def kill(self) -> None:
        """End it as a power cut would."""
        if not self.is_dead:
            self._process.kill()
        await self._process.wait()
