"""Agents side by side, and each agent's own day. No score: columns of different things are not added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from inbox.clock import SECOND, iso
from inbox.domain.figures import FEW, Asked, Filters, Spread, seconds, share
from inbox.domain.periods import label_of
from inbox.domain.permissions import Scope
from inbox.domain.report_shapes import DayLine, OwnDay, OwnDays, ReportColumn, ReportLine
from inbox.eventlog.directory import Directory
from inbox.storage import counters, facts, readers, reports, reports_people, reports_source, spreads
from inbox.storage import measures as m
from inbox.storage.database import Query
from inbox.storage.dialect import Engine

COLUMNS = [
    ReportColumn("replies", "Replies", "count", "replies"),
    ReportColumn("conversations", "Conversations"),
    ReportColumn("answered", "Waits answered", "count", "answered"),
    ReportColumn("median", "Median", "seconds"),
    ReportColumn("p90", "90th percentile", "seconds"),
    ReportColumn("owned_waits", "Stretches held"),
    ReportColumn("owned_time", "Held on average", "seconds"),
    ReportColumn("resolved", "Closed", "count", "resolved"),
    ReportColumn("notes", "Notes", "count", "notes"),
    ReportColumn("kept", "Promises kept", "share"),
    ReportColumn("due", "Promises due"),
]
_DEEDS = {"replies": "replied", "notes": "noted", "resolved": "closed"}


def listed(asked: Asked) -> dict[str, m.Listed]:
    """What is behind the cells."""
    found = {cell: m.Listed(m.deeds(what), m.DEED_ITEM) for cell, what in _DEEDS.items()}
    desk = msgspec.structs.replace(asked, clock="desk")
    return {**found, "answered": m.Listed(m.answered(desk), m.WAIT_ITEM, m.wait_time(desk))}


def lines(
    engine: Engine, asked: Asked, scope: Scope, directory: Directory
) -> Query[tuple[ReportLine, list[ReportLine]]]:
    """A line for each agent who did or held something, and one of all. Figures of agents are of the desk clock: it
    ends when they let the answer go.
    """
    desk = msgspec.structs.replace(asked, clock="desk")
    waited = yield from spreads.spreads(engine, m.answered(desk), m.wait_time(desk), desk, scope, ("agent",))
    whats = tuple(_DEEDS.values())
    source = m.deeds(*whats, indexed=reports_source.unfiltered(asked, scope))
    deeds = yield from reports_people.deeds_of_agents(engine, source, whats, asked, scope)
    done = _done(deeds)
    kept = yield from reports.counts(engine, m.due(asked), m.promises, asked, scope, ("agent",), apart=True)
    held = yield from reports.sums(engine, m.held(asked), {"held": m.held_time(asked)}, asked, scope, ("owner",))
    held[()] = {name: sum(cells[name] for key, cells in held.items() if key and key[0]) for name in ("n", "held")}
    agents = {key[0] for part in (waited, done, kept, held) for key in part if key and key[0]}
    found = []
    for agent_id in sorted(agents):
        key = (agent_id,)
        cells = _cells(waited.get(key), done.get(key, {}), kept.get(key, {}), held.get(key, {}))
        name = directory.agents[agent_id].name if agent_id in directory.agents else str(agent_id)
        replied = deeds.get((agent_id, _DEEDS["replies"]))
        cells["conversations"] = replied.conversations if replied is not None else 0
        line = ReportLine(key={"agent": str(agent_id)}, name={"agent": name}, cells=cells)
        spread = waited.get(key)
        line.values = [v / SECOND for v in spread.values()] if spread is not None and spread.n < 5 else None
        found.append(line)
    found.sort(key=lambda line: line.name["agent"].casefold())
    whole = _cells(waited.get(()), done.get((), {}), kept.get((), {}), held[()])
    return ReportLine(cells={**whole, "conversations": None}), found


def _done(deeds: Mapping[tuple[int, str], reports_people.Deeds]) -> dict[reports_source.Key, dict[str, int]]:
    """Deeds by the cell they are counted in, of each agent and of all."""
    found: dict[reports_source.Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_DEEDS, 0))
    names = {what: cell for cell, what in _DEEDS.items()}
    for (agent_id, what), of in deeds.items():
        for key in ((), (agent_id,)):
            found[key][names[what]] += of.n
    return found


def _cells(spread: Spread | None, done: dict[str, int], kept: dict[str, int], held: dict[str, int]) -> dict[str, Any]:
    missed = sum(kept.get(name, 0) for name in ("answered_late", "open_late", "dismissed_late"))
    due = kept.get("met", 0) + missed
    return {
        **{cell: done.get(cell, 0) for cell in _DEEDS},
        "answered": spread.n if spread is not None else 0,
        "median": seconds(spread.percentile(0.5)) if spread is not None else None,
        "p90": seconds(spread.percentile(0.9)) if spread is not None else None,
        "owned_waits": held.get("n", 0),
        "owned_time": seconds(share(held.get("held", 0), held.get("n", 0))),
        "kept": share(kept.get("met", 0), due),
        "due": due,
    }


def own_day(engine: Engine, asked: Asked, agent_id: int) -> Query[OwnDay]:
    """An agent's own figures of a day, whatever his scope is now."""
    found = yield from _own(engine, asked, agent_id, ())
    line = found.line((), "")
    return OwnDay(
        since=iso(asked.since),
        until=iso(asked.until),
        zone=asked.zone,
        answered=line.answered,
        waiting=found.waiting,
        median_seconds=line.median_seconds,
        replies=line.replies,
        closed=line.closed,
        kept=line.kept,
        due=line.due,
        values=line.values,
        position=found.position,
    )


def own_days(engine: Engine, asked: Asked, agent_id: int, days: Sequence[int]) -> Query[OwnDays]:
    """An agent's own figures of each of some days (`domain.periods` keys, ascending), whatever his scope is now."""
    found = yield from _own(engine, asked, agent_id, ("day",))
    return OwnDays(
        zone=asked.zone,
        days=[found.line((day,), label_of("day", day)) for day in days],
        total=found.line((), ""),
        waiting=found.waiting,
        position=found.position,
    )


class _Own(msgspec.Struct, frozen=True):
    """What an agent did, by day."""

    spreads: dict[reports_source.Key, Spread]
    done: dict[reports_source.Key, dict[str, int]]
    kept: dict[reports_source.Key, dict[str, int]]
    waiting: int
    position: int

    def line(self, key: reports_source.Key, day: str) -> DayLine:
        """One group of them."""
        spread, done, kept = self.spreads.get(key), self.done.get(key, {}), self.kept.get(key, {})
        missed = sum(kept.get(name, 0) for name in ("answered_late", "open_late", "dismissed_late"))
        return DayLine(
            day=day,
            answered=spread.n if spread is not None else 0,
            median_seconds=seconds(spread.percentile(0.5)) if spread is not None else None,
            replies=done.get("replied", 0),
            closed=done.get("closed", 0),
            kept=kept.get("met", 0),
            due=kept.get("met", 0) + missed,
            values=[v / SECOND for v in spread.values()] if spread is not None and spread.n < FEW else None,
        )


def _own(engine: Engine, asked: Asked, agent_id: int, by: Sequence[str]) -> Query[_Own]:
    own = msgspec.structs.replace(asked, clock="desk", filters=Filters(agent=(agent_id,)))
    everything = Scope(None, frozenset())
    waited = yield from spreads.spreads(engine, m.answered(own), m.wait_time(own), own, everything, by)
    deeds, cells = m.deeds("replied", "closed"), m.done("replied", "closed")
    done = yield from reports.counts(engine, deeds, cells, own, everything, by)
    kept = yield from reports.counts(engine, m.due(own), m.promises(own), own, everything, by)
    waiting = sum(n for name, n in (yield from counters.cells()).items() if _waits_for(name, agent_id))
    return _Own(waited, done, kept, waiting, (yield from readers.position(facts.READER)))


def _waits_for(cell: str, agent_id: int) -> bool:
    _, _, assignee, status, _, flags = cell.split(":")
    return int(assignee) == agent_id and status == "open" and "w" in flags and "s" not in flags
