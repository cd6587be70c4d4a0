"""Reading conversations by asking, for what webhooks missed: Meta gives a delivery up after a day or so.

`GET /{page}/conversations` lists them newest first, each with its newest messages; a round goes down the list to where
the last one began, and some minutes further, and hands every message over as the delivery it would have come in, so
that one reader knows both. What was there before is known by its id. Of messages beyond the newest 20 of a
conversation Graph tells nothing but that they were.
https://developers.facebook.com/docs/messenger-platform/conversations and
https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/conversations-api
(read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from connectors._meta import graph
from connectors._meta.envelope import ParsePart
from connectors._meta.times import instant
from connectors.contract import Context
from connectors.errors import PayloadInvalid, SendError, SendErrorKind
from connectors.exchange import Exchange, Polled, http
from connectors.inbound import AnyInbound
from connectors.toolkit.http import json_body
from connectors.toolkit.payload import decode

Json = dict[str, Any]

PAUSE_SECONDS = 300.0
OVERLAP_SECONDS = 600
FIRST_SECONDS = 7 * 24 * 3600
"""How far back the first round looks: what is older than the channel's beginning is kept as history."""
SETTLED_SECONDS = 120
"""How old our own messages must be: younger ones are told by their echo, which has our key in it."""
AT_ONCE = 10
PAGES_MOST = 100
"""Pages of one round: a cursor that leads nowhere must end."""
_SECOND = 1_000_000
_MAX_BYTES = 8 * 1024 * 1024
_MESSAGE_FIELDS = (
    "id,created_time,from,message,sticker,attachments{id,mime_type,name,file_url,image_data,video_data},"
    "shares{link,name}"
)
MESSAGE_FIELDS = f"to,{_MESSAGE_FIELDS}"
"""What `message_of` reads."""
_FIELDS = f"id,updated_time,participants,messages.limit(20){{{_MESSAGE_FIELDS}}}"


class Round(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The cursor: how far the last round has seen, and where this one is. Times µs."""

    seen_at: int = 0
    began_at: int = 0
    after: str = ""
    pages: int = 0

    @classmethod
    def of(cls, cursor: str) -> Round:
        """The round that a cursor stands for; a new one where it is none of ours."""
        try:
            return decode(cursor.encode(), cls) if cursor else cls()
        except PayloadInvalid:
            return cls()


class _Party(msgspec.Struct, frozen=True, kw_only=True):
    id: str | int = ""


class _People(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[_Party, ...] = ()


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    id: str = ""
    created_time: str = ""
    sender: _Party = msgspec.field(default=_Party(), name="from")
    to: _People = _People()
    message: str | None = None
    sticker: str | None = None
    attachments: Json = {}
    shares: Json = {}


class _Messages(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[Raw, ...] = ()


class _Conversation(msgspec.Struct, frozen=True, kw_only=True):
    updated_time: str = ""
    participants: _People = _People()
    messages: _Messages = _Messages()


class _Cursors(msgspec.Struct, frozen=True, kw_only=True):
    after: str = ""


class _Paging(msgspec.Struct, frozen=True, kw_only=True):
    cursors: _Cursors = _Cursors()
    next: str = ""


class _Listed(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[Raw, ...] = ()
    paging: _Paging = _Paging()


Platform = Literal["messenger", "instagram"]


@dataclass(frozen=True, slots=True)
class Inbox:
    """Whose conversations are read. `ours`: every id that the asset goes by; the first is the asset's own."""

    platform: Platform
    path: str
    object: str
    """As deliveries call it."""
    ours: tuple[str, ...]
    parse_part: ParsePart

    def is_theirs(self, party: _Party) -> bool:
        """Whether it is somebody else than us."""
        return str(party.id) not in ("", *self.ours)


class _Found:
    """What a page of the list brought."""

    def __init__(self, inbox: Inbox, ctx: Context, since: int) -> None:
        self.inbounds: list[AnyInbound] = []
        self.raw: list[bytes] = []
        self.problems: list[tuple[str, bytes]] = []
        self.is_behind = False
        """Whether it went down to where the last round began."""
        self._inbox, self._ctx, self._since = inbox, ctx, since

    def read(self, raw: Raw) -> None:
        """Take a conversation in."""
        try:
            conversation = decode(raw, _Conversation)
            self.is_behind |= instant(conversation.updated_time, otherwise=self._since) < self._since
        except PayloadInvalid as broken:
            self.problems.append((str(broken), bytes(raw)))
            return
        customer = next((str(one.id) for one in conversation.participants.data if self._inbox.is_theirs(one)), "")
        for message in reversed(conversation.messages.data):
            try:
                self._message(decode(message, _Message), customer)
            except PayloadInvalid as broken:
                self.problems.append((str(broken), bytes(message)))

    def _message(self, message: _Message, customer: str) -> None:
        at = instant(message.created_time, otherwise=self._ctx.now)
        by_us = not self._inbox.is_theirs(message.sender)
        is_settled = not by_us or at <= self._ctx.now - SETTLED_SECONDS * _SECOND
        if at < self._since or not message.id or not customer or not is_settled:
            return
        body = _delivered(message, customer, at, self._inbox)
        for one in self._inbox.parse_part(body, self._ctx):
            if isinstance(one, Exception):
                self.problems.append((str(one), body))
            else:
                self.inbounds.append(one)
                self.raw.append(body)


def poll(cursor: str, ctx: Context, inbox: Inbox) -> Exchange[Polled]:
    """One page of a round. Raises SendError."""
    before = Round.of(cursor)
    now = before if before.began_at else replace(before, began_at=ctx.now, after="", pages=0)
    since = (before.seen_at or ctx.now - FIRST_SECONDS * _SECOND) - OVERLAP_SECONDS * _SECOND
    params = {"platform": inbox.platform, "fields": _FIELDS, "limit": str(AT_ONCE)}
    params |= {"after": now.after} if now.after else {}
    answer = yield from http(replace(graph.get(ctx, inbox.path, params), max_bytes=_MAX_BYTES))
    graph.said(answer, ctx.now)
    try:
        listed = decode(answer.body, _Listed)
    except PayloadInvalid as broken:
        raise SendError(SendErrorKind.UNREACHABLE, f"the list of conversations is not understood: {broken}") from None
    found = _Found(inbox, ctx, since)
    for raw in listed.data:
        found.read(raw)
    after = listed.paging.cursors.after if listed.paging.next else ""
    goes_on = bool(after) and not found.is_behind and now.pages + 1 < PAGES_MOST
    following = replace(now, after=after, pages=now.pages + 1) if goes_on else Round(seen_at=now.began_at)
    return Polled(
        inbounds=tuple(found.inbounds),
        cursor=json_body(following).decode(),
        more=goes_on,
        next_after_seconds=PAUSE_SECONDS,
        raw=tuple(found.raw),
        problems=tuple(found.problems),
    )


def message_of(answer: Json, inbox: Inbox, ctx: Context) -> list[AnyInbound]:
    """A message that was asked for by its id, with `MESSAGE_FIELDS`. Raises PayloadInvalid, also where Graph does not
    say whose it is.
    """
    message = decode(json_body(answer), _Message)
    customer = next((str(one.id) for one in (message.sender, *message.to.data) if inbox.is_theirs(one)), "")
    if not message.id or not customer or message.sender.id == "":
        raise PayloadInvalid("does not say who wrote to whom", path="message")
    at = instant(message.created_time, otherwise=ctx.now)
    found: list[AnyInbound] = []
    for one in inbox.parse_part(_delivered(message, customer, at, inbox), ctx):
        if isinstance(one, Exception):
            raise one
        found.append(one)
    return found


def _delivered(message: _Message, customer: str, at: int, inbox: Inbox) -> bytes:
    """A message as the delivery it would have come in."""
    us, by_us = {"id": inbox.ours[0]}, not inbox.is_theirs(message.sender)
    sender, recipient = (us, {"id": customer}) if by_us else ({"id": customer}, us)
    said: Json = {"mid": message.id} | ({"text": message.message} if message.message else {})
    files = list(_files(message))
    said |= ({"attachments": files} if files else {}) | ({"is_echo": True} if by_us else {})
    element = {"sender": sender, "recipient": recipient, "timestamp": at // 1000, "message": said}
    entry = {"id": inbox.ours[0], "time": at // 1000, "messaging": [element]}
    return json_body({"object": inbox.object, "entry": [entry]})


def _files(message: _Message) -> Iterator[Json]:
    """Files as deliveries have them; what is shared is a link."""
    if message.sticker:
        yield {"type": "sticker", "payload": {"url": message.sticker}}
    for one in _objects(message.attachments):
        kind = str(one.get("mime_type") or "").partition("/")[0]
        image, video = one.get("image_data") or {}, one.get("video_data") or {}
        url = one.get("file_url") or (image.get("url") if image else video.get("url"))
        named = "image" if image else "video" if video else kind if kind in ("image", "video", "audio") else "file"
        yield {"type": named, "title": str(one.get("name") or ""), "payload": {"url": url}}
    for one in _objects(message.shares):
        yield {"type": "fallback", "title": str(one.get("name") or ""), "url": one.get("link"), "payload": None}


def _objects(listed: Json) -> list[Json]:
    data = listed.get("data")
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []
