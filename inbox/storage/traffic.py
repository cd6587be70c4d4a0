"""What goes through a channel: how much of its network's allowance is used, when anything was said last."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select, union_all

from inbox.storage import tables as t
from inbox.storage.database import Query, Save, Statement, Upsert, first

_ALLOWANCE = Statement(
    select(t.allowance.c.used_percent, t.allowance.c.at).where(t.allowance.c.channel_id == bindparam("channel"))
)
_STATUSES = ("open", "snoozed", "closed")
# The newest of each status lies at the begin of the index; the newest of all does not.
_newest = union_all(
    *(
        select(
            select(t.conversation.c.last_activity_at)
            .where(t.conversation.c.channel_id == bindparam("channel"), t.conversation.c.status == status)
            .order_by(t.conversation.c.last_activity_at.desc())
            .limit(1)
            .subquery()
            .c.last_activity_at
        )
        for status in _STATUSES
    )
).subquery()
_LAST = Statement(select(func.max(_newest.c.last_activity_at)))


def allowance_told(channel_id: int, used_percent: int, at: int) -> Query[None]:
    """Keep what the network said at this instant."""
    yield Save([Upsert(t.allowance, [(channel_id, used_percent, at)], ("channel_id",))])


def allowance_of(channel_id: int) -> Query[tuple[int, int] | None]:
    """(percent used, when it was said); None where the network has said nothing."""
    row = yield from first(_ALLOWANCE(channel=channel_id))
    return (int(row[0]), int(row[1])) if row is not None else None


def last_activity_of(channel_id: int) -> Query[int | None]:
    """When anything was said on a channel last, either way; None on one that is new."""
    row = yield from first(_LAST(channel=channel_id))
    return int(row[0]) if row is not None and row[0] is not None else None
