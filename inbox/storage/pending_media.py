"""Attachments whose bytes have not been fetched yet."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select, text

from inbox.domain.records import Media
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Save, Statement, Update, among

# In the text, not in a parameter: only then can the partial index `media_pending` be used.
_UNFETCHED = text("state = 'pending'")
_PENDING = Statement(
    select(t.media.c.id)
    .where(t.media.c.channel_id == bindparam("channel"), _UNFETCHED)
    .order_by(t.media.c.id)
    .limit(bindparam("limit"))
)
_CHANNELS = Statement(
    select(t.media.c.channel_id)
    .where(among(t.media.c.channel_id, "channels"), _UNFETCHED)
    .group_by(t.media.c.channel_id)
)


def pending_of(channel_id: int, limit: int) -> Query[list[Media]]:
    """What a channel has to fetch, oldest first."""
    rows = yield _PENDING(channel=channel_id, limit=limit)
    ids = [row[0] for row in rows]
    found = (yield ByKeys(t.media, ids)) if ids else []
    return sorted((Media(*row) for row in found), key=lambda media: media.id)


def channels_with_pending(channel_ids: Sequence[int]) -> Query[set[int]]:
    """Those of the channels that have something to fetch."""
    rows = yield _CHANNELS(channels=list(channel_ids))
    return {row[0] for row in rows}


def by_id(media_id: int) -> Query[Media | None]:
    """One attachment."""
    rows = yield ByKeys(t.media, [media_id])
    return Media(*rows[0]) if rows else None


def put(media: Media) -> Query[None]:
    """Write an attachment that changed."""
    yield Save([Update(t.media, [_row(media)])])


def _row(media: Media) -> tuple[object, ...]:
    return tuple(getattr(media, name) for name in media.__struct_fields__)
