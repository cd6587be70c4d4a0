"""How teams give out what waits, taking the next one, and claims while one writes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field

from inbox import clock
from inbox.api.call import Call
from inbox.api.conversations import ConversationAnswer, row_of
from inbox.api.fields import Body, Id
from inbox.api.routing import Routes
from inbox.commands.routing import Explained, Next, explained, one_conversation
from inbox.commands.routing_settings import PutTeamRouting
from inbox.domain.events import Audience
from inbox.domain.permissions import Principal, require, require_conversation
from inbox.domain.routing import NO_TEAM, TeamTerms
from inbox.domain.routing_records import TeamRouting
from inbox.domain.routing_rows import terms_of
from inbox.domain.routing_shapes import RoutingShape, TeamRoutingShape, routing_shape, team_routing_shape
from inbox.errors import Conflict, NotFound
from inbox.eventlog.directory import Directory
from inbox.storage import rows
from inbox.storage.database import Query

routes = Routes("Routing")
Skill = Annotated[str, Field(min_length=1, max_length=60)]
TagId = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]


class TeamRoutingBody(Body):
    """How a team gives out what waits; what is not given stays. `mode` pull: people take the next one themselves.
    `overflow_seconds`: who waits so long without an owner goes to the overflow team. `sticky_days`: for so long a
    person's last owner goes first. `return_seconds`: who waits for somebody away so long goes back to the queue.
    `reopen`: what a customer's message to a closed conversation does. `tag_skills`: tag → the skill it asks for.
    `fallback_seconds`: after so long without an owner language and skill no longer matter; null: they always do.
    """

    mode: Literal["off", "round_robin", "least_loaded", "pull"] | None = None
    overflow_team_id: Id | None = None
    overflow_seconds: int | None = Field(None, ge=10, le=604_800)
    sticky_days: int | None = Field(None, ge=0, le=366)
    return_seconds: int | None = Field(None, ge=0, le=604_800)
    reopen: Literal["same", "none", "new"] | None = None
    match_language: bool | None = None
    language_level: int | None = Field(None, ge=1, le=3)
    tag_skills: dict[TagId, Skill] | None = Field(None, max_length=200)
    fallback_seconds: int | None = Field(None, ge=0, le=604_800)


class NextBody(Body):
    """Of which view or team; of all one sees unless one is named."""

    view: str | None = Field(None, max_length=60)
    team_id: Id | None = None


class ClaimBody(Body):
    """`force`: take it over from a colleague who is writing."""

    force: bool = False


class ClaimShape(msgspec.Struct, kw_only=True):
    """A claim while one writes. It ends by itself at `until` unless it is taken again."""

    conversation_id: str
    agent_id: str
    until: str


_NULLABLE = ("overflow_team_id", "return_seconds", "fallback_seconds")


def _values(body: TeamRoutingBody) -> dict[str, Any]:
    given = {name: getattr(body, name) for name in body.model_fields_set}
    given = {name: value for name, value in given.items() if value is not None or name in _NULLABLE}
    if "tag_skills" in given:
        given["tag_skills"] = {int(tag): skill.strip() for tag, skill in given["tag_skills"].items()}
    return given


def _require_team(directory: Directory, team_id: int) -> None:
    if team_id != NO_TEAM and team_id not in directory.teams:
        raise NotFound(f"there is no team {team_id}")


@routes.get("/teams/{team_id}/routing")
async def see_team_routing(call: Call, team_id: int) -> TeamRoutingShape:
    """How a team gives out what waits; team 0: conversations of no team."""
    _require_team(await call.deps.directory.fresh(), team_id)
    row = await call.deps.database.read(rows.one, TeamRouting, team_id)
    terms, version = (terms_of(row), row.version) if row is not None else (TeamTerms(), 0)
    return team_routing_shape(team_id, terms, version)


@routes.put("/teams/{team_id}/routing", needs="settings", if_match=True)
async def put_team_routing(call: Call, team_id: int, body: TeamRoutingBody) -> TeamRoutingShape:
    """Change how a team gives out what waits; team 0: conversations of no team."""
    directory = await call.deps.directory.fresh()
    unit = PutTeamRouting(call.principal, team_id, _values(body), directory=directory, version=call.version)
    row = await call.submit(unit)
    await call.deps.directory.fresh()
    return team_routing_shape(team_id, terms_of(row), row.version)


@routes.post("/conversations/next", needs="agent", status=200, idempotent=True)
async def take_next(call: Call, body: NextBody) -> ConversationAnswer:
    """Take who waits longest without an owner. 404 `nobody_waits` when nobody does."""
    taken = await call.submit(Next(call.principal, body.view, body.team_id))
    return ConversationAnswer(conversation=await row_of(call, taken))


def _explained(principal: Principal, conversation_id: int, directory: Directory, now: int) -> Query[Explained]:
    found = yield from one_conversation(conversation_id)
    conversation = require_conversation(principal, found, conversation_id, "read")
    return (yield from explained(conversation, directory, now))


@routes.get("/conversations/{conversation_id}/routing")
async def explain_routing(call: Call, conversation_id: int) -> RoutingShape:
    """Whom the house would give a conversation to at this moment, and why nobody else."""
    directory = await call.deps.directory.fresh()
    found = await call.deps.database.read(_explained, call.principal, conversation_id, directory, clock.now())
    return routing_shape(found.mode, found.team_id, found.choice)


@routes.put("/conversations/{conversation_id}/claim", needs="agent")
async def claim(call: Call, conversation_id: int, body: ClaimBody) -> ClaimShape:
    """Claim a conversation while one writes: colleagues see it, and another's answer asks once more. Taken again it
    lasts another minute; it ends with the connection. 409 `claimed` (`agent_id`) while a colleague has it.
    """
    audience = await _audience(call, conversation_id)
    held = call.deps.claims.holder(conversation_id)
    if held is not None and held != call.agent_id and not body.force:
        who = (await call.deps.directory.fresh()).agents[held].name
        raise Conflict(f"{who} is writing here: take it over, or leave it", code="claimed", agent_id=str(held))
    until = call.deps.claims.take(call.agent_id, conversation_id, audience)
    return ClaimShape(conversation_id=str(conversation_id), agent_id=str(call.agent_id), until=clock.iso(until))


@routes.delete("/conversations/{conversation_id}/claim", needs="agent")
async def let_go(call: Call, conversation_id: int) -> None:
    """Let one's claim go. Without one nothing happens."""
    await _audience(call, conversation_id)
    call.deps.claims.release(call.agent_id, conversation_id)


async def _audience(call: Call, conversation_id: int) -> Audience:
    require(call.principal, "reply")
    agent_id = call.agent_id
    found = await call.deps.database.read(one_conversation, conversation_id)
    conversation = require_conversation(call.principal, found, conversation_id, "reply")
    return Audience(conversation.channel_id, conversation.team_id, agent_id)
