"""Who gets a conversation: pure, deterministic, and explained person by person.

Left out are those who are not available, who would be over their capacity, or who lack a language or skill that is
asked for (until it has waited so long that anybody will do). Of those kept, the owner it had before goes first, then
whoever's turn it is, or whoever has least on his hands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from inbox.domain.routing_events import OwnerReason, State
from inbox.domain.views import Cell

Mode = Literal["off", "round_robin", "least_loaded", "pull"]
Reopen = Literal["same", "none", "new"]
Word = Literal["sticky", "turn", "least_loaded", "later", "busy", "away", "offline", "full", "language", "skill"]
"""Why one was chosen, kept for later, or left out."""
NO_TEAM = 0
"""Stands for conversations of no team."""


class TeamTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a team's conversations find their owners."""

    mode: Mode = "off"
    """`pull`: people take the next one themselves."""
    overflow_team_id: int | None = None
    overflow_seconds: int = 600
    """Who waits so long without an owner goes to the overflow team, where one is named."""
    sticky_days: int = 0
    """For so long after its last activity a person's conversation speaks for its owner; 0: it does not."""
    return_seconds: int | None = None
    """Who waits for somebody who has been away so long goes back to the queue; None: he keeps it."""
    reopen: Reopen = "same"
    """What a customer's message to a closed conversation does: its owner keeps it, it has none, or a new one begins."""
    match_language: bool = False
    language_level: int = 1
    tag_skills: dict[int, str] = {}
    """Tag → the skill it asks for."""
    fallback_seconds: int | None = 300
    """After so long without an owner language and skill no longer matter; None: they always do."""

    @property
    def pushes(self) -> bool:
        """Whether conversations are given out without being asked for."""
        return self.mode in ("round_robin", "least_loaded")


class AwayReason(msgspec.Struct, frozen=True):
    """Why somebody is not available, in the house's words."""

    id: int
    name: str


class Attendance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What holds for everybody."""

    reasons: tuple[AwayReason, ...] = (AwayReason(1, "Break"), AwayReason(2, "Meeting"), AwayReason(3, "Training"))
    away_seconds: int = 300
    """Without a socket for so long one is away."""
    capacity: int = 20
    weights: dict[str, int] = msgspec.field(default_factory=lambda: {"chat": 2})
    """Kind of conversation → how much of a capacity it takes; 1 unless named."""

    def weight(self, kind: str) -> int:
        """How much one conversation of a kind takes."""
        return self.weights.get(kind, 1)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may be asked."""

    agent_id: int
    state: State
    load: int
    capacity: int
    languages: Mapping[str, int] = {}
    skills: frozenset[str] = frozenset()
    given: int = 0


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a conversation asks of its owner."""

    weight: int = 1
    language: str | None = None
    skills: frozenset[str] = frozenset()
    waited_seconds: int = 0
    owner: int | None = None
    """Who had it, or the person, before."""


class Why(msgspec.Struct, frozen=True):
    """What was found of one person."""

    agent_id: int
    word: Word


class Choice(msgspec.Struct, frozen=True):
    """Who gets it (None: nobody can take it now), and what was found of everybody, by id."""

    agent_id: int | None
    reason: OwnerReason
    why: tuple[Why, ...]


def choose(terms: TeamTerms, wanted: Wanted, people: Iterable[Person]) -> Choice:
    """Decide. The order of `people` does not matter."""
    words: dict[int, Word] = {}
    kept: list[Person] = []
    owner: Person | None = None
    for one in sorted(people, key=lambda p: p.agent_id):
        word = _no_room(wanted, one)
        if word is None and one.agent_id == wanted.owner:
            owner = one  # he knows the person: that weighs more than what the list of skills says
        word = word or _not_suited(terms, wanted, one)
        words[one.agent_id] = word or "later"
        if word is None:
            kept.append(one)
    chosen = owner or min(kept, key=lambda p: _order(terms, wanted, p), default=None)
    if chosen is not None:
        words[chosen.agent_id] = (
            "sticky" if chosen is owner else "least_loaded" if terms.mode == "least_loaded" else "turn"
        )
    return Choice(
        chosen.agent_id if chosen is not None else None,
        "sticky" if owner is not None else "routed" if chosen is not None else "",
        tuple(Why(agent_id, word) for agent_id, word in words.items()),
    )


def _no_room(wanted: Wanted, one: Person) -> Word | None:
    if one.state != "available":
        return one.state
    return "full" if one.load + wanted.weight > one.capacity else None


def _not_suited(terms: TeamTerms, wanted: Wanted, one: Person) -> Word | None:
    if terms.fallback_seconds is not None and wanted.waited_seconds >= terms.fallback_seconds:
        return None
    if terms.match_language and wanted.language is not None:
        level = max((n for spoken, n in one.languages.items() if _plain(spoken) == _plain(wanted.language)), default=0)
        if level < terms.language_level:
            return "language"
    return None if wanted.skills <= one.skills else "skill"


def _plain(language: str) -> str:
    """Greek in Latin letters (`el-Latn`) is read by who reads Greek."""
    return language.partition("-")[0].lower()


def _order(terms: TeamTerms, wanted: Wanted, one: Person) -> tuple[Fraction, int, int]:
    full = Fraction(one.load + wanted.weight, one.capacity) if terms.mode == "least_loaded" else Fraction(0)
    return full, one.given, one.agent_id


def loads_of(cells: Mapping[Cell, int], attendance: Attendance) -> dict[int, int]:
    """Agent → what he has on his hands, from the counter cells."""
    loads: dict[int, int] = {}
    for cell, n in cells.items():
        if cell.assignee_id and cell.status == "open" and not cell.spam:
            loads[cell.assignee_id] = loads.get(cell.assignee_id, 0) + n * attendance.weight(cell.kind)
    return loads


def circle(overflow: Mapping[int, int | None]) -> list[int] | None:
    """Teams that overflow in a circle (team → its overflow team), from one to itself; None without one."""
    for start in sorted(overflow):
        path, at = [start], overflow[start]
        while at is not None and at not in path:
            path.append(at)
            at = overflow.get(at)
        if at is not None:
            return [*path[path.index(at) :], at]
    return None
