"""What a visitor does becomes a unit of the writer, by the same rules as every network's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from connectors import inbound as net
from connectors.contract import Context
from connectors.exchange import Request
from connectors.inbound import AnyInbound, Attachment
from connectors.outbound import Blob
from connectors.registry import connector
from inbox import clock
from inbox.domain.state import Prepared, PreparedAttachment, State
from inbox.errors import Invalid
from inbox.eventlog.writer import Writer
from inbox.intake.context import Contexts
from inbox.intake.prepare import described
from inbox.intake.receive import Arrived, DeliveryUnit, Element
from inbox.webchat.site import NETWORK
from inbox.webchat.token import Claims

_encode = msgspec.json.Encoder().encode
OnTyping = Callable[[int, net.TypingStarted], None]


class Person(msgspec.Struct, kw_only=True):
    """What is known of the visitor on this connection, beside his token."""

    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    proven_email: bool = False
    facts: dict[str, str] = {}


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A visitor's item as it was kept, or had been before. Times µs."""

    message_id: int
    conversation_id: int
    seq: int
    created_at: int


class VisitUnit(DeliveryUnit):
    """One visit. Its result is the item it is about; None where it is about none, or about one that is not there."""

    def __init__(self, arrived: Arrived, items: Sequence[Prepared]) -> None:
        super().__init__(arrived, items)
        self.item = next((i.inbound.external_id for i in items if isinstance(i.inbound, _ABOUT_ITEMS)), None)

    def decide(self, state: State) -> Kept | None:  # type: ignore[override]
        """Receive, then say what became of the item."""
        super().decide(state)
        message = state.message_by_key.get((self.arrived.channel.id, self.item or ""))
        if message is None:
            return None
        return Kept(
            message_id=message.id,
            conversation_id=message.conversation_id,
            seq=message.chat_seq or 0,
            created_at=message.received_at,
        )


_ABOUT_ITEMS = (net.MessageReceived, net.MessageEdited, net.MessageDeleted)


class Visits:
    """Takes what visitors do."""

    def __init__(self, writer: Writer, contexts: Contexts, on_typing: OnTyping) -> None:
        self._writer = writer
        self._contexts = contexts
        self._on_typing = on_typing
        self._parse = connector(NETWORK).parse

    async def take(
        self,
        claims: Claims,
        person: Person,
        events: Sequence[dict[str, Any]],
        *,
        page: dict[str, str] | None = None,
        files: Sequence[Blob] = (),
    ) -> Kept | None:
        """Commit what the visitor did, all of it or nothing. Raises Invalid, and Unavailable when nothing was kept."""
        channel_id, now = claims.channel, clock.now()
        context = await self._contexts.of(channel_id)
        inbounds = [i for event in events for i in self._read(claims, person, event, page, files, now, context)]
        for inbound in inbounds:
            if isinstance(inbound, net.TypingStarted):
                self._on_typing(channel_id, inbound)
        stored = [inbound for inbound in inbounds if not isinstance(inbound, net.TypingStarted)]
        if not stored:
            return None
        arrived = Arrived(
            channel=self._contexts.directory.facts(channel_id),
            elements=[Element(inbound) for inbound in stored],
            sources=[],
            received_at=now,
        )
        kept: Kept | None = await self._writer.submit(VisitUnit(arrived, [_prepared(i, files) for i in stored]))
        return kept

    def _read(
        self, claims: Claims, person: Person, event: dict[str, Any], page: dict[str, str] | None,
        files: Sequence[Blob], now: int, context: Context,
    ) -> list[AnyInbound]:  # fmt: skip
        if event["type"] == "message":
            event = {**event, "attachments": [_attachment(file) for file in files]}
        visit = {
            "visitor": {"id": claims.visitor, "verified": bool(claims.sub), **msgspec.to_builtins(person)},
            "device": claims.device,
            "at": now,
            "event": event,
            **({"page": page} if page else {}),
        }
        request = Request(method="POST", path="", headers={}, body=_encode(visit))
        assert self._parse is not None
        read: list[AnyInbound] = []
        for one in self._parse(request, context):
            if isinstance(one, Exception):
                raise Invalid(str(one))
            read.append(one)
        return read


def _attachment(file: Blob) -> Attachment:
    return Attachment(
        kind=file.kind, name=file.name, mime=file.mime, size_bytes=file.size_bytes, ref=f"sha256:{file.sha256}"
    )


def _prepared(inbound: AnyInbound, files: Sequence[Blob]) -> Prepared:
    """Files were checked, and images drawn anew, when they were uploaded: they are ready."""
    if not isinstance(inbound, net.MessageReceived):
        return described(inbound)
    ready = tuple(
        PreparedAttachment(
            kind=file.kind,
            name=file.name,
            mime=file.mime,
            size_bytes=file.size_bytes,
            title="",
            meta={},
            content_id=None,
            state="ready",
            sha256=file.sha256,
            source="",
        )
        for file in files
    )
    return described(inbound, ready)
