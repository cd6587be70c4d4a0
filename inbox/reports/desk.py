"""What the API and the command line ask of reports: tables, what is behind a cell, the floor, a day, a wait told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from inbox import clock
from inbox.clock import iso
from inbox.domain.figures import DIMENSIONS, MAX_KEYS, NONE, PLACES, Asked, Behind, Filters
from inbox.domain.periods import TIME_KEYS, Step, before, end_of, key_of, label_of, offsets, zone_of
from inbox.domain.permissions import Principal, Scope
from inbox.domain.report_shapes import (
    CataloguedReport,
    ExplainedWait,
    Floor,
    OwnDay,
    OwnDays,
    Report,
    ReportColumn,
    ReportLine,
    Screen,
)
from inbox.errors import Invalid, NotFound
from inbox.eventlog import log, rule_report
from inbox.eventlog.directory import Directory
from inbox.reports import backlog, explain, export, floor, people
from inbox.reports.kinds import KINDS as MADE_OF_FACTS
from inbox.reports.kinds import Found, Kind
from inbox.reports.lines import lines_of, placed, with_previous
from inbox.reports.surveys import SURVEYS
from inbox.storage import facts, posts, readers, reports
from inbox.storage.database import Database, Query
from inbox.storage.dialect import Engine
from inbox.storage.measures import WAIT_ITEM, Listed

AGENTS, BACKLOG = "agents", "backlog"
KINDS = {**MADE_OF_FACTS, **SURVEYS}
SHARED_FOR = clock.SECOND // 2
"""The floor is read once in this time for all who have the same scope."""
_VERSIONS = {AGENTS: 1, BACKLOG: 3}
_SAYS = {
    AGENTS: "What each agent did and held, on the desk clock: it ends when an answer is let go.",
    BACKLOG: "Who waited at an instant, and since when; the last line is the end of the period.",
}


class Reports:
    """Reads only. Every figure says up to which position of the log it counts."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self._database = database
        self._directory = directory
        self._floors: dict[Scope, tuple[int, Floor]] = {}
        self._turn = asyncio.Lock()

    def catalogue(self) -> list[CataloguedReport]:
        """All reports there are."""
        made = [
            CataloguedReport(
                name=kind.name, definition=f"{kind.name}/{kind.version}", says=kind.says, measures=list(kind.measures),
                by=list(keys_of(kind)), columns=kind.columns,
            )
            for kind in KINDS.values()
        ]  # fmt: skip
        for name, columns, by in ((AGENTS, people.COLUMNS, ("agent",)), (BACKLOG, backlog.COLUMNS, backlog.KEYS)):
            one = CataloguedReport(
                name=name, definition=f"{name}/{_VERSIONS[name]}", says=_SAYS[name], measures=[], by=list(by),
                columns=columns,
            )  # fmt: skip
            made.append(one)
        return made

    async def table(
        self, name: str, asked: Asked, scope: Scope, *, compare: bool = False, step: Step = "day"
    ) -> Report:
        """A report. Raises NotFound for one there is not, Invalid for what it cannot be asked."""
        zone_of(asked.zone)
        if asked.since >= asked.until:
            raise Invalid("the period is empty: from must lie before to", code="period")
        directory = await self._directory.fresh()
        engine = self._database.engine
        if name == rule_report.RULES:
            return await self._database.read(_rules, asked, scope, directory, compare)
        if name in (AGENTS, BACKLOG):
            _refuse_measure(name, asked)
        if name == AGENTS:
            return await self._database.read(_agents, engine, asked, scope, directory, compare)
        if name == BACKLOG:
            return await self._database.read(_backlog, engine, asked, step, scope, directory, compare)
        kind = kind_of(name)
        require_keys(kind, asked)
        return await self._database.read(_table, engine, kind, asked, scope, directory, compare)

    async def behind(
        self, name: str, cell: str, asked: Asked, scope: Scope, *, limit: int, after: Sequence[int] | None = None
    ) -> list[Behind]:
        """What is behind a cell, newest first, after the (instant, item, conversation) of the page before."""
        zone_of(asked.zone)
        if name == BACKLOG:
            _refuse_measure(name, asked)
            cells, asked = backlog.listed(asked)
        elif name == AGENTS:
            _refuse_measure(name, asked)
            cells = people.listed(asked)
        else:
            kind = kind_of(name)
            require_measure(kind, asked)
            cells = kind.listed(asked)
        if cell not in cells:
            raise NotFound(f"report {name} has no cell {cell!r}: {', '.join(cells)}")
        return await self._database.read(_behind, self._database.engine, cells[cell], asked, scope, limit, after)

    async def floor(self, scope: Scope) -> Floor:
        """The floor now, at most half a second old."""
        async with self._turn:
            now = clock.now()
            known = self._floors.get(scope)
            if known is not None and 0 <= now - known[0] < SHARED_FOR:
                return known[1]
            directory = await self._directory.fresh()
            found = await self._database.read(floor.now_state, scope, directory, now)
            self._floors = {key: kept for key, kept in self._floors.items() if now - kept[0] < SHARED_FOR}
            self._floors[scope] = (now, found)
            return found

    async def day(self, agent_id: int, since: int, until: int, zone: str) -> OwnDay:
        """An agent's own figures, for himself alone."""
        zone_of(zone)
        asked = Asked(since=since, until=until, zone=zone, now=clock.now())
        return await self._database.read(people.own_day, self._database.engine, asked, agent_id)

    async def days(self, agent_id: int, zone: str, count: int) -> OwnDays:
        """An agent's own last days, today included, for himself alone."""
        zone_of(zone)
        now = clock.now()
        today = key_of("day", now + offsets(zone, now, now)[0][1])
        days = range(today - count + 1, today + 1)
        since, until = end_of("day", days[0] - 1, zone), end_of("day", today, zone)
        asked = Asked(since=since, until=until, zone=zone, now=now)
        return await self._database.read(people.own_days, self._database.engine, asked, agent_id, days)

    async def screen(self, scope: Scope) -> Screen:
        """The floor now as counts: nobody is named."""
        found = await self.floor(scope)
        here = sum(one.state == "here" for one in found.agents)
        return Screen(
            at=found.at, total=found.total, teams=found.teams, networks=found.networks, here=here,
            agents=len(found.agents), position=found.position,
        )  # fmt: skip

    async def explain(self, wait_id: int, principal: Principal) -> ExplainedWait:
        """A wait, told. Raises NotFound."""
        directory = await self._directory.fresh()
        return await self._database.read(explain.explained, wait_id, principal, directory, clock.now())

    def exported(self, report: Report, form: str) -> tuple[bytes, str]:
        """A report as a file: its bytes and media type."""
        return export.made(report, form)


def kind_of(name: str) -> Kind:
    """A report by its name. Raises NotFound."""
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound(f"there is no report {name!r}: {', '.join((*KINDS, AGENTS, BACKLOG))}")
    return kind


def keys_of(kind: Kind) -> tuple[str, ...]:
    """What a report can be grouped by."""
    return (*DIMENSIONS, *TIME_KEYS, *kind.extra_keys, *(PLACES if kind.additive else ()))


def require_keys(kind: Kind, asked: Asked) -> None:
    """Raise Invalid for groups and measures that a report does not have."""
    known = keys_of(kind)
    wrong = [name for name in asked.by if name not in known]
    if wrong:
        raise Invalid(f"{kind.name} is not grouped by {wrong[0]}: {', '.join(known)}", code="by")
    if len(asked.by) > MAX_KEYS or len(set(asked.by)) < len(asked.by):
        raise Invalid(f"group by at most {MAX_KEYS} different things", code="by")
    require_measure(kind, asked)


def require_measure(kind: Kind, asked: Asked) -> None:
    """Raise Invalid for a measure that a report does not have."""
    if asked.measure and asked.measure not in kind.measures:
        said = ", ".join(kind.measures) or "it has none"
        raise Invalid(f"{kind.name} has no measure {asked.measure!r}: {said}", code="measure")


def _refuse_measure(name: str, asked: Asked) -> None:
    if asked.measure:
        raise Invalid(f"{name} has no measure {asked.measure!r}: it has none", code="measure")


def _table(
    engine: Engine, kind: Kind, asked: Asked, scope: Scope, directory: Directory, compare: bool
) -> Query[Report]:
    total, lines = yield from _lines(engine, kind, asked, scope, directory)
    previous = None
    if compare:
        since, until = before(asked.since, asked.until, asked.zone)
        earlier = msgspec.structs.replace(asked, since=since, until=until)
        timed = [name for name in asked.by if name in ("day", "week")]
        previous, others = yield from _lines(
            engine, kind, msgspec.structs.replace(earlier, by=() if timed else asked.by), scope, directory
        )
        with_previous(lines, others)
    if kind.name not in SURVEYS:  # they count no waits
        _mark(asked, total, lines, (yield from reports.restated(asked, scope)))
    yield from _name_posts(asked, lines)
    return (
        yield from _report(
            kind.name, kind.version, kind.says, kind.columns, asked, total, lines, previous, timed=kind.timed
        )
    )


def _lines(
    engine: Engine, kind: Kind, asked: Asked, scope: Scope, directory: Directory
) -> Query[tuple[ReportLine, list[ReportLine]]]:
    by = tuple("channel" if name in PLACES else name for name in asked.by)
    if len(set(by)) < len(by):
        raise Invalid("a location or brand is made of channels: group by one of them", code="by")
    found: Found = yield from kind.figures(engine, asked, scope, by)
    if by != asked.by:
        found = dict(placed(found, asked.by, directory))
    return lines_of(kind, found, asked.by, directory)


def _name_posts(asked: Asked, lines: list[ReportLine]) -> Query[None]:
    """Call posts by the beginning of their text."""
    if "post" not in asked.by:
        return
    ids = [int(line.key["post"]) for line in lines if line.key["post"] != NONE]
    texts = yield from posts.beginnings(ids)
    for line in lines:
        key = line.key["post"]
        line.name["post"] = texts.get(int(key), key) if key != NONE else ""


def _mark(asked: Asked, total: ReportLine, lines: list[ReportLine], changes: list[tuple[int, int]]) -> None:
    """Say of the period, and of each of its days or weeks, how many waits were counted anew after it was over."""
    total.restated = sum(changed >= asked.until for _, changed in changes)
    name = next((one for one in asked.by if one in ("day", "week")), None)
    if name is None or len(asked.by) > 1:
        return
    spans = offsets(asked.zone, asked.since, asked.until)
    counted: dict[str, int] = {}
    for at, changed in changes:
        key = key_of(name, at + next(offset for until, offset in spans if at < until))
        if changed >= end_of(name, key, asked.zone):
            label = label_of(name, key)
            counted[label] = counted.get(label, 0) + 1
    for line in lines:
        line.restated = counted.get(line.key[name], 0)


def _agents(engine: Engine, asked: Asked, scope: Scope, directory: Directory, compare: bool) -> Query[Report]:
    if asked.by not in ((), ("agent",)):
        raise Invalid(f"agents stand beside one another by agent, not by {', '.join(asked.by)}", code="by")
    total, lines = yield from people.lines(engine, asked, scope, directory)
    previous = None
    if compare:
        since, until = before(asked.since, asked.until, asked.zone)
        earlier = msgspec.structs.replace(asked, since=since, until=until)
        previous, others = yield from people.lines(engine, earlier, scope, directory)
        with_previous(lines, others)
    desk = msgspec.structs.replace(asked, clock="desk", by=("agent",))
    return (
        yield from _report(
            AGENTS, _VERSIONS[AGENTS], _SAYS[AGENTS], people.COLUMNS, desk, total, lines, previous, timed=True
        )
    )


def _backlog(
    engine: Engine, asked: Asked, step: Step, scope: Scope, directory: Directory, compare: bool
) -> Query[Report]:
    """Compared with the instant at which the period begins: the end of the one before."""
    total, lines = yield from backlog.lines(engine, asked, step, scope, directory)
    previous = None
    if compare:
        until = asked.since
        earlier = msgspec.structs.replace(asked, since=until - 1, until=until, by=())
        previous, _ = yield from backlog.lines(engine, earlier, step, scope, directory)
    return (
        yield from _report(
            BACKLOG, _VERSIONS[BACKLOG], _SAYS[BACKLOG], backlog.COLUMNS, asked, total, lines, previous, timed=False
        )
    )


def _rules(asked: Asked, scope: Scope, directory: Directory, compare: bool) -> Query[Report]:
    """What rules did: counted from their runs, of a period alone."""
    by = rule_report.grouping(asked.by)
    if asked.filters != Filters():
        raise Invalid("the report of rules is of a period alone: leave out what narrows it", code="query")
    report = yield from rule_report.counted(asked.since, asked.until, asked.zone, scope, directory, compare)
    return rule_report.as_table(report, by)


def _report(
    name: str, version: int, says: str, columns: list[ReportColumn], asked: Asked, total: ReportLine,
    lines: list[ReportLine], previous: ReportLine | None, *, timed: bool,
) -> Query[Report]:  # fmt: skip
    head, _ = yield from log.head()
    return Report(
        name=name,
        definition=f"{name}/{version}",
        says=says,
        clock=asked.clock if timed else "desk",
        hours=asked.hours if timed else "calendar",
        zone=asked.zone,
        since=iso(asked.since),
        until=iso(asked.until),
        by=list(asked.by),
        position=(yield from readers.position(facts.READER)),
        head=head,
        columns=columns,
        total=total,
        lines=lines,
        previous=previous,
    )


def _behind(
    engine: Engine, listed: Listed, asked: Asked, scope: Scope, limit: int, after: Sequence[int] | None
) -> Query[list[Behind]]:
    rows = yield from reports.behind(
        engine, listed.source, listed.item, listed.value, listed.clauses, asked, scope, limit=limit, after=after
    )
    is_wait = listed.item is WAIT_ITEM
    return [
        Behind(conversation_id=r.conversation_id, item_id=r.item_id, at=r.at, value=r.value, is_wait=is_wait)
        for r in rows
    ]
