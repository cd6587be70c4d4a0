"""Keeps the tallies of finished months that reports over years are made of (docs/adr/0035). Run by one process at a
time; two would only count twice.

What is kept are the statements of the pages themselves: nothing here says a second time what a figure means.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, get_args

import msgspec
import structlog

from inbox import clock
from inbox.clock import HOUR
from inbox.domain.calendar_versions import versions_of
from inbox.domain.figures import Asked, Clock, HoursMode
from inbox.domain.permissions import Scope
from inbox.domain.report_mails import ReportMail
from inbox.domain.sla_records import Calendar
from inbox.domain.state import State
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.ids import nonce
from inbox.reports.kinds import VOLUME
from inbox.storage import kept, reports, reports_source, rows, spreads
from inbox.storage import measures as m
from inbox.storage import tables as t
from inbox.storage.database import Database, Query
from inbox.storage.kept import Tally
from inbox.storage.reports_source import Source

MANY = 2_000_000
"""With fewer waits every page is quick enough without."""
SETTLED = HOUR
"""So long after its end a month is looked at: what was under way at midnight is in the log by then."""
LOOK_SECONDS = 3600.0
SLICE = 12
"""So many are counted from one state of the database."""
_GROUPS: tuple[tuple[str, ...], ...] = (
    (), ("channel",), ("network",), ("kind",), ("team",), ("agent",), ("tag",), ("language",), ("campaign",),
)  # fmt: skip
_TIMES: tuple[tuple[str, ...], ...] = (("day",), ("week",))
_HEAT = ("weekday", "hour")
_EVERYTHING = Scope(None, frozenset())
_log = structlog.get_logger(__name__)
Put = Callable[[Callable[[], Query[None]]], Awaitable[Any]]
"""Writes in one transaction."""


class Write(Unit):
    """A step of the keeper."""

    priority = Priority.BULK
    alone = True

    def __init__(self, make: Callable[[], Query[None]]) -> None:
        self.make = make

    def run(self, state: State) -> Query[None]:
        """Its statements."""
        yield from self.make()


def keeper_of(database: Database, writer: Writer) -> Keeper:
    """The keeper of a service, which writes by the writer."""
    return Keeper(database, lambda make: writer.submit(Write(make)))


class Keeper:
    """Counts what is not kept yet, month by month, the newest first."""

    def __init__(self, database: Database, put: Put) -> None:
        self._database = database
        self._put = put

    async def look(self) -> None:
        """What is done every hour: nothing on SQLite, and nothing while there are few waits."""
        if self._database.engine != "postgres":
            return
        if await self._database.read(spreads.rows_about, Source(t.wait_fact, m.w.ended_at)) < MANY:
            return
        done = await self.keep(clock.now())
        if done:
            _log.info("tallies_kept", count=done)

    async def keep(self, now: int, zones: Sequence[str] | None = None) -> int:
        """Keep every tally of the months that are over, and forget those that no page asks for. How many were counted.
        `zones`: whose days and hours; those in use if not given.
        """
        if zones is None:
            zones = await self._database.read(zones_now)
        there = await self._database.read(kept.known)
        wanted: set[kept.Place] = set()
        done = 0
        for month in reversed(await self._database.read(kept.months_before, now - SETTLED)):
            of_month = {tally.key: tally for tally in tallies(month, zones)}
            wanted |= of_month.keys()
            missing = [tally for key, tally in of_month.items() if there.get(key) not in ("kept", "many")]
            for start in range(0, len(missing), SLICE):
                await self._count(missing[start : start + SLICE])
            done += len(missing)
        stale = [key for key in there if key not in wanted]
        if stale:
            await self._put(lambda: kept.forget(stale))
        return done

    async def _count(self, some: Sequence[Tally]) -> None:
        """Say so, read, keep: whatever changes in between takes the first back, and then nothing is kept."""
        token = nonce()
        await self._put(lambda: kept.begin(some, token))
        rows = await self._database.read(_counted, some)
        await self._put(lambda: kept.finish(zip((tally.key for tally in some), rows, strict=True), token))


def _counted(some: Sequence[Tally]) -> Query[list[str]]:
    yield from reports_source.at_length()
    found = []
    for tally in some:
        found.append((yield from kept.counted(tally.bound)))
    return found


def zones_now() -> Query[list[str]]:
    """The zones whose days are kept: UTC, those of the business calendars and of mailed reports."""
    calendars = yield from rows.every(Calendar)
    mails = yield from rows.every(ReportMail)
    used = {versions_of(one)[-1].zone for one in calendars if one.removed_at is None}
    return sorted({"UTC", *used, *(mail.zone for mail in mails)})


def tallies(month: int, zones: Sequence[str]) -> Iterator[Tally]:
    """What is kept of a month: once for all, and by times of the day or year in each zone."""
    since, until = kept.span_of(month)
    for place, zone in enumerate(zones or ("UTC",)):
        asked = Asked(since=since, until=until, zone=zone, now=until)
        for by, source, make in (*_durations(asked), *_counts(asked)):
            timed = bool(set(by) & {"day", *_HEAT, "week"})
            if timed or not place:
                yield Tally(source.at, month, make(asked), bool(set(by) & kept.LABELS))


_Kept = tuple[tuple[str, ...], Source, kept.Make]


def _durations(asked: Asked) -> Iterator[_Kept]:
    for hours in get_args(HoursMode):
        for of in get_args(Clock):
            one = msgspec.structs.replace(asked, clock=of, hours=hours)
            for by in (*_GROUPS, *_TIMES):
                yield by, m.answered(one), spreads.tally_of(m.answered(one), m.wait_time(one), _EVERYTHING, by)
        one = msgspec.structs.replace(asked, hours=hours)
        for by in (*_GROUPS, *_TIMES):
            yield by, m.closed(one), spreads.tally_of(m.closed(one), m.resolution_time(one), _EVERYTHING, by)


def _counts(asked: Asked) -> Iterator[_Kept]:
    for by in (*_GROUPS, *_TIMES):
        yield by, m.due(asked), reports.tally_of(m.due(asked), m.promises, _EVERYTHING, by, apart=True)
        yield by, m.answered(asked), reports.sum_of(m.answered(asked), m.PARTS, _EVERYTHING, by)
        yield by, m.closed(asked), reports.tally_of(m.closed(asked), m.EPISODE_CELLS, _EVERYTHING, by, apart=False)
    for by in (*_GROUPS, *_TIMES, _HEAT):
        yield by, m.deeds(), reports.tally_of(m.deeds(), m.done(*VOLUME), _EVERYTHING, by, apart=True)
