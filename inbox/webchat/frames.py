"""Frames of a visitor's socket: closed unions both ways. Anything else closes with 4400.

Every change in the visitor's thread has the next number of his own count (`seq`). He tells the last one he has, the
server sends what came after it from the database, then `ready`. Ids are opaque, times RFC 3339.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

import msgspec

MAX_FRAME_BYTES = 65_536
Form = Literal["", "pre_chat", "offline"]
ItemAuthor = Literal["visitor", "agent", "automatic"]


class Close(IntEnum):
    """Why a visitor's socket was closed."""

    BAD_FRAME = 4400
    TOKEN = 4401
    """Begin a new session; do not try again with this token."""
    ORIGIN = 4403
    """This website, or this visitor, may not."""
    TIMEOUT = 4408
    """Did not sign in, stopped reading, or went silent."""
    FLOOD = 4429
    RESTART = 1012


# --- from the visitor


class Frame(msgspec.Struct, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """A frame from the widget."""


class PageSeen(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Where on the website the visitor is."""

    url: str = ""
    title: str = ""
    referrer: str = ""


class Auth(Frame, tag="auth"):
    """First frame: the visitor's token and the last number he has."""

    token: str
    last_seq: int = 0
    language: str = ""
    page: PageSeen | None = None


class Send(Frame, tag="message"):
    """A message. `client_msg_id` is the widget's own, the same when it is sent again. `form`: what was filled in."""

    client_msg_id: str
    text: str = ""
    files: list[str] = []
    """What the upload gave."""
    form: dict[str, str | bool] | None = None
    page: PageSeen | None = None


class Edit(Frame, tag="edit"):
    """Change one of his own messages."""

    client_msg_id: str
    text: str


class Delete(Frame, tag="delete"):
    """Take one of his own messages back."""

    client_msg_id: str


class Typing(Frame, tag="typing"):
    """He writes, or stopped. At most every 3 s."""

    on: bool = True


class Delivered(Frame, tag="delivered"):
    """His screen has everything up to this number."""

    up_to_seq: int


class Read(Frame, tag="read"):
    """He has seen everything up to this number."""

    up_to_seq: int


class Identify(Frame, tag="identify"):
    """Who he is, with a proof (`hash` or `jwt`) or on his word."""

    external_id: str = ""
    hash: str = ""
    jwt: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""


class Page(Frame, tag="page"):
    """He went to another page."""

    url: str
    title: str = ""
    referrer: str = ""


class Ping(Frame, tag="ping"):
    """A sign of life, every 25 s."""


AnyFrame = Auth | Send | Edit | Delete | Typing | Delivered | Read | Identify | Page | Ping
decode = msgspec.json.Decoder(AnyFrame).decode


# --- to the visitor


class File(msgspec.Struct, kw_only=True):
    """A file of an item. `url` is None until it is ready."""

    name: str
    mime: str
    kind: str
    size_bytes: int | None
    url: str | None


class Item(msgspec.Struct, kw_only=True):
    """A message as the visitor sees it. `place` orders items; `client_msg_id` is set on those of his own device."""

    id: str
    place: int
    author: ItemAuthor
    name: str
    text: str
    files: list[File]
    at: str
    edited: bool
    deleted: bool
    client_msg_id: str | None


class Out(msgspec.Struct, kw_only=True, tag_field="type"):
    """A frame to the widget."""


class Changed(Out, tag="message"):
    """An item that is new."""

    seq: int
    item: Item


class Updated(Out, tag="message_updated"):
    """An item that is to be put in the place of what he has."""

    seq: int
    item: Item


class Deleted(Out, tag="message_deleted"):
    """An item that was taken back."""

    seq: int
    item: Item


class Status(Out, tag="status"):
    """Whether somebody is there, until when that stays so, and what is needed of the visitor."""

    open: bool
    until: str | None
    form: Form
    """Which form must come with the next message."""
    server_time: str


class Ready(Out, tag="ready"):
    """Everything up to `seq` was sent. `read_up_to_seq`: how far the desk has read. `token`: keep it instead."""

    seq: int
    read_up_to_seq: int
    token: str | None
    verified: bool


class Reset(Out, tag="reset"):
    """Too much happened since: forget what you have, here are the newest items, oldest first."""

    seq: int
    items: list[Item]
    more: bool


class Acknowledged(Out, tag="ack"):
    """A message of his is kept."""

    client_msg_id: str
    id: str
    seq: int
    created_at: str


class Writing(Out, tag="typing"):
    """Somebody of ours writes; forget it after `ttl_seconds`."""

    on: bool
    ttl_seconds: int = 6


class ReadUpTo(Out, tag="read"):
    """The desk has read what he wrote, up to this number."""

    up_to_seq: int


class Joined(Out, tag="agent_joined"):
    """Somebody of ours took the conversation."""

    name: str


class Identified(Out, tag="identified"):
    """The identity holds (`verified`) or is his word. Keep the token; null: the one he has goes on."""

    token: str | None
    verified: bool


class Problem(Out, tag="error"):
    """Something was not done. `detail` is for the developer; `fields` names what to fill in."""

    code: str
    detail: str = ""
    client_msg_id: str | None = None
    retry_after_seconds: int | None = None
    fields: dict[str, str] = {}


class Pong(Out, tag="pong"):
    """We are here."""


AnyOut = (
    Changed | Updated | Deleted | Status | Ready | Reset | Acknowledged | Writing | ReadUpTo | Joined | Identified
    | Problem | Pong
)  # fmt: skip
encode = msgspec.json.Encoder().encode
