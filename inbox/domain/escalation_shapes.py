"""What the outside sees of escalation chains, and of how escalations went."""

from __future__ import annotations

from typing import Literal

from inbox.domain.chains import To, Turn, Until
from inbox.domain.shapes import Shape

Cell = Literal["escalations", "acknowledged", "ended", "open"]
"""A figure of a line."""
Part = Literal["level", "team", "cause"]
"""What the lines of a table are of."""


class LevelShape(Shape, kw_only=True):
    """One step of a chain: whom to ask when nobody has acknowledged for `after_seconds` since the step before.
    `agent_ids`: of `agents`, all of them; of `on_call`, those who take turns of a day or a week (`turn`).
    """

    after_seconds: int
    to: To
    agent_ids: list[str]
    turn: Turn


class ChainShape(Shape, kw_only=True):
    """Who is asked in turn while a conversation is escalated. `until`: what stops it. The last level is asked
    `repeats` more times, each after `repeat_seconds`. `workspace`, `team_ids`: where it is taken when nobody chose a
    chain. `zone`: where turns of those on call change at midnight. `terms_version` is what escalations name; `version`
    is the ETag.
    """

    id: str
    name: str
    active: bool
    levels: list[LevelShape]
    time: Literal["calendar", "business"]
    until: Until
    repeats: int
    repeat_seconds: int
    zone: str
    workspace: bool
    team_ids: list[str]
    terms_version: int
    valid_from: str
    created_at: str
    version: int


class EscalationLine(Shape, kw_only=True):
    """How the escalations of a level, or of a team, went. `level` 0: acknowledged or ended before any step, or without
    a chain. Medians are of those that were acknowledged, or ended; null where there are none.
    """

    key: str
    escalations: int
    acknowledged: int
    ended: int
    open: int
    median_acknowledge_seconds: float | None
    longest_acknowledge_seconds: float | None
    median_end_seconds: float | None


class EscalationReport(Shape, kw_only=True):
    """Escalations that began in a period, by the level that the chain had reached when somebody acknowledged (or by
    now), by the team that held the conversation when it was escalated (key 0: none), and by what escalated it. As of
    `position`.
    """

    since: str
    until: str
    position: int
    total: EscalationLine
    levels: list[EscalationLine]
    teams: list[EscalationLine]
    causes: list[EscalationLine]
