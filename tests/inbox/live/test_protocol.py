"""What no endpoint sees of a connection: pings, pongs, pieces of frames, and who is taken for gone."""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from uvicorn.server import ServerState
from websockets.protocol import State

from inbox.live.frames import Close
from inbox.live.protocol import SMALL_BURST, LiveProtocol
from tests.inbox.live.served import frame, say, served
from tests.inbox.live.test_endpoint import _asking
from tests.inbox.world import ANNA, world

CLOSED = b"\x88\x02" + int(Close.FLOOD).to_bytes(2, "big")


def _masked(opcode: int, payload: bytes = b"") -> bytes:
    return bytes((opcode, 0x80 | len(payload))) + struct.pack("!I", 0) + payload


@pytest.mark.parametrize(
    "flood",
    [_masked(0x89, b"x" * 100), _masked(0x8A), _masked(0x00)],
    ids=["pings", "pongs", "empty pieces of one frame"],
)
async def test_a_flood_of_small_frames_closes(sqlite_url: str, tmp_path: Path, flood: bytes) -> None:
    """Tens of thousands come in one read and each is cheap for the peer: he is cut off before they cost the others."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        peer = await asyncio.to_thread(_asking, live.port, ANNA, b'{"type":"viewing"}')
        peer.setblocking(False)
        loop, data = asyncio.get_running_loop(), b""
        if flood[0] == 0x00:
            await loop.sock_sendall(peer, _masked(0x01, b"{"))

        await loop.sock_sendall(peer, flood * (SMALL_BURST + 10))
        async with asyncio.timeout(30):
            while CLOSED not in data:
                read = await loop.sock_recv(peer, 262_144)
                assert read, "cut without a word"
                data += read

        assert data.count(b"\x8ad") <= 2 * SMALL_BURST  # nor are many answered
        peer.close()


async def test_pings_in_measure_are_answered(sqlite_url: str, tmp_path: Path) -> None:
    """A client may look after its connection as often as it likes within reason."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        async with asyncio.timeout(30):
            for _ in range(SMALL_BURST // 2):
                await (await socket.ping())


async def test_a_busy_endpoint_does_not_stop_the_reading(sqlite_url: str, tmp_path: Path) -> None:
    """While he waits for a long answer, and has said something else meanwhile, his pings and pongs are heard: else one
    who takes long over what he missed would be taken for gone.
    """
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        taken, ready = live.desk.endpoint.take_snapshot, asyncio.Event()

        async def slow(*args: Any) -> Any:
            await ready.wait()
            return await taken(*args)

        live.desk.endpoint.take_snapshot = slow
        await say(socket, type="snapshot")
        await say(socket, type="viewing")
        await say(socket, type="viewing")
        async with asyncio.timeout(30):
            await (await socket.ping())
        ready.set()

        assert (await frame(socket, "snapshot"))["type"] == "snapshot"


async def test_who_takes_what_waits_is_not_taken_for_gone() -> None:
    """A ping stands behind all that was written before it: its answer may be late. Who takes nothing is dropped."""
    transport = SimpleNamespace(aborted=False, write=lambda data: None, close=lambda: None, is_closing=lambda: False)
    transport.abort = lambda: setattr(transport, "aborted", True)
    config = uvicorn.Config(Starlette(), ws_ping_interval=60, ws_ping_timeout=60, log_config=None)
    protocol = LiveProtocol(config, ServerState(), {}, asyncio.get_running_loop())
    protocol.transport = transport  # type: ignore[assignment]
    protocol.conn.state = State.OPEN

    protocol.send_keepalive_ping()
    protocol.pause_writing()
    await asyncio.sleep(0.01)
    protocol.resume_writing()
    protocol.keepalive_timeout()
    spared = not transport.aborted and protocol.pong_timer is not None
    protocol.keepalive_timeout()

    assert spared
    assert transport.aborted
    protocol.stop_keepalive()
