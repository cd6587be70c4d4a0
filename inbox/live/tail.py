"""Follow the log in position order: our own batches as they commit, those of other processes by reading.

commit here ─▶ (writing thread) frames ─▶ loop ─▶ next in order? ─▶ hub
commit elsewhere ─▶ wake-up or poll ─▶ read after our position ─▶ frames ─▶ hub
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice

import structlog

from inbox import clock
from inbox.domain import events as e
from inbox.domain.records import Notification, Post
from inbox.domain.state import State, Workspace
from inbox.errors import Unavailable
from inbox.eventlog import load, log
from inbox.eventlog.bus import HEAD, Bus
from inbox.eventlog.writer import Committed
from inbox.live.shown import Showing, Shown, needs_directory
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Database, Query

logger = structlog.get_logger(__name__)

RING = 4096
RING_BYTES = 8 * 1024 * 1024
"""Frames that are kept in memory for those who come back; older ones are read from the log."""
PAGE = 500
POLL_SECONDS = 0.5


class Tail:
    """Knows the log up to `position` and hands every later event to `publish`, in order and once."""

    def __init__(
        self, database: Database, showing: Showing, bus: Bus, publish: Callable[[Sequence[Shown]], None]
    ) -> None:
        self.database = database
        self.showing = showing
        self.bus = bus
        self.publish = publish
        self.position = 0
        self.epoch = 1
        self.ring: deque[Shown] = deque()
        self._ring_bytes = 0
        self._behind = asyncio.Event()
        self._forwarded_at = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._moved: set[asyncio.Future[None]] = set()

    async def open(self) -> None:
        """Start from the head of the log as it is now."""
        self._loop = asyncio.get_running_loop()
        await self.showing.show.directory.fresh()
        self.position, self.epoch = await self.database.read(log.head)
        self.bus.listen(HEAD, self._heard)

    def committed(self, batch: Committed) -> None:
        """Writer's listener: called after each commit of this process, possibly in the writing thread."""
        events = batch.state.events
        if not events or self._loop is None:
            return
        directory = self.showing.show.directory
        stale = [directory.heard(logged.event) for logged in events if needs_directory(logged.event)]
        # A frame that shows a settings object needs the directory read again first: the reading path does that.
        shown = [] if stale else self.showing.of(events, batch.state)
        self._loop.call_soon_threadsafe(self._arrived, shown, events[-1].position)

    def _arrived(self, shown: list[Shown], last: int) -> None:
        if shown and shown[0].position == self.position + 1:
            self._forward(shown)
        elif last > self.position:
            self._behind.set()
        self.bus.publish(HEAD, str(last).encode())

    def _heard(self, payload: bytes) -> None:
        if not payload or not payload.isdigit() or int(payload) > self.position:
            self._behind.set()

    def _forward(self, shown: list[Shown]) -> None:
        self.position = shown[-1].position
        self._forwarded_at = asyncio.get_running_loop().time()
        self._keep(shown)
        self.publish(shown)
        for future in self._moved:
            if not future.done():
                future.set_result(None)
        self._moved.clear()

    def _keep(self, shown: list[Shown]) -> None:
        self.ring.extend(shown)
        self._ring_bytes += sum(len(one.frame) for one in shown)
        while len(self.ring) > RING or (self._ring_bytes > RING_BYTES and len(self.ring) > 1):
            self._ring_bytes -= len(self.ring.popleft().frame)

    async def moved(self, beyond: int, timeout_seconds: float) -> bool:
        """Wait until the position is beyond the one given. False when the time was over first."""
        if self.position > beyond:
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._moved.add(future)
        try:
            async with asyncio.timeout(timeout_seconds):
                await future
        except TimeoutError:
            return False
        finally:
            self._moved.discard(future)
        return True

    async def head(self) -> int:
        """The head of the log as the store has it: ahead of us where others wrote."""
        position, _ = await self.database.read(log.head)
        return position

    async def run(self) -> None:
        """Catch up whenever somebody else may have written, until cancelled."""
        while True:
            await self._others_wrote()
            self._behind.clear()
            try:
                await self.catch_up()
            except Unavailable as problem:
                logger.warning("tail_waits", detail=problem.detail)

    async def _others_wrote(self) -> None:
        """Wait for a sign of it, or until nothing came for POLL_SECONDS. What comes in order says that nothing before
        it is missing: looking into the store meanwhile would only find our own next batch.
        """
        loop = asyncio.get_running_loop()
        look_at = loop.time() + POLL_SECONDS
        while loop.time() < look_at:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(look_at):
                    await self._behind.wait()
                    return
            look_at = self._forwarded_at + POLL_SECONDS

    async def catch_up(self) -> None:
        """Read and forward everything after our position."""
        while True:
            events = await self.database.read(log.after, self.position, PAGE)
            if not events:
                return
            shown = await self.shown_of(events)
            # While we read, our own batches may have gone past.
            fresh = [one for one in shown if one.position > self.position]
            if fresh and fresh[0].position == self.position + 1:
                self._forward(fresh)
            if len(events) < PAGE:
                return

    async def shown_of(self, events: Sequence[e.Logged]) -> list[Shown]:
        """Frames of events read from the log, with rows and items as they are now."""
        directory = self.showing.show.directory
        for logged in events:
            directory.heard(logged.event)
        await directory.fresh()
        state = await self.database.read(_state_for, events)
        return self.showing.of(events, state)

    async def missed(self, after: int, limit: int) -> list[Shown]:
        """Up to `limit` events after a position, from memory where they are, else read; never beyond our position."""
        recent = self.recent(after, limit)
        if recent is not None:
            return recent
        events = await self.database.read(log.after, after, limit)
        return await self.shown_of([logged for logged in events if logged.position <= self.position])

    def recent(self, after: int, limit: int) -> list[Shown] | None:
        """Up to `limit` events after a position from memory; None when they are no longer all there."""
        if after >= self.position:
            return []
        if not self.ring or self.ring[0].position > after + 1:
            return None
        begin = after + 1 - self.ring[0].position  # positions have no gaps
        return list(islice(self.ring, begin, begin + limit))


def _state_for(events: Sequence[e.Logged]) -> Query[State]:
    state = State(Workspace(0, 0, 0, 1), clock.now())
    conversations = sorted({c for c in (e.conversation_of(logged.event) for logged in events) if c is not None})
    messages = sorted({m for m in (getattr(logged.event, "message_id", None) for logged in events) if m is not None})
    yield from load.rows_of(state, conversations, waits=False)
    yield from load.items_of(state, messages)
    told = sorted({n for n in (getattr(logged.event, "notification_id", None) for logged in events) if n is not None})
    posts = sorted({logged.event.post_id for logged in events if isinstance(logged.event, e.PostChanged)})
    state.load([Post(*row) for row in ((yield ByKeys(t.post, posts)) if posts else ())])
    state.load([Notification(*row) for row in ((yield ByKeys(t.notification, told)) if told else ())])
    return state
