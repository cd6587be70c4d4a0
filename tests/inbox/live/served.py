"""A desk served over real sockets, with agents told apart by a header instead of a session."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from inbox.commands.people import AgentChange, ChangeAgent
from inbox.domain.events import Actor
from inbox.domain.permissions import TOKEN_SCOPES, Principal, Scope
from inbox.live.desk import Desk
from inbox.serving import listening_socket, server
from inbox.settings import Settings
from tests.inbox.world import CLEO, World
from tests.processes import free_port


class Served:
    """A running server and its desk."""

    def __init__(self, desk: Desk, port: int, made: World) -> None:
        self.desk = desk
        self.port = port
        self.made = made

    def agent(self, agent_id: int) -> contextlib.AbstractAsyncContextManager[ClientConnection]:
        """An agent's socket, after hello."""
        return self._socket("x-agent", agent_id)

    def program(self, token_id: int) -> contextlib.AbstractAsyncContextManager[ClientConnection]:
        """The socket of a program with a token that reads, after hello."""
        return self._socket("x-token", token_id)

    @contextlib.asynccontextmanager
    async def _socket(self, header: str, who: int) -> AsyncIterator[ClientConnection]:
        url = f"ws://127.0.0.1:{self.port}/live"
        async with connect(
            url,
            subprotocols=["inbox.v1"],
            additional_headers={header: str(who)},
            proxy=None,
            max_size=None,  # type: ignore[list-item]
        ) as socket:
            hello = await frame(socket)
            assert hello["type"] == "hello"
            yield socket

    async def told(self) -> None:
        """Wait until all that happened until now was told: who comes after this hears of nothing older."""
        await self.desk.tail.moved(await self.desk.tail.head() - 1, 5)

    async def change(self, agent_id: int, **change: Any) -> None:
        """Cleo, an admin, changes an agent."""
        await self.made.writer.submit(ChangeAgent(self.cleo, agent_id, AgentChange(**change), None))

    @property
    def cleo(self) -> Principal:
        """The admin."""
        return self.made.directory.principal_of(self.made.directory.agents[CLEO])


async def frame(socket: ClientConnection, *kinds: str) -> dict[str, Any]:
    """The next frame of one of the kinds (any, when none is named)."""
    async with asyncio.timeout(30):
        while True:
            found: dict[str, Any] = msgspec.json.decode(await socket.recv())
            if not kinds or found["type"] in kinds:
                return found


async def closed_with(socket: ClientConnection) -> int:
    """The code with which the server closes."""
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            await frame(socket)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


async def say(socket: ClientConnection, **fields: Any) -> None:
    """Send a client frame."""
    await socket.send(msgspec.json.encode(fields).decode())


@contextlib.asynccontextmanager
async def served(made: World, tmp_path: Path) -> AsyncIterator[Served]:
    """Serve a desk on a free port."""

    async def authenticate(websocket: WebSocket) -> Principal | None:
        if "x-screen" in websocket.headers:
            return Principal(Actor("token", 9), "Hall", Scope(None, frozenset()), TOKEN_SCOPES["screen"])
        if "x-token" in websocket.headers:
            actor = Actor("token", int(websocket.headers["x-token"]))
            return Principal(actor, "Program", Scope(None, frozenset()), TOKEN_SCOPES["read"])
        agent = made.directory.agents.get(int(websocket.headers.get("x-agent", "0")))
        return made.directory.principal_of(agent, session_id=agent.id * 10) if agent else None

    desk = Desk(
        database=made.database,
        writer=made.writer,
        directory=made.directory,
        show=made.show,
        bus=made.bus,
        public_url="http://inbox.test",
        authenticate=authenticate,
        cursor_of=lambda view, after: f"{view}:{after}",
    )
    await desk.tail.open()
    live = asyncio.create_task(desk.run())
    port = free_port()
    settings = Settings(data_dir=tmp_path, port=port)
    running = server(Starlette(routes=desk.routes()), settings)
    serving = asyncio.create_task(running.serve(sockets=[listening_socket("127.0.0.1", port)]))
    while not running.started:
        await asyncio.sleep(0.01)
    try:
        yield Served(desk, port, made)
    finally:
        live.cancel()
        await asyncio.gather(live, return_exceptions=True)
        running.should_exit = True
        await serving
