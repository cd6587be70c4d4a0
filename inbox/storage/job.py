"""Work that follows an event and may be repeated: taken under a lease, deleted when it is done."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, case, delete, func, or_, select, update

from inbox.domain.records import Job
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Statement, among

_DUE = Statement(
    select(t.job.c.id)
    .where(
        among(t.job.c.kind, "kinds"),
        t.job.c.due_at <= bindparam("now"),
        or_(t.job.c.lease_until.is_(None), t.job.c.lease_until < bindparam("now")),
        or_(t.job.c.channel_id.is_(None), among(t.job.c.channel_id, "channels")),
    )
    .order_by(t.job.c.due_at, t.job.c.id)
    .limit(bindparam("limit"))
)
_NEXT = Statement(
    select(func.min(case((t.job.c.lease_until > t.job.c.due_at, t.job.c.lease_until), else_=t.job.c.due_at))).where(
        among(t.job.c.kind, "kinds"), or_(t.job.c.channel_id.is_(None), among(t.job.c.channel_id, "channels"))
    )
)
_LEASE = Statement(
    update(t.job).where(among(t.job.c.id, "ids")).values(lease_until=bindparam("until"), attempts=t.job.c.attempts + 1)
)
_AGAIN = Statement(
    update(t.job)
    .where(t.job.c.id == bindparam("job_id"))
    .values(due_at=bindparam("due"), lease_until=None, reason=bindparam("why"))
)
_DONE = Statement(delete(t.job).where(t.job.c.id == bindparam("job_id")))


def take(kinds: Sequence[str], channels: Sequence[int], now: int, until: int, limit: int) -> Query[list[Job]]:
    """Lease what is due, oldest first; each counts as one attempt more. Runs inside the writer, so nobody else takes
    the same.
    """
    rows = yield _DUE(kinds=list(kinds), channels=list(channels), now=now, limit=limit)
    ids = [row[0] for row in rows]
    if not ids:
        return []
    yield _LEASE(ids=ids, until=until)
    taken = yield ByKeys(t.job, ids)
    return sorted((Job(*row) for row in taken), key=lambda job: (job.due_at, job.id))


def next_due(kinds: Sequence[str], channels: Sequence[int]) -> Query[int | None]:
    """When the next of these jobs is due, or its lease runs out; None when there is none."""
    rows = yield _NEXT(kinds=list(kinds), channels=list(channels))
    return rows[0][0] if rows else None


def again(job_id: int, due_at: int, reason: str) -> Query[None]:
    """Give a job back, to be tried later."""
    yield _AGAIN(job_id=job_id, due=due_at, why=reason)


def done(job_id: int) -> Query[None]:
    """Forget a job."""
    yield _DONE(job_id=job_id)
