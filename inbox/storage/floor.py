"""The floor now: who waits, where, since when; read each second, so each question is one walk along a small index."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import BigInteger, bindparam, case, func, literal, select
from sqlalchemy import text as sql

from inbox.domain.permissions import Scope
from inbox.storage import tables as t
from inbox.storage.conversations import in_scope, scope_values
from inbox.storage.database import Query, Statement, fetch

c, w, d = t.conversation.c, t.wait.c, t.deed.c
# In the text, not in parameters: only then can the partial indexes be used.
_waiting = sql("conversation.status = 'open' AND conversation.waiting_since IS NOT NULL")
_warned = sql("wait.\"end\" = '' AND wait.warned_at IS NOT NULL AND wait.breached_at IS NULL")
_overdue = case((c.deadline_at <= bindparam("now"), 1), else_=0)
_soon = case(
    ((c.deadline_at > bindparam("now")) & c.id.in_(
        select(w.conversation_id).where(_warned)
    ), 1),
    else_=0,
)  # fmt: skip
_WAITING = (
    select(
        c.channel_id,
        c.team_id,
        c.assignee_id,
        func.count(),
        func.min(c.waiting_since),
        func.sum(_soon),
        func.sum(_overdue),
    )
    .where(_waiting, c.spam == 0, sql("conversation.merged_into IS NULL"))
    .group_by(c.channel_id, c.team_id, c.assignee_id)
)
_ALL_WAITING, _SEEN_WAITING = Statement(_WAITING), Statement(_WAITING.where(in_scope()))
# A sum, not the column: an index in the order of agents would be walked whole for a single day.
_by_agent = d.agent_id + literal(0, BigInteger())
_LAST_REPLIES = Statement(
    select(_by_agent, func.max(d.at))
    .where(d.workspace_id == 1, d.at >= bindparam("since"), d.what == "replied", d.agent_id != 0)
    .group_by(sql("1"))
)
_SIGNED_IN = Statement(
    select(t.session.c.agent_id, func.max(t.session.c.last_seen_at))
    .where(t.session.c.expires_at > bindparam("now"))
    .group_by(t.session.c.agent_id)
)


class Waiting(msgspec.Struct, frozen=True):
    """Conversations in which somebody waits, of one channel, team and assignee."""

    channel_id: int
    team_id: int
    assignee_id: int
    n: int
    since: int
    at_risk: int
    """A policy has warned, and the deadline is to come."""
    breached: int


def waiting(scope: Scope, now: int) -> Query[list[Waiting]]:
    """Who waits now, as this scope sees it."""
    statement = _ALL_WAITING if scope.channels is None else _SEEN_WAITING
    values: dict[str, Any] = {"now": now, **scope_values(scope)}
    rows = yield from fetch(statement(**values))
    return [Waiting(row[0], row[1] or 0, row[2] or 0, row[3], row[4], row[5] or 0, row[6] or 0) for row in rows]


def last_replies(since: int) -> Query[dict[int, int]]:
    """Agent → when he last replied, since an instant."""
    rows = yield from fetch(_LAST_REPLIES(since=since))
    return {row[0]: row[1] for row in rows}


def signed_in(now: int) -> Query[dict[int, int]]:
    """Agent → the last sign of his newest session."""
    rows = yield from fetch(_SIGNED_IN(now=now))
    return {row[0]: row[1] for row in rows}
