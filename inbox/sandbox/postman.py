"""Brings the networks' deliveries to the service's own door, in order, again and again until they are taken.

A network that is a part of the service has no address to post to: for it stands a `Taking`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

import msgspec
import structlog
from standardwebhooks import Webhook

from connectors.exchange import HttpRequest, Request, TransportFailed
from connectors.toolkit import faults
from inbox import clock
from inbox.sandbox.networks import Delivery, Networks
from inbox.transport.http import HttpClient
from inbox.transport.reach import Reach

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 5.0
HELD_SECONDS = 3.0
"""With the fault `shuffle`: how long a delivery waits to be overtaken."""
Taking = Callable[[Request], Awaitable[bool]]
"""Takes a delivery in; False: not now."""
_log = structlog.get_logger(__name__)


class Postman:
    """One queue for each network. `door` gives the address that a network posts to; `taking` is for those without."""

    def __init__(
        self,
        networks: Networks,
        http: HttpClient,
        door: Callable[[str], str],
        taking: Mapping[str, Taking] | None = None,
    ) -> None:
        self._taking = taking or {}
        self._networks = networks
        self._http = http
        self._door = door
        self._queues: dict[str, asyncio.Queue[Delivery]] = {name: asyncio.Queue() for name in networks.names}
        self.tries = 0
        """Requests made so far, repetitions among them."""

    async def run(self) -> None:
        """Deliver until cancelled: first what was owed when the sandbox was stopped."""
        for delivery in self._networks.owed.values():
            self._queues[delivery.network].put_nowait(delivery)
        self._networks.on_delivery = lambda delivery: self._queues[delivery.network].put_nowait(delivery)
        async with asyncio.TaskGroup() as group:
            for network, queue in self._queues.items():
                group.create_task(self._round(network, queue), name=f"postman-{network}")

    async def _round(self, network: str, queue: asyncio.Queue[Delivery]) -> None:
        while True:
            delivery = await queue.get()
            on = self._networks.faults[network]
            if faults.SHUFFLE in on:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(HELD_SECONDS):
                        await self._bring(await queue.get())
            await self._bring(delivery)

    async def _bring(self, delivery: Delivery) -> None:
        wait = FIRST_WAIT_SECONDS
        while not await self._tried(delivery):
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT_SECONDS, wait * 2)
        self._networks.taken(delivery.number)
        if faults.DUPLICATE in self._networks.faults[delivery.network]:
            await self._tried(delivery)

    async def _tried(self, delivery: Delivery) -> bool:
        """One attempt: whether the service took it."""
        self.tries += 1
        if delivery.network in self._taking:
            return await self._taking[delivery.network](delivery.request)
        request = self._signed_now(delivery)
        url = self._door(delivery.network)
        asked = HttpRequest(method=request.method, url=url, headers=request.headers, body=request.body)
        try:
            answer = await self._http.send(asked, Reach(base_url=url, sandbox=True))
        except TransportFailed as failed:
            _log.info("sandbox_delivery_failed", network=delivery.network, reason=str(failed))
            return False
        if not 200 <= answer.status < 300:
            _log.warning("sandbox_delivery_refused", network=delivery.network, status=answer.status)
            return False
        return True

    def _signed_now(self, delivery: Delivery) -> Request:
        """The request as sent at this moment: a sender by Standard Webhooks signs every attempt with its own time."""
        request = delivery.request
        secret = self._networks.credentials(delivery.network).get("webhook_secret", "")
        message_id = request.headers.get("webhook-id", "")
        if not (secret and message_id):
            return request
        seconds = clock.now() // clock.SECOND
        signature = Webhook(secret).sign(message_id, datetime.fromtimestamp(seconds, UTC), request.body.decode())
        fresh = {"webhook-timestamp": str(seconds), "webhook-signature": signature}
        return msgspec.structs.replace(request, headers={**request.headers, **fresh})
