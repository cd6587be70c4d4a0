"""Gives out what waits, in every team that wants it: woken by the log, and now and then by itself, for who has waited
long enough to go elsewhere says nothing.

One process does it, and a second would do no harm: each slice is decided under the lock (`commands.routing.Route`).
"""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from inbox import clock
from inbox.commands.routing import Route, Routed, wants_routing
from inbox.domain import events as e
from inbox.errors import Unavailable
from inbox.eventlog import log
from inbox.eventlog.bus import HEAD, Bus
from inbox.eventlog.directory import Directory
from inbox.eventlog.writer import Writer
from inbox.storage.database import Database

PACE_SECONDS = 0.1
"""Under load the log is looked at so often, not at each commit."""
POLL_SECONDS = 5.0
PAGE = 500
_log = structlog.get_logger(__name__)

WAKING = (
    e.ConversationStarted, e.ConversationReopened, e.ConversationWoken, e.ConversationClosed, e.ConversationSnoozed,
    e.WaitOpened, e.WaitReopened, e.AssigneeChanged, e.TeamChanged, e.TagAdded, e.SpamMarked, e.SpamCleared,
    e.AvailabilityChanged, e.SettingChanged,
)  # fmt: skip
"""Somebody waits who did not, somebody has room who had none, or other terms hold."""


class Router:
    """Routes until cancelled."""

    def __init__(
        self, database: Database, writer: Writer, directory: Directory, bus: Bus, *, poll_seconds: float = POLL_SECONDS
    ) -> None:
        self._database = database
        self._writer = writer
        self._directory = directory
        self._bus = bus
        self._poll_seconds = poll_seconds
        self._seen = 0
        """The log is read up to here."""

    async def run(self) -> None:
        """Route at once, then whenever something happened that can change who gets what, and at each poll."""
        woken = asyncio.Event()
        stop = self._bus.listen(HEAD, lambda payload: woken.set())
        polled = 0.0
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_seconds):
                        await woken.wait()
                woken.clear()
                now = asyncio.get_running_loop().time()
                try:
                    if await self._stirred() or now - polled >= self._poll_seconds:
                        await self.route()
                        polled = now
                except Unavailable as unavailable:
                    _log.warning("not_routed", detail=unavailable.detail)
                await asyncio.sleep(PACE_SECONDS)
        finally:
            stop()

    async def route(self) -> dict[int, int]:
        """One pass through every queue, the longest waiting first. Conversation → its new owner."""
        directory = await self._directory.fresh()
        given: dict[int, int] = {}
        for team_id, terms in sorted(directory.routing.items()):
            if terms.mode == "off" or not await self._database.read(wants_routing, team_id, directory, clock.now()):
                continue
            after: list[int] | None = None
            while True:
                routed: Routed = await self._writer.submit(Route(team_id, directory=directory, after=after))
                given |= routed.given
                if routed.after is None:
                    break
                after = routed.after
        if given:
            _log.info("routed", conversations=len(given))
        return given

    async def _stirred(self) -> bool:
        """Whether something happened since the last look that can change who gets what."""
        head, _ = await self._database.read(log.head)
        if head <= self._seen:
            return False
        if head - self._seen > PAGE:
            self._seen = head
            return True
        logged = await self._database.read(log.after, self._seen, PAGE)
        self._seen = logged[-1].position if logged else head
        return any(isinstance(one.event, WAKING) for one in logged)
