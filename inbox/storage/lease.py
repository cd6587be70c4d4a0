"""Leases: which process may do a thing that only one may do at a time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update

from inbox.storage import tables as t
from inbox.storage.database import Query, Save, Statement, Text, Upsert, among
from inbox.storage.dialect import Engine

_NAMED = Statement(
    select(t.lease.c.name, t.lease.c.holder, t.lease.c.fence, t.lease.c.expires_at).where(
        among(t.lease.c.name, "names")
    )
)
_RELEASE_ONE = Statement(
    update(t.lease).where(t.lease.c.holder == bindparam("of"), t.lease.c.name == bindparam("one")).values(expires_at=0)
)
_RELEASE = Statement(update(t.lease).where(t.lease.c.holder == bindparam("of")).values(expires_at=0))
_NOW: dict[Engine, str] = {
    "sqlite": "SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000",
    "postgres": "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)",
}


def now() -> Query[int]:
    """The instant (µs) by the store's clock, the only one that processes on several machines have in common."""
    rows = yield Text(_NOW)
    return int(rows[0][0])


def of_names(names: Sequence[str]) -> Query[dict[str, tuple[str, int, int]]]:
    """Name → (holder, fence, expires_at by the store's clock) of the leases there are."""
    rows = yield _NAMED(names=list(names))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def put(rows: Sequence[tuple[str, str, int, int]]) -> Query[None]:
    """Write (name, holder, fence, expires_at) rows."""
    yield Save([Upsert(t.lease, rows, ("name",))])


def release(holder: str, name: str | None = None) -> Query[None]:
    """Let go of a lease, or of everything a process holds; the fences stay, so that they only ever rise."""
    if name is None:
        yield _RELEASE(of=holder)
    else:
        yield _RELEASE_ONE(of=holder, one=name)
