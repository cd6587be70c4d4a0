"""Who takes work: availability, what people are good at, what holds for everybody."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from inbox import clock
from inbox.api.call import Call
from inbox.api.fields import Body, Id
from inbox.api.labels import changed
from inbox.api.routing import Routes
from inbox.commands.availability import SetAvailability
from inbox.commands.routing_settings import PutAbility, PutAttendance
from inbox.commands.versions import found
from inbox.domain.availability import never_seen
from inbox.domain.records import Agent
from inbox.domain.routing_records import Ability, Availability, House
from inbox.domain.routing_rows import attendance_of
from inbox.domain.routing_shapes import (
    AbilityShape,
    AttendanceShape,
    AvailabilityShape,
    ability_shape,
    attendance_shape,
    availability_shape,
)
from inbox.storage import rows
from inbox.storage.database import Query

routes = Routes("Availability")
Word = Annotated[str, Field(min_length=1, max_length=60)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
Level = Annotated[int, Field(ge=1, le=3)]
Kind = Literal["direct", "group", "comment", "mention", "review", "mail", "chat"]


class AvailabilityBody(Body):
    """Whether to take work, and why not."""

    state: Literal["available", "busy", "away", "offline"]
    reason_id: Id | None = None


class AbilityBody(Body):
    """What an agent is good at. `languages`: language → level, 1 some, 2 well, 3 as his own. `capacity` null: what the
    house says; 0: he is given nothing.
    """

    languages: dict[Language, Level] = Field(default_factory=dict, max_length=50)
    skills: list[Word] = Field(default_factory=list, max_length=50)
    capacity: int | None = Field(None, ge=0, le=1_000)


class ReasonBody(Body):
    """A reason to be away; without an id a new one."""

    id: Id | None = None
    name: Word


class AttendancePatch(Body):
    """What holds for everybody. `reasons` replaces the list; `weights` too."""

    reasons: list[ReasonBody] | None = Field(None, max_length=20)
    away_seconds: int | None = Field(None, ge=30, le=86_400)
    capacity: int | None = Field(None, ge=1, le=1_000)
    weights: dict[Kind, Annotated[int, Field(ge=1, le=100)]] | None = None


def _of_agent(agent_id: int, now: int) -> Query[Availability]:
    yield from found(Agent, agent_id)
    known = yield from rows.one(Availability, agent_id)
    return known or never_seen(agent_id, now)


@routes.get("/agents/{agent_id}/availability")
async def see_availability(call: Call, agent_id: int) -> AvailabilityShape:
    """Whether an agent takes work."""
    return availability_shape(await call.deps.database.read(_of_agent, agent_id, clock.now()))


@routes.put("/agents/{agent_id}/availability", needs="triage")
async def set_availability(call: Call, agent_id: int, body: AvailabilityBody) -> AvailabilityShape:
    """Say whether one takes work; supervisors may say it for others."""
    unit = SetAvailability(call.principal, agent_id, body.state, body.reason_id)
    return availability_shape(await call.submit(unit))


def _ability(agent_id: int) -> Query[Ability | None]:
    yield from found(Agent, agent_id)
    return (yield from rows.one(Ability, agent_id))


@routes.get("/agents/{agent_id}/skills")
async def see_skills(call: Call, agent_id: int) -> AbilityShape:
    """What an agent is good at, with the ETag for changing it."""
    return ability_shape(agent_id, await call.deps.database.read(_ability, agent_id))


@routes.put("/agents/{agent_id}/skills", needs="settings", if_match=True)
async def put_skills(call: Call, agent_id: int, body: AbilityBody) -> AbilityShape:
    """Say what an agent is good at, and how much he takes at once."""
    unit = PutAbility(call.principal, agent_id, body.languages, body.skills, body.capacity, version=call.version)
    put = ability_shape(agent_id, await call.submit(unit))
    await call.deps.directory.fresh()
    return put


@routes.get("/attendance")
async def see_attendance(call: Call) -> AttendanceShape:
    """What holds for everybody: reasons to be away, when one counts as away, how much one takes."""
    house = await call.deps.database.read(rows.one, House, 1)
    return attendance_shape(attendance_of(house), house.version if house is not None else 0)


@routes.patch("/attendance", needs="settings", if_match=True)
async def change_attendance(call: Call, body: AttendancePatch) -> AttendanceShape:
    """Change it."""
    given = changed(body)
    if body.reasons is not None:
        given["reasons"] = [(one.id, one.name) for one in body.reasons]
    if body.weights is not None:
        given["weights"] = {str(kind): weight for kind, weight in body.weights.items()}
    house = await call.submit(PutAttendance(call.principal, given, version=call.version))
    await call.deps.directory.fresh()
    return attendance_shape(attendance_of(house), house.version)
