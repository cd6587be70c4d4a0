"""Everybody who may be given something, as they are at this moment: read under the lock by what gives out, and without
it by what explains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from inbox.clock import DAY, SECOND
from inbox.domain.records import Conversation
from inbox.domain.routing import NO_TEAM, Attendance, Choice, Person, TeamTerms, Wanted, choose
from inbox.domain.routing_records import Ability, Availability, House, TeamRouting
from inbox.domain.routing_rows import attendance_of, person_of, terms_of
from inbox.eventlog.directory import Directory
from inbox.storage import routing as stored
from inbox.storage import rows
from inbox.storage.database import Query


class Roster:
    """Who is there with what on his hands. `gave` keeps it true while one unit gives out several."""

    def __init__(
        self, directory: Directory, teams: dict[int, TeamTerms], attendance: Attendance,
        availability: dict[int, Availability], people: dict[int, Person],
    ) -> None:  # fmt: skip
        self.directory = directory
        self.teams = teams
        self.attendance = attendance
        self.availability = availability
        self.people = people
        self.changed: set[int] = set()
        """Agents who were given something."""

    def terms(self, team_id: int | None) -> TeamTerms:
        """How a team gives out; None: no team."""
        return self.teams.get(team_id or NO_TEAM, TeamTerms())

    def candidates(self, conversation: Conversation, team_id: int | None) -> list[Person]:
        """Who may own it as one of this team: the team's people; without a team agents who see its channel."""
        directory = self.directory
        if team_id is not None:
            return self._some(directory.members.get(team_id, ()))
        seeing = (
            agent.id
            for agent in directory.agents.values()
            if agent.role == "agent" and directory.scope_of(agent).covers(conversation.channel_id, None)
        )
        return self._some(seeing)

    def has_room(self, team_id: int | None) -> bool:
        """Whether anybody of a team could take a conversation of the lightest kind."""
        ids = self.people.keys() if team_id is None else self.directory.members.get(team_id, ())
        return any(one.state == "available" and one.load < one.capacity for one in self._some(ids))

    def choose(self, conversation: Conversation, team_id: int | None, owner: int | None, now: int) -> Choice:
        """Who gets it, as one of this team."""
        terms = self.terms(team_id)
        tags = {int(one) for one in conversation.tags.split(",") if one}
        wanted = Wanted(
            weight=self.attendance.weight(conversation.kind),
            language=conversation.language,
            skills=frozenset(skill for tag, skill in terms.tag_skills.items() if tag in tags),
            waited_seconds=max(0, now - (conversation.waiting_since or now)) // SECOND,
            owner=owner,
        )
        return choose(terms, wanted, self.candidates(conversation, team_id))

    def gave(self, agent_id: int, conversation: Conversation, position: int) -> None:
        """He has it now: it is the next one's turn."""
        one = self.people[agent_id]
        load = one.load + self.attendance.weight(conversation.kind)
        self.people[agent_id] = replace(one, load=load, given=position)
        self.availability[agent_id].given = position
        self.changed.add(agent_id)

    def _some(self, agent_ids: Iterable[int]) -> list[Person]:
        return [self.people[i] for i in agent_ids if i in self.people]


def roster(directory: Directory) -> Query[Roster]:
    """Read it. Observers own nothing, and who was let go is not asked."""
    availability = {one.id: one for one in (yield from rows.every(Availability))}
    abilities = {one.id: one for one in (yield from rows.every(Ability))}
    attendance = attendance_of((yield from rows.one(House, 1)))
    teams = {one.id: terms_of(one) for one in (yield from rows.every(TeamRouting))}
    there = [a.id for a in directory.agents.values() if a.active and a.role != "observer"]
    kinds = yield from stored.loads(there)
    people = {
        i: person_of(i, availability.get(i), abilities.get(i), attendance, load_of(kinds.get(i, {}), attendance))
        for i in there
    }
    return Roster(directory, teams, attendance, availability, people)


def load_of(kinds: dict[str, int], attendance: Attendance) -> int:
    """What so many conversations of each kind take of a capacity."""
    return sum(n * attendance.weight(kind) for kind, n in kinds.items())


def owners_before(some: Sequence[Conversation], days: int, now: int) -> Query[dict[int, int]]:
    """Conversation → who had it before, else who had the person's newest other one, within so many days. An owner who
    was taken off because nobody was to own it once it reopened does not count.
    """
    if not days or not some:
        return {}
    since = now - days * DAY
    own = yield from stored.owners_of([one.id for one in some], since)
    others = yield from stored.owned_before(sorted({one.contact_id for one in some}), since)
    found: dict[int, int] = {}
    for one in some:
        change = own.get(one.id)
        if change is not None and change.before is not None and change.reason != "reopened":
            found[one.id] = change.before
            continue
        elsewhere = [owner for conversation, owner in others.get(one.contact_id, ()) if conversation != one.id]
        if elsewhere:
            found[one.id] = elsewhere[-1]
    return found
