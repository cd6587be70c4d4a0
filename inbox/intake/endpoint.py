"""The doors for networks' webhooks: `POST|GET /hooks/{network}/{channel_id}`, and one for a family of networks.

The order is fixed: known channel, size, signature, rate, then parsing. Nothing of an unverified request is stored or
parsed, and a delivery is answered 2xx only after it is committed. Whoever does not prove to be the network learns
nothing but a status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

import structlog
from prometheus_client import Counter
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.contract import Connector, Context
from connectors.errors import KeyUnknown, PayloadInvalid, SignatureInvalid
from connectors.exchange import Request, Response
from connectors.inbound import AnyInbound
from inbox import clock, tracing
from inbox.domain.records import Channel
from inbox.errors import Unavailable
from inbox.eventlog.directory import Directory
from inbox.failpoint import failpoint
from inbox.intake.context import Contexts
from inbox.intake.door import Doors
from inbox.intake.hook import Hook, HungUp, Refused, headers_kept, respond
from inbox.intake.receive import Arrived, Receiver, Source, counts, parsed
from inbox.throttle import Rate, Throttle

PER_CHANNEL = Rate(burst=4_000, every_seconds=0.000_5)
"""About what one process can write: one channel alone may use it, and a network that is told 429 comes again."""
FORGED = Rate(burst=1_000, every_seconds=0.1)
"""Refused signatures that one address may try on one channel. Only they count against it: whoever forges must not be
able to use up what the network may bring."""
PREFIX = "/hooks/"
_log = structlog.get_logger(__name__)
_webhooks = Counter("inbox_webhooks_total", "Requests of networks by answer", ("network", "status"))


Answered = tuple[Response, dict[str, object]]
"""What is answered, and what the log says of it."""


class _Door(NamedTuple):
    """A channel that takes webhooks, with what its network checks and reads them by."""

    channel: Channel
    key: tuple[str]
    """Its name in the throttle."""
    connector: Connector
    verify: Callable[[Request, Context], None]
    parse: Callable[[Request, Context], list[AnyInbound | Exception]]


class Hooks:
    """Answers networks, as an ASGI application for `/hooks/…`."""

    def __init__(
        self,
        directory: Directory,
        contexts: Contexts,
        receiver: Receiver,
        *,
        doors: Doors | None = None,
        per_channel: Rate = PER_CHANNEL,
        forged: Rate = FORGED,
    ) -> None:
        self._directory = directory
        self._contexts = contexts
        self._receiver = receiver
        self._doors = doors
        self._rate = per_channel
        self._forged = forged
        self._throttle = Throttle()
        self._known: dict[tuple[str, str], _Door] = {}
        self._known_of: Mapping[int, Channel] = {}

    def before(self, app: ASGIApp) -> ASGIApp:
        """Take what is for us, and leave everything else to the web framework."""

        async def front(scope: Scope, receive: Receive, send: Send) -> None:
            is_ours = scope["type"] == "http" and scope["path"].startswith(PREFIX)
            await (self if is_ours else app)(scope, receive, send)

        return front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, whatever comes of it: answered, counted, with one line in the log."""
        network, _, below = scope["path"][len(PREFIX) :].partition("/")
        known = network  # as it may be named in figures
        began = clock.now()
        with tracing.span("hooks", "server") as span:
            try:
                if scope["method"] not in ("GET", "POST"):
                    raise Refused(405, "networks GET and POST", {"allow": "GET, POST"})
                answered, told = await self._answered(Hook(scope, receive), network, below)
            except Refused as refused:
                answered, told = Response(status=refused.status, headers=refused.headers), {"why": str(refused)}
                if refused.status in (404, 405):  # the address may say anything: each name would be counted for ever
                    known = "unknown"
            except Unavailable as unavailable:
                if not self._is_of_ours(network):
                    known = "unknown"
                after = str(unavailable.extra.get("retry_after_seconds", 2))
                answered, told = Response(status=503, headers={"retry-after": after}), {"why": unavailable.detail}
            except HungUp:
                answered, told = Response(status=400), {"why": "the sender hung up"}
            _counter(known, answered.status).inc()
            level = _log.info if answered.status < 400 else _log.warning
            taken_ms = (clock.now() - began) // 1000
            level("webhook", network=known, channel=below[:20], status=answered.status, ms=taken_ms, **told)
            await respond(answered, scope, send)
            span.set("inbox.network", known)
            span.set("http.response.status_code", answered.status)

    async def _answered(self, hook: Hook, network: str, below: str) -> Answered:
        directory = await self._directory.fresh()
        if self._doors is not None and (family := self._doors.family_of(network)) is not None:
            return await self._doors.answered(hook, family, below, self._throttled)
        door = self._door(directory, network, below)
        channel, connector = door.channel, door.connector
        sender = (*door.key, hook.address)
        _allow(self._throttle.wait(sender, self._forged), "too many forged requests")
        request = await hook.read(connector.manifest.max_body_bytes)
        try:
            ctx = await self._verified(door, request, await self._contexts.of(channel.id))
        except Refused as refused:
            if refused.status == 401:
                self._throttle.take(sender, self._forged)
            raise
        _allow(self._throttle.take(door.key, self._rate), "more than the channel may bring")
        try:
            handshake = connector.answer(request, ctx) if connector.answer is not None else None
        except (SignatureInvalid, PayloadInvalid) as invalid:
            raise Refused(401, str(invalid)) from invalid
        if handshake is not None:
            return handshake, {"handshake": True}
        if request.method != "POST":
            raise Refused(405, "no handshake", {"allow": "POST"})
        outcomes = await self._receiver.take(self._arrived(door, request, ctx))
        failpoint("endpoint.before_answer")
        told = Response(status=200) if connector.acknowledge is None else connector.acknowledge(request, ctx)
        return told, {"elements": counts(outcomes)}

    def _is_of_ours(self, network: str) -> bool:
        """Whether a channel or a family has the name, as far as was read: a store that is away says of none."""
        is_family = self._doors is not None and self._doors.family_of(network) is not None
        return is_family or any(channel.network == network for channel in self._directory.channels.values())

    def _throttled(self, key: str, address: str, *, forged: bool = False) -> None:
        """Raise Refused when a sender may not go on: he forged too often, or brings more than is taken. `forged` counts
        a forgery.
        """
        if forged:
            self._throttle.take((key, address), self._forged)
            return
        _allow(self._throttle.wait((key, address), self._forged), "too many forged requests")
        _allow(self._throttle.take((key,), self._rate), "more than may be brought")

    def _door(self, directory: Directory, network: str, text: str) -> _Door:
        """The channel of the address, looked for once in each copy of the directory. What is unknown is not remembered:
        there are never more than a few addresses for each channel (`07` is `7`).
        """
        if self._known_of is not directory.channels:
            self._known, self._known_of = {}, directory.channels
        door = self._known.get((network, text))
        if door is None:
            door = self._known[network, text] = self._found(directory, network, text)
        return door

    def _found(self, directory: Directory, network: str, text: str) -> _Door:
        """One that is switched off, or brings nothing this way, is as unknown as any. Raises Refused."""
        channel = directory.channels.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
        if channel is None or not channel.active or channel.network != network:
            raise Refused(404, "no such channel")
        connector = self._contexts.connector(network)
        if connector.parse is None or connector.verify is None:
            raise Refused(404, "the network brings nothing this way")
        return _Door(channel, (str(channel.id),), connector, connector.verify, connector.parse)

    async def _verified(self, door: _Door, request: Request, ctx: Context) -> Context:
        """The context under which the request proved genuine: keys may have been loaded on the way."""
        try:
            try:
                door.verify(request, ctx)
            except KeyUnknown as unknown:
                ctx = await self._with_key(door.connector, ctx, unknown)
                door.verify(request, ctx)
        except (SignatureInvalid, KeyUnknown) as invalid:
            raise Refused(401, str(invalid)) from invalid
        except Refused:
            raise
        except Exception as crafted:  # the edge of the request: what breaks the check has not passed it
            _log.error("webhook_verify_failed", channel=ctx.channel_id, exc_info=crafted)
            raise Refused(401, "the check itself failed") from crafted
        return ctx

    async def _with_key(self, connector: Connector, ctx: Context, unknown: KeyUnknown) -> Context:
        try:
            known = await self._contexts.keys.bring(connector.manifest.keys_url, unknown.kid)
        except Exception as failed:  # the edge of the request: transport has many ways to fail
            raise Refused(503, f"keys not loaded: {failed}", {"retry-after": "30"}) from failed
        if not known:
            raise unknown
        return await self._contexts.of(int(ctx.channel_id))

    def _arrived(self, door: _Door, request: Request, ctx: Context) -> Arrived:
        """The parsed delivery. What cannot be read at all is kept raw, as quarantined."""
        elements, problem = parsed(lambda: door.parse(request, ctx), ctx)
        return Arrived(
            channel=self._directory.facts(door.channel.id),
            elements=elements,
            sources=(Source(body=request.body, headers=headers_kept(request), problem=problem),),
            received_at=ctx.now,
            looks_up_profiles=door.connector.profile is not None,
        )


@lru_cache(maxsize=1024)
def _counter(network: str, status: int) -> Counter:
    """Of one kind of answer: to look its labels up costs three times what counting does."""
    return _webhooks.labels(network, str(status))


def _allow(wait_seconds: int, why: str) -> None:
    if wait_seconds:
        raise Refused(429, why, {"retry-after": str(wait_seconds)})
