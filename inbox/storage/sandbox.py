"""What the sandbox asks of the database: what of its customers' items is shown, how many wait, who is at work."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, among

_SHOWN = Statement(
    select(t.message.c.channel_id, t.message.c.external_id, t.message.c.id)
    .where(
        t.message.c.id > bindparam("after"),
        t.message.c.direction == "in",
        t.message.c.external_id.is_not(None),
        among(t.message.c.channel_id, "channels"),
    )
    .order_by(t.message.c.id)
)
_WAITING = Statement(
    select(func.count()).where(t.conversation.c.status == "open", t.conversation.c.waiting_since.is_not(None))
)
_AT_WORK = Statement(
    select(func.count())
    .select_from(t.session.join(t.agent, t.agent.c.id == t.session.c.agent_id))
    .where(t.session.c.last_seen_at > bindparam("since"), t.session.c.user_agent != bindparam("but"))
)


def shown(channel_ids: Sequence[int], after: int) -> Query[list[tuple[int, str, int]]]:
    """(channel, external id, our id) of customers' items above an id of ours."""
    rows = yield _SHOWN(channels=list(channel_ids), after=after)
    return [(row[0], row[1], row[2]) for row in rows]


def waiting() -> Query[int]:
    """How many open conversations wait for an answer."""
    rows = yield _WAITING()
    return int(rows[0][0])


def at_work(since: int, but: str) -> Query[int]:
    """How many sessions were in use since an instant, those of one user agent not counted."""
    rows = yield _AT_WORK(since=since, but=but)
    return int(rows[0][0])
