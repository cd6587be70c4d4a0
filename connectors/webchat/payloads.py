"""What a visitor did, as the service's own chat endpoint writes it down after it has checked token and identity."""

from __future__ import annotations

import msgspec

from connectors.inbound import Attachment

MAX_AT = 4_102_444_800_000_000
"""Year 2100: no visitor acts later."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """One thing a visitor did. `key` is unique for it on his device and the same when it is sent again."""

    key: str


class Message(Event, tag="message", frozen=True, kw_only=True):
    """He wrote. `key` is the widget's own id of the message."""

    text: str = ""
    attachments: tuple[Attachment, ...] = ()


class Edit(Event, tag="edit", frozen=True, kw_only=True):
    """He changed what he wrote."""

    message_key: str
    text: str


class Delete(Event, tag="delete", frozen=True, kw_only=True):
    """He took back what he wrote."""

    message_key: str


class Typing(Event, tag="typing", frozen=True, kw_only=True):
    """He writes, or stopped."""

    on: bool = True


class Seen(Event, tag="seen", frozen=True, kw_only=True):
    """His screen shows (`delivered`), or he read (`read`), all that was accepted up to an instant, µs."""

    state: str
    up_to: int


class Identify(Event, tag="identify", frozen=True, kw_only=True):
    """His name or address became known, or changed."""


class SignIn(Event, tag="sign_in", frozen=True, kw_only=True):
    """He proved who he is: the anonymous visitor of this device and the one named in `visitor` are the same."""


AnyEvent = Message | Edit | Delete | Typing | Seen | Identify | SignIn
EVENTS = ("message", "edit", "delete", "typing", "seen", "identify", "sign_in")


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """The visitor as he is known now. `verified`: his identity was proven; else name and addresses are his word."""

    id: str
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    verified: bool = False
    proven_email: bool = False
    """The proof names the address too, so that it may join him with what he wrote elsewhere."""
    facts: dict[str, str] = {}
    """Answers of the form before the chat, and the consent given."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Where on the website he was."""

    url: str = ""
    title: str = ""
    referrer: str = ""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One request: who, when (µs), where, what."""

    visitor: Person
    device: str
    """The anonymous visitor that this browser was given. It stays the same when he signs in, and makes the ids of what
    he writes: sent again after a sign-in, it is the same item.
    """
    at: int
    event: AnyEvent
    page: Page | None = None
