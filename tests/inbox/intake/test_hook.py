"""How a request to an address for webhooks is answered."""

from __future__ import annotations

import pytest
from starlette.types import Message, Scope

from connectors.exchange import Response
from inbox.intake.hook import AT_ONCE, respond

PLAIN = Response(status=202, headers={"Content-Type": "text/plain"}, body=b"yes")


class Server:
    """What a server is told: by messages, or at once where it offers that."""

    def __init__(self, *, takes: bool = True) -> None:
        self.takes = takes
        self.scope: Scope = {"extensions": {AT_ONCE: self.answer}}
        self.messages: list[Message] = []
        self.at_once: list[tuple[int, bytes, bytes]] = []

    def answer(self, scope: Scope, status: int, lines: bytes, body: bytes) -> bool:
        assert scope is self.scope
        self.at_once.append((status, lines, body))
        return self.takes

    async def send(self, message: Message) -> None:
        self.messages.append(message)


async def test_an_answer_goes_at_once_where_the_server_offers_that() -> None:
    """Status, headers as they are written, body; and nothing by messages."""
    server = Server()

    await respond(PLAIN, server.scope, server.send)

    assert server.at_once == [(202, b"content-type: text/plain\r\n", b"yes")]
    assert server.messages == []


@pytest.mark.parametrize("scope", [{}, {"extensions": {}}], ids=["no extensions", "other extensions"])
async def test_elsewhere_it_goes_by_messages(scope: Scope) -> None:
    """Any ASGI server will do."""
    server = Server()

    await respond(PLAIN, scope, server.send)

    assert server.messages == [
        {
            "type": "http.response.start",
            "status": 202,
            "headers": [(b"content-type", b"text/plain"), (b"content-length", b"3")],
        },
        {"type": "http.response.body", "body": b"yes"},
    ]


async def test_what_the_server_cannot_take_at_once_goes_by_messages() -> None:
    """As when the peer is slow."""
    server = Server(takes=False)

    await respond(PLAIN, server.scope, server.send)

    assert [message["type"] for message in server.messages] == ["http.response.start", "http.response.body"]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-a": "b\r\nset-cookie: c"},
        {"x-a": "b\x00"},
        {"x a": "b"},
        {"x-a: b": "c"},
        {"x-a: b\r\nx-c": "d"},
        {"Connection": "close"},
        {"content-length": "7"},
        {"transfer-encoding": "chunked"},
    ],
)
async def test_headers_that_are_not_plain_are_the_servers_to_judge(headers: dict[str, str]) -> None:
    """Nothing can be smuggled into the head, and what steers the connection is read by who holds it."""
    server = Server()

    await respond(Response(status=200, headers=headers), server.scope, server.send)

    assert server.at_once == []
    assert len(server.messages) == 2
