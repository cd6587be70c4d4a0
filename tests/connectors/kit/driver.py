"""Driving an exchange by hand: what it asks for, what it is told, and how it ends, as inbox.transport would see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from connectors.contract import Context, Simulator
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import (
    AnyRequest,
    AnyResponse,
    Exchange,
    HttpRequest,
    HttpResponse,
    MailRefused,
    Request,
    TransportFailed,
    is_effect,
)
from tests.connectors.kit.sealed import sealed

T = TypeVar("T")

Reply = AnyResponse | Exception
Answerer = Callable[[AnyRequest, int], Reply]
"""(request, its number from 0) → the response, or the exception that transport throws in."""

MAX_STEPS = 50


@dataclass
class Run:
    """What happened: requests in order, and either a result or a SendError."""

    requests: list[AnyRequest] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    result: Any = None
    error: SendError | None = None

    @property
    def effect_begun(self) -> bool:
        """Whether a customer may have seen something: an effect was answered, or broken off after bytes of it left."""
        return any(
            is_effect(request) and (not isinstance(reply, Exception) or getattr(reply, "sent", False))
            for request, reply in zip(self.requests, self.replies, strict=True)
        )


def drive(exchange: Exchange[T], answer: Answerer) -> Run:
    """Run an exchange to its end. Anything it raises but SendError goes through: that is a fault of the connector.

    A TransportFailed or MailRefused that the connector lets through is treated as transport does: `unknown` once an
    effect may have been seen, else `unreachable` (a mail server's refusal: `rejected`).
    """
    run = Run()
    try:
        with sealed():
            request = next(exchange)
        while True:
            if len(run.requests) == MAX_STEPS:
                raise AssertionError(f"no end after {MAX_STEPS} requests")
            reply = answer(request, len(run.requests))
            run.requests.append(request)
            run.replies.append(reply)
            with sealed():
                request = exchange.throw(reply) if isinstance(reply, Exception) else exchange.send(reply)
    except StopIteration as stop:
        run.result = stop.value
    except SendError as error:
        run.error = error
    except TransportFailed as failed:
        run.error = SendError(SendErrorKind.UNKNOWN if run.effect_begun else SendErrorKind.UNREACHABLE, failed.detail)
    except MailRefused as refused:
        run.error = SendError(SendErrorKind.UNKNOWN if run.effect_begun else SendErrorKind.REJECTED, refused.text)
    return run


def by_simulator(simulator: Simulator, ctx: Context, now: int | None = None) -> Answerer:
    """Let a simulator answer HTTP requests, as the sandbox does."""

    def answer(request: AnyRequest, number: int) -> Reply:
        if not isinstance(request, HttpRequest):
            raise TypeError(f"{type(request).__name__} has no simulator here")
        response = simulator.respond(as_served(request, ctx), ctx.now if now is None else now)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpResponse(status=response.status, headers=headers, body=response.body)

    return answer


def as_served(request: HttpRequest, ctx: Context) -> Request:
    """Our request as the simulator gets it: the path below the channel's base URL, header names in lower case."""
    below = request.url.removeprefix(ctx.base_url) if ctx.base_url else request.url
    parts = urlsplit(below)
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.body
    if request.form:
        headers["content-type"] = "multipart/form-data; boundary=kit"
        body = _multipart(request)
    return Request(method=request.method, path=parts.path or "/", query=parts.query, headers=headers, body=body)


def _multipart(request: HttpRequest) -> bytes:
    parts = []
    for part in request.form:
        name = f'form-data; name="{part.name}"'
        if part.blob is None:
            parts.append(f"--kit\r\ncontent-disposition: {name}\r\n\r\n{part.value}\r\n")
        else:
            file = f'{name}; filename="{part.blob.name}"\r\ncontent-type: {part.blob.mime}'
            parts.append(f"--kit\r\ncontent-disposition: {file}\r\n\r\nbytes of {part.blob.sha256}\r\n")
    return "".join([*parts, "--kit--\r\n"]).encode()
