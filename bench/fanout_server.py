"""Servers that send one event of about 800 bytes to every websocket each time they get SIGUSR1.

    python -m bench.fanout_server --kind bare|starlette|ours --port N

`bare` is an asyncio.Protocol that writes a finished frame: the floor. `starlette` is `send_text` to each. `ours` is the
service's endpoint, hub and protocol class, its sockets in four scopes.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import itertools
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

import msgspec
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bench.machine import steady
from bench.payload import CHANNEL
from bench.product import Product
from inbox.domain import events as e
from inbox.domain.permissions import ROLES, Principal, Scope
from inbox.live.protocol import text_frame
from inbox.live.shown import Shown
from inbox.serving import listening_socket, server
from inbox.settings import Settings
from inbox.storage import schema
from inbox.storage.database import connect

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_numbers = itertools.count(1)


def event(position: int) -> bytes:
    """The JSON of an event."""
    text = ("Hello, I ordered the blue jacket last week and nothing has arrived here yet. " * 9)[:620]
    return msgspec.json.encode(
        {"type": "event", "position": position, "event": "message_received", "at": "2026-01-01T00:00:00.000Z", "text": text, "entered": False}
    )  # fmt: skip


def shown(position: int) -> Shown:
    """The same as the hub takes it."""
    audience = e.Audience(channel_id=CHANNEL)
    told = e.ConversationClosed(conversation_id=1, episode=1)
    return Shown(position, 0, 1, audience, audience, text_frame(event(position)), told)


class Bare(asyncio.Protocol):
    """Shakes hands, then only writes."""

    writes: set[Callable[[bytes], None]] = set()  # noqa: RUF012 - one server in the process

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """The handshake; what comes later is passed over."""
        lines = [line for line in data.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key")]
        if lines:
            accept = base64.b64encode(hashlib.sha1(lines[0].split(b": ")[1] + _GUID).digest())  # noqa: S324 - RFC 6455
            self.transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            self.writes.add(self.transport.write)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self.writes.discard(self.transport.write)


async def bare(port: int) -> None:
    """Serve the floor."""
    loop = asyncio.get_running_loop()

    def go() -> None:
        frame = text_frame(event(next(_numbers)))
        for write in Bare.writes:
            write(frame)

    loop.add_signal_handler(signal.SIGUSR1, go)
    listening = await loop.create_server(Bare, "127.0.0.1", port, backlog=2048)
    steady()
    await listening.serve_forever()


async def starlette(port: int) -> None:
    """Serve `send_text`."""
    sockets: set[WebSocket] = set()
    running: set[asyncio.Task[None]] = set()

    async def live(websocket: WebSocket) -> None:
        await websocket.accept()
        sockets.add(websocket)
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            sockets.discard(websocket)

    async def send() -> None:
        text = event(next(_numbers)).decode()
        for socket in list(sockets):
            await socket.send_text(text)

    def go() -> None:
        task = asyncio.get_running_loop().create_task(send())
        running.add(task)
        task.add_done_callback(running.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, go)
    config = uvicorn.Config(
        Starlette(routes=[WebSocketRoute("/live", live)]), port=port, loop="none", ws="websockets-sansio",
        ws_per_message_deflate=False, ws_ping_interval=None, lifespan="off", log_level="warning", backlog=2048,
    )  # fmt: skip
    steady()
    await uvicorn.Server(config).serve()


class FourScopes(Product):
    """The service's live side, its agents in four scopes: all, by channel, by channels, by team."""

    scopes = itertools.cycle(
        [
            Scope(None, frozenset(), True), Scope(frozenset({CHANNEL}), frozenset(), False),
            Scope(frozenset({CHANNEL, 8, 9}), frozenset({1}), False), Scope(None, frozenset({1, 2}), False),
        ]
    )  # fmt: skip

    async def everyone(self, websocket: WebSocket) -> Principal | None:
        """An agent of the next scope."""
        return Principal(e.Actor("agent", next(_numbers) % 500 + 1), "Bench", next(self.scopes), ROLES["agent"], None)


async def ours(port: int) -> None:
    """Serve the service's live side."""
    with tempfile.TemporaryDirectory(prefix="inbox-bench-") as folder:
        settings = Settings(data_dir=Path(folder), port=port)
        database = connect(settings.store)
        await database.open()
        await database.write(lambda: schema.create(database.engine, 1))
        product = FourScopes(database, settings)
        desk, positions = product.desk, itertools.count(1)
        asyncio.get_running_loop().add_signal_handler(
            signal.SIGUSR1, lambda: desk.hub.publish([shown(next(positions))])
        )
        await desk.tail.open()
        await server(Starlette(routes=desk.routes()), settings).serve(sockets=[listening_socket("127.0.0.1", port)])


def main() -> None:
    """Serve until ended."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--kind", choices=("bare", "starlette", "ours"), required=True)
    given = words.parse_args()
    uvloop.run({"bare": bare, "starlette": starlette, "ours": ours}[given.kind](given.port))


if __name__ == "__main__":
    main()
