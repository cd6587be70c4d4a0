"""The parts of a process, put together once. Everything else is handed what it needs.

async with Inbox.open(settings) as inbox:           the store, the writer, the directory (what every verb needs)
    async with inbox.serving() / inbox.working():   live sockets and API / the networks' side
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cached_property

import structlog

from inbox import clock
from inbox.domain.events import ChannelHealthChanged, Event, SettingChanged
from inbox.domain.records import Media
from inbox.errors import Unavailable
from inbox.eventlog import log as eventlog
from inbox.eventlog import set_back
from inbox.eventlog.bus import HEAD, Bus
from inbox.eventlog.directory import Directory
from inbox.eventlog.set_back import LogSetBack, Mark
from inbox.eventlog.show import Show
from inbox.eventlog.writer import Committed, Writer
from inbox.medialinks import MediaLinks
from inbox.seal import Sealer
from inbox.settings import Settings
from inbox.storage.database import Database, connect
from inbox.storage.sqlite import Sqlite
from inbox.surveylinks import SurveyLinks
from inbox.transport.media import MediaStore
from inbox.transport.media_stores import media_store

log = structlog.get_logger(__name__)

FOREIGN_WRITES_SECONDS = 0.2
FOLLOW_SECONDS = 0.5
SETTINGS = (SettingChanged, ChannelHealthChanged)


class Inbox:
    """A process of the service: its store, writer, directory, bus and signer, and the tasks that keep them running."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        keys = settings.keys()
        self.sealer = Sealer(keys)
        self.links = MediaLinks(keys[0], settings.address)
        self.survey_links = SurveyLinks(keys, settings.address)
        self.database: Database = connect(settings.store)
        self.bus = Bus(settings.redis_url or None)
        self.writer = Writer(self.database)
        self.directory = Directory(self.database)
        self.writer.terms = lambda: self.directory.terms
        self.show = Show(self.directory, self.media_url)
        self.heard: list[Callable[[Event], None]] = [self._directory_hears]
        """Told of every settings event, of this and other processes: caches are dropped by it."""
        self.writer.listeners.append(self._committed)
        self.writer.seen = lambda: self.seen
        self.seen = Mark(0, 0, 1)
        """The newest event that this process knows."""
        self.lost: LogSetBack | None = None
        """That the log was set back: all that is remembered here may be wrong."""
        self.set_back = asyncio.Event()
        self._settings_seen = 0
        self._group: asyncio.TaskGroup | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[Inbox]:
        """Connect, read the directory, start the writer; on leaving write what waits and disconnect."""
        made = cls(settings)
        await made.database.open()
        try:
            made.seen = await made.database.read(set_back.newest)
            made._settings_seen = made.seen.position
            await made.directory.load()
            async with asyncio.TaskGroup() as group:
                made._group, made._loop = group, asyncio.get_running_loop()
                writing = group.create_task(made.writer.run(), name="writer")
                listening = group.create_task(made.bus.run(), name="bus")
                following = group.create_task(made._follow_settings(), name="settings")
                watching = group.create_task(made._watch_foreign_writes(), name="foreign-writes")
                try:
                    yield made
                finally:
                    made._loop = None
                    made.writer.close()
                    await writing
                    listening.cancel()
                    watching.cancel()
                    following.cancel()
        finally:
            await made.database.close()

    def later(self, work: Awaitable[object], name: str) -> None:
        """Run something whose result nobody awaits; it ends with the process at the latest. A failure is logged, not
        raised.
        """
        if self._group is None:
            raise RuntimeError("the inbox is not open")
        self._group.create_task(_logged(work, name), name=name)

    def media_url(self, media: Media) -> str | None:
        """Signed address of an attachment's bytes."""
        return self.links.url(media.id, media.name) if media.sha256 else None

    @cached_property
    def media(self) -> MediaStore:
        """Where attachments lie."""
        return media_store(self.settings.data_dir / "media", self.settings.media_url)

    def _directory_hears(self, event: Event) -> None:
        self.directory.heard(event)
        decided_by = isinstance(event, SettingChanged) and event.object in ("calendar", "policy", "chain", "survey")
        if self._loop is not None and decided_by:
            # The writer decides by them, and does not wait for anybody to ask. It may be its thread that tells.
            self._loop.call_soon_threadsafe(self._terms_changed)

    def _terms_changed(self) -> None:
        self.later(self.directory.fresh(), "terms")

    def _committed(self, batch: Committed) -> None:
        events = batch.state.events
        if events:
            self.seen = Mark(events[-1].position, events[-1].at, self.seen.epoch)
        for logged in events:
            if isinstance(logged.event, SETTINGS):
                self._tell(logged.event)
        if events and events[0].position == self._settings_seen + 1:
            self._settings_seen = events[-1].position

    def _tell(self, event: Event) -> None:
        for hears in self.heard:
            hears(event)

    async def _follow_settings(self) -> None:
        """What other processes changed in the settings: seen at a wake-up, or within half a second without one.

        A position that this process wrote itself wakes nobody: it was told as it was committed.
        """
        woken = asyncio.Event()

        def moved(payload: bytes) -> None:
            if not payload.isdigit() or int(payload) > self._settings_seen:
                woken.set()

        stop = self.bus.listen(HEAD, moved)
        loop, looked_back = asyncio.get_running_loop(), 0.0
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(FOLLOW_SECONDS):
                        await woken.wait()
                woken.clear()
                try:
                    if loop.time() - looked_back >= FOLLOW_SECONDS:
                        await self._look_back()
                        looked_back = loop.time()
                    head, events = await self.database.read(eventlog.settings_after, self._settings_seen)
                except Unavailable:
                    continue
                self._settings_seen = max(self._settings_seen, head)
                for event in events:
                    self._tell(event)
        finally:
            stop()

    async def _look_back(self) -> None:
        """See that the log goes on from what was seen of it. Raises LogSetBack where it does not."""
        try:
            found = await self.database.read(set_back.newer, self.seen)
        except LogSetBack as problem:
            self.lost = problem
            self.set_back.set()
            raise
        if found.position > self.seen.position:
            self.seen = found

    async def _watch_foreign_writes(self) -> None:
        """SQLite: other commands may write beside the server; the head they moved is noticed within a moment."""
        if not isinstance(self.database, Sqlite):
            return
        known = await self.database.foreign_writes()
        while True:
            await asyncio.sleep(FOREIGN_WRITES_SECONDS)
            seen = await self.database.foreign_writes()
            if seen != known:
                known = seen
                self.bus.publish(HEAD)


async def _logged(work: Awaitable[object], name: str) -> None:
    try:
        await work
    except Exception:  # the edge of a worker item: nobody awaits it
        log.exception("later_failed", what=name)


async def every(seconds: float, do: Callable[[], Awaitable[object]], name: str) -> None:
    """Do something again and again until cancelled; a failure is logged and does not end it."""
    while True:
        started = clock.monotonic()
        try:
            await do()
        except Unavailable as unavailable:
            log.warning("repeating_put_off", what=name, detail=unavailable.detail)
        except Exception:  # the edge of a worker item
            log.exception("repeating_failed", what=name)
        await asyncio.sleep(max(0.0, seconds - (clock.monotonic() - started) / clock.SECOND))
