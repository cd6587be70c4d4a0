"""What happens to people beside their contact rows, and to the house's own fields of conversations."""

from __future__ import annotations

from typing import Literal

from inbox.domain.event import ConversationEvent, Event

ConsentState = Literal["granted", "withdrawn", "unknown"]


class FieldsChanged(ConversationEvent, tag="fields_changed", frozen=True, kw_only=True):
    """The house's own fields of a conversation changed: `field_ids` of those that are defined."""

    field_ids: tuple[int, ...] = ()


class ConsentChanged(Event, tag="consent_changed", frozen=True, kw_only=True):
    """Whether a person agreed to be written to on a channel."""

    contact_id: int
    channel_id: int
    state: ConsentState


class ContactsToldApart(Event, tag="contacts_told_apart", frozen=True, kw_only=True):
    """Somebody said that two contacts are two people: it is not suggested any more that they are one."""

    contact_id: int
    other_id: int
