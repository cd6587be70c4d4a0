"""Secrets stay where they belong: in requests to the network, and nowhere else."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from connectors.contract import Context
from connectors.errors import ConnectorError, KeyUnknown, SignatureInvalid
from connectors.exchange import AnyRequest, HttpRequest, HttpResponse, MailRefused, TransportFailed
from tests.connectors.kit.driver import Reply, drive
from tests.connectors.kit.goldens import actions, deliveries, exchange_of, load_action, reply_of
from tests.connectors.kit.subject import NotApplicable, Subject

_TIMEOUT = TransportFailed("timeout", "no answer", sent=True)
_REPLIES: tuple[tuple[Reply, Reply], ...] = (
    (HttpResponse(status=401, body=b"{}"), MailRefused(535, "5.7.8 authentication failed", stage="login")),
    (HttpResponse(status=500, body=b"<html>"), MailRefused(451, "4.3.0 try again", stage="data")),
    (HttpResponse(status=200, body=b"{"), MailRefused(550, "5.1.1 no such user", stage="recipients")),
    (_TIMEOUT, _TIMEOUT),
)
"""What goes wrong, over HTTP and over mail."""
_SHORTEST = 6
"""A secret shorter than this could stand in any text by chance."""


def errors_silent(subject: Subject) -> None:
    """No error, receipt or part that a connector makes shows a secret, not even when the network repeats it."""
    if subject.connector.send is None:
        raise NotApplicable("the service itself delivers")
    ctx = subject.context()
    secrets = list(_secrets(ctx))
    if not secrets:
        raise NotApplicable("the channel has no secrets")
    for path in actions(subject):
        if not exchange_of(path).exists():
            continue
        with subject.about(path.name):
            for shown in _told(subject, path):
                _silent(shown, secrets)


def signature_errors_silent(subject: Subject) -> None:
    """A refused signature does not name the secret that was expected."""
    verify = subject.connector.verify
    if verify is None:
        raise NotApplicable("nothing is posted to us")
    ctx = subject.context()
    secrets = list(_secrets(ctx))
    for delivery in deliveries(subject)[:5]:
        try:
            verify(delivery.request(), replace(ctx))
        except (SignatureInvalid, KeyUnknown) as refused:
            _silent(f"{refused!r} {refused}", secrets)


def _told(subject: Subject, path: Path) -> Iterator[str]:
    """Everything that sending one golden action shows: parts, receipts, errors for several failures."""
    ctx = subject.context()
    try:
        parts = subject.connector.plan(load_action(path), ctx)
    except ConnectorError as refused:
        yield f"{refused!r} {refused}"
        return
    send = subject.connector.send
    if send is None:
        return
    for part in parts:
        yield repr(part)
        for replies in _REPLIES:
            run = drive(send(part, ctx), partial(_first, replies))
            yield f"{run.error!r} {run.error} {run.result!r}"


def _first(replies: tuple[Reply, Reply], request: AnyRequest, number: int) -> Reply:
    """The failure of the request's protocol for the first request, success for the others."""
    by_http, by_mail = replies
    if number > 0:
        return reply_of(request, [], number)
    return by_http if isinstance(request, HttpRequest) else by_mail


def _secrets(ctx: Context) -> Iterator[str]:
    for value in [*ctx.credentials.values(), *(secret.decode("latin-1") for secret in ctx.secrets)]:
        if len(value) >= _SHORTEST:
            yield value
            yield base64.b64encode(value.encode()).decode().rstrip("=")


def _silent(shown: str, secrets: list[str]) -> None:
    for number, secret in enumerate(secrets):
        assert secret not in shown, f"secret {number} stands in {shown.replace(secret, '[secret]')!r}"
