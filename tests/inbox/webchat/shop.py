"""A shop with a chat on its website: the service on a real port, visitors with real sockets, an agent who answers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from connectors import inbound as net
from inbox import clock
from inbox.commands.reply import Reply
from inbox.domain import events as e
from inbox.domain.records import Channel, Media
from inbox.domain.sending import Answer
from inbox.domain.state import State
from inbox.eventlog.bus import HEAD
from inbox.eventlog.unit import Unit
from inbox.intake.context import Contexts
from inbox.intake.keys import Keys
from inbox.live.protocol import LiveProtocol
from inbox.seal import Sealer
from inbox.storage import tables as t
from inbox.storage.database import Query, Save, Text, Update
from inbox.throttle import Throttle
from inbox.transport.media import DiskMedia
from inbox.webchat.endpoint import WebchatDeps, webchat_routes
from inbox.webchat.rooms import Rooms
from tests.inbox.world import ANNA, World, channel, world

CHAT = 13
SECRET = "the shop's identity secret"
KEY = "the installation's key, thirty-two characters and more"
ORIGIN = "https://shop.example"
PATIENCE_SECONDS = 30


@dataclass
class Tab:
    """One browser tab of a visitor, as the widget would behave."""

    socket: ClientConnection
    got: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, **frame: Any) -> None:
        """Send a frame."""
        await self.socket.send(json.dumps(frame))

    async def until(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """Read until a frame of that type, with these fields, comes; all that came is kept in `got`."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                frame = json.loads(await self.socket.recv())
                self.got.append(frame)
                if frame["type"] == kind and all(frame.get(name) == value for name, value in wanted.items()):
                    return frame

    async def had(self, kind: str) -> dict[str, Any]:
        """The first frame of that type, whether it came already or is still to come."""
        return next((frame for frame in self.got if frame["type"] == kind), None) or await self.until(kind)

    async def says(self, text: str, **more: Any) -> dict[str, Any]:
        """Write a message and wait until it is acknowledged."""
        key = more.pop("client_msg_id", uuid.uuid4().hex)
        await self.send(type="message", client_msg_id=key, text=text, **more)
        return await self.until("ack", client_msg_id=key)

    async def sees(self, text: str) -> dict[str, Any]:
        """Wait for an item with this text."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for frame in self.got:
                    if frame["type"] in ("message", "message_updated") and frame["item"]["text"] == text:
                        return frame
                self.got.append(json.loads(await self.socket.recv()))

    async def close_code(self) -> int:
        """The code with which the server closes."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    self.got.append(json.loads(await self.socket.recv()))
        return self.socket.close_code or 0

    def texts(self) -> list[str]:
        """Texts of the items that came, in order."""
        return [frame["item"]["text"] for frame in self.got if frame["type"] == "message"]


class Switch:
    """The server's application, or nobody there."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.is_down = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer; while down, refuse sockets and be unavailable."""
        if not self.is_down:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1013})
        else:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})


@dataclass
class Shop:
    """The running service."""

    world: World
    url: str
    http: httpx2.AsyncClient
    contexts: Contexts
    rooms: Rooms
    typing: list[net.TypingStarted]
    switch: Switch

    async def token(self) -> str:
        """A new visitor's token."""
        answer = await self.http.post(f"/chat/{CHAT}/session", json={})
        token: str = answer.raise_for_status().json()["token"]
        return token

    @contextlib.asynccontextmanager
    async def tab(
        self, token: str, *, last_seq: int = 0, origin: str | None = ORIGIN, **auth: Any
    ) -> AsyncIterator[Tab]:
        """A tab that has signed in and has all there is."""
        async with self.socket(origin=origin) as socket:
            tab = Tab(socket)
            await tab.send(type="auth", token=token, last_seq=last_seq, **auth)
            await tab.until("ready")
            yield tab

    def socket(self, *, origin: str | None = ORIGIN, **more: Any) -> connect:
        """A bare socket."""
        return connect(self.url.replace("http", "ws") + f"/chat/{CHAT}/ws", origin=origin, **more)  # type: ignore[arg-type]

    async def refusal(self, token: str, *, origin: str | None = ORIGIN) -> int:
        """The code with which a socket is closed that signs in like this."""
        async with self.socket(origin=origin) as opened:
            with contextlib.suppress(ConnectionClosed):
                await opened.send(json.dumps({"type": "auth", "token": token}))
            return await Tab(opened).close_code()

    async def narrow(self) -> socket.socket:
        """A connection whose other end can hold little that is not read."""
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", int(self.url.rpartition(":")[2])))
        return made

    async def answers(self, text: str, *, conversation_id: int | None = None, **more: Any) -> int:
        """Anna answers in the newest chat, at once; the id of her message."""
        wanted = conversation_id or (await self.conversations())[-1]
        principal = self.world.directory.principal_of(self.world.directory.agents[ANNA])
        contexts = {CHAT: await self.contexts.of(CHAT)}
        answer = Answer(text=text, hold_seconds=0, **more)
        reply = Reply(principal, wanted, answer, directory=self.world.directory, contexts=contexts)
        sent: int = await self.world.writer.submit(reply)
        return sent

    async def conversations(self) -> list[int]:
        """Ids of the chat's conversations, oldest first."""
        return await self.rows("id", "conversation", "network = 'webchat' ORDER BY id")

    async def rows(self, column: str, table: str, where: str) -> list[Any]:
        """One column of some rows."""

        def query() -> Any:
            text = f"SELECT {column} FROM {table} WHERE {where}"
            return [row[0] for row in (yield Text({"sqlite": text, "postgres": text}))]

        found: list[Any] = await self.world.database.read(query)
        return found

    async def block_everyone(self) -> None:
        """An admin blocks all contacts."""
        await self.world.writer.submit(_Changed(t.contact, "blocked = 1"))

    async def desk_reads(self) -> None:
        """Anna has read the newest chat."""
        conversation = (await self.conversations())[-1]
        await self.world.rows((t.read_mark, (ANNA, conversation, 1 << 40)))
        self.rooms.desk_read(conversation)

    async def set(self, **settings: str) -> None:
        """Change the channel's settings."""
        row = self.world.directory.channels[CHAT]
        given = msgspec.json.decode(row.settings or "{}") | settings
        changed = msgspec.structs.replace(row, settings=msgspec.json.encode(given).decode(), version=row.version + 1)
        await self.world.writer.submit(_Replaced(changed))
        await self.world.directory.load()


@contextlib.asynccontextmanager
async def shop(
    url: str, folder: Path, *, widget: Path | None = None, pages: dict[str, str] | None = None, **settings: str
) -> AsyncIterator[Shop]:
    """The shop on an empty database. `pages`: further pages of the server, by path; `{base}` in them is its address."""
    async with world(url) as made:
        sealer, typing = Sealer([KEY]), list[net.TypingStarted]()
        given = {"allowed_origins": ORIGIN, "site_name": "Alkyon Home", **settings}
        await made.rows(
            (
                t.channel,
                channel(
                    CHAT,
                    "webchat",
                    asset_id="13",
                    settings=msgspec.json.encode(given).decode(),
                    sealed=sealer.seal_fields({"identity_secret": SECRET}, f"channel:{CHAT}"),
                ),
            )
        )
        listening = _listening()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        contexts = Contexts(made.directory, sealer.open_fields, Keys(_no_keys), public_url=base)
        media = DiskMedia(folder / "media", floor_bytes=0)
        rooms = Rooms(made.database, made.bus)

        def media_url(one: Media) -> str:
            return f"{base}/media/{one.id}/{one.sha256}"

        deps = WebchatDeps(
            database=made.database,
            writer=made.writer,
            contexts=contexts,
            media=media,
            rooms=rooms,
            throttle=Throttle(),
            secret_keys=(KEY,),
            public_url=base,
            widget_dir=widget or folder / "no-widget",
            media_url=media_url,
            on_typing=lambda channel_id, sign: typing.append(sign),
            wait_seconds=2.0,
        )
        made.writer.listeners.append(_tells_the_bus(made))
        switch = Switch(Starlette(routes=[*webchat_routes(deps), *_pages(pages or {}, base)]))
        async with _served(switch, listening), httpx2.AsyncClient(base_url=base) as http:
            following = asyncio.create_task(rooms.run())
            try:
                yield Shop(made, base, http, contexts, rooms, typing, switch)
            finally:
                rooms.close()
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)


def _pages(pages: dict[str, str], base: str) -> list[BaseRoute]:
    def page(html: str) -> Any:
        async def answer(request: Any) -> Response:
            return HTMLResponse(html)

        return answer

    return [Route(path, page(html.replace("{base}", base))) for path, html in pages.items()]


def _tells_the_bus(made: World) -> Any:
    loop = asyncio.get_running_loop()
    return lambda batch: loop.call_soon_threadsafe(made.bus.publish, HEAD, b"")


def _listening() -> socket.socket:
    """A port whose connections hold little that the other side has not taken, so that slow readers show soon."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
    made.bind(("127.0.0.1", 0))
    made.listen(64)
    return made


@contextlib.asynccontextmanager
async def _served(app: Switch, listening: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(app, ws=LiveProtocol, log_level="warning", lifespan="off", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve([listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await serving


async def _no_keys(address: str) -> bytes:
    raise AssertionError(f"nobody asks for keys here: {address}")


class _Changed(Unit):
    """Every row of a table, changed."""

    alone = True

    def __init__(self, table: Any, change: str) -> None:
        self.text = f"UPDATE {table.name} SET {change}"

    def run(self, state: State) -> Query[None]:
        """Write it, and tell."""
        yield Text({"sqlite": self.text, "postgres": self.text})
        state.emit(e.SettingChanged(object="workspace", id=1))


class _Replaced(Unit):
    """A channel row in its new form."""

    alone = True

    def __init__(self, row: Channel) -> None:
        self.row = row

    def run(self, state: State) -> Query[None]:
        """Write it, and tell."""
        yield Save([Update(t.channel, [msgspec.structs.astuple(self.row)])])
        state.emit(e.SettingChanged(object="channel", id=self.row.id))


def at(text: str) -> int:
    """Microseconds of an RFC 3339 instant."""
    return clock.parse_iso(text)
