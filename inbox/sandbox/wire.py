"""The wire between a connector and the simulated networks in the past: no sockets, no waiting, its own instant."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import urlsplit

from connectors.exchange import (
    AnyRequest,
    AnyResponse,
    Exchange,
    FetchedMail,
    FetchMail,
    HttpRequest,
    HttpResponse,
    MailFetched,
    MailStored,
    MailSubmitted,
    Request,
    StoreMail,
    SubmitMail,
)
from inbox.sandbox.networks import Networks

T = TypeVar("T")


def carried(exchange: Exchange[T], networks: Networks, network: str, at: int, mail: bytes = b"") -> T:
    """The result of an exchange that a network answers at an instant. `mail`: what lies in the mailbox then. Raises
    SendError as its connector does, and TypeError for a request with files: nothing in the past has any.
    """
    answer: AnyResponse | None = None
    while True:
        try:
            request = exchange.send(answer)  # type: ignore[arg-type]  # the first answer of a generator is None
        except StopIteration as end:
            result: T = end.value
            return result
        answer = _answer(request, networks, network, at, mail)


def _answer(request: AnyRequest, networks: Networks, network: str, at: int, mail: bytes) -> AnyResponse:
    match request:
        case HttpRequest(form=()):
            response = networks.respond(network, _received(request, network), at)
            return HttpResponse(status=response.status, headers=response.headers, body=response.body)
        case SubmitMail():
            networks.submit(request.message, at)
            return MailSubmitted(answer="250 2.0.0 taken")
        case FetchMail(folder=folder):
            here = folder == "INBOX" and mail
            mails = (FetchedMail(uid=1, internal_at=at, flags=(), message=mail),) if here else ()
            return MailFetched(uid_validity=1, mails=mails, highest_uid=1, folder=folder)
        case StoreMail():
            return MailStored()
    raise TypeError(f"the past has no {type(request).__name__} of this kind")


def _received(request: HttpRequest, network: str) -> Request:
    """A request as the network reads it: the path behind its base address."""
    parts = urlsplit(request.url)
    return Request(
        method=request.method,
        path=parts.path.removeprefix(f"/{network}"),
        query=parts.query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
    )
