"""How escalations went, told from the log alone: each begins with its event, and has what followed in its
conversation.

An escalation's level is the one that the chain had reached when somebody acknowledged, or when it ended. The team is
the one that held the conversation when it was escalated. Times are calendar time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from statistics import median

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy import text as sql

from inbox.clock import SECOND, iso
from inbox.domain import events as e
from inbox.domain.escalation_shapes import Cell, EscalationLine, EscalationReport, Part
from inbox.domain.figures import Behind
from inbox.domain.permissions import Scope
from inbox.eventlog import log
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, among

_TYPES = sql("type IN ('escalated', 'escalation_stepped', 'escalation_acknowledged', 'escalation_ended')")
_SINCE = Statement(
    select(*log.COLUMNS)
    .where(_TYPES, t.event.c.at >= bindparam("since"))
    .order_by(t.event.c.position)
)  # fmt: skip
_OF = Statement(
    select(*log.COLUMNS)
    .where(_TYPES, among(t.event.c.conversation_id, "conversations"))
    .order_by(t.event.c.position)
)  # fmt: skip


class Story(msgspec.Struct):
    """One escalation, from its beginning to its end."""

    position: int
    """Of the event that began it."""
    conversation_id: int
    at: int
    team_id: int | None
    channel_id: int | None
    cause: str
    level: int = 0
    acknowledged_at: int | None = None
    ended_at: int | None = None

    @property
    def part(self) -> dict[Part, str]:
        """The line of each table that it counts in."""
        return {"level": str(self.level), "team": str(self.team_id or 0), "cause": self.cause or "person"}


def stories(logged: Iterable[e.Logged]) -> list[Story]:
    """Escalations in the order in which they began. Escalated once more before it ended: one ends, another begins."""
    told: list[Story] = []
    running: dict[int, Story] = {}
    for one in logged:
        event = one.event
        conversation_id = e.conversation_of(event) or 0
        story = running.get(conversation_id)
        if isinstance(event, e.Escalated):
            if story is not None:
                story.ended_at = one.at
            story = Story(
                one.position, conversation_id, one.at, one.audience.team_id, one.audience.channel_id, event.cause
            )
            running[conversation_id] = story
            told.append(story)
        elif story is None:
            continue
        elif isinstance(event, e.EscalationStepped) and story.acknowledged_at is None:
            story.level = event.level
        elif isinstance(event, e.EscalationAcknowledged):
            story.acknowledged_at = story.acknowledged_at or one.at
        elif isinstance(event, e.EscalationEnded):
            story.ended_at = one.at
            del running[conversation_id]
    return told


def report(since: int, until: int, scope: Scope) -> Query[EscalationReport]:
    """Those that began in a period, of conversations that the scope covers."""
    position, _ = yield from log.head()
    told = yield from _begun(since, until, scope)
    return EscalationReport(
        since=iso(since),
        until=iso(until),
        position=position,
        total=line("", told),
        levels=_by(told, "level"),
        teams=_by(told, "team"),
        causes=_by(told, "cause"),
    )


def behind(cell: Cell, since: int, until: int, scope: Scope, only: Mapping[Part, str]) -> Query[list[Behind]]:
    """The escalations that a figure of the report counts, newest first. `only`: of the lines with these keys."""
    told = yield from _begun(since, until, scope)
    counts, value = _CELLS[cell]
    found = [one for one in told if counts(one) and all(one.part[part] == key for part, key in only.items())]
    return [
        Behind(conversation_id=one.conversation_id, item_id=one.position, at=one.at, value=value(one))
        for one in sorted(found, key=lambda one: (-one.at, -one.position))
    ]


def _acknowledged_after(one: Story) -> int | None:
    return None if one.acknowledged_at is None else one.acknowledged_at - one.at


def _ended_after(one: Story) -> int | None:
    return None if one.ended_at is None else one.ended_at - one.at


_CELLS: dict[Cell, tuple[Callable[[Story], bool], Callable[[Story], int | None]]] = {
    "escalations": (lambda one: True, _acknowledged_after),
    "acknowledged": (lambda one: one.acknowledged_at is not None, _acknowledged_after),
    "ended": (lambda one: one.ended_at is not None, _ended_after),
    "open": (lambda one: one.ended_at is None, lambda one: None),
}
"""Figure → which escalations it counts, and the time (µs) that each has in it."""


def _begun(since: int, until: int, scope: Scope) -> Query[list[Story]]:
    rows = yield _SINCE(since=since)
    near = [log.logged_of(row) for row in rows]
    conversations = sorted(
        {e.conversation_of(one.event) or 0 for one in near if isinstance(one.event, e.Escalated) and one.at < until}
    )
    # The whole of their stories: a breach noticed late stands in the log after what happened later.
    rows = yield _OF(conversations=conversations)
    return [
        one
        for one in stories(log.logged_of(row) for row in rows)
        if since <= one.at < until and scope.covers(one.channel_id, one.team_id)
    ]


def _by(told: list[Story], part: Part) -> list[EscalationLine]:
    groups: dict[str, list[Story]] = {}
    for one in told:
        groups.setdefault(one.part[part], []).append(one)
    return [line(name, groups[name]) for name in sorted(groups, key=lambda name: (len(name), name))]


def line(key: str, told: list[Story]) -> EscalationLine:
    """The figures of some escalations."""
    seen = [took for one in told if (took := _acknowledged_after(one)) is not None]
    ended = [took for one in told if (took := _ended_after(one)) is not None]
    return EscalationLine(
        key=key,
        escalations=len(told),
        acknowledged=len(seen),
        ended=len(ended),
        open=len(told) - len(ended),
        median_acknowledge_seconds=median(seen) / SECOND if seen else None,
        longest_acknowledge_seconds=max(seen) / SECOND if seen else None,
        median_end_seconds=median(ended) / SECOND if ended else None,
    )
