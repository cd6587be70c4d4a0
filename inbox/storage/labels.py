"""Tags, saved views and canned answers: found by name; and which conversations a tag, agent or team still holds."""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select

from inbox.domain.records import Canned, Tag, View
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, first

_TAG = Statement(
    select(*[c for c in t.tag.c if c.name != "workspace_id"]).where(
        t.tag.c.workspace_id == 1, t.tag.c.name == bindparam("name")
    )
)
_CANNED = Statement(
    select(*[c for c in t.canned.c if c.name != "workspace_id"]).where(t.canned.c.shortcut == bindparam("shortcut"))
)
_VIEWS = Statement(
    select(*[c for c in t.view.c if c.name != "workspace_id"])
    .where(or_(t.view.c.scope != "mine", t.view.c.owner_id == bindparam("owner")))
    .order_by(t.view.c.id)
)
_TAGGED = Statement(
    select(t.conversation_tag.c.conversation_id)
    .where(t.conversation_tag.c.tag_id == bindparam("holder"))
    .order_by(t.conversation_tag.c.conversation_id)
    .limit(bindparam("limit"))
)
_OF_AGENT = Statement(
    select(t.conversation.c.id)
    .where(t.conversation.c.assignee_id == bindparam("holder"), t.conversation.c.status != "closed")
    .order_by(t.conversation.c.id)
    .limit(bindparam("limit"))
)
_OF_TEAM = Statement(
    select(t.conversation.c.id)
    .where(t.conversation.c.team_id == bindparam("holder"), t.conversation.c.status != "closed")
    .order_by(t.conversation.c.id)
    .limit(bindparam("limit"))
)


def tag_by_name(name: str) -> Query[Tag | None]:
    """The tag of that name."""
    row = yield from first(_TAG(name=name))
    return Tag(*row) if row else None


def canned_by_shortcut(shortcut: str) -> Query[Canned | None]:
    """The canned answer with that shortcut."""
    row = yield from first(_CANNED(shortcut=shortcut))
    return Canned(*row) if row else None


def views_for(agent_id: int) -> Query[list[View]]:
    """Saved views: those for all and for teams, and the agent's own."""
    rows = yield _VIEWS(owner=agent_id)
    return [View(*row) for row in rows]


def tagged(tag_id: int, limit: int) -> Query[list[int]]:
    """Conversations with a tag, whatever their status."""
    rows = yield _TAGGED(holder=tag_id, limit=limit)
    return [row[0] for row in rows]


def held_by_agent(agent_id: int, limit: int) -> Query[list[int]]:
    """Conversations an agent owns that are not closed."""
    rows = yield _OF_AGENT(holder=agent_id, limit=limit)
    return [row[0] for row in rows]


def held_by_team(team_id: int, limit: int) -> Query[list[int]]:
    """Conversations of a team that are not closed."""
    rows = yield _OF_TEAM(holder=team_id, limit=limit)
    return [row[0] for row in rows]
