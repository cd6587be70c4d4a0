"""From what a visitor did to the vocabulary of all networks.

A visitor's thread has the visitor's own id: `v:…` while he is anonymous, `u:…` once his identity is proven. An item's
id is `device:key`, so that a widget that sends again, after a cut or a sign-in, cannot make a second one.
"""

from __future__ import annotations

from typing import assert_never

from connectors import inbound as net
from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.exchange import Request
from connectors.toolkit.payload import decode
from connectors.webchat import payloads as p

MAX_KEY_CHARS = 200
_STATES: dict[str, net.ReceiptState] = {"delivered": "delivered", "read": "read"}


def parse(request: Request, ctx: Context) -> list[net.AnyInbound | Exception]:
    """The one or two facts of a visit. Raises PayloadInvalid."""
    visit = decode(request.body, p.Visit)
    _require(visit)
    return list(_facts(visit))


def thread_of(visitor_id: str) -> net.Thread:
    """The thread of a visitor."""
    return net.Thread(external_id=visitor_id, kind="chat", audience="private")


def item_id(device: str, key: str) -> str:
    """External id of what was written on a device."""
    return f"{device}:{key}"


def _require(visit: p.Visit) -> None:
    ids = {"visitor.id": visit.visitor.id, "device": visit.device, "event.key": visit.event.key}
    if isinstance(visit.event, p.Edit | p.Delete):
        ids["event.message_key"] = visit.event.message_key
    for path, value in ids.items():
        if not 0 < len(value) <= MAX_KEY_CHARS or not value.isprintable():
            raise PayloadInvalid(f"must be 1 to {MAX_KEY_CHARS} characters", path=path)
    if not 0 <= visit.at <= p.MAX_AT:
        raise PayloadInvalid(f"{visit.at} µs is no time of a visit", path="at")


def _facts(visit: p.Visit) -> list[net.AnyInbound]:
    event, visitor, device, at = visit.event, visit.visitor, visit.device, visit.at
    key = f"{type(event).__struct_config__.tag}:{item_id(device, event.key)}"
    match event:
        case p.Message():
            return [_message(visit, event, key)]
        case p.Edit(message_key=item, text=text):
            return [
                net.MessageEdited(
                    dedupe_key=key,
                    occurred_at=at,
                    external_id=item_id(device, item),
                    author=_author(visitor),
                    text=text,
                    edited_at=at,
                )
            ]
        case p.Delete(message_key=item):
            return [net.MessageDeleted(dedupe_key=key, occurred_at=at, external_id=item_id(device, item), erase=True)]
        case p.Typing(on=on):
            return [
                net.TypingStarted(dedupe_key=key, occurred_at=at, thread_id=visitor.id, author=_author(visitor), on=on)
            ]
        case p.Seen():
            return [_receipt(visit, event, key)]
        case p.Identify():
            return [net.IdentityChanged(dedupe_key=key, occurred_at=at, author=_author(visitor), thread_id=visitor.id)]
        case p.SignIn():
            return _signed_in(visitor, device, key, at)
    assert_never(event)


def _message(visit: p.Visit, event: p.Message, key: str) -> net.MessageReceived:
    if not event.text.strip() and not event.attachments:
        raise PayloadInvalid("neither words nor files", path="event.text")
    return net.MessageReceived(
        dedupe_key=key,
        occurred_at=visit.at,
        thread=thread_of(visit.visitor.id),
        author=_author(visit.visitor),
        external_id=item_id(visit.device, event.key),
        text=event.text,
        attachments=event.attachments,
        origin=_origin(visit.page),
    )


def _origin(page: p.Page | None) -> net.Origin | None:
    if page is None or not page.url:
        return None
    return net.Origin(kind="page", url=page.url, title=page.title, ref=page.referrer)


def _receipt(visit: p.Visit, event: p.Seen, key: str) -> net.ReceiptReceived:
    state = _STATES.get(event.state)
    if state is None:
        raise PayloadInvalid(f"{event.state!r} is neither delivered nor read", path="event.state")
    if not 0 <= event.up_to <= p.MAX_AT:
        raise PayloadInvalid(f"{event.up_to} µs is no time", path="event.up_to")
    return net.ReceiptReceived(
        dedupe_key=key, occurred_at=visit.at, state=state, thread_id=visit.visitor.id, up_to=event.up_to
    )


def _signed_in(visitor: p.Person, anonymous: str, key: str, at: int) -> list[net.AnyInbound]:
    """He is one person with the anonymous visitor, whose thread goes on under the proven name."""
    return [
        net.IdentitiesLinked(
            dedupe_key=key,
            occurred_at=at,
            author=_author(visitor),
            other_id=anonymous,
            reason="signed in on the website",
        ),
        net.ThreadMigrated(dedupe_key=f"{key}:thread", occurred_at=at, thread_id=anonymous, new_thread_id=visitor.id),
    ]


def _author(visitor: p.Person) -> net.Author:
    proven = visitor.verified and visitor.proven_email and visitor.email
    claimed = {} if visitor.verified else {"email": visitor.email, "phone": visitor.phone}
    facts = {name: value for name, value in {**visitor.facts, **claimed}.items() if value}
    return net.Author(
        external_id=visitor.id,
        name=visitor.name,
        email=visitor.email or None,
        phone=visitor.phone or None,
        language=visitor.language or None,
        is_verified=visitor.verified,
        aliases=(net.Alias(kind="email", value=visitor.email.lower()),) if proven else (),
        profile=facts,
    )
