"""Rows of routing as what they say, and back: JSON of `domain.routing` in text columns."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from inbox.domain.routing import Attendance, Person, TeamTerms
from inbox.domain.routing_events import State
from inbox.domain.routing_records import Ability, Availability, House, TeamRouting

_terms = msgspec.json.Decoder(TeamTerms).decode
_attendance = msgspec.json.Decoder(Attendance).decode
_languages = msgspec.json.Decoder(dict[str, int]).decode
_skills = msgspec.json.Decoder(list[str]).decode
_json = msgspec.json.Encoder().encode


def terms_of(row: TeamRouting) -> TeamTerms:
    """How the team gives out what waits."""
    return _terms(row.terms)


def attendance_of(row: House | None) -> Attendance:
    """What holds for everybody; without a row what a new house begins with."""
    return Attendance() if row is None else _attendance(row.attendance)


def languages_of(row: Ability) -> dict[str, int]:
    """Language → level."""
    return _languages(row.languages)


def skills_of(row: Ability) -> list[str]:
    """Words."""
    return _skills(row.skills)


def text(value: TeamTerms | Attendance | Mapping[str, int] | list[str]) -> str:
    """As the row keeps it."""
    return _json(value).decode()


def person_of(
    agent_id: int, availability: Availability | None, ability: Ability | None, attendance: Attendance, load: int
) -> Person:
    """An agent as one who may be asked."""
    state: State = "offline" if availability is None else availability.state  # type: ignore[assignment]
    own = ability.capacity if ability is not None else None
    return Person(
        agent_id=agent_id,
        state=state,
        load=load,
        capacity=attendance.capacity if own is None else own,
        languages=languages_of(ability) if ability is not None else {},
        skills=frozenset(skills_of(ability)) if ability is not None else frozenset(),
        given=0 if availability is None else availability.given,
    )
