"""Agents and teams."""

from __future__ import annotations

from typing import Literal, TypeVar

import msgspec
from pydantic import Field

from inbox.api.account_mails import mail_or_show
from inbox.api.call import Call, Reply
from inbox.api.fields import Address, Body, Id, Words
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.commands.people import (
    AgentChange,
    ChangeAgent,
    ChangeTeam,
    CreateAgent,
    CreateTeam,
    RemoveTeam,
    ResetAgent,
)
from inbox.commands.release import release_all
from inbox.commands.versions import found
from inbox.domain.permissions import Principal
from inbox.domain.records import Agent, Team
from inbox.domain.shapes import AgentShape, TeamShape
from inbox.eventlog.show_settings import agent_shape, team_shape
from inbox.storage import rows

agents_routes = Routes("Agents")
teams_routes = Routes("Teams")

T = TypeVar("T")
Role = Literal["agent", "supervisor", "admin", "observer"]


class NewAgent(Body):
    """Somebody new. `channel_ids` null: all channels."""

    email: Address
    name: Words
    role: Role = "agent"
    team_ids: list[Id] = Field(default_factory=list)
    channel_ids: list[Id] | None = None


class AgentPatch(Body):
    """What to change of an agent."""

    email: Address | None = None
    name: Words | None = None
    role: Role | None = None
    active: bool | None = None
    team_ids: list[Id] | None = None
    channel_ids: list[Id] | None = None
    locale: str | None = Field(None, max_length=35)


class InvitedShape(msgspec.Struct, kw_only=True):
    """A new agent. `link`: to be handed on where no mail could be sent; null where it was mailed. `not_mailed`: why the
    mail server did not take it.
    """

    agent: AgentShape
    link: str | None
    not_mailed: str | None = None


class ResetShape(msgspec.Struct, kw_only=True):
    """A link for a new password; null where it was mailed. `not_mailed`: why the mail server did not take it."""

    link: str | None
    not_mailed: str | None = None


class NewTeam(Body):
    """A team and who is in it."""

    name: Words
    agent_ids: list[Id] = Field(default_factory=list)


class TeamPatch(Body):
    """What to change of a team."""

    name: Words | None = None
    agent_ids: list[Id] | None = None


def _seen_by(principal: Principal, shape: AgentShape) -> AgentShape:
    """Colleagues are seen by all; what channels they have, by whoever sets that."""
    return shape if "people" in principal.may else msgspec.structs.replace(shape, channel_ids=None)


@agents_routes.get("/agents")
async def list_agents(call: Call) -> Page[AgentShape]:
    """All agents, also those no longer active."""
    position = await call.position()
    directory = await call.deps.directory.fresh()
    items = [_seen_by(call.principal, agent_shape(one, directory)) for one in directory.agents.values()]
    return Page(items=items, position=position)


@agents_routes.post("/agents", needs="people", idempotent=True)
async def create_agent(call: Call, body: NewAgent) -> InvitedShape:
    """Make an account; its owner sets the password by a link."""
    change = AgentChange(channel_ids=body.channel_ids, team_ids=body.team_ids)
    created = await call.submit(CreateAgent(call.principal, body.email, body.name, body.role, change))
    link, problem = await mail_or_show(call.deps, created.agent, "invitation", created.link, by=call.principal.agent_id)
    directory = await call.deps.directory.fresh()
    return InvitedShape(agent=agent_shape(created.agent, directory), link=link, not_mailed=problem)


@agents_routes.get("/agents/{agent_id}")
async def see_agent(call: Call, agent_id: int) -> Reply[AgentShape]:
    """An agent, with the ETag for changing him."""
    agent = await call.deps.database.read(found, Agent, agent_id)
    shape = _seen_by(call.principal, agent_shape(agent, await call.deps.directory.fresh()))
    return _with_etag(shape, agent.version)


@agents_routes.patch("/agents/{agent_id}", needs="people")
async def change_agent(call: Call, agent_id: int, body: AgentPatch) -> Reply[AgentShape]:
    """Change an agent. If-Match is checked where it is given."""
    change = AgentChange(**{name: getattr(body, name) for name in body.model_fields_set if _given(body, name)})
    agent = await call.submit(ChangeAgent(call.principal, agent_id, change, call.version))
    if not agent.active:
        await release_all(call.deps.database, call.deps.writer, "agent", agent_id, call.principal.actor)
    return _with_etag(agent_shape(agent, await call.deps.directory.fresh()), agent.version)


def _given(body: Body, name: str) -> bool:
    """Null means something only where null is a value."""
    return getattr(body, name) is not None or name in ("channel_ids", "locale")


@agents_routes.delete("/agents/{agent_id}", needs="people")
async def remove_agent(call: Call, agent_id: int) -> None:
    """Let an agent go: signed out, no longer active, open conversations without owner; the name stays in what was."""
    await call.submit(ChangeAgent(call.principal, agent_id, AgentChange(active=False), call.version))
    await release_all(call.deps.database, call.deps.writer, "agent", agent_id, call.principal.actor)


@agents_routes.post("/agents/{agent_id}/reset", needs="people")
async def reset_agent(call: Call, agent_id: int) -> ResetShape:
    """A new link for somebody who cannot get in; takes a second factor off."""
    token = await call.submit(ResetAgent(call.principal, agent_id))
    agent = await call.deps.database.read(found, Agent, agent_id)
    kind: Literal["invitation", "reset"] = "reset" if agent.password_hash else "invitation"
    link, problem = await mail_or_show(call.deps, agent, kind, token, by=call.principal.agent_id)
    return ResetShape(link=link, not_mailed=problem)


@teams_routes.get("/teams")
async def list_teams(call: Call) -> Page[TeamShape]:
    """All teams."""
    position = await call.position()
    directory = await call.deps.directory.fresh()
    return Page(items=[team_shape(one, directory) for one in directory.teams.values()], position=position)


@teams_routes.post("/teams", needs="people", idempotent=True)
async def create_team(call: Call, body: NewTeam) -> Reply[TeamShape]:
    """Make a team."""
    team = await call.submit(CreateTeam(call.principal, body.name, body.agent_ids))
    return _with_etag(team_shape(team, await call.deps.directory.fresh()), team.version)


@teams_routes.get("/teams/{team_id}")
async def see_team(call: Call, team_id: int) -> Reply[TeamShape]:
    """A team, with the ETag for changing it."""
    team = await call.deps.database.read(found, Team, team_id)
    return _with_etag(team_shape(team, await call.deps.directory.fresh()), team.version)


@teams_routes.patch("/teams/{team_id}", needs="people")
async def change_team(call: Call, team_id: int, body: TeamPatch) -> Reply[TeamShape]:
    """Rename a team, or say who is in it. If-Match is checked where it is given."""
    team = await call.submit(ChangeTeam(call.principal, team_id, body.name, body.agent_ids, call.version))
    return _with_etag(team_shape(team, await call.deps.directory.fresh()), team.version)


@teams_routes.delete("/teams/{team_id}", needs="people")
async def remove_team(call: Call, team_id: int) -> None:
    """Remove a team; its open conversations have none afterwards."""
    if await call.deps.database.read(rows.one, Team, team_id) is not None:
        await release_all(call.deps.database, call.deps.writer, "team", team_id, call.principal.actor)
    await call.submit(RemoveTeam(call.principal, team_id))


def _with_etag(shape: T, version: int) -> Reply[T]:
    """The shape of a record whose version is not one of its fields."""
    return Reply(shape, headers={"ETag": f'"v{version}"'})
