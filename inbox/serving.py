"""The HTTP and websocket server: our own listening socket, our websocket protocol class, a quiet log."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ipaddress
import socket
import sys
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from inbox.intake.hook import AT_ONCE
from inbox.live.protocol import LiveProtocol
from inbox.settings import Settings

TAKEN_MS = 30_000
"""A peer that takes nothing for so long is dropped by the kernel (TCP_USER_TIMEOUT); accepted sockets inherit it."""
QUIET_SECONDS = 30.0
"""So long may a peer be quiet in the middle of a request; from its first byte, the whole head may take as long."""
MAX_HEAD_BYTES = 65_536
"""Of a request's head, and of what may follow its body (trailers): the parser itself keeps whatever comes."""
_MAX_LENGTH_DIGITS = 18
GRACE_SECONDS = 10
SWITCH_SECONDS = 0.000_1


class Joined(asyncio.Transport):
    """A transport that holds what is written until the next write goes along, or the loop turns.

    uvicorn writes the head of an answer and its body apart, and each write is a system call, a packet and a wake-up of
    the peer. Never more than one piece is held: who writes much is slowed down as by the transport itself.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.plain = transport
        self._loop = loop
        self._held = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Hold it, or send it with what is held."""
        if self._held:
            self.write_now(data)
        elif data:
            self._held = bytes(data)
            self._loop.call_soon(self._flush)

    def write_now(self, data: bytes | bytearray | memoryview) -> None:
        """Send it, behind what is held."""
        held, self._held = self._held, b""
        self.plain.write(held + data)

    def close(self) -> None:
        """Send what is held, then close."""
        self._flush()
        self.plain.close()

    def abort(self) -> None:
        """Close now."""
        self._held = b""
        self.plain.abort()

    def is_closing(self) -> bool:
        """Whether it is closed or about to be."""
        return self.plain.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Who is connected, and how."""
        return self.plain.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Take nothing more for now."""
        self.plain.pause_reading()

    def resume_reading(self) -> None:
        """Go on."""
        self.plain.resume_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Hand the connection on."""
        self.plain.set_protocol(protocol)

    def _flush(self) -> None:
        if self._held:
            self.write_now(b"")


class Http(HttpToolsProtocol):
    """uvicorn's protocol, which answers in one piece and hangs up on a peer that begins a request and does not go on.

    uvicorn itself bounds the pause between requests only: thousands of half requests would hold its sockets for ever.
    One timer of a connection sees to all limits, the pause between requests too: uvicorn would make one for each pause.
    """

    transport: Joined
    _watch: asyncio.TimerHandle | None = None
    _heard_at = 0.0
    _in_head = True
    _head_bytes = 0
    _resting_since: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A peer connects: it owes a request."""
        super().connection_made(Joined(transport, self.loop))
        self._heard_at = self.loop.time()
        self._look()

    def data_received(self, data: bytes) -> None:
        """Some of a request. A head gets no more time by coming in drops."""
        self._resting_since = None
        if not self._in_head:
            self._heard_at = self.loop.time()
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.transport.abort()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self._in_head, self._heard_at = True, self.loop.time()
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole. Raises ValueError, which is answered with 400, for a length that only zeros make a number:
        whoever reads it as one would fail, for Python reads no thousands of digits.
        """
        for name, value in self.headers:
            if len(value) > _MAX_LENGTH_DIGITS and name == b"content-length":
                raise ValueError("a length of too many digits")
        self._in_head, self._heard_at = False, self.loop.time()
        self.scope["extensions"] = {AT_ONCE: self._answer}  # type: ignore[dict-item]
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Some of the body, which whoever reads it bounds."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._head_bytes = 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """The connection is the websocket protocol's from here on, which has time limits of its own."""
        self._leave()
        self.transport = self.transport.plain  # type: ignore[assignment]
        super().handle_websocket_upgrade()

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer is gone."""
        self._leave()
        super().connection_lost(exc)

    def _answer(self, scope: Scope, status: int, lines: bytes, body: bytes) -> bool:
        """Do at once and in one write what the cycle's `send` does in two messages (`AnswerAtOnce`). Not where the peer
        is slow or gone, another request has come behind this one, or a body would not be sent.
        """
        cycle: Any = self.cycle
        if cycle.scope is not scope or cycle.response_started or cycle.disconnected or self.flow.write_paused:
            return False
        if scope["method"] == "HEAD":
            return False
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        ours = b"".join(b"%b: %b\r\n" % header for header in cycle.default_headers)
        end = b"" if cycle.keep_alive else b"connection: close\r\n"
        head = (STATUS_LINE[status], ours, lines, b"content-length: %d\r\n" % len(body), end, b"\r\n", body)
        self.transport.write_now(b"".join(head))
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()
        return True

    def on_response_complete(self) -> None:
        """The next request may come, or begin to be answered where it has come already."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        else:
            self._resting_since = self.loop.time()

    def _look(self) -> None:
        """Hang up where the time is over; else look again when it may be. A pause cannot begin and be over between two
        looks.
        """
        now, left, end = self.loop.time(), QUIET_SECONDS, self.transport.abort
        if self._resting_since is not None:
            left, end = self._resting_since + self.timeout_keep_alive - now, self.transport.close
        elif self._owes():
            left = self._heard_at + QUIET_SECONDS - now
        if left > 0:
            self._watch = self.loop.call_later(min(left, self.timeout_keep_alive), self._look)
        else:
            self._watch = None
            end()

    def _owes(self) -> bool:
        """Whether it is the peer's turn to go on: not while we answer, or have asked it to wait."""
        cycle: Any = self.cycle
        if self.flow.read_paused:
            return False
        if cycle is None:
            return True
        return cycle.response_complete or bool(cycle.more_body)

    def _leave(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if self.scope is not None:
            self.scope.pop("extensions", None)  # it leads back to here: a circle that only the collector would undo


def listening_socket(host: str, port: int) -> socket.socket:
    """Bind and listen. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(AttributeError, OSError):  # Linux only
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TAKEN_MS)
        made.bind((host, port))
        made.listen(2048)
        made.set_inheritable(True)
    except OSError:
        made.close()
        raise
    return made


def server(app: ASGIApp, settings: Settings, *, log_level: str = "warning") -> uvicorn.Server:
    """uvicorn, configured. Serve with `await server.serve(sockets=[listening_socket(…)])`."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="none",
        http=Http,
        ws=LiveProtocol,
        ws_max_size=65_536,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        ws_per_message_deflate=False,
        lifespan="off",
        access_log=False,
        log_level=log_level,
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=[seen for one in settings.trusted_proxies for seen in _as_seen(one)] or None,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=2048,
    )
    made = uvicorn.Server(config)
    tune()
    return made


def _as_seen(proxy: str) -> list[str]:
    """A proxy's address, or network, as a connection from it has it: a socket that listens on `::` takes IPv4 too, and
    has such a peer as `::ffff:10.0.0.1`.
    """
    if proxy == "*":
        return [proxy]
    network = ipaddress.ip_network(proxy)
    if network.version == 6:
        return [proxy]
    return [proxy, f"::ffff:{network.network_address}/{96 + network.prefixlen}"]


def tune() -> None:
    """Settings of the interpreter that decide latency here; once, when everything long-lived is there.

    The event loop and SQLite's writing thread take turns in Python: with the default of 5 ms a turn, an acknowledgement
    waits for two of them. The objects of start-up need not be looked at by every garbage collection.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
