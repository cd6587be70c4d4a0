"""Looking things up at the Page: who somebody is, and whether something of ours was taken.

https://developers.facebook.com/docs/messenger-platform/identity/user-profile and
https://developers.facebook.com/docs/messenger-platform/conversations (read 2026-11-22).
"""

from __future__ import annotations

import msgspec

from connectors._meta import graph
from connectors._meta.times import instant
from connectors.contract import Context
from connectors.errors import PayloadInvalid, SendError, SendErrorKind
from connectors.exchange import Exchange, http
from connectors.inbound import Author
from connectors.outbound import Part, Receipt, SendMessage

_RECENT_SECONDS = 15 * 60
"""An answer of the same words that is older was another one."""
_NOT_TOLD = {SendErrorKind.REJECTED, SendErrorKind.RECIPIENT_GONE, SendErrorKind.REAUTH}
"""What Graph says where the app may not see a profile, beside saying the same of a token."""


class _Person(msgspec.Struct, frozen=True, kw_only=True):
    id: str = ""
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    locale: str | None = None

    @property
    def called(self) -> str:
        return self.name or f"{self.first_name} {self.last_name}".strip()


class _People(msgspec.Struct, frozen=True, kw_only=True):
    data: list[_Person] = []


class _Sent(msgspec.Struct, frozen=True, kw_only=True):
    id: str = ""
    message: str = ""
    created_time: str = ""
    sender: _Person = msgspec.field(default=_Person(), name="from")


class _Messages(msgspec.Struct, frozen=True, kw_only=True):
    data: list[_Sent] = []


class _Conversation(msgspec.Struct, frozen=True, kw_only=True):
    participants: _People = _People()
    messages: _Messages = _Messages()


class _Conversations(msgspec.Struct, frozen=True, kw_only=True):
    data: list[_Conversation] = []


def profile(author_id: str, ctx: Context) -> Exchange[Author]:
    """The name of a person. Where the app may not see profiles (Business Asset User Profile Access), the name as it
    stands in the conversation. Raises SendError.
    """
    request = graph.get(ctx, author_id, {"fields": "id,name,first_name,last_name,locale"})
    try:
        person: _Person = graph.read(graph.said((yield from http(request)), ctx.now), _Person)
    except SendError as refused:
        if refused.kind not in _NOT_TOLD:
            raise
        name = yield from _name_in_conversation(author_id, ctx)
        return Author(external_id=author_id, name=name)
    return Author(external_id=author_id, name=person.called, language=(person.locale or "").partition("_")[0] or None)


def lookup_sent(part: Part, ctx: Context) -> Exchange[Receipt | None]:
    """The receipt of a text that is among the Page's newest in the conversation.

    Raises SendError(UNKNOWN) in every other case, also where it is not there: the list lags behind, and the echo with
    our key in it tells for certain.
    """
    action = part.action
    if not isinstance(action, SendMessage) or not action.text:
        raise SendError(SendErrorKind.UNKNOWN, "Facebook shows nothing to know it by")
    found = yield from _conversation(action.target.thread_id, "messages.limit(20){id,created_time,from,message}", ctx)
    for sent in found.messages.data:
        if sent.sender.id == ctx.asset_id and sent.message == action.text and _is_recent(sent, ctx.now):
            return Receipt(external_id=sent.id, accepted_at=_created_at(sent, ctx.now))
    raise SendError(SendErrorKind.UNKNOWN, "not among the newest messages that Facebook lists")


def _name_in_conversation(author_id: str, ctx: Context) -> Exchange[str]:
    found = yield from _conversation(author_id, "participants", ctx)
    return next((one.called for one in found.participants.data if one.id == author_id), "")


def _conversation(person: str, fields: str, ctx: Context) -> Exchange[_Conversation]:
    params = {"platform": "messenger", "user_id": person, "fields": fields}
    request = graph.get(ctx, f"{ctx.asset_id or 'me'}/conversations", params)
    found: _Conversations = graph.read(graph.said((yield from http(request)), ctx.now), _Conversations)
    return found.data[0] if found.data else _Conversation()


def _is_recent(sent: _Sent, now: int) -> bool:
    return bool(sent.id) and 0 <= now - _created_at(sent, 0) <= _RECENT_SECONDS * 1_000_000


def _created_at(sent: _Sent, otherwise: int) -> int:
    try:
        return instant(sent.created_time, otherwise=otherwise)
    except PayloadInvalid:
        return otherwise
