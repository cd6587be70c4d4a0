"""Removing what is past its time, a slice at a time; each returns how many rows went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Column, Table, bindparam, delete, select, tuple_

from inbox.storage import tables as t
from inbox.storage.database import Delete, Query, Row, Save, Statement, among, fetch


def _removal(table: Table, at: Column[int], keys: tuple[Column[Any], ...], *more: Any) -> Statement:
    old = select(*keys).where(at < bindparam("before_at"), *more).limit(bindparam("most"))
    match = tuple_(*keys).in_(old) if len(keys) > 1 else keys[0].in_(old)
    return Statement(delete(table).where(match).returning(keys[0]))


_RAW = _removal(t.raw, t.raw.c.received_at, (t.raw.c.id,), t.raw.c.state != "quarantined")
_SEEN = _removal(
    t.seen_delivery, t.seen_delivery.c.received_at, (t.seen_delivery.c.channel_id, t.seen_delivery.c.dedupe_key)
)
_ANSWERS = _removal(t.idempotency, t.idempotency.c.at, (t.idempotency.c.principal, t.idempotency.c.key))
_SESSIONS = _removal(t.session, t.session.c.expires_at, (t.session.c.id,))
_LINKS = _removal(t.link, t.link.c.expires_at, (t.link.c.digest,))
_TICKETS = _removal(t.ticket, t.ticket.c.expires_at, (t.ticket.c.digest,))
# No item has them yet: found by that, not by a look at every file there is.
_UPLOADS = _removal(
    t.media, t.media.c.created_at, (t.media.c.id,), t.media.c.message_id == 0, t.media.c.state == "upload"
)
_names = t.raw_of.c
_NAMES = Statement(
    select(_names.identity_id, _names.raw_id, t.raw.c.id)
    .select_from(t.raw_of.outerjoin(t.raw, t.raw.c.id == _names.raw_id))
    .where(
        _names.workspace_id == 1,
        tuple_(_names.identity_id, _names.raw_id)
        > tuple_(bindparam("after_identity", type_=BigInteger), bindparam("after_raw", type_=BigInteger)),
    )
    .order_by(_names.identity_id, _names.raw_id)
    .limit(bindparam("most"))
)
_IN_USE = Statement(select(t.media.c.sha256).where(among(t.media.c.sha256, "blobs")).distinct())
_ATTEMPTS = _removal(t.webhook_attempt, t.webhook_attempt.c.at, (t.webhook_attempt.c.id,))
_BULKS = _removal(t.bulk, t.bulk.c.at, (t.bulk.c.id,))
_ORPHANS = _removal(t.orphan, t.orphan.c.received_at, (t.orphan.c.id,))


def _removed(statement: Statement, before: int, most: int) -> Query[int]:
    rows = yield statement(before_at=before, most=most)
    return len(rows)


def raw_before(before: int, most: int) -> Query[int]:
    """Raw bodies, but for those in quarantine."""
    return (yield from _removed(_RAW, before, most))


class Names(NamedTuple):
    """Some of what is noted of whom raw bodies name: that of bodies which are gone, and where to look on (None: at the
    end).
    """

    gone: list[tuple[int, int]]
    after: tuple[int, int] | None


def names_after(after: tuple[int, int], most: int) -> Query[Names]:
    """Look at up to `most`, in the order of their key. To be read, not under the lock: what is gone stays gone."""
    rows: list[Row] = yield from fetch(_NAMES(after_identity=after[0], after_raw=after[1], most=most))
    gone = [(row[0], row[1]) for row in rows if row[2] is None]
    return Names(gone, (rows[-1][0], rows[-1][1]) if len(rows) == most else None)


def drop_names(gone: Sequence[tuple[int, int]]) -> Query[None]:
    """Forget whom bodies named that are gone."""
    yield Save([Delete(t.raw_of, list(gone), ("identity_id", "raw_id"))])


def seen_before(before: int, most: int) -> Query[int]:
    """Delivery ids that no network repeats any more."""
    return (yield from _removed(_SEEN, before, most))


def answers_before(before: int, most: int) -> Query[int]:
    """Kept answers of requests with an Idempotency-Key."""
    return (yield from _removed(_ANSWERS, before, most))


def attempts_before(before: int, most: int) -> Query[int]:
    """The log of outgoing webhooks."""
    return (yield from _removed(_ATTEMPTS, before, most))


def bulks_before(before: int, most: int) -> Query[int]:
    """How actions can be taken back, with what people were called before."""
    return (yield from _removed(_BULKS, before, most))


def orphans_before(before: int, most: int) -> Query[int]:
    """Changes of items that never came."""
    return (yield from _removed(_ORPHANS, before, most))


def uploads_before(before: int, most: int) -> Query[int]:
    """Files that were uploaded and never sent."""
    return (yield from _removed(_UPLOADS, before, most))


def blobs_in_use(blobs: list[str]) -> Query[set[str]]:
    """Which of these content hashes an attachment refers to."""
    rows = yield _IN_USE(blobs=blobs)
    return {row[0] for row in rows}


def expired(now: int, most: int) -> Query[int]:
    """Sessions, links and tickets past their end."""
    sessions = yield from _removed(_SESSIONS, now, most)
    links = yield from _removed(_LINKS, now, most)
    tickets = yield from _removed(_TICKETS, now, most)
    return sessions + links + tickets
