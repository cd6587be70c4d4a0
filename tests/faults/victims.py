"""Processes that are killed on purpose, how often, and what each of them died of."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Protocol

import msgspec

from tests.faults.nursery import Birth

ROOT = Path(__file__).parent.parent.parent
KILLS = int(os.environ.get("INBOX_KILLS", "25"))
"""Over all tests of one kind; `make faults` sets more."""
LOOK_EVERY = 20
"""So often everything there is is compared: each time would be slow. What waits is done first, by a life that may."""
DEADLINE_SECONDS = 20.0
"""A life that does not come to its failpoint by then is killed, which counts as by chance."""
BY_CHANCE = "by chance"
_START_SECONDS, _END_SECONDS = 30, 5
_LINE_BYTES = 2**20


class Killable(Protocol):
    """A process: that of a fresh interpreter, or a child of the nursery."""

    def kill(self) -> None:
        """Send SIGKILL."""
        ...

    async def wait(self) -> int:
        """Its return code once it has ended: negative for a signal."""
        ...


class Victim:
    """A scene that runs in a process of its own."""

    def __init__(self, process: Killable, output: asyncio.StreamReader, failpoint: str, fates: Counter[str]) -> None:
        self.word = ""
        """What it said when it was at work; empty when a failpoint ended it before."""
        self._process = process
        self._failpoint = failpoint
        self._fates = fates
        self._output = output
        self._said: list[bytes] = []
        self._begun = asyncio.Event()
        self._end = asyncio.ensure_future(self._listen())

    async def begun(self) -> None:
        """Wait until it is at work, or dead."""
        async with asyncio.timeout(_START_SECONDS):
            await self._begun.wait()

    @property
    def is_dead(self) -> bool:
        """Whether it has ended, by a failpoint or by us."""
        return self._end.done()

    async def lives(self, seconds: float) -> bool:
        """Let so much time pass, or less if it dies; whether it lives."""
        await asyncio.wait({self._end}, timeout=seconds)
        return not self.is_dead

    async def kill(self) -> None:
        """End it as a power cut would, and count what it died of. It fails the test to have ended otherwise."""
        by_chance = not self.is_dead
        code = await self.end()
        assert code == -signal.SIGKILL, f"ended by itself ({code}): {self.said}"
        assert by_chance or self._failpoint, f"killed, but not by us: {self.said}"
        self._fates[BY_CHANCE if by_chance else self._failpoint] += 1

    async def end(self) -> int:
        """Send SIGKILL if it lives, and wait until it is gone. Its return code."""
        if not self.is_dead:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._end
        return await self._process.wait()

    @property
    def said(self) -> str:
        """The end of what it said, its errors among it."""
        return b"".join(self._said).decode(errors="replace")[-4000:]

    async def _listen(self) -> None:
        """Read until it is dead, which is when nobody can write any more. Nor must it ever wait to be read."""
        try:
            async for line in self._output:
                self._said.append(line)
                if line.startswith(b"ready ") and not self._begun.is_set():
                    self.word = line.decode().split()[1]
                    self._begun.set()
        finally:
            self._begun.set()


class Victims:
    """Starts the victims of one test, one after the other. Make it with `victims(…)`."""

    def __init__(self, nursery: asyncio.subprocess.Process, orders: socket.socket, url: str, folder: Path) -> None:
        self.fates: Counter[str] = Counter()
        """How many died at each failpoint, and how many by chance."""
        self.last: Victim | None = None
        self._nursery = nursery
        self._orders = orders
        self._url = url
        self._folder = folder

    async def start(self, role: str, failpoint: str = "", times: int = 1, *, fresh: bool = False) -> Victim:
        """Start a scene that dies when it comes to a failpoint so many times; wait until it is at work, or dead.

        `fresh`: in an interpreter of its own, as a service starts, instead of a fork of the nursery.
        """
        birth = Birth(role, self._url, str(self._folder), f"{failpoint}:{times}" if failpoint else "")
        process, output = await (_interpreter(birth) if fresh else self._fork(birth))
        self.last = Victim(process, output, failpoint, self.fates)
        await self.last.begun()
        return self.last

    async def _fork(self, birth: Birth) -> tuple[Killable, asyncio.StreamReader]:
        reading, writing = os.pipe()
        try:
            socket.send_fds(self._orders, [msgspec.json.encode(birth)], [writing])
        finally:
            os.close(writing)
        output = asyncio.StreamReader(_LINE_BYTES)
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(output), os.fdopen(reading, "rb", 0)
        )
        async with asyncio.timeout(_START_SECONDS):
            return _Child(self._nursery, self._orders, await _number(self._nursery)), output

    def all_hit(self, failpoints: Iterable[str]) -> None:
        """Assert that some died at each failpoint, and some by chance where that is among them as ``""``."""
        missed = {point or BY_CHANCE for point in failpoints} - self.fates.keys()
        assert not missed, f"nobody died at {missed}: {self.fates}"


class _Child:
    """A child of the nursery."""

    def __init__(self, nursery: asyncio.subprocess.Process, orders: socket.socket, pid: int) -> None:
        self._nursery = nursery
        self._orders = orders
        self._pid = pid
        self._code: int | None = None

    def kill(self) -> None:
        """The nursery keeps it after its death until `wait`: the id is no other's."""
        if self._code is None:
            os.kill(self._pid, signal.SIGKILL)

    async def wait(self) -> int:
        """Have it reaped. To be called when it is dead."""
        if self._code is None:
            self._orders.send(b"dead\n")
            self._code = await _number(self._nursery)
        return self._code


async def _number(nursery: asyncio.subprocess.Process) -> int:
    assert nursery.stdout is not None
    line = await nursery.stdout.readline()
    assert line, "the nursery ended; its errors are above"
    return int(line)


async def _interpreter(birth: Birth) -> tuple[Killable, asyncio.StreamReader]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.scene", birth.role, birth.url, birth.folder,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, limit=_LINE_BYTES,
        env={**os.environ, "INBOX_FAILPOINTS": birth.failpoints},
    )  # fmt: skip
    assert process.stdout is not None
    return process, process.stdout


@contextlib.asynccontextmanager
async def victims(url: str, folder: Path) -> AsyncIterator[Victims]:
    """Victims on a database, with a nursery of their own; nobody lives on when the block ends, however it does."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        nursery = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.nursery",
            cwd=ROOT, stdin=theirs.fileno(), stdout=asyncio.subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        theirs.close()
        made = Victims(nursery, ours, url, folder)
        try:
            yield made
        except BaseException as problem:
            if made.last is not None:
                problem.add_note(f"The last victim said: {made.last.said}")
            raise
        finally:
            try:
                if made.last is not None:
                    await made.last.end()
            finally:
                ours.close()
                await _ended(nursery)


async def _ended(nursery: asyncio.subprocess.Process) -> None:
    """Wait until it ends, as it does without orders; else end it, and its children, who are of its process group."""
    try:
        async with asyncio.timeout(_END_SECONDS):
            await nursery.wait()
    finally:
        if nursery.returncode is None:
            os.killpg(nursery.pid, signal.SIGKILL)
            await nursery.wait()
