"""What is sent: CloudEvents 1.0, structured JSON, with the event as the feed gives it and what it is about as of now.

Words are joined when a request is made, not when the event happened: a message that was edited is sent as it reads now,
one that was erased is sent empty (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md,
sequence: …/extensions/sequence.md, read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from inbox import clock
from inbox.clock import iso
from inbox.domain import events as e
from inbox.domain.records import Contact
from inbox.domain.shapes import ConversationShape, EventShape, MessageShape
from inbox.domain.state import State
from inbox.domain.webhooks import Webhook
from inbox.eventlog import load, log, reading
from inbox.eventlog.show import Show, text_id
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
PING = "ping"
_encode = msgspec.json.Encoder().encode


class EventData(EventShape, kw_only=True):
    """An event of the feed, with the row of its conversation and the item it is about; null where it has none."""

    conversation: ConversationShape | None
    message: MessageShape | None


class PingData(msgspec.Struct, kw_only=True):
    """What a test sends."""

    webhook_id: str
    name: str


class CloudEvent(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The envelope. `id`: epoch and position, the same at every webhook; `sequence`: the position with leading zeros,
    which sorts as text.
    """

    specversion: str
    id: str
    source: str
    type: str
    time: str
    datacontenttype: str
    subject: str | None = None
    sequence: str | None = None
    data: EventData | PingData


class Letter(msgspec.Struct, frozen=True):
    """A body to be sent, and what it tells of: what is erased there is blanked in the log of attempts."""

    type: str
    body: bytes
    conversation_id: int | None = None
    contact_id: int | None = None


class Joined(NamedTuple):
    """Events by position with everything that is shown of them."""

    events: dict[int, e.Logged]
    state: State
    epoch: int
    head: int
    """Position up to which words are as they were read."""


def read(positions: Sequence[int]) -> Query[Joined]:
    """The events at some positions, joined in one transaction. Those no longer kept are left out."""
    state = reading.fresh_state()
    head, epoch = yield from log.head()
    events = yield from log.at(positions)
    conversations = {i for i in (e.conversation_of(one.event) for one in events.values()) if i is not None}
    messages = {i for i in (getattr(one.event, "message_id", None) for one in events.values()) if i is not None}
    yield from load.rows_of(state, sorted(conversations), waits=False)
    yield from load.items_of(state, sorted(messages))
    people = {one.actor.id for one in events.values() if one.actor.kind == "contact" and one.actor.id is not None}
    rows = yield ByKeys(t.contact, sorted(people - state.contacts.keys()))
    state.load(Contact(*row) for row in rows)
    return Joined(events, state, epoch, head)


def event_letter(logged: e.Logged, joined: Joined, show: Show, source: str) -> Letter:
    """The body of one event."""
    state = joined.state
    conversation = state.conversations.get(e.conversation_of(logged.event) or 0)
    message = state.messages.get(getattr(logged.event, "message_id", 0))
    shown = show.event(logged, state)
    data = EventData(
        **msgspec.structs.asdict(shown),
        conversation=None if conversation is None else show.row(conversation, state),
        message=None if message is None else show.message(message, state),
    )
    envelope = CloudEvent(
        specversion="1.0",
        id=f"{joined.epoch}-{logged.position}",
        source=source,
        type=f"inbox.{shown.type}.v1",
        time=shown.at,
        datacontenttype="application/json",
        subject=_subject(logged.event),
        sequence=f"{logged.position:020d}",
        data=data,
    )
    contact_id = conversation.contact_id if conversation is not None else getattr(logged.event, "contact_id", None)
    return Letter(shown.type, _encode(envelope), e.conversation_of(logged.event), contact_id)


def ping_letter(webhook: Webhook, key: str, source: str) -> Letter:
    """The body of a test."""
    envelope = CloudEvent(
        specversion="1.0",
        id=key,
        source=source,
        type=f"inbox.{PING}.v1",
        time=iso(clock.now()),
        datacontenttype="application/json",
        data=PingData(webhook_id=str(webhook.id), name=webhook.name),
    )
    return Letter(PING, _encode(envelope))


_SUBJECTS = {"conversation_id": "conversations", "contact_id": "contacts", "post_id": "posts", "channel_id": "channels"}


def _subject(event: e.AnyEvent) -> str | None:
    """What it happened to, as its address below `/api/v1`."""
    found: dict[str, Any] = {kind: getattr(event, name, None) for name, kind in _SUBJECTS.items()}
    return next((f"{kind}/{text_id(one)}" for kind, one in found.items() if one is not None), None)
