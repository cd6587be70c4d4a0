"""A desk whose log is read for reports: what a test does at the desk, it then asks figures about."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from inbox import clock
from inbox.clock import DAY
from inbox.domain.fact_records import Deed, EpisodeFact, WaitFact, WaitStretch
from inbox.domain.figures import Asked, Filters
from inbox.domain.permissions import Scope
from inbox.domain.report_shapes import Report, ReportLine
from inbox.eventlog.bus import Bus
from inbox.eventlog.verify import verify as recompute
from inbox.reports.desk import Reports
from inbox.reports.reader import Reader
from inbox.reports.verify import verify as recount
from inbox.storage import facts
from tests.inbox.desk import T0, Desk, desk

EVERYTHING = Scope(None, frozenset(), True)


class Bureau:
    """Reads the log and asks for reports."""

    def __init__(self, at: Desk) -> None:
        self.desk = at
        self.reader = Reader(at.world.database, at.world.writer, Bus())
        self.reports = Reports(at.world.database, at.world.directory)

    async def reads(self) -> None:
        """Come to the head of the log."""
        await self.reader.catch_up()

    def asked(self, **changes: Any) -> Asked:
        """The ten days around the beginning of the test's time, asked at the desk's now."""
        filters = Filters(**{name: changes.pop(name) for name in list(changes) if name in Filters.__struct_fields__})
        return Asked(**{"since": T0 - DAY, "until": T0 + 9 * DAY, "now": clock.now(), "filters": filters, **changes})

    async def report(self, name: str, *, compare: bool = False, scope: Scope = EVERYTHING, **asked: Any) -> Report:
        """A report, the log read first."""
        await self.reads()
        return await self.reports.table(name, self.asked(**asked), scope, compare=compare)

    async def cells(self, name: str, **asked: Any) -> dict[str, Any]:
        """The figures of everything."""
        return (await self.report(name, **asked)).total.cells

    async def by(self, name: str, dimension: str, **asked: Any) -> dict[str, ReportLine]:
        """The lines of a report by one dimension."""
        report = await self.report(name, by=(dimension,), **asked)
        return {line.key[dimension]: line for line in report.lines}

    async def facts(self) -> list[WaitFact]:
        """All facts, oldest wait first."""
        await self.reads()
        ids = [row[0] for row in await self.desk.rows("SELECT id FROM wait ORDER BY id")]
        found = {one.wait_id: one for one in await self.desk.world.database.read(facts.facts_of, ids)}
        return [found[i] for i in ids]

    async def stretches(self, wait_id: int) -> list[WaitStretch]:
        """Who held a wait, in order."""
        await self.reads()
        found = await self.desk.world.database.read(facts.stretches_of, [wait_id])
        return sorted(found, key=lambda one: one.began_at)

    async def deeds(self) -> list[Deed]:
        """All deeds in order."""
        await self.reads()
        return sorted(await self.desk.world.database.read(facts.every_deed), key=lambda one: one.position)

    async def episodes(self) -> list[EpisodeFact]:
        """All episodes in order."""
        await self.reads()
        found = await self.desk.world.database.read(facts.every_episode)
        return sorted(found, key=lambda one: (one.conversation_id, one.number))

    async def answers(self, text: str = "On its way.", **how: Any) -> int:
        """An agent answers, and the network accepts at once."""
        message = await self.desk.replies(text, **how)
        await self.desk.accepts(message)
        return message

    async def proves(self) -> None:
        """Everything counted is what the log says."""
        await self.reads()
        waits = await self.desk.world.database.read(recompute)
        figures = await self.desk.world.database.read(recount)
        assert (waits.differences, figures.differences) == ([], [])


@contextlib.asynccontextmanager
async def bureau(url: str) -> AsyncIterator[Bureau]:
    """A bureau on an empty database; at the end everything must be what the log says."""
    async with desk(url) as at:
        made = Bureau(at)
        yield made
        await made.proves()
