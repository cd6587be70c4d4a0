"""Rules of an installation, run by one process at a time: follow the log, watch the clock.

While no rule is switched on, nothing is read: a settings event is what wakes it.
"""

from __future__ import annotations

import asyncio

import structlog

from connectors.contract import Context
from inbox import clock
from inbox.automation.pages import Page, read_due, read_page
from inbox.automation.step import Broke, Resume, RuleBroke, Step
from inbox.automation.surges import LOOK_SECONDS, Surges
from inbox.clock import DAY, SECOND
from inbox.commands.reply import ContextOf
from inbox.domain import events as e
from inbox.errors import Unavailable
from inbox.eventlog.bus import Bus
from inbox.eventlog.directory import Directory
from inbox.eventlog.moved import LogMoved
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.storage import rules
from inbox.storage.database import Database, Query

PACE_SECONDS = 0.1
"""Under load the log is read so often, not at each commit: many events share one step."""
POLL_SECONDS = 0.5
"""How long a missed wake-up can cost."""
SAVED_EVERY = 5_000
"""Positions after which the place is saved though nothing was to be done: reading them again costs little."""
BUSY_UNITS = 16
"""With so many units waiting, the reader lets them go first."""
_TIDY_SECONDS = 3_600.0
_MARKS_KEPT, _DRY_RUNS_KEPT = 400 * DAY, 7 * DAY
_log = structlog.get_logger(__name__)


class Rules:
    """Reads and acts until cancelled. `heard` is told of settings events, by whichever process."""

    def __init__(
        self, database: Database, writer: Writer, directory: Directory, bus: Bus, context_of: ContextOf
    ) -> None:  # fmt: skip
        self._database = database
        self._writer = writer
        self._directory = directory
        self._context_of = context_of
        self._surges = Surges(database, writer, directory)
        self._seen = 0
        """Read up to here; at least what is saved."""
        self._broken: set[tuple[int, int, int]] = set()
        self._moved = LogMoved(writer, bus)
        self._moved.wanted = False
        self._next: dict[str, int] = {}
        """When what is done now and then is done next."""

    def heard(self, event: e.Event) -> None:
        """A rule was made, changed or removed. Called in any thread."""
        if isinstance(event, e.SettingChanged) and event.object == "rule":
            self._moved.wake()

    async def run(self) -> None:
        """Work until cancelled. Only one process of the installation may."""
        with self._moved.heard():
            while True:
                self._moved.clear()
                try:
                    await self.catch_up()
                except Unavailable as unavailable:
                    _log.warning("rules_not_read", detail=unavailable.detail)
                await asyncio.sleep(PACE_SECONDS)
                await self._moved.within(POLL_SECONDS if self._moved.wanted else None)

    async def catch_up(self) -> None:
        """Read to the head of the log, and do what is due."""
        directory = await self._directory.fresh()
        active = [one for one in directory.rules.values() if one.active]
        self._moved.wanted = bool(active)
        if not active:
            return
        for rule in active:
            if rule.paused_until is not None and rule.paused_until <= clock.now():
                await self._writer.submit(Resume(rule.id))
        await self._read_log()
        await self._watch_clock()
        if self._is_time("surges", LOOK_SECONDS):
            await self._surges.look()
        if self._is_time("tidy", _TIDY_SECONDS):
            await self._writer.submit(Tidy())

    def _is_time(self, what: str, seconds: float) -> bool:
        if clock.monotonic() < self._next.get(what, 0):
            return False
        self._next[what] = clock.monotonic() + round(seconds * SECOND)
        return True

    async def _read_log(self) -> None:
        while True:
            directory = await self._directory.fresh()
            page = await self._database.read(read_page, self._seen, directory.terms, clock.now())
            if page is None:
                return
            failpoint("rules.after_read")
            if (page.writes or page.end - (page.saved or 0) >= SAVED_EVERY) and not await self._act(page):
                # Somebody else read on, or a rule was changed: look again.
                self._seen = 0
                continue
            failpoint("rules.after_step")
            self._seen = page.end
            if not page.more:
                return

    async def _watch_clock(self) -> None:
        while True:
            page = await self._database.read(read_due, clock.now())
            if page is None or not await self._act(page) or not (page.more or page.walk):
                return

    async def _act(self, page: Page) -> bool:
        """Have a page's step committed; a rule that breaks is left out, and the admins hear of it."""
        while self._writer.depth > BUSY_UNITS:  # noqa: ASYNC110 - nobody says when others are done
            await asyncio.sleep(0.02)
        contexts = await self._contexts(page)
        while True:
            try:
                done: bool = await self._writer.submit(
                    Step(page, await self._directory.fresh(), contexts, frozenset(self._broken))
                )
            except RuleBroke as broke:
                what, rule = broke.chance.what, self._directory.rules[broke.rule_id]
                self._broken.add((rule.id, what.position, what.conversation_id))
                _log.error("rule_broke", rule=rule.id, position=what.position, exc_info=broke.__cause__)
                await self._writer.submit(Broke(rule.id, rule.name, type(broke.__cause__).__name__))
            else:
                self._broken.clear()
                return done

    async def _contexts(self, page: Page) -> dict[int, Context]:
        """What connectors need in order to plan what rules say to customers."""
        if not page.book.visible:
            return {}
        channels = {one.channel_id for one in page.chances if one.channel_id is not None}
        known = self._directory.channels
        return {one: await self._context_of(one) for one in sorted(channels) if one in known}


class Tidy(Unit):
    """Forget what was noted so long ago that nobody asks for it."""

    priority = Priority.BULK
    alone = True

    def run(self, state: object) -> Query[None]:
        """Delete."""
        now = clock.now()
        yield from rules.tidy(now - _MARKS_KEPT, now - _DRY_RUNS_KEPT)
