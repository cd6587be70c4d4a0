"""Escalation chains: who is asked, how long after whom, and what ends it. Versioned like SLA policies.

A chain runs in a conversation while it is escalated; `domain.escalating` runs it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from inbox.clock import SECOND
from inbox.domain.records import Record

To = Literal["assignee", "team", "supervisors", "agents", "on_call"]
Until = Literal["acknowledged", "answered", "closed"]
Turn = Literal["day", "week"]


class Chain(Record):
    """Who is asked in turn, with all that the chain ever said."""

    id: int
    name: str
    active: int
    versions: str
    """JSON list of `ChainVersion`, oldest first."""
    created_at: int
    version: int
    removed_at: int | None = None
    """When it was removed; escalations that run by it still do."""


class Level(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step: whom to ask when nobody has acknowledged for so long since the step before (the first: since the
    escalation).
    """

    after_seconds: int
    to: To
    agent_ids: tuple[int, ...] = ()
    """`agents`: all of them. `on_call`: whose turn it is."""
    turn: Turn = "week"
    """`on_call`: how long a turn lasts. It changes at midnight, a week's on Monday, in the chain's zone."""


class Next(msgspec.Struct, frozen=True):
    """The step that follows: its level from 1, how often the last level was asked before, and after how long."""

    level: int
    times: int
    seconds: int


class ChainVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a chain says from an instant on."""

    version: int = 1
    valid_from: int = 0
    levels: tuple[Level, ...] = ()
    time: Literal["calendar", "business"] = "calendar"
    """`business`: by the calendar of the conversation's team, channel or workspace."""
    until: Until = "acknowledged"
    """What stops it. A later one stops it as well, and the end of the escalation always does."""
    repeats: int = 0
    """How many more times the last level is asked."""
    repeat_seconds: int = 900
    zone: str = "UTC"
    workspace: bool = False
    """Taken where nobody chose a chain."""
    team_ids: frozenset[int] = frozenset()
    """Taken for these teams' conversations where nobody chose one."""

    def after(self, level: int, times: int) -> Next | None:
        """What follows a step; `level` 0: the beginning. None: nothing."""
        if level < len(self.levels):
            return Next(level + 1, 0, self.levels[level].after_seconds)
        return Next(level, times + 1, self.repeat_seconds) if times < self.repeats else None

    def asked(self, level: int, times: int, at: int) -> tuple[int, ...]:
        """The agents that a step names itself. Of those on call: whose turn it is, each repetition the next one."""
        found = self.levels[level - 1]
        if found.to != "on_call" or not found.agent_ids:
            return found.agent_ids
        return (found.agent_ids[(turn_number(found.turn, at, self.zone) + times) % len(found.agent_ids)],)


def turn_number(turn: Turn, at: int, zone: str) -> int:
    """The number of the day, or of the week from Monday, in which an instant lies."""
    day = datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(zone)).toordinal()
    # The first day of the calendar, 0001-01-01, was a Monday.
    return day if turn == "day" else (day - 1) // 7


class Chains:
    """All chains with all their versions. Immutable."""

    def __init__(self, records: Iterable[Chain] = ()) -> None:
        known = list(records)
        self._versions = {one.id: versions_of(one) for one in known}
        self._live = [one.id for one in known if one.active and one.removed_at is None]

    def newest(self, chain_id: int | None) -> ChainVersion | None:
        """What a chain says now; None for one that is off, removed or not there."""
        return self._versions[chain_id][-1] if chain_id in self._live else None

    def version(self, chain_id: int | None, version: int) -> ChainVersion | None:
        """A chain as it was."""
        return next((one for one in self._versions.get(chain_id or 0, ()) if one.version == version), None)

    def standard(self, team_id: int | None) -> int | None:
        """The chain of a team's conversations, else of the workspace; the oldest where several claim to be. None
        without one.
        """
        live = [(chain_id, self._versions[chain_id][-1]) for chain_id in self._live]
        of_team = [chain_id for chain_id, one in live if team_id is not None and team_id in one.team_ids]
        return next(iter(of_team + [chain_id for chain_id, one in live if one.workspace]), None)


_versions = msgspec.json.Decoder(list[ChainVersion]).decode


def versions_of(chain: Chain) -> list[ChainVersion]:
    """All that a chain ever said, oldest first."""
    return _versions(chain.versions)
