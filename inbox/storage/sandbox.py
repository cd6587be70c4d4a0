"""What the sandbox asks of the database: what of its customers' items is shown, how many wait, who is at work."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, update

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
_DUE_AGAIN = Statement(
    update(t.timer).where(t.timer.c.due_at == bindparam("far")).values(due_at=bindparam("due_at"))
)  # fmt: skip
_ANSWERS = Statement(
    select(
        t.thread.c.external_id, t.message.c.id, t.content.c.text, t.message.c.delivery_state, t.message.c.accepted_at
    )
    .select_from(
        t.message.join(t.thread, t.thread.c.id == t.message.c.thread_id).join(
            t.content,
            (t.content.c.message_id == t.message.c.id) & (t.content.c.version == t.message.c.version),
        )
    )
    .where(
        t.message.c.channel_id == bindparam("channel"),
        t.message.c.direction == "out",
        t.message.c.accepted_at > bindparam("since"),
        t.message.c.deleted_at.is_(None),
    )
    .order_by(t.message.c.accepted_at, t.message.c.id)
)


_CLOSED_BY = Statement(
    select(t.episode.c.conversation_id)
    .select_from(t.episode.join(t.conversation, t.conversation.c.id == t.episode.c.conversation_id))
    .where(
        t.episode.c.closed_by_kind == "agent",
        t.episode.c.closed_by_id == bindparam("agent"),
        t.episode.c.closed_at < bindparam("before"),
        t.conversation.c.audience == "private",
        t.conversation.c.spam == 0,
    )
    .order_by(t.episode.c.closed_at.desc(), t.episode.c.conversation_id)
    .limit(1)
)


def closed_by(agent_id: int, before: int) -> Query[int | None]:
    """The private conversation that an agent closed last before an instant; None: none."""
    rows = yield _CLOSED_BY(agent=agent_id, before=before)
    return rows[0][0] if rows else None


def answers(channel_id: int, since: int) -> Query[list[tuple[str, int, str, str, int]]]:
    """(thread, message, text, delivery state, accepted_at) of what we said after an instant, oldest first."""
    rows = yield _ANSWERS(channel=channel_id, since=since)
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def shown(channel_ids: Sequence[int], after: int) -> Query[list[tuple[int, str, int]]]:
    """(channel, external id, our id) of customers' items above an id of ours."""
    rows = yield _SHOWN(channels=list(channel_ids), after=after)
    return [(row[0], row[1], row[2]) for row in rows]


def due_again(far: int, due_at: int) -> Query[None]:
    """Timers that were put off to an instant far away are due at another."""
    yield _DUE_AGAIN(far=far, due_at=due_at)


def waiting() -> Query[int]:
    """How many open conversations wait for an answer."""
    rows = yield _WAITING()
    return int(rows[0][0])


def at_work(since: int, but: str) -> Query[int]:
    """How many sessions were in use since an instant, those of one user agent not counted."""
    rows = yield _AT_WORK(since=since, but=but)
    return int(rows[0][0])
