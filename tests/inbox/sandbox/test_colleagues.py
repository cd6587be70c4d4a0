"""Simulated colleagues answer who waits, and nobody who does not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from inbox import clock
from inbox.clock import SECOND
from inbox.domain.presence import Sign, encode_sign
from inbox.eventlog.bus import PRESENCE, Bus
from inbox.sandbox.colleagues import COLLIDES, Colleague
from inbox.sandbox.signs import Signs
from inbox.transport.courier import Clients

TURNS = COLLIDES * 10
"""So many that a colleague collides several times, however the draws fall."""


class House:
    """What of the API a colleague asks: one conversation, which waits or not, and what is answered in it."""

    def __init__(self) -> None:
        self.waits = False
        self.answered = 0

    def says(self, method: str, path: str) -> object:
        """The answer to one request."""
        if path.endswith("/session"):
            return {"agent": {"id": "9"}}
        if method == "POST" and path.endswith("/replies"):
            self.answered += 1
            return {}
        row = {
            "id": "51",
            "contact": {"name": "Eleni"},
            "channel_id": "7",
            "team_id": None,
            "threads": [{"id": "3", "kind": "direct"}],
            "language": "el",
            "rating": None,
            "waiting_since": "2026-11-22T10:00:00Z" if self.waits else None,
        }
        return {"conversation": row} if path.endswith("/51") else {"items": [], "position": "4"}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        while head := await reader.readline():
            method, path, _ = head.decode().split()
            length = 0
            while (line := await reader.readline()).strip():
                name, _, value = line.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
            await reader.readexactly(length)
            body = json.dumps(self.says(method, path.partition("?")[0])).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nset-cookie: session=1\r\ncontent-type: application/json\r\n")
            writer.write(b"content-length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
        writer.close()


@pytest.fixture
async def house() -> AsyncIterator[tuple[House, str]]:
    """It and its address."""
    made = House()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    yield made, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


def at_51() -> Signs:
    """A person is at the conversation 51."""
    bus = Bus()
    signs = Signs(bus)
    bus.publish(PRESENCE, encode_sign(Sign(1, 51, "reading", clock.now() + 600 * SECOND, 7, None)))
    return signs


async def test_a_colleague_collides_only_where_a_customer_waits(house: tuple[House, str], clients: Clients) -> None:
    """Where all is answered a person who reads sees no second answer; where somebody waits, he may be too late."""
    desk, address = house
    jonas = Colleague(clients.http, address, "jonas@alkyon.example", "secret", 1, at_51())

    for _ in range(TURNS):
        await jonas.turn(seconds=0.0)
    assert desk.answered == 0

    desk.waits = True
    for _ in range(TURNS):
        await jonas.turn(seconds=0.0)
    assert desk.answered > 0


async def test_a_colleague_collides_when_asked_to(house: tuple[House, str], clients: Clients) -> None:
    """Whoever presses the button sees it, waiting or not."""
    desk, address = house
    jonas = Colleague(clients.http, address, "jonas@alkyon.example", "secret", 1, at_51())

    assert await jonas.collide(1, seconds=0.0)
    assert desk.answered == 1
