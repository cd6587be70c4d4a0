"""Parts on their way to networks, as the holder of a channel asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, text, update

from inbox.domain.records import ASIDE, OutboxPart
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Statement, among, first

WINDOW_PARTS = 1_000
"""How far ahead a holder looks; what lies beyond comes into sight as parts are done."""

# In the text, not in parameters: only then can the partial index `outbox_due` be used.
_UNFINISHED = text("state IN ('waiting', 'sending', 'pending')")
_QUEUE = Statement(
    select(
        t.outbox.c.id, t.outbox.c.message_id, t.outbox.c.thread_id, t.outbox.c.purpose, t.outbox.c.part_index,
        t.outbox.c.state, t.outbox.c.next_at, t.outbox.c.fence,
    )
    .where(t.outbox.c.channel_id == bindparam("channel"), _UNFINISHED)
    .order_by(t.outbox.c.id)
    .limit(WINDOW_PARTS)
)  # fmt: skip
_UNSETTLED = Statement(
    select(t.outbox.c.message_id, t.outbox.c.part_index).where(
        among(t.outbox.c.message_id, "messages"), t.outbox.c.purpose == "message", t.outbox.c.state != "accepted"
    )
)
_BUSY = Statement(
    select(t.outbox.c.channel_id, func.min(func.coalesce(t.outbox.c.next_at, 0)))
    .where(among(t.outbox.c.channel_id, "channels"), _UNFINISHED)
    .group_by(t.outbox.c.channel_id)
)
_HELD_UP_BY = Statement(
    select(t.outbox.c.reason)
    .where(t.outbox.c.channel_id == bindparam("channel"), _UNFINISHED, t.outbox.c.reason != "")
    .order_by(t.outbox.c.id)
    .limit(1)
)
_HURRY = Statement(
    update(t.outbox)
    .where(
        t.outbox.c.channel_id == bindparam("channel"),
        _UNFINISHED,
        t.outbox.c.state == "waiting",
        t.outbox.c.next_at < ASIDE,
    )
    .values(next_at=None)
)
_OLDEST = Statement(
    select(func.count(), func.min(t.outbox.c.created_at)).where(
        t.outbox.c.channel_id == bindparam("channel"), _UNFINISHED, t.outbox.c.state != "pending"
    )
)


class Queued(NamedTuple):
    """What is looked at of a part to tell whose turn it is."""

    id: int
    message_id: int
    thread_id: int
    purpose: str
    part_index: int
    state: str
    next_at: int | None
    fence: int


def queue_of(channel_id: int) -> Query[tuple[list[Queued], set[tuple[int, int]]]]:
    """The unfinished parts of a channel, oldest first, and (message, index) of those parts of the messages with several
    parts that are not accepted, whatever became of them.
    """
    rows = yield _QUEUE(channel=channel_id)
    queue = [Queued(*row) for row in rows]
    later = sorted({q.message_id for q in queue if q.purpose == "message" and q.part_index > 0})
    unsettled = (yield _UNSETTLED(messages=later)) if later else []
    return queue, {(row[0], row[1]) for row in unsettled}


def parts(ids: Sequence[int]) -> Query[list[OutboxPart]]:
    """Whole parts by id, oldest first."""
    rows = yield ByKeys(t.outbox, list(ids))
    return sorted((OutboxPart(*row) for row in rows), key=lambda part: part.id)


def busy_channels(channel_ids: Sequence[int]) -> Query[dict[int, int]]:
    """Channel → instant (µs, 0: now) at which the next of its parts is due, for those that have any."""
    rows = yield _BUSY(channels=list(channel_ids))
    return {row[0]: row[1] for row in rows}


def backlog(channel_id: int) -> Query[tuple[int, int | None]]:
    """How many parts of a channel wait to be sent, and when the oldest was made."""
    row = yield from first(_OLDEST(channel=channel_id))
    return (row[0], row[1]) if row is not None else (0, None)


def held_up_by(channel_id: int) -> Query[str]:
    """Why the oldest part that was tried in vain was not sent, in an agent's words; empty where none was."""
    row = yield from first(_HELD_UP_BY(channel=channel_id))
    return str(row[0]) if row is not None else ""


def hurry(channel_id: int) -> Query[None]:
    """Have what waits for its next attempt be tried now."""
    yield _HURRY(channel=channel_id)
