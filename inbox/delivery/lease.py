"""Leases: one holder per channel, wherever processes run.

A lease lasts ten seconds and is renewed every three. Its fence rises each time it passes to another holder, so that
what an older holder began can be told apart. Losing one is noticed here, by this process's own clock, before anybody
else can have it.

When it runs out is told by the store's clock alone: those of the machines may differ by hours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog

from inbox import clock
from inbox.domain.state import State
from inbox.errors import Unavailable
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.storage import lease as stored
from inbox.storage.database import Query

LEASE_SECONDS = 10.0
RENEW_SECONDS = 3.0
MARGIN_SECONDS = 1.0
MOMENT_SECONDS = 60.0
"""How long a lease for a moment's work lasts: the longest there is."""
PUT_BACK_SECONDS = 2 * MOMENT_SECONDS
"""A lease that would last longer is of before the clock was put back. Were it kept to, whoever died holding it would be
waited for until the clock is there again, hours perhaps.
"""
_log = structlog.get_logger(__name__)


class Leases:
    """What one process holds. `holder` is a random name that dies with the process."""

    def __init__(self, writer: Writer, holder: str, *, lease_seconds: float = LEASE_SECONDS) -> None:
        self.holder = holder
        self._writer = writer
        self._lease_seconds = lease_seconds
        self._held: dict[str, int] = {}
        self._good_until = 0.0

    async def take(self, names: Iterable[str]) -> dict[str, int]:
        """Take or renew what is free or ours; name → fence of all that are held now.

        When the store does not answer, what is held stays held until shortly before it runs out, then nothing is.
        """
        loop = asyncio.get_running_loop()
        asked = loop.time()
        try:
            async with asyncio.timeout(max(0.5, self._lease_seconds - MARGIN_SECONDS - (asked - self._renewed_at))):
                self._held = await self._writer.submit(TakeLeases(self.holder, sorted(names), self._lease_seconds))
            self._good_until = asked + self._lease_seconds - MARGIN_SECONDS
        except (Unavailable, TimeoutError) as failed:
            _log.warning("leases_not_renewed", holder=self.holder, error=type(failed).__name__)
            if loop.time() >= self._good_until:
                self._held = {}
        return dict(self._held)

    def sure_of(self, name: str) -> bool:
        """Whether nobody else can have it yet. Of a process that stood still past its term, somebody else may."""
        return name in self._held and asyncio.get_running_loop().time() < self._good_until

    async def hold(self, name: str) -> bool:
        """Take one more lease for a moment's work, if it is free. `let_go` when the work is done."""
        return name in await self._writer.submit(TakeLeases(self.holder, [name], MOMENT_SECONDS))

    async def let_go(self, name: str) -> None:
        """Give one back. What cannot be written runs out by itself."""
        try:
            await self._writer.submit(ReleaseLeases(self.holder, name))
        except Unavailable:
            _log.info("lease_not_released", holder=self.holder, name=name)

    async def release(self) -> None:
        """Let go of everything, so that others need not wait. What cannot be written runs out by itself."""
        self._held = {}
        try:
            await self._writer.submit(ReleaseLeases(self.holder))
        except Unavailable:
            _log.info("leases_not_released", holder=self.holder)

    @property
    def _renewed_at(self) -> float:
        """When what is held was renewed last, on the loop's clock; now when nothing is."""
        if not self._held:
            return asyncio.get_running_loop().time()
        return self._good_until + MARGIN_SECONDS - self._lease_seconds


class TakeLeases(Unit):
    """Take what is free, has run out, or is ours."""

    priority = Priority.PERSON
    alone = True

    def __init__(self, holder: str, names: list[str], lease_seconds: float) -> None:
        self.holder = holder
        self.names = names
        self.lease_seconds = lease_seconds

    def run(self, state: State) -> Query[dict[str, int]]:
        """Under the workspace lock, so that two processes cannot both see a lease free."""
        known = yield from stored.of_names(self.names)
        now = yield from stored.now()
        until = now + round(self.lease_seconds * clock.SECOND)
        held: dict[str, int] = {}
        for name in self.names:
            holder, fence, expires_at = known.get(name, ("", 0, 0))
            if holder == self.holder and expires_at:
                held[name] = fence
            elif not now < expires_at <= now + round(PUT_BACK_SECONDS * clock.SECOND):
                held[name] = fence + 1
        if held:
            yield from stored.put([(name, self.holder, fence, until) for name, fence in held.items()])
        return held


class ReleaseLeases(Unit):
    """Let go of one lease, or of everything a process holds."""

    priority = Priority.PERSON
    alone = True

    def __init__(self, holder: str, name: str | None = None) -> None:
        self.holder = holder
        self.name = name

    def run(self, state: State) -> Query[None]:
        """One statement."""
        yield from stored.release(self.holder, self.name)
