"""From Template to us."""

from __future__ import annotations

import msgspec

from connectors._template import payloads as p
from connectors._template.manifest import MANIFEST
from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.exchange import Request
from connectors.inbound import AnyInbound, Author, Ignored, MessageReceived, ReceiptReceived, Thread
from connectors.toolkit import schemes, times
from connectors.toolkit.payload import decode

SIGNATURE = schemes.HmacScheme("x-_template-signature", prefix="sha256=")


def verify(request: Request, ctx: Context) -> None:
    """Raise SignatureInvalid unless one of the live secrets signed the raw body."""
    schemes.verify_hmac(SIGNATURE, request, ctx.secrets, url=ctx.webhook_url, now=ctx.now)


def parse(request: Request, ctx: Context) -> list[AnyInbound | Exception]:
    """Every event of the delivery. Raises PayloadInvalid when the body as a whole cannot be read."""
    found: list[AnyInbound | Exception] = []
    for i, event in enumerate(decode(request.body, p.Body).events):
        try:
            found.append(_read(event, path=f"events[{i}]"))
        except PayloadInvalid as error:
            found.append(error)
    return found


def _read(event: msgspec.Raw, *, path: str) -> AnyInbound:
    head = decode(event, p.Head, path=path)
    at = times.from_seconds(head.time, path=f"{path}.time")
    match head.kind:
        case "message.text":
            return _message(head, decode(event, p.Text, path=path), at)
        case "message.read":
            read = decode(event, p.Read, path=path)
            return ReceiptReceived(dedupe_key=head.id, occurred_at=at, state="read", message_id=read.message)
        case kind:
            reason = kind if kind in MANIFEST.ignored_events else f"unknown: {kind}"
            return Ignored(dedupe_key=head.id, occurred_at=at, reason=reason)


def _message(head: p.Head, text: p.Text, at: int) -> MessageReceived:
    return MessageReceived(
        dedupe_key=head.id,
        occurred_at=at,
        thread=Thread(external_id=text.chat, kind="direct", audience="private"),
        author=Author(external_id=text.person.id, name=text.person.name, is_self=text.own),
        external_id=text.message,
        text=text.text,
        client_ref=text.client_ref,
    )
