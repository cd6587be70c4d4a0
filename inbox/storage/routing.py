"""What routing asks: what people have on their hands, whom a person had before, who fell silent."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import and_, bindparam, exists, func, not_, or_, select, update
from sqlalchemy import text as sql

from inbox.domain import events as e
from inbox.domain.routing_records import Availability
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, among, fetch
from inbox.storage.dialect import record_columns

RETURN = "return_work"
"""Kind of the timer by which the work of somebody who is away goes back to the queue; its ref is the agent."""

c, a, ev = t.conversation.c, t.availability.c, t.event.c
_decode = msgspec.json.Decoder(e.AssigneeChanged).decode
# In the text, not in parameters: only then can the partial indexes be used.
_assigned = sql("conversation.assignee_id IS NOT NULL")
_held = sql("conversation.status = 'open' AND conversation.spam = 0 AND conversation.merged_into IS NULL")
_waits = sql("conversation.waiting_since IS NOT NULL")
_LOADS = Statement(
    select(c.assignee_id, c.kind, func.count())
    .where(among(c.assignee_id, "agents"), _assigned, _held)
    .group_by(c.assignee_id, c.kind)
)
_OWNED_BEFORE = Statement(
    select(c.contact_id, c.id, c.assignee_id)
    .where(among(c.contact_id, "contacts"), _assigned, c.last_activity_at >= bindparam("since"))
    .order_by(c.last_activity_at, c.id)
)
_OWNERS = Statement(
    select(ev.conversation_id, ev.data)
    .where(among(ev.conversation_id, "conversations"), ev.type == bindparam("name"), ev.at >= bindparam("since"))
    .order_by(ev.position)
)
_WAIT_FOR = Statement(
    select(c.id, c.team_id, c.waiting_since)
    .where(c.assignee_id == bindparam("agent"), _assigned, _held, _waits)
    .order_by(c.waiting_since, c.id)
    .limit(bindparam("limit"))
)
_ABSENT = sql("availability.state IN ('away', 'offline')")
_ARMED = exists().where(t.timer.c.kind == bindparam("timer"), t.timer.c.ref == a.id)
_WAITED_FOR = exists().where(
    c.assignee_id == a.id, _assigned, _held, _waits, among(func.coalesce(c.team_id, 0), "teams")
)
_UNARMED = Statement(select(a.id).where(_ABSENT, _WAITED_FOR, not_(_ARMED)).order_by(a.id))
_SEEN = Statement(update(t.availability).where(among(a.id, "agents")).values(seen_at=bindparam("now")))
_SILENT = Statement(
    select(*record_columns(t.availability))
    .where(
        a.seen_at < bindparam("before"),
        or_(
            sql("availability.automatic = 0"),
            sql("availability.state IN ('available', 'busy')"),
            and_(sql("availability.state = 'away'"), a.seen_at < bindparam("long_before")),
        ),
    )
    .order_by(a.id)
)


def loads(agent_ids: Sequence[int]) -> Query[dict[int, dict[str, int]]]:
    """Agent → kind → open conversations on his hands."""
    found: dict[int, dict[str, int]] = {}
    for agent_id, kind, n in (yield from fetch(_LOADS(agents=list(agent_ids)))):
        found.setdefault(agent_id, {})[kind] = n
    return found


def owned_before(contact_ids: Sequence[int], since: int) -> Query[dict[int, list[tuple[int, int]]]]:
    """Contact → (conversation, owner) of those active since an instant, the newest last."""
    found: dict[int, list[tuple[int, int]]] = {}
    rows = yield from fetch(_OWNED_BEFORE(contacts=list(contact_ids), since=since))
    for contact_id, conversation_id, owner in rows:
        found.setdefault(contact_id, []).append((conversation_id, owner))
    return found


def owners_of(conversation_ids: Sequence[int], since: int) -> Query[dict[int, e.AssigneeChanged]]:
    """Conversation → the newest change of its owner since an instant."""
    rows = yield from fetch(_OWNERS(conversations=list(conversation_ids), name="assignee_changed", since=since))
    return {row[0]: _decode(row[1]) for row in rows}


def wait_for(agent_id: int, limit: int) -> Query[list[tuple[int, int | None, int]]]:
    """(conversation, team, waiting since) of those who wait for an agent, the longest first."""
    rows = yield from fetch(_WAIT_FOR(agent=agent_id, limit=limit))
    return [(row[0], row[1], row[2]) for row in rows]


def unarmed(team_ids: Sequence[int]) -> Query[list[int]]:
    """Agents who are not there, are waited for in one of these teams (0: none), and have no timer that returns what
    they have.
    """
    rows = yield from fetch(_UNARMED(timer=RETURN, teams=list(team_ids)))
    return [row[0] for row in rows]


def seen(agent_ids: Sequence[int], now: int) -> Query[None]:
    """These have a socket now."""
    yield _SEEN(agents=list(agent_ids), now=now)


def silent(before: int, long_before: int) -> Query[list[Availability]]:
    """Those not seen since an instant of whom that is not known yet; who is away, only since the earlier instant."""
    rows = yield from fetch(_SILENT(before=before, long_before=long_before))
    return [Availability(*row) for row in rows]
