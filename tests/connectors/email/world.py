"""What the tests of this folder share: a mailbox, mails made of few words, and answers to an exchange."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from connectors.contract import Context
from connectors.email.inbound import read
from connectors.email.payloads import Mailbox, mailbox
from connectors.exchange import AnyRequest, AnyResponse, Exchange
from connectors.inbound import MessageReceived
from connectors.outbound import SendMessage, Target
from tests.connectors.email.signing import NOW, context

T = TypeVar("T")

GOLDEN = Path(__file__).parent / "golden" / "inbound"
ADDRESS = {
    "reply_to": "anna@people.example",
    "name": "Anna Smith",
    "subject": "Order 4711",
    "message_id": "m1@people.example",
}


def ctx(**settings: str) -> Context:
    """The mailbox of the goldens, with some settings changed."""
    base = context()
    return replace(base, settings={**base.settings, **settings})


def box(**settings: str) -> Mailbox:
    """The same, read."""
    return mailbox(ctx(**settings))


def mail(
    *headers: str, body: str = "Hello", sender: str = "Anna <anna@people.example>", mid: str = "m1@people.example"
) -> bytes:
    """A small mail."""
    lines = [f"From: {sender}", "To: support@shop.example", f"Message-ID: <{mid}>", *headers, "", body]
    return "\r\n".join(lines).encode()


def one(message: bytes, **settings: str) -> MessageReceived:
    """The single message that a mail is."""
    (told,) = read(message, ctx(**settings), internal_at=NOW)
    assert isinstance(told, MessageReceived), told
    return told


def answer(**fields: Any) -> SendMessage:
    """An agent's answer to Anna."""
    target = Target(thread_id="m1@people.example", address=ADDRESS, message_id="m1@people.example")
    return SendMessage(**{"target": target, "text": "It is on its way.", **fields})


def run(exchange: Exchange[T], reply: Callable[[AnyRequest], AnyResponse | Exception]) -> tuple[T, list[AnyRequest]]:
    """The exchange's result and all it asked for; exceptions are thrown in as transport does."""
    asked: list[AnyRequest] = []
    request = next(exchange)
    while True:
        asked.append(request)
        given = reply(request)
        try:
            request = exchange.throw(given) if isinstance(given, Exception) else exchange.send(given)
        except StopIteration as stop:
            return stop.value, asked
