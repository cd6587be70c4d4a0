"""The floor as it is this second."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from connectors.registry import manifest
from inbox.clock import DAY, MINUTE, iso, iso_or_none
from inbox.domain.permissions import Scope
from inbox.domain.report_shapes import Floor, FloorAgent, FloorTile
from inbox.domain.routing import loads_of
from inbox.domain.routing_records import Availability
from inbox.domain.views import Cell, read_cell
from inbox.eventlog import log
from inbox.eventlog.directory import Directory
from inbox.storage import counters, rows
from inbox.storage import floor as stored
from inbox.storage.database import Query
from inbox.storage.floor import Waiting

HERE_FOR = 5 * MINUTE
"""So long after the last sign of his session an agent counts as here."""


def now_state(scope: Scope, directory: Directory, now: int) -> Query[Floor]:
    """Counts of open conversations from the counter cells, who waits from the open waits."""
    position, _ = yield from log.head()
    cells = [(read_cell(name), n) for name, n in (yield from counters.cells()).items()]
    seen = [(cell, n) for cell, n in cells if _counts(cell) and scope.covers(cell.channel_id, cell.team_id or None)]
    waiting = yield from stored.waiting(scope, now)
    replies = yield from stored.last_replies(now - DAY)
    signs = yield from stored.signed_in(now)
    said = {one.id: one for one in (yield from rows.every(Availability))}
    weights = loads_of(dict(cells), directory.attendance)
    channels = {one.id: one for one in directory.channels.values() if one.active}
    networks = sorted({one.network for one in channels.values()})
    return Floor(
        at=iso(now),
        total=_tile("", "", seen, waiting),
        teams=[
            _tile(str(i), name, [p for p in seen if p[0].team_id == i], [w for w in waiting if w.team_id == i])
            for i, name in [(0, ""), *((one.id, one.name) for one in directory.teams.values())]
        ],
        channels=[
            _tile(
                str(i), one.name, [p for p in seen if p[0].channel_id == i], [w for w in waiting if w.channel_id == i]
            )
            for i, one in channels.items()
            if scope.channels is None or i in scope.channels
        ],
        networks=[_of_network(name, directory, seen, waiting) for name in networks],
        agents=[
            msgspec.structs.replace(one, **_work(int(one.agent_id), directory, said, weights))
            for one in _agents(directory, seen, replies, signs, now)
        ],
        position=position,
    )


def _counts(cell: Cell) -> bool:
    return cell.status == "open" and not cell.spam


def _of_network(network: str, directory: Directory, seen: list[tuple[Cell, int]], waiting: list[Waiting]) -> FloorTile:
    ids = {one.id for one in directory.channels.values() if one.network == network}
    name = manifest(network).name
    return _tile(
        network, name, [p for p in seen if p[0].channel_id in ids], [w for w in waiting if w.channel_id in ids]
    )


def _tile(key: str, name: str, seen: list[tuple[Cell, int]], waiting: Iterable[Waiting]) -> FloorTile:
    some = list(waiting)
    return FloorTile(
        key=key,
        name=name,
        open=sum(n for _, n in seen),
        waiting=sum(one.n for one in some),
        unassigned=sum(one.n for one in some if not one.assignee_id),
        at_risk=sum(one.at_risk for one in some),
        breached=sum(one.breached for one in some),
        oldest_since=iso_or_none(min((one.since for one in some), default=None)),
    )


def _agents(
    directory: Directory, seen: list[tuple[Cell, int]], replies: dict[int, int], signs: dict[int, int], now: int
) -> list[FloorAgent]:
    return [
        FloorAgent(
            agent_id=str(agent.id),
            name=agent.name,
            state="here" if now - signs.get(agent.id, 0) <= HERE_FOR else "offline",
            load=sum(n for cell, n in seen if cell.assignee_id == agent.id),
            waiting=sum(n for cell, n in seen if cell.assignee_id == agent.id and cell.waiting),
            last_reply_at=iso_or_none(replies.get(agent.id)),
        )
        for agent in sorted(directory.agents.values(), key=lambda one: one.name.casefold())
        if agent.active and agent.role != "observer"
    ]


_STATES = {"available": "here", "busy": "here", "away": "away", "offline": "offline"}


def _work(
    agent_id: int, directory: Directory, said: dict[int, Availability], weights: dict[int, int]
) -> dict[str, Any]:
    """Whether he takes work, and how much he has: what he says goes before what his session shows."""
    own: dict[str, Any] = {"weight": weights.get(agent_id, 0), "capacity": directory.capacity_of(agent_id)}
    row = said.get(agent_id)
    if row is not None:
        own |= {
            "state": _STATES[row.state],
            "availability": row.state,
            "reason_id": None if row.reason_id is None else str(row.reason_id),
            "since": iso(row.since_at),
        }
    return own
