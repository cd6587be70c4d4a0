"""Agents and teams: made, changed, let go. Asked for by admins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from inbox.commands.accounts import LinkKind, issue_link, new_agent
from inbox.commands.sessions import end_sessions
from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Agent, Channel, Record, Team
from inbox.domain.state import State
from inbox.errors import Conflict, Invalid
from inbox.eventlog.unit import Unit
from inbox.storage import agents, rows, sessions
from inbox.storage.database import Query

Role = Literal["agent", "supervisor", "admin", "observer"]


class AgentChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of an agent; UNSET stays as it is. `channel_ids` None: all channels."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    email: str | msgspec.UnsetType = msgspec.UNSET
    role: Role | msgspec.UnsetType = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET
    channel_ids: Sequence[int] | msgspec.UnsetType | None = msgspec.UNSET
    team_ids: Sequence[int] | msgspec.UnsetType = msgspec.UNSET
    locale: str | msgspec.UnsetType | None = msgspec.UNSET


class CreatedAgent(msgspec.Struct, frozen=True):
    """A new agent and the token of the link by which he gets in."""

    agent: Agent
    link: str


class _ByAdmin(Unit):
    alone = True

    def __init__(self, principal: Principal) -> None:
        require(principal, "people")
        self.principal = principal


class CreateAgent(_ByAdmin):
    """Somebody new. Raises Conflict (`email_taken`)."""

    def __init__(self, principal: Principal, email: str, name: str, role: Role, change: AgentChange) -> None:
        super().__init__(principal)
        self.email = email
        self.name = name
        self.role = role
        self.change = change

    def run(self, state: State) -> Query[CreatedAgent]:
        """Write the agent, the teams, and a link."""
        yield from _free(self.email, 0)
        agent = new_agent(state, self.email, self.name, self.role)
        yield from _narrowed(agent, self.change)
        yield from rows.add(agent)
        if isinstance(self.change.team_ids, Sequence):
            yield from _into_teams(agent.id, self.change.team_ids)
        link = yield from issue_link(state, "invitation", agent.id)
        state.emit(e.SettingChanged(object="agent", id=agent.id), self.principal.actor)
        return CreatedAgent(agent, link)


class ChangeAgent(_ByAdmin):
    """Change an agent. Whoever is made inactive is signed out everywhere; another role or scope counts from the next
    request on; links that were mailed to the address of before stop working.
    """

    def __init__(self, principal: Principal, agent_id: int, change: AgentChange, version: int | None) -> None:
        super().__init__(principal)
        self.agent_id = agent_id
        self.change = change
        self.version = version

    def run(self, state: State) -> Query[Agent]:
        """Write what changed. Raises Conflict (`last_admin`, `email_taken`)."""
        agent = yield from found(Agent, self.agent_id)
        check_version(agent.version, self.version, f"agent {agent.id}")
        was_admin = agent.role == "admin" and agent.active
        address = agent.email
        yield from self._apply(agent)
        if was_admin and not (agent.role == "admin" and agent.active) and (yield from agents.active_admins()) < 2:
            raise Conflict("this is the last admin: make another one first", code="last_admin")
        agent.version += 1
        yield from rows.change(agent)
        if isinstance(self.change.team_ids, Sequence):
            yield from _into_teams(agent.id, self.change.team_ids)
        state.emit(e.SettingChanged(object="agent", id=agent.id), self.principal.actor)
        if not agent.active:
            yield from end_sessions(state, agent.id, actor=self.principal.actor)
        if not agent.active or agent.email != address:
            yield from sessions.drop_links(agent.id)
        return agent

    def _apply(self, agent: Agent) -> Query[None]:
        change = self.change
        if isinstance(change.email, str):
            yield from _free(change.email, agent.id)
            agent.email = agents.folded(change.email)
        if isinstance(change.name, str):
            agent.name = change.name.strip()
        if isinstance(change.role, str):
            agent.role = change.role
        if isinstance(change.active, bool):
            agent.active = int(change.active)
        yield from _narrowed(agent, change)


class ResetAgent(_ByAdmin):
    """A new link for an agent who cannot get in; his second factor is taken off. The result is the link's token."""

    def __init__(self, principal: Principal, agent_id: int) -> None:
        super().__init__(principal)
        self.agent_id = agent_id

    def run(self, state: State) -> Query[str]:
        """Write the link."""
        agent = yield from found(Agent, self.agent_id)
        if not agent.active:
            raise Conflict(f"{agent.name} is not active: make the account active first", code="inactive")
        if agent.totp_sealed:
            agent.totp_sealed, agent.totp_step, agent.recovery_digests = "", 0, ""
            yield from rows.change(agent)
        kind: LinkKind = "reset" if agent.password_hash else "invitation"
        return (yield from issue_link(state, kind, agent.id))


class CreateTeam(_ByAdmin):
    """A team."""

    def __init__(self, principal: Principal, name: str, agent_ids: Sequence[int]) -> None:
        super().__init__(principal)
        self.name = name
        self.agent_ids = agent_ids

    def run(self, state: State) -> Query[Team]:
        """Write it with its members."""
        team = Team(state.next_id(), self.name.strip(), state.now, 1)
        yield from rows.add(team)
        yield from _with_members(team.id, self.agent_ids)
        state.emit(e.SettingChanged(object="team", id=team.id), self.principal.actor)
        return team


class ChangeTeam(_ByAdmin):
    """Rename a team, or say who is in it; None leaves as it is."""

    def __init__(
        self, principal: Principal, team_id: int, name: str | None, agent_ids: Sequence[int] | None, version: int | None
    ) -> None:
        super().__init__(principal)
        self.team_id = team_id
        self.name = name
        self.agent_ids = agent_ids
        self.version = version

    def run(self, state: State) -> Query[Team]:
        """Write what changed."""
        team = yield from found(Team, self.team_id)
        check_version(team.version, self.version, f"team {team.id}")
        team.name = team.name if self.name is None else self.name.strip()
        team.version += 1
        yield from rows.change(team)
        if self.agent_ids is not None:
            yield from _with_members(team.id, self.agent_ids)
        state.emit(e.SettingChanged(object="team", id=team.id), self.principal.actor)
        return team


class RemoveTeam(_ByAdmin):
    """A team is no more. Its open conversations were released before (`commands.release`)."""

    def __init__(self, principal: Principal, team_id: int) -> None:
        super().__init__(principal)
        self.team_id = team_id

    def run(self, state: State) -> Query[None]:
        """Delete it; channels that gave to it give to nobody."""
        yield from found(Team, self.team_id)
        yield from agents.set_members(self.team_id, ())
        yield from rows.remove(Team, self.team_id)
        for channel in (yield from rows.every(Channel)):
            if channel.team_id == self.team_id:
                channel.team_id = None
                channel.version += 1
                yield from rows.change(channel)
                state.emit(e.SettingChanged(object="channel", id=channel.id), self.principal.actor)
        state.emit(e.SettingChanged(object="team", id=self.team_id, removed=True), self.principal.actor)


def _free(email: str, but: int) -> Query[None]:
    other = yield from agents.by_email(email)
    if other is not None and other.id != but:
        raise Conflict(f"{other.email} belongs to {other.name} already", code="email_taken")


def _narrowed(agent: Agent, change: AgentChange) -> Query[None]:
    """Scope and language of an agent. Raises Invalid for channels that are not there."""
    if change.channel_ids is None:
        agent.channel_ids = None
    elif isinstance(change.channel_ids, Sequence):
        yield from _exist(Channel, change.channel_ids, "channel_ids")
        agent.channel_ids = msgspec.json.encode(sorted(set(change.channel_ids))).decode()
    if not isinstance(change.locale, msgspec.UnsetType):
        agent.locale = change.locale


def _into_teams(agent_id: int, team_ids: Sequence[int]) -> Query[None]:
    yield from _exist(Team, team_ids, "team_ids")
    yield from agents.set_teams(agent_id, team_ids)


def _with_members(team_id: int, agent_ids: Sequence[int]) -> Query[None]:
    yield from _exist(Agent, agent_ids, "agent_ids")
    yield from agents.set_members(team_id, agent_ids)


def _exist(kind: type[Record], wanted: Sequence[int], field: str) -> Query[None]:
    for index, record_id in enumerate(wanted):
        if (yield from rows.one(kind, record_id)) is None:
            message = f"there is no {kind.__name__.lower()} {record_id}"
            raise Invalid(message, errors=[{"pointer": f"/{field}/{index}", "message": message}])
