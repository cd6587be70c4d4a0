"""What networks sent, as it came: kept for a while, and longer where it could not be understood."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, func, select, text, update

from inbox.domain.records import Raw
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Statement

# In the text, not in parameters: only then can the partial index `raw_quarantined` be used.
_WAITING = text("state <> 'done' AND state IN ('quarantined', 'not_connected')")
_COLUMNS = (t.raw.c.id, t.raw.c.channel_id, t.raw.c.received_at, t.raw.c.state, t.raw.c.problem)

_QUARANTINED = Statement(
    select(*_COLUMNS, func.length(t.raw.c.body))
    .where(_WAITING, t.raw.c.id < bindparam("before"))
    .order_by(t.raw.c.id.desc())
    .limit(bindparam("limit"))
)
_IDS = Statement(
    select(t.raw.c.id).where(_WAITING, t.raw.c.id > bindparam("after")).order_by(t.raw.c.id).limit(bindparam("limit"))
)
_UNCONNECTED = Statement(
    select(t.raw.c.id, t.raw.c.headers)
    .where(text("state <> 'done' AND state = 'not_connected'"), t.raw.c.id > bindparam("after"))
    .order_by(t.raw.c.id)
    .limit(bindparam("limit"))
)
_COUNT = Statement(select(func.count()).where(_WAITING, t.raw.c.channel_id == bindparam("channel")))
_OLDEST = Statement(select(func.count(), func.min(t.raw.c.received_at)).where(_WAITING))
_UNTOLD = Statement(
    select(t.raw.c.headers).where(text("state <> 'done' AND state = 'quarantined'"), t.raw.c.channel_id == 0)
)
_MARK = Statement(
    update(t.raw).where(t.raw.c.id == bindparam("raw_id")).values(state=bindparam("to"), problem=bindparam("why"))
)


class Held(NamedTuple):
    """A delivery that waits for a fix, without its body."""

    id: int
    channel_id: int
    received_at: int
    state: str
    problem: str
    size_bytes: int


def quarantined(before: int, limit: int) -> Query[list[Held]]:
    """Deliveries that wait for a fix, newest first, below an id; without headers and bodies."""
    rows = yield _QUARANTINED(before=before, limit=limit)
    return [Held(*row) for row in rows]


def quarantined_ids(after: int, limit: int) -> Query[list[int]]:
    """Ids of the deliveries that wait for a fix, oldest first, above an id: the order in which they are replayed."""
    rows = yield _IDS(after=after, limit=limit)
    return [row[0] for row in rows]


def unconnected(after: int, limit: int) -> Query[list[tuple[int, str]]]:
    """(id, headers) of deliveries for no channel, oldest first, above an id."""
    rows = yield _UNCONNECTED(after=after, limit=limit)
    return [(row[0], row[1]) for row in rows]


def quarantined_count(channel_id: int) -> Query[int]:
    """How many deliveries of a channel wait for a fix."""
    rows = yield _COUNT(channel=channel_id)
    return int(rows[0][0])


def waiting() -> Query[tuple[int, int | None]]:
    """How many deliveries wait for a fix, and when the oldest came; None where none waits."""
    rows = yield _OLDEST()
    return int(rows[0][0]), rows[0][1]


def untold_apart() -> Query[list[str]]:
    """Headers of the deliveries to a family's door that could not be told apart."""
    rows = yield _UNTOLD()
    return [row[0] for row in rows]


def by_id(raw_id: int) -> Query[Raw | None]:
    """A raw delivery with its body."""
    rows = yield ByKeys(t.raw, [raw_id])
    return Raw(*rows[0]) if rows else None


def mark(raw_id: int, state: str, problem: str) -> Query[None]:
    """Change what a raw delivery counts as."""
    yield _MARK(raw_id=raw_id, to=state, why=problem)
