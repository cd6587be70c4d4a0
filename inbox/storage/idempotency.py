"""Idempotency keys: committed with the effect of a request, its answer added afterwards."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from inbox.storage import tables as t
from inbox.storage.database import Insert, Query, Row, Save, Statement, first

_FIND = Statement(
    select(t.idempotency.c.body_digest, t.idempotency.c.status, t.idempotency.c.response).where(
        t.idempotency.c.workspace_id == 1,
        t.idempotency.c.principal == bindparam("principal"),
        t.idempotency.c.key == bindparam("key"),
    )
)
_ANSWERED = Statement(
    update(t.idempotency)
    .where(
        t.idempotency.c.workspace_id == 1,
        t.idempotency.c.principal == bindparam("of_principal"),
        t.idempotency.c.key == bindparam("of_key"),
    )
    .values(status=bindparam("to_status"), response=bindparam("to_response"))
)


def find(principal: str, key: str) -> Query[Row | None]:
    """(digest of what was asked, status, answer) of a key; status 0 while the answer is not known."""
    return (yield from first(_FIND(principal=principal, key=key)))


def claim(principal: str, key: str, body_digest: str, now: int) -> Query[None]:
    """Note that what this key asked for is done in this transaction."""
    yield Save([Insert(t.idempotency, [(principal, key, body_digest, 0, b"", now)])])


def answered(principal: str, key: str, status: int, response: bytes) -> Query[None]:
    """Keep the answer, to be given again."""
    yield _ANSWERED(of_principal=principal, of_key=key, to_status=status, to_response=response)
