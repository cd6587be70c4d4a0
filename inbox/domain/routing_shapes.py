"""What the outside sees of routing."""

from __future__ import annotations

from typing import Literal

import msgspec

from inbox.clock import iso
from inbox.domain.routing import Attendance, Choice, TeamTerms
from inbox.domain.routing_events import AvailabilityChanged
from inbox.domain.routing_records import Ability, Availability
from inbox.domain.routing_rows import languages_of, skills_of
from inbox.domain.shapes import Shape

AvailabilityState = Literal["available", "busy", "away", "offline"]
RoutingMode = Literal["off", "round_robin", "least_loaded", "pull"]


class AvailabilityShape(Shape, kw_only=True):
    """Whether an agent takes work. `id` is the agent's; `reason_id` is of the house's list; `automatic`: he came, or
    had not been there for a while.
    """

    id: str
    state: AvailabilityState
    reason_id: str | None
    since: str
    automatic: bool


class AbilityShape(Shape, kw_only=True):
    """What an agent is good at: language → level 1 to 3, words. `capacity` null: what the house says."""

    agent_id: str
    languages: dict[str, int]
    skills: list[str]
    capacity: int | None
    version: int


class TeamRoutingShape(Shape, kw_only=True):
    """How a team's conversations find their owners; `team_id` 0 stands for those of no team. `tag_skills`: tag → the
    skill it asks for. `fallback_seconds`: after so long without an owner language and skill no longer matter.
    """

    team_id: str
    mode: RoutingMode
    overflow_team_id: str | None
    overflow_seconds: int
    sticky_days: int
    return_seconds: int | None
    reopen: Literal["same", "none", "new"]
    match_language: bool
    language_level: int
    tag_skills: dict[str, str]
    fallback_seconds: int | None
    version: int


class AwayReasonShape(Shape, kw_only=True):
    """A reason not to be available, in the house's words."""

    id: str
    name: str


class AttendanceShape(Shape, kw_only=True):
    """What holds for everybody. `weights`: kind of conversation → how much of a capacity one takes, 1 unless named."""

    reasons: list[AwayReasonShape]
    away_seconds: int
    capacity: int
    weights: dict[str, int]
    version: int


class WhyShape(Shape, kw_only=True):
    """What was found of one person. `sticky`, `turn`, `least_loaded`: why he was chosen; `later`: he could take it, but
    it is another's turn; else why he was left out.
    """

    agent_id: str
    word: Literal["sticky", "turn", "least_loaded", "later", "busy", "away", "offline", "full", "language", "skill"]


class RoutingShape(Shape, kw_only=True):
    """Whom the house would give a conversation to at this moment, and why nobody else. `agent_id` null: nobody can take
    it. With mode `off` or `pull` nothing is given out; it is what would be.
    """

    mode: RoutingMode
    team_id: str | None
    agent_id: str | None
    why: list[WhyShape]


def availability_shape(one: Availability) -> AvailabilityShape:
    """Whether somebody takes work."""
    return AvailabilityShape(
        id=str(one.id),
        state=one.state,  # type: ignore[arg-type]
        reason_id=None if one.reason_id is None else str(one.reason_id),
        since=iso(one.since_at),
        automatic=bool(one.automatic),
    )


def became_shape(event: AvailabilityChanged, at: int) -> AvailabilityShape:
    """The same, of the event that made it so."""
    return AvailabilityShape(
        id=str(event.agent_id),
        state=event.state,
        reason_id=None if event.reason_id is None else str(event.reason_id),
        since=iso(at),
        automatic=event.automatic,
    )


def ability_shape(agent_id: int, one: Ability | None) -> AbilityShape:
    """What somebody is good at; without a row nothing was said."""
    return AbilityShape(
        agent_id=str(agent_id),
        languages={} if one is None else languages_of(one),
        skills=[] if one is None else skills_of(one),
        capacity=None if one is None else one.capacity,
        version=0 if one is None else one.version,
    )


def team_routing_shape(team_id: int, terms: TeamTerms, version: int) -> TeamRoutingShape:
    """How a team gives out what waits."""
    values = msgspec.structs.asdict(terms)
    over = values.pop("overflow_team_id")
    skills = {str(tag): skill for tag, skill in values.pop("tag_skills").items()}
    return TeamRoutingShape(
        team_id=str(team_id),
        overflow_team_id=None if over is None else str(over),
        tag_skills=skills,
        version=version,
        **values,
    )


def attendance_shape(one: Attendance, version: int) -> AttendanceShape:
    """What holds for everybody."""
    return AttendanceShape(
        reasons=[AwayReasonShape(id=str(reason.id), name=reason.name) for reason in one.reasons],
        away_seconds=one.away_seconds,
        capacity=one.capacity,
        weights=one.weights,
        version=version,
    )


def routing_shape(mode: str, team_id: int | None, choice: Choice) -> RoutingShape:
    """A decision, explained."""
    return RoutingShape(
        mode=mode,  # type: ignore[arg-type]
        team_id=None if team_id is None else str(team_id),
        agent_id=None if choice.agent_id is None else str(choice.agent_id),
        why=[WhyShape(agent_id=str(one.agent_id), word=one.word) for one in choice.why],
    )
