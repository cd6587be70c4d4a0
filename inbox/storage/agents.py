"""Agents: found by e-mail, counted by role; the teams they are in."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, func, select

from inbox.domain.records import Agent
from inbox.storage import tables as t
from inbox.storage.database import Insert, Query, Save, Statement

_COLUMNS = [c for c in t.agent.c if c.name != "workspace_id"]
_BY_EMAIL = Statement(select(*_COLUMNS).where(t.agent.c.workspace_id == 1, t.agent.c.email == bindparam("email")))
_ADMINS = Statement(select(func.count()).where(t.agent.c.role == "admin", t.agent.c.active == 1))
_COUNT = Statement(select(func.count()).where(t.agent.c.sandbox == 0))
_LEAVE_TEAMS = Statement(delete(t.team_member).where(t.team_member.c.agent_id == bindparam("agent")))
_EMPTY_TEAM = Statement(delete(t.team_member).where(t.team_member.c.team_id == bindparam("team")))
_TEAMS_OF = Statement(
    select(t.team_member.c.team_id).where(t.team_member.c.agent_id == bindparam("agent")).order_by(
        t.team_member.c.team_id
    )
)  # fmt: skip


def folded(email: str) -> str:
    """An address as it is stored and compared: without blanks around it, in small letters. Not casefolded: mail for
    `größe@` would go to `grösse@`, which is another mailbox.
    """
    return email.strip().lower()


def by_email(email: str) -> Query[Agent | None]:
    """The agent with this address, also where it was stored casefolded, as it once was."""
    for form in dict.fromkeys((folded(email), email.strip().casefold())):
        rows = yield _BY_EMAIL(email=form)
        if rows:
            return Agent(*rows[0])
    return None


def active_admins() -> Query[int]:
    """How many could let others in."""
    rows = yield _ADMINS()
    return int(rows[0][0])


def people() -> Query[int]:
    """How many agents there are, simulated colleagues not counted."""
    rows = yield _COUNT()
    return int(rows[0][0])


def teams_of(agent_id: int) -> Query[list[int]]:
    """Teams of an agent."""
    rows = yield _TEAMS_OF(agent=agent_id)
    return [row[0] for row in rows]


def set_teams(agent_id: int, team_ids: Iterable[int]) -> Query[None]:
    """Put an agent into exactly these teams."""
    yield _LEAVE_TEAMS(agent=agent_id)
    yield Save([Insert(t.team_member, [(team, agent_id) for team in sorted(set(team_ids))])])


def set_members(team_id: int, agent_ids: Iterable[int]) -> Query[None]:
    """Put exactly these agents into a team."""
    yield _EMPTY_TEAM(team=team_id)
    yield Save([Insert(t.team_member, [(team_id, agent) for agent in sorted(set(agent_ids))])])
