"""Idempotency-Key: what a key asked for is done at most once, whatever the network between does.

The key is written in the transaction that has the effect, so a crash can neither lose nor repeat it; the answer is
added right after. Asked again with the same body, the same answer is given; with another body, 422; while the answer is
not there yet (or was lost in a crash after the effect), 409. Keys are kept for a day
(draft-ietf-httpapi-idempotency-key-header-08, read 2026-11-21).
"""

from __future__ import annotations

from typing import Any

import msgspec

from inbox.domain.state import Needs, State
from inbox.errors import Conflict, Invalid
from inbox.eventlog.unit import Priority, Unit
from inbox.storage import idempotency
from inbox.storage.database import Database, Query, Row

MAX_KEY = 200


class Key(msgspec.Struct, frozen=True):
    """Who asked under which key for what."""

    principal: str
    key: str
    digest: str


class Answer(msgspec.Struct, frozen=True):
    """An answer given before."""

    status: int
    body: bytes


async def answer_of(database: Database, key: Key) -> Answer | None:
    """The answer this key got; None when it is new. Raises Invalid or Conflict as above."""
    return _judge(await database.read(idempotency.find, key.principal, key.key), key)


def _judge(row: Row | None, key: Key) -> Answer | None:
    if row is None:
        return None
    digest, status, body = row
    if digest != key.digest:
        raise Invalid(
            f"the Idempotency-Key {key.key!r} was used for another request: take a new key for each",
            code="idempotency_key_reused",
        )
    if status == 0:
        raise Conflict(
            f"what the Idempotency-Key {key.key!r} asked for is done, but its answer is not kept, or not yet: "
            "look before asking with a new key",
            code="in_flight",
        )
    return Answer(status, bytes(body))


class Once(Unit):
    """A unit whose commit also uses up a key."""

    alone = True

    def __init__(self, unit: Unit, key: Key) -> None:
        self.unit = unit
        self.key = key
        self.priority = unit.priority
        self.weight = unit.weight

    def needs(self, needs: Needs) -> None:
        """What the unit itself needs."""
        self.unit.needs(needs)

    def run(self, state: State) -> Query[Any]:
        """Use up the key, then do it. Raises Conflict when another request with this key came first."""
        row = yield from idempotency.find(self.key.principal, self.key.key)
        if row is not None:
            _judge((row[0], 0, b""), self.key)
        yield from idempotency.claim(self.key.principal, self.key.key, self.key.digest, state.now)
        return (yield from self.unit.run(state))


class KeepAnswer(Unit):
    """Keep the answer to a key. Not urgent: the client has it already."""

    alone = True
    priority = Priority.BULK

    def __init__(self, key: Key, status: int, body: bytes) -> None:
        self.key = key
        self.status = status
        self.body = body

    def run(self, state: State) -> Query[None]:
        """Write it beside the key."""
        yield from idempotency.answered(self.key.principal, self.key.key, self.status, self.body)
