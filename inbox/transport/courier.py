"""A courier carries requests for one channel: the process's clients, with what this channel may reach and how much."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

import msgspec

from connectors.exchange import (
    AnyRequest,
    AnyResponse,
    FetchMail,
    HttpRequest,
    HttpResponse,
    StoreMail,
    SubmitMail,
    WaitForMail,
)
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.imap import ImapClient
from inbox.transport.media import MediaStore
from inbox.transport.reach import Reach
from inbox.transport.smtp import SmtpClient


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that hold whatever a connector asks for. `concurrency` is the manifest's: requests under way at once."""

    concurrency: int = 1
    timeout_seconds: float = 300.0
    body_bytes: int = 16_777_216
    blob_bytes: int = 104_857_600


class Clients:
    """What the couriers of a process share."""

    def __init__(self, guard: Guard, media: MediaStore, http: HttpClient) -> None:
        self.guard = guard
        self.media = media
        self.http = http

    def courier(
        self, reach: Reach, limits: Limits | None = None, *, heard: Callable[[HttpResponse], None] | None = None
    ) -> Courier:
        """A courier for one channel. Its owner closes it. `heard`: told of every answer over HTTP."""
        return Courier(self, reach, limits or Limits(), heard)

    async def aclose(self) -> None:
        """Close what is shared; couriers are closed by their owners, before."""
        await self.http.aclose()


class Courier:
    """Carries the requests of one channel and keeps its mail connections between them."""

    def __init__(
        self, clients: Clients, reach: Reach, limits: Limits, heard: Callable[[HttpResponse], None] | None
    ) -> None:
        self.media = clients.media
        self.guard = clients.guard
        self.reach = reach
        self.limits = limits
        self._http = clients.http
        self._heard = heard
        self._smtp = SmtpClient(clients.guard, clients.media, reach.given, tls=clients.http.tls)
        self._imap = ImapClient(clients.guard, clients.media, reach.given, tls=clients.http.tls)
        self._slots = asyncio.Semaphore(limits.concurrency)

    async def carry(self, request: AnyRequest) -> AnyResponse:
        """Carry out one request, after at most `concurrency - 1` others. Raises TransportFailed, MailRefused,
        MediaFull.
        """
        async with self._slots:
            match request:
                case HttpRequest():
                    answer = await self._http.send(self._within_limits(request), self.reach)
                    if self._heard is not None:
                        self._heard(answer)
                    return answer
                case SubmitMail():
                    return await self._smtp.submit(request)
                case FetchMail():
                    return await self._imap.fetch(request)
                case StoreMail():
                    return await self._imap.store(request)
                case _:
                    assert_never(request)

    async def wait(self, request: WaitForMail) -> bool:
        """Wait in IMAP IDLE: True when the folder may have changed, False when the time was over. Cancel to stop."""
        return await self._imap.wait(request)

    async def aclose(self) -> None:
        """Close the channel's mail connections."""
        await self._imap.aclose()

    def _within_limits(self, request: HttpRequest) -> HttpRequest:
        most_bytes = self.limits.blob_bytes if request.save_to == "blob" else self.limits.body_bytes
        return msgspec.structs.replace(
            request,
            timeout_seconds=min(request.timeout_seconds, self.limits.timeout_seconds),
            max_bytes=min(request.max_bytes, most_bytes),
        )
