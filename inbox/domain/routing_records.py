"""Rows of who takes what: availability, what people are good at, how teams give out what waits."""

from __future__ import annotations

from inbox.domain.records import Record


class Availability(Record):
    """Whether an agent takes work now. Without a row he never signed in: offline."""

    id: int
    """The agent's."""
    state: str
    """`available`, `busy`, `away` or `offline`."""
    reason_id: int | None
    """Of `routing.Attendance.reasons`."""
    since_at: int
    automatic: int
    """Set by the service, or by hand but long left alone: coming back makes him available."""
    seen_at: int
    """When he last had a socket, at most half a minute behind."""
    given: int
    """Position at which he was last given a conversation; 0: never. Whose is lowest has his turn."""


class Ability(Record):
    """What an agent is good at, and how much he takes at once."""

    id: int
    """The agent's."""
    languages: str
    """JSON of language → level 1 to 3."""
    skills: str
    """JSON list of words."""
    capacity: int | None
    """None: what the house says."""
    version: int


class TeamRouting(Record):
    """How a team's conversations find their owners."""

    id: int
    """The team's; 0: conversations of no team."""
    terms: str
    """JSON of `routing.TeamTerms`."""
    version: int


class House(Record):
    """What holds for everybody: reasons to be away, when one counts as away, how much one takes."""

    id: int
    """Always 1."""
    attendance: str
    """JSON of `routing.Attendance`."""
    version: int
