"""Threads, as commands look for them before they know what they need."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from inbox.domain.records import Thread
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, among, fetch, first
from inbox.storage.dialect import record_columns

_CHANNELS = Statement(
    select(t.thread.c.channel_id).where(t.thread.c.conversation_id == bindparam("conversation")).distinct()
)
_CHANNELS_OF_ALL = Statement(
    select(t.thread.c.channel_id).where(among(t.thread.c.conversation_id, "conversations")).distinct()
)
_CHANNEL_OF_ITEM = Statement(select(t.message.c.channel_id).where(t.message.c.id == bindparam("message")))
_WITH_PERSON = Statement(
    select(*record_columns(t.thread))
    .join_from(t.participant, t.thread, t.thread.c.conversation_id == t.participant.c.conversation_id)
    .where(
        t.participant.c.identity_id == bindparam("identity"),
        t.thread.c.identity_id == bindparam("identity"),
        t.thread.c.channel_id == bindparam("channel"),
        t.thread.c.kind == bindparam("kind"),
        t.thread.c.closed == 0,
    )
    .order_by(t.thread.c.id.desc())
    .limit(1)
)


def channels_of(conversation_id: int) -> Query[list[int]]:
    """Channels of a conversation's threads."""
    rows = yield _CHANNELS(conversation=conversation_id)
    return [row[0] for row in rows]


def channels_of_all(conversation_ids: Sequence[int]) -> Query[list[int]]:
    """Channels of the threads of several conversations."""
    rows = yield from fetch(_CHANNELS_OF_ALL(conversations=list(conversation_ids)))
    return [row[0] for row in rows]


def channel_of_item(message_id: int) -> Query[int | None]:
    """The channel an item belongs to; None when there is no such item."""
    row = yield from first(_CHANNEL_OF_ITEM(message=message_id))
    return row[0] if row else None


def with_person(channel_id: int, identity_id: int, kind: str) -> Query[Thread | None]:
    """The newest open thread of this kind with a person on a channel."""
    row = yield from first(_WITH_PERSON(channel=channel_id, identity=identity_id, kind=kind))
    return Thread(*row) if row else None
