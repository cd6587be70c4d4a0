"""The door for networks' webhooks: `POST|GET /hooks/{network}/{channel_id}`.

The order is fixed: known channel, size, signature, rate, then parsing. Nothing of an unverified request is stored or
parsed, and a delivery is answered 2xx only after it is committed. Whoever does not prove to be the network learns
nothing but a status.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

import structlog
from prometheus_client import Counter
from starlette.requests import ClientDisconnect
from starlette.requests import Request as WebRequest
from starlette.responses import Response as WebResponse
from starlette.routing import Route

from connectors.contract import Connector, Context
from connectors.errors import KeyUnknown, PayloadInvalid, SignatureInvalid
from connectors.exchange import Request, Response
from connectors.inbound import AnyInbound
from inbox import clock
from inbox.domain.records import Channel
from inbox.errors import Unavailable
from inbox.eventlog.directory import Directory
from inbox.failpoint import failpoint
from inbox.intake.context import Contexts
from inbox.intake.receive import Arrived, Receiver, Source, counts, webhook_elements
from inbox.throttle import Rate, Throttle

PER_CHANNEL = Rate(burst=4_000, every_seconds=0.000_5)
"""About what one process can write: one channel alone may use it, and a network that is told 429 comes again."""
FORGED = Rate(burst=1_000, every_seconds=0.1)
"""Refused signatures that one address may try on one channel. Only they count against it: whoever forges must not be
able to use up what the network may bring."""
_SECRET_WORDS = ("authorization", "cookie", "secret", "token", "signature", "password", "api-key")
_log = structlog.get_logger(__name__)
_webhooks = Counter("inbox_webhooks_total", "Requests of networks by answer", ("network", "status"))


class Refused(Exception):
    """The request is answered with this and nothing is stored."""

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers or {}


class _Door(NamedTuple):
    """A channel that takes webhooks, with what its network checks and reads them by."""

    channel: Channel
    connector: Connector
    verify: Callable[[Request, Context], None]
    parse: Callable[[Request, Context], list[AnyInbound | Exception]]


class Hooks:
    """Answers networks. `route` is what the application mounts."""

    def __init__(
        self,
        directory: Directory,
        contexts: Contexts,
        receiver: Receiver,
        *,
        per_channel: Rate = PER_CHANNEL,
        forged: Rate = FORGED,
    ) -> None:
        self._directory = directory
        self._contexts = contexts
        self._receiver = receiver
        self._rate = per_channel
        self._forged = forged
        self._throttle = Throttle()
        self.route = Route("/hooks/{network}/{channel_id}", self.answer, methods=["GET", "POST"])

    async def answer(self, web: WebRequest) -> WebResponse:
        """One request, whatever comes of it, with one line in the log."""
        network, began = web.path_params["network"], clock.now()
        try:
            answered, told = await self._answered(web, network)
        except Refused as refused:
            answered, told = WebResponse(status_code=refused.status, headers=refused.headers), {"why": str(refused)}
        except Unavailable as unavailable:
            after = str(unavailable.extra.get("retry_after_seconds", 2))
            answered, told = WebResponse(status_code=503, headers={"retry-after": after}), {"why": unavailable.detail}
        except ClientDisconnect:
            answered, told = WebResponse(status_code=400), {"why": "the sender hung up"}
        known = network if network in {c.network for c in self._directory.channels.values()} else "unknown"
        _webhooks.labels(known, str(answered.status_code)).inc()
        level = _log.info if answered.status_code < 400 else _log.warning
        level(
            "webhook",
            network=known,
            channel=web.path_params["channel_id"][:20],
            status=answered.status_code,
            ms=(clock.now() - began) // 1000,
            **told,
        )
        return answered

    async def _answered(self, web: WebRequest, network: str) -> tuple[WebResponse, dict[str, object]]:
        door = await self._door(network, web.path_params["channel_id"])
        channel, connector = door.channel, door.connector
        sender = (str(channel.id), web.client.host if web.client else "")
        _allow(self._throttle.wait(sender, self._forged), "too many forged requests")
        request = await self._request(web, connector.manifest.max_body_bytes)
        try:
            ctx = await self._verified(door, request, await self._contexts.of(channel.id))
        except Refused as refused:
            if refused.status == 401:
                self._throttle.take(sender, self._forged)
            raise
        _allow(self._throttle.take((str(channel.id),), self._rate), "more than the channel may bring")
        try:
            handshake = connector.answer(request, ctx) if connector.answer is not None else None
        except (SignatureInvalid, PayloadInvalid) as invalid:
            raise Refused(401, str(invalid)) from invalid
        if handshake is not None:
            return _web(handshake), {"handshake": True}
        if request.method != "POST":
            raise Refused(405, "no handshake", {"allow": "POST"})
        outcomes = await self._receiver.take(self._arrived(door, request, ctx))
        failpoint("endpoint.before_answer")
        told = Response(status=200) if connector.acknowledge is None else connector.acknowledge(request, ctx)
        return _web(told), {"elements": counts(outcomes)}

    async def _door(self, network: str, text: str) -> _Door:
        """The channel of the address. One that is switched off, or brings nothing this way, is as unknown as any."""
        directory = await self._directory.fresh()
        channel = directory.channels.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
        if channel is None or not channel.active or channel.network != network:
            raise Refused(404, "no such channel")
        connector = self._contexts.connector(network)
        if connector.parse is None or connector.verify is None:
            raise Refused(404, "the network brings nothing this way")
        return _Door(channel, connector, connector.verify, connector.parse)

    async def _request(self, web: WebRequest, max_bytes: int) -> Request:
        """The request with its body as it came. Raises Refused once it is larger than the manifest allows."""
        declared = web.headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > max_bytes:
            raise Refused(413, f"{declared} bytes declared, {max_bytes} are taken")
        if web.headers.get("content-encoding", "identity").lower() != "identity":
            # Signatures are of the bytes sent: a body packed on the way would fail as forged, and could be a bomb.
            raise Refused(415, "a packed body", {"accept-encoding": "identity"})
        body = bytearray()
        async for chunk in web.stream():
            body += chunk
            if len(body) > max_bytes:
                raise Refused(413, f"more than {max_bytes} bytes")
        return Request(
            method=web.method,
            path=web.scope["path"],
            query=web.scope["query_string"].decode("latin-1"),
            headers=dict(web.headers),
            body=bytes(body),
        )

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
        channel, connector = door.channel, door.connector
        try:
            elements, problem = webhook_elements(door.parse(request, ctx))
        except PayloadInvalid as invalid:
            elements, problem = [], str(invalid)
        except Exception as broken:  # the edge of the request: a fault of ours is no reason to lose it
            _log.error("webhook_parse_failed", channel=channel.id, exc_info=broken)
            elements, problem = [], f"{type(broken).__name__}: {broken}"
        return Arrived(
            channel=self._directory.facts(channel.id),
            elements=elements,
            sources=(Source(body=request.body, headers=headers_kept(request), problem=problem),),
            received_at=ctx.now,
            looks_up_profiles=connector.profile is not None,
        )


def _allow(wait_seconds: int, why: str) -> None:
    if wait_seconds:
        raise Refused(429, why, {"retry-after": str(wait_seconds)})


@lru_cache(maxsize=1024)
def _secret(name: str) -> bool:
    """Whether a header may hold a credential."""
    return any(word in name for word in _SECRET_WORDS)


def headers_kept(request: Request) -> str:
    """Method, query and headers as JSON, for a replay; without those that could hold a credential."""
    headers = {n: v for n, v in request.headers.items() if not _secret(n)}
    return json.dumps({"method": request.method, "query": request.query, "headers": headers}, ensure_ascii=False)


def request_kept(headers: str, body: bytes) -> Request:
    """The request that `headers_kept` and the body were kept of."""
    kept = json.loads(headers) if headers else {}
    return Request(
        method=kept.get("method", "POST"),
        path="",
        query=kept.get("query", ""),
        headers=kept.get("headers", {}),
        body=body,
    )


def _web(response: Response) -> WebResponse:
    return WebResponse(content=response.body, status_code=response.status, headers=dict(response.headers))
