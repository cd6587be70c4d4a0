"""What is kept of a person, wherever it stands: found and blanked. Positions, times and metrics stay."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Text, bindparam, cast, delete, literal, select, update

from inbox.storage import readings, surveys, webhooks, work_reviews
from inbox.storage import tables as t
from inbox.storage.database import DropSearch, Query, Row, Save, Statement, among, fetch

_m, _th = t.message.c, t.thread.c
_took_part = select(t.participant.c.conversation_id).where(
    t.participant.c.workspace_id == 1, among(t.participant.c.identity_id, "identities")
)
_ITEMS = Statement(
    select(_m.id, _m.conversation_id)
    .where(_m.conversation_id.in_(_took_part), among(_m.identity_id, "identities"))
    .order_by(_m.conversation_id, _m.id)
)
_OWN_CONVERSATIONS = Statement(
    select(t.conversation.c.id).where(t.conversation.c.contact_id == bindparam("contact")).order_by(t.conversation.c.id)
)
_NOTES = Statement(
    select(_m.id, _m.conversation_id).where(among(_m.conversation_id, "conversations"), _m.direction == "note")
)
_BLOBS = Statement(
    select(t.media.c.sha256).where(among(t.media.c.message_id, "messages"), t.media.c.sha256.is_not(None)).distinct()
)
_USED = Statement(select(t.media.c.sha256).where(among(t.media.c.sha256, "blobs")).distinct())
_RAWS = select(t.raw_of.c.raw_id).where(t.raw_of.c.workspace_id == 1, among(t.raw_of.c.identity_id, "identities"))

_BLANK = (
    Statement(
        update(t.content)
        .where(among(t.content.c.message_id, "messages"))
        .values(text="", html=None, quoted_html=None, title="", attachments="", mentions="", recipients="", options="")
    ),
    Statement(
        update(t.message)
        .where(among(_m.id, "messages"))
        .values(
            erased=1,
            reading="",
            reactions="",
            refused_recipients="",
            delivery_reason="",
            as_of=bindparam("position"),
        )
    ),
    Statement(
        update(t.media)
        .where(among(t.media.c.message_id, "messages"))
        .values(state="none", sha256=None, name="", source="", reason="erased")
    ),
    Statement(update(t.outbox).where(among(t.outbox.c.message_id, "messages")).values(part="", reason="", token="")),
)
_BLANK_CONVERSATIONS = (
    Statement(
        update(t.conversation)
        .where(among(t.conversation.c.id, "conversations"))
        .values(preview="", subject="", origin="", external_refs="")
    ),
    Statement(delete(t.draft).where(among(t.draft.c.conversation_id, "conversations"))),
    Statement(update(t.notification).where(among(t.notification.c.conversation_id, "conversations")).values(detail="")),
)
_gone = literal("erased:").op("||")
_BLANK_PERSON = (
    Statement(update(t.raw).where(t.raw.c.id.in_(_RAWS)).values(body=b"", headers="", problem="")),
    Statement(delete(t.identity_alias).where(among(t.identity_alias.c.identity_id, "identities"))),
    Statement(
        update(t.thread)
        .where(among(_th.identity_id, "identities"))
        .values(title="", address="", recipients="", external_id=_gone(cast(_th.id, Text)))
    ),
    Statement(
        update(t.identity)
        .where(among(t.identity.c.id, "identities"))
        .values(
            name="", username="", avatar_url=None, profile="", language=None, verified=None, reachable=0,
            external_id=_gone(cast(t.identity.c.id, Text)),
        )
    ),
    Statement(delete(t.contact_ref).where(t.contact_ref.c.contact_id == bindparam("contact"))),
)  # fmt: skip


class Found(msgspec.Struct):
    """What there is of a person: his items and those that answer him, by conversation; notes in his conversations."""

    items: dict[int, list[int]]
    conversations: list[int]
    blobs: list[str]

    @property
    def message_ids(self) -> list[int]:
        """All items."""
        return [i for ids in self.items.values() for i in ids]


def find(contact_id: int, identity_ids: Sequence[int]) -> Query[Found]:
    """Look everywhere."""
    rows: list[Row] = yield from fetch(_ITEMS(identities=list(identity_ids)))
    own = [row[0] for row in (yield from fetch(_OWN_CONVERSATIONS(contact=contact_id)))]
    rows = [*rows, *(yield from fetch(_NOTES(conversations=own)))]
    items: dict[int, list[int]] = {}
    for message_id, conversation_id in rows:
        items.setdefault(conversation_id, []).append(message_id)
    everything = [row[0] for row in rows]
    blobs = [row[0] for row in (yield from fetch(_BLOBS(messages=everything)))]
    return Found(items, own, blobs)


def blank(contact_id: int, identity_ids: Sequence[int], found: Found, position: int) -> Query[list[str]]:
    """Blank all of it. Returns the hashes of files that nothing refers to any more."""
    messages, identities = found.message_ids, list(identity_ids)
    for statement in _BLANK:
        yield statement(messages=messages, position=position)
    if messages:
        yield Save([DropSearch([(i,) for i in messages])])
        yield from readings.forget(messages)
    for statement in _BLANK_CONVERSATIONS:
        yield statement(conversations=found.conversations)
    for statement in _BLANK_PERSON:
        yield statement(identities=identities, contact=contact_id)
    yield from work_reviews.erase(found.conversations)
    yield from surveys.erase(found.conversations)
    yield from webhooks.blank(sorted({*found.items, *found.conversations}), [contact_id])
    used = {row[0] for row in (yield from fetch(_USED(blobs=found.blobs)))}
    return [blob for blob in found.blobs if blob not in used]
