"""HTTP towards networks: one client for the process, bounded in time and in size, precise about what was sent.

A request that fails is a `TransportFailed` whose `sent` is False as long as no byte of it can have left: while the name
was resolved, the connection made, TLS agreed. Statuses are not judged here; a 500 is an answer.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from email.message import Message
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import unquote, urlsplit

import httpcore2
import httpx2

from connectors.exchange import HttpRequest, HttpResponse, TransportFailed
from inbox import tracing
from inbox.transport.guard import AddressRefused, Guard, Trust
from inbox.transport.media import MediaMissing, MediaStore, MediaTooLarge
from inbox.transport.multipart import Multipart
from inbox.transport.reach import Reach

USER_AGENT = "unified-inbox/1"
CONNECT_SECONDS = 10.0
IDLE_SECONDS = 4.0
"""How long an unused connection is kept: less than servers keep theirs (Node, uvicorn: 5 s), since a request sent into
a connection that is just being closed leaves an effect `unknown`."""
_MOST_SHARES = 4
"""Into so many parts at most the time to connect is divided among the addresses of a name."""
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NOT_IN_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
MAX_ERROR_BYTES = 1_048_576
"""Of an answer that was to be saved as a blob but is not 2xx."""
_MAX_DISPOSITION = 2_000
"""Characters of a Content-Disposition that is read: the parser takes time by their square, and the event loop waits."""


class HttpClient:
    """Carries out `HttpRequest`s. One per process."""

    def __init__(
        self, guard: Guard, media: MediaStore, *, tls: ssl.SSLContext | None = None, http2: bool = False
    ) -> None:
        """`tls`: whom to trust; default is the system's list. HTTP/2 is off: one slow stream would hold up others."""
        self._media = media
        self.tls = tls or ssl.create_default_context()
        self._client = httpx2.AsyncClient(
            transport=_Pools(guard, self.tls, http2=http2),
            # Channels share this client: nobody's cookies may be kept.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"user-agent": USER_AGENT, "accept": "*/*", "accept-encoding": "gzip, deflate"},
            follow_redirects=False,
            trust_env=False,
        )

    async def send(self, request: HttpRequest, reach: Reach) -> HttpResponse:
        """One round trip, within `request.timeout_seconds` over all. Redirects are answers like any other.

        Raises TransportFailed; MediaFull when an answer was to be kept and there is no room.
        """
        about: dict[str, tracing.Value] = {"server.address": _host_of(request.url)}
        with tracing.span(request.method, "client", attributes=about) as span:
            response = await self._sent(request, reach)
            span.set("http.response.status_code", response.status)
            return response

    async def _sent(self, request: HttpRequest, reach: Reach) -> HttpResponse:
        trip = _Trip()
        try:
            async with asyncio.timeout(request.timeout_seconds):
                return await self._round_trip(request, reach, trip)
        except TimeoutError:
            raise trip.failed("timeout", f"no whole answer within {request.timeout_seconds:g} s") from None
        except (AddressRefused, _NotHttp) as refused:
            raise trip.failed("refused", str(refused)) from refused
        except MediaMissing as gone:
            raise trip.failed("missing", str(gone)) from gone
        except MediaTooLarge as large:
            raise trip.failed("too_large", str(large)) from large
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as lost:
            raise trip.failed(_kind_of_connect(lost), _words(lost)) from lost
        except httpcore2.TimeoutException as slow:
            raise trip.failed("timeout", _words(slow)) from slow
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.DecodingError) as broken:
            raise trip.failed("reset", _words(broken)) from broken
        finally:
            await trip.close_unfinished()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _round_trip(self, request: HttpRequest, reach: Reach, trip: _Trip) -> HttpResponse:
        outgoing = await self._outgoing(request, reach.trust_of(request), trip)
        response = await self._client.send(outgoing, stream=True)
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            if request.save_to == "blob" and response.is_success:
                body = _bounded(response, request.max_bytes)
                name, declared = _file_name(request.url, headers), headers.get("content-type", "")
                blob = await self._media.write(body, max_bytes=request.max_bytes, name=name, declared=declared)
                return HttpResponse(status=response.status_code, headers=headers, blob=blob)
            limit = MAX_ERROR_BYTES if request.save_to == "blob" else request.max_bytes
            body_bytes = b"".join([chunk async for chunk in _bounded(response, limit)])
            return HttpResponse(status=response.status_code, headers=headers, body=body_bytes)
        finally:
            await response.aclose()

    async def _outgoing(self, request: HttpRequest, trust: Trust, trip: _Trip) -> httpx2.Request:
        headers = _encoded(request.headers)
        _require_sound(request.method, headers)
        content: bytes | Multipart | None = request.body or None
        if request.form:
            content = Multipart(request.form, self._media)
            headers = [header for header in headers if header[0] not in (b"content-type", b"content-length")]
            headers.append((b"content-type", content.content_type.encode()))
            headers.append((b"content-length", str(await content.length_bytes()).encode()))
        if request.save_to == "blob":
            # Files are packed already; what is not squeezed cannot burst.
            headers.append((b"accept-encoding", b"identity"))
        return self._client.build_request(
            request.method,
            request.url,
            headers=headers,
            content=content,
            timeout=httpx2.Timeout(request.timeout_seconds, connect=min(CONNECT_SECONDS, request.timeout_seconds)),
            extensions={"trust": trust, "trace": trip.trace},
        )


class _NotHttp(Exception):
    """The request cannot be written as HTTP. The text never holds a value: it may be a credential."""


class _Trip:
    """What is known of one round trip while it is under way."""

    def __init__(self) -> None:
        self.sent = False
        self._unfinished: httpcore2.AsyncNetworkStream | None = None

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Called by httpcore at every step; the first write comes after `send_request_headers.started`."""
        if event == "connection.connect_tcp.complete":
            self._unfinished = info["return_value"]
        elif event == "connection.start_tls.complete":
            self._unfinished = None
        elif event.endswith("send_request_headers.started"):
            self._unfinished = None
            self.sent = True

    async def close_unfinished(self) -> None:
        """Close a connection that was given up while TLS was being agreed: cancelled there, httpcore forgets it."""
        if self._unfinished is not None:
            await self._unfinished.aclose()

    def failed(self, kind: Any, detail: str) -> TransportFailed:
        return TransportFailed(kind, detail, sent=self.sent)


class _Pools(httpx2.AsyncBaseTransport):
    """A pool of connections for each trust, so that a connection made for an admin never serves an outside address."""

    def __init__(self, guard: Guard, tls: ssl.SSLContext, *, http2: bool) -> None:
        self._pools = {
            trust: httpcore2.AsyncConnectionPool(
                ssl_context=tls,
                max_connections=200,
                max_keepalive_connections=50,
                keepalive_expiry=IDLE_SECONDS,
                http2=http2,
                network_backend=_CheckedBackend(guard, trust),
            )
            for trust in Trust
        }

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = httpcore2.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        answer = await self._pools[request.extensions["trust"]].handle_async_request(
            httpcore2.Request(
                request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
            )
        )
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions={})

    async def aclose(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()


class _Body(httpx2.AsyncByteStream):
    """The body of an answer as it comes in."""

    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()


class _CheckedBackend(httpcore2.AnyIOBackend):
    """Makes TCP connections to addresses the guard has judged. The host name stays for TLS and the Host header."""

    def __init__(self, guard: Guard, trust: Trust) -> None:
        self._guard = guard
        self._trust = trust

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            addresses = await self._guard.addresses(host, port, self._trust)
        except OSError as unknown:
            raise httpcore2.ConnectError(f"{host} has no address: {unknown}") from unknown
        last: Exception = httpcore2.ConnectError(host)
        # An address that swallows what is sent to it (IPv6 that leads nowhere) leaves time for those behind it.
        share = timeout / min(len(addresses), _MOST_SHARES) if timeout is not None else None
        for address in addresses:
            try:
                return await super().connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as refused:
                last = refused
        raise last


async def _bounded(response: httpx2.Response, max_bytes: int) -> AsyncIterator[bytes]:
    """The decoded body, as long as neither it nor what came over the wire is larger than `max_bytes`.

    The decoder gives at most 1 MiB at a time, so a bomb is stopped when its first pieces go off.
    """
    said = response.headers.get("content-length", "")
    if said.isdigit() and int(said) > max_bytes:
        raise MediaTooLarge(f"the answer has {said} bytes, {max_bytes} are taken")
    taken = 0
    async for chunk in response.aiter_bytes():
        taken += len(chunk)
        if max(taken, response.num_bytes_downloaded) > max_bytes:
            raise MediaTooLarge(f"the answer is larger than the {max_bytes} bytes taken")
        yield chunk


def _host_of(url: str) -> str:
    """For a trace; empty where the address is none, which `Reach` refuses in words."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    try:
        return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    except UnicodeEncodeError:
        raise _NotHttp("a header holds half of a surrogate pair") from None


def _require_sound(method: str, headers: list[tuple[bytes, bytes]]) -> None:
    """Refuse what could smuggle another header or request in (RFC 9110 5.5)."""
    if _TOKEN.fullmatch(method.encode()) is None:
        raise _NotHttp(f"{method!r} is not an HTTP method")
    for name, value in headers:
        if _TOKEN.fullmatch(name) is None or _NOT_IN_VALUE.search(value) or value != value.strip():
            raise _NotHttp(f"the header {name!r} holds a line end, a control character or a space at its ends")


def _file_name(url: str, headers: dict[str, str]) -> str:
    """The name that the server gives the file (RFC 6266), else the last part of its address."""
    return _given_name(headers.get("content-disposition", "")) or unquote(urlsplit(url).path.rsplit("/", 1)[-1])


def _given_name(said: str) -> str | None:
    if len(said) > _MAX_DISPOSITION:
        return None
    disposition = Message()
    disposition["content-disposition"] = said
    try:
        return disposition.get_filename()
    except (TypeError, ValueError):  # pieces of a name (RFC 2231) that cannot be put in order, a coding with a NUL
        return None


def _kind_of_connect(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        if isinstance(cause, TimeoutError):
            return "timeout"
        cause = cause.__cause__ or cause.__context__
    return "timeout" if isinstance(error, httpcore2.ConnectTimeout) else "connect"


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
