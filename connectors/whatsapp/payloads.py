"""What the WhatsApp Business Platform sends us, as typed records: the envelope, and all in it but messages.

Only fields that are read are named; the decoder passes over all others. Ids and times are read as text or number, since
both have been seen. Bounds are well above WhatsApp's own, so that a wrong payload is refused here and not by the
database. Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference
(read 2026-11-22).
"""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

from msgspec import Meta, Raw, Struct, field

from connectors.toolkit.http import json_body
from connectors.toolkit.payload import decode
from connectors.toolkit.signatures import fingerprint

Short: TypeAlias = Annotated[str, Meta(max_length=1024)]
"""Names, ids and titles (WhatsApp: at most 256)."""
Long: TypeAlias = Annotated[str, Meta(max_length=65_536)]
"""Words (WhatsApp: 4096)."""
Id: TypeAlias = Short | int | None
Number: TypeAlias = Short | int | float | None
"""A time, a coordinate or a price, which come as numbers and as text."""

SCOPED_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
"""An id in the scope of a business, or (`ENT`) of linked businesses.
https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids (read 2026-11-22).
"""


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """A payload; never changed, never part of a cycle."""


def text_of(value: str | float | None) -> str:
    """An id or number as text; empty where there is none."""
    return "" if value is None else str(value).strip()


def name_of(raw: Raw) -> str:
    """A short stable name for what has no id of its own, whatever the order of its keys."""
    return fingerprint(json_body(decode(raw, object)))


class Profile(Record, frozen=True, kw_only=True, gc=False):
    """How a person appears in WhatsApp."""

    name: Short | None = None
    username: Short | None = None


class Contact(Record, frozen=True, kw_only=True, gc=False):
    """Who a delivery is about. Whoever took a username may come without `wa_id`, which is his phone number."""

    profile: Profile | None = None
    wa_id: Id = None
    user_id: Id = None
    parent_user_id: Id = None


class Person(Struct, frozen=True, gc=False):
    """A WhatsApp user as far as one delivery names him: by phone number, by id in the scope of our business, or both.

    The id in our scope stays when a phone number is hidden behind a username, so it goes first.
    """

    phone: str = ""
    """Digits without a plus sign (`wa_id`)."""
    user_id: str = ""
    parent_user_id: str = ""
    """The id shared by linked businesses; nothing can be sent to it."""
    name: str = ""
    username: str = ""

    @property
    def id(self) -> str:
        """What the person is called in our records; empty where the delivery does not say."""
        return self.user_id or self.phone

    def known_as(self, other: Person) -> bool:
        """Whether both are the same account."""
        return bool(self.user_id and self.user_id == other.user_id) or bool(self.phone and self.phone == other.phone)


class ErrorData(Record, frozen=True, kw_only=True, gc=False):
    """More words on an error."""

    details: Long | None = None


class Error(Record, frozen=True, kw_only=True, gc=False):
    """Why something failed."""

    code: Annotated[int, Meta(ge=-(2**31), le=2**31)] | Short | None = None
    title: Long | None = None
    message: Long | None = None
    details: Long | None = None
    """Where older versions of the platform have them."""
    error_data: ErrorData | None = None

    @property
    def number(self) -> int:
        """The code; 0 where there is none."""
        written = text_of(self.code)
        return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0

    @property
    def said(self) -> str:
        """WhatsApp's own words, the most telling ones."""
        details = self.error_data.details if self.error_data is not None else None
        return details or self.details or self.message or self.title or ""


class Status(Record, frozen=True, kw_only=True, gc=False):
    """What became of a message of ours."""

    id: Id = None
    type: Short | None = None
    """`payment` or `call`: what became of something else than the message itself."""
    status: Short | None = None
    timestamp: Number = None
    recipient_participant_id: Id = None
    recipient_participant_user_id: Id = None
    biz_opaque_callback_data: Id = None
    """What our request gave along."""
    errors: tuple[Error, ...] | None = None


class Preference(Record, frozen=True, kw_only=True, gc=False):
    """Whether a person wants advertisements."""

    wa_id: Id = None
    user_id: Id = None
    category: Short | None = None
    value: Short | None = None
    timestamp: Number = None


class Change(Record, frozen=True, kw_only=True, gc=False):
    """A value before and after."""

    previous: Id = None
    current: Id = None


class UserIdUpdate(Record, frozen=True, kw_only=True, gc=False):
    """A person has another id in our scope: his phone number changed."""

    wa_id: Id = None
    user_id: Change | None = None
    timestamp: Number = None


class Call(Record, frozen=True, kw_only=True, gc=False):
    """A voice call: ringing (`connect`) or over (`terminate`)."""

    id: Id = None
    from_: Id = field(default=None, name="from")
    from_user_id: Id = None
    event: Short | None = None
    direction: Short | None = None
    status: Short | tuple[Short, ...] | None = None
    duration: Number = None
    timestamp: Number = None


class Group(Record, frozen=True, kw_only=True, gc=False):
    """Something happened to a group of ours."""

    group_id: Id = None
    type: Short | None = None
    timestamp: Number = None
    errors: tuple[Error, ...] | None = None


class HistoryThread(Record, frozen=True, kw_only=True, gc=False):
    """One person's older messages. `id` is the phone number."""

    id: Id = None
    messages: tuple[Raw, ...] = ()


class HistoryChunk(Record, frozen=True, kw_only=True, gc=False):
    """A piece of the history of the phone app, or why there is none."""

    threads: tuple[Raw, ...] = ()
    errors: tuple[Error, ...] | None = None


class Metadata(Record, frozen=True, kw_only=True, gc=False):
    """The number of ours that it is about."""

    phone_number_id: Id = None
    display_phone_number: Id = None


class Value(Record, frozen=True, kw_only=True, gc=False):
    """What a change brings; its elements are read one by one, so that a broken one costs no other."""

    metadata: Metadata | None = None
    contacts: tuple[Raw, ...] | None = None
    messages: tuple[Raw, ...] | None = None
    statuses: tuple[Raw, ...] | None = None
    message_echoes: tuple[Raw, ...] | None = None
    history: tuple[Raw, ...] | None = None
    user_preferences: tuple[Raw, ...] | None = None
    user_id_update: tuple[Raw, ...] | None = None
    calls: tuple[Raw, ...] | None = None
    groups: tuple[Raw, ...] | None = None
    errors: tuple[Raw, ...] | None = None


class Restriction(Record, frozen=True, kw_only=True, gc=False):
    """What an account may no longer do."""

    restriction_type: Short | None = None


class Ban(Record, frozen=True, kw_only=True, gc=False):
    """Whether an account is shut: SCHEDULE_FOR_DISABLE, DISABLE, REINSTATE."""

    waba_ban_state: Short | None = None


class Violation(Record, frozen=True, kw_only=True, gc=False):
    """Which rule was broken."""

    violation_type: Short | None = None


class AccountUpdate(Record, frozen=True, kw_only=True, gc=False):
    """Something happened to the business account."""

    event: Short | None = None
    restriction_info: tuple[Restriction, ...] | Restriction | None = None
    ban_info: Ban | None = None
    violation_info: Violation | None = None


class Delta(Record, frozen=True, kw_only=True, gc=False):
    """One change of an entry."""

    field: Short = ""
    value: Raw = Raw(b"{}")


class Entry(Record, frozen=True, kw_only=True, gc=False):
    """What happened in one business account. `time` is in seconds."""

    id: Id = None
    time: Number = None
    changes: tuple[Raw, ...] | None = None


class Delivery(Record, frozen=True, kw_only=True, gc=False):
    """A delivery, or the piece of it that is for one number."""

    entry: tuple[Entry, ...] = ()
