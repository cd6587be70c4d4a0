"""Notifications of one agent."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from inbox.domain.records import Notification
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement

_UNREAD = (t.notification.c.agent_id == bindparam("agent")) & t.notification.c.read_at.is_(None)
_READ_ONE = Statement(
    update(t.notification).where(_UNREAD, t.notification.c.id == bindparam("one")).values(read_at=bindparam("at_"))
)
_READ_ALL = Statement(update(t.notification).where(_UNREAD).values(read_at=bindparam("at_")))
_PAGE = Statement(
    select(*[c for c in t.notification.c if c.name != "workspace_id"])
    .where(t.notification.c.agent_id == bindparam("agent"), t.notification.c.id < bindparam("before"))
    .order_by(t.notification.c.id.desc())
    .limit(bindparam("limit"))
)


def mark_read(agent_id: int, notification_id: int | None, at: int) -> Query[None]:
    """Mark one, or with None all, of an agent's as read."""
    if notification_id is None:
        yield _READ_ALL(agent=agent_id, at_=at)
    else:
        yield _READ_ONE(agent=agent_id, one=notification_id, at_=at)


def page(agent_id: int, before: int, limit: int) -> Query[list[Notification]]:
    """An agent's notifications below an id, newest first."""
    rows = yield _PAGE(agent=agent_id, before=before, limit=limit)
    return [Notification(*row) for row in rows]
