"""How the house gives out work: each team's terms, what people are good at, what holds for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Agent, Record
from inbox.domain.routing import NO_TEAM, Attendance, AwayReason, TeamTerms, circle
from inbox.domain.routing_records import Ability, House, TeamRouting
from inbox.domain.routing_rows import attendance_of, terms_of, text
from inbox.domain.state import State
from inbox.errors import Invalid, NotFound
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import rows
from inbox.storage.database import Query


class _BySupervisor(Unit):
    alone = True

    def __init__(self, principal: Principal, version: int | None) -> None:
        require(principal, "settings")
        self.principal = principal
        self.version = version

    def _write(self, state: State, before: Record | None, after: Record, event: e.SettingChanged) -> Query[None]:
        yield from rows.add(after) if before is None else rows.change(after)
        state.emit(event, self.principal.actor)


class PutTeamRouting(_BySupervisor):
    """Change how a team (`NO_TEAM`: none) gives out what waits; `fields` of `TeamTerms`, only those given."""

    def __init__(
        self, principal: Principal, team_id: int, fields: Mapping[str, Any], *, directory: Directory,
        version: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(principal, version)
        self.team_id = team_id
        self.fields = dict(fields)
        self.directory = directory

    def run(self, state: State) -> Query[TeamRouting]:
        """Check, and write. Raises NotFound, Stale, and Invalid (`overflow_team_id`, `tag_skills`)."""
        if self.team_id != NO_TEAM and self.team_id not in self.directory.teams:
            raise NotFound(f"there is no team {self.team_id}")
        known = {one.id: one for one in (yield from rows.every(TeamRouting))}
        before = known.get(self.team_id)
        check_version(before.version if before else 0, self.version, f"the routing of team {self.team_id}")
        terms = msgspec.structs.replace(terms_of(before) if before else TeamTerms(), **self.fields)
        self._check(terms, {i: terms_of(one) for i, one in known.items()})
        after = TeamRouting(self.team_id, text(terms), (before.version if before else 0) + 1)
        yield from self._write(state, before, after, e.SettingChanged(object="routing", id=self.team_id))
        return after

    def _check(self, terms: TeamTerms, known: dict[int, TeamTerms]) -> None:
        over = terms.overflow_team_id
        if over is not None and over not in self.directory.teams:
            raise Invalid(f"there is no team {over} to overflow to", code="overflow_team_id")
        goes = {i: one.overflow_team_id for i, one in (known | {self.team_id: terms}).items()}
        found_circle = circle(goes)
        if found_circle is not None:
            names = " → ".join(self.directory.teams[i].name if i in self.directory.teams else "?" for i in found_circle)
            raise Invalid(f"teams would overflow in a circle: {names}", code="overflow_team_id")
        unknown = sorted(terms.tag_skills.keys() - self.directory.tags.keys())
        if unknown and unknown[0] not in (known[self.team_id].tag_skills if self.team_id in known else {}):
            raise Invalid(f"there is no tag {unknown[0]}", code="tag_skills")


class PutAbility(_BySupervisor):
    """Say what an agent is good at and how much he takes."""

    def __init__(
        self, principal: Principal, agent_id: int, languages: Mapping[str, int], skills: list[str],
        capacity: int | None, *, version: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(principal, version)
        self.agent_id = agent_id
        self.languages = {name.strip(): level for name, level in languages.items()}
        self.skills = sorted({one.strip() for one in skills if one.strip()}, key=str.casefold)
        self.capacity = capacity

    def run(self, state: State) -> Query[Ability]:
        """Write it. Raises NotFound and Stale."""
        agent = yield from found(Agent, self.agent_id)
        before = yield from rows.one(Ability, self.agent_id)
        version = before.version if before is not None else 0
        check_version(version, self.version, f"what {agent.name} is good at")
        after = Ability(self.agent_id, text(self.languages), text(self.skills), self.capacity, version + 1)
        yield from self._write(state, before, after, e.SettingChanged(object="agent", id=self.agent_id))
        return after


class PutAttendance(_BySupervisor):
    """Change what holds for everybody: `reasons` as (id or None for a new one, name), `away_seconds`, `capacity`,
    `weights`; only what is given.
    """

    def __init__(self, principal: Principal, fields: Mapping[str, Any], *, version: int | None = None) -> None:
        super().__init__(principal, version)
        self.fields = dict(fields)

    def run(self, state: State) -> Query[House]:
        """Write it. Raises Stale, and Invalid (`reasons`) for one named twice."""
        before = yield from rows.one(House, 1)
        version = before.version if before is not None else 0
        check_version(version, self.version, "what holds for everybody")
        fields = dict(self.fields)
        if "reasons" in fields:
            named = [(reason_id, name.strip()) for reason_id, name in fields["reasons"]]
            if len({name.casefold() for _, name in named}) < len(named):
                raise Invalid("two reasons have the same name", code="reasons")
            fields["reasons"] = tuple(AwayReason(i if i is not None else state.next_id(), name) for i, name in named)
        attendance: Attendance = msgspec.structs.replace(attendance_of(before), **fields)
        after = House(1, text(attendance), version + 1)
        yield from self._write(state, before, after, e.SettingChanged(object="house", id=1))
        return after
