"""Sealed secrets of channels, connections and apps, and the writing of fresh ones."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, first

_SEALED = Statement(
    select(
        t.channel.c.sealed, t.connection.c.id, t.connection.c.sealed, t.connection.c.expires_at, t.app.c.id,
        t.app.c.sealed, t.channel.c.expires_at,
    )
    .select_from(
        t.channel.outerjoin(t.connection, t.connection.c.id == t.channel.c.connection_id).outerjoin(
            t.app, t.app.c.id == t.channel.c.app_id
        )
    )
    .where(t.channel.c.id == bindparam("channel"))
)  # fmt: skip
_CONNECTION = Statement(
    update(t.connection)
    .where(t.connection.c.id == bindparam("connection"))
    .values(sealed=bindparam("text"), expires_at=bindparam("expires"), version=t.connection.c.version + 1)
)
_HEALTH = Statement(
    update(t.connection)
    .where(t.connection.c.id == bindparam("connection"))
    .values(health=bindparam("health"), health_reason=bindparam("reason"))
)
_CHANNEL = Statement(
    update(t.channel)
    .where(t.channel.c.id == bindparam("channel"))
    .values(sealed=bindparam("text"), expires_at=bindparam("expires"), version=t.channel.c.version + 1)
)


class Sealed(NamedTuple):
    """The sealed secrets a channel may use. Ids are None, texts None, where the channel has no connection or app."""

    channel: str
    connection_id: int | None
    connection: str | None
    expires_at: int | None
    app_id: int | None
    app: str | None
    channel_expires_at: int | None

    @property
    def ends_at(self) -> int | None:
        """When the first of the credentials ends; None: none does."""
        return min((at for at in (self.expires_at, self.channel_expires_at) if at is not None), default=None)


def sealed_of(channel_id: int) -> Query[Sealed | None]:
    """What is kept for a channel, its connection and its app."""
    row = yield from first(_SEALED(channel=channel_id))
    return Sealed(*row) if row is not None else None


def put_of_connection(connection_id: int, sealed: str, expires_at: int | None) -> Query[None]:
    """Replace the secrets of a connection."""
    yield _CONNECTION(connection=connection_id, text=sealed, expires=expires_at)


def health_of_connection(connection_id: int, health: str, reason: str) -> Query[None]:
    """Note how a connection is."""
    yield _HEALTH(connection=connection_id, health=health, reason=reason)


def put_of_channel(channel_id: int, sealed: str, expires_at: int | None) -> Query[None]:
    """Replace the secrets of a channel."""
    yield _CHANNEL(channel=channel_id, text=sealed, expires=expires_at)
