"""A peer that begins a request and does not go on is hung up on; one that waits for us is not. Answers go out whole."""

import asyncio
import contextlib
import gc
import re
import time
import weakref
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from connectors.exchange import Response
from inbox import serving
from inbox.intake.hook import respond
from inbox.settings import Settings

QUIET = 0.4
SLOW_ANSWER = 3 * QUIET
REST = QUIET / 2
HEAD = b"POST / HTTP/1.1\r\nhost: inbox.test\r\n"


@pytest.fixture
async def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server that answers a body with its length, and `/slow` when it likes to."""
    monkeypatch.setattr(serving, "QUIET_SECONDS", QUIET)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        with contextlib.suppress(ClientDisconnect):
            body = await request.body()
            if request.url.path == "/slow":
                await asyncio.sleep(SLOW_ANSWER)
            if request.url.path == "/hook":
                await respond(
                    Response(status=202, headers={"x-hook": "yes"}, body=str(len(body)).encode()), scope, send
                )
                return
            await PlainTextResponse(str(len(body)))(scope, receive, send)

    server = serving.server(app, Settings(data_dir=tmp_path))
    server.config.timeout_keep_alive = REST  # type: ignore[assignment]
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    listening = serving.listening_socket("127.0.0.1", 0)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await running


async def _said(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """What the server says until it hangs up, after it was sent the pieces."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
    try:
        async with asyncio.timeout(20):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "begun",
    [b"", HEAD, HEAD + b"content-length: 100\r\n\r\nabc", HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\nab"],
    ids=["nothing", "half a head", "half a body", "half a chunk"],
)
async def test_half_a_request_does_not_hold_a_connection(port: int, begun: bytes) -> None:
    """Whoever is quiet in the middle of a request is hung up on, without an answer."""
    assert await _said(port, begun) == b""


async def test_a_head_in_drops_does_not_hold_a_connection(port: int) -> None:
    """A head that comes byte by byte has no more time than one that does not come."""
    drops = [bytes([one]) for one in HEAD + b"x-drop: " + b"a" * 200]

    assert await _said(port, *drops, pause=QUIET / 10) == b""


async def test_a_slow_body_is_taken(port: int) -> None:
    """Pauses in a body are allowed, however many there are: a large file on a slow line arrives."""
    pieces = [HEAD + b"connection: close\r\ncontent-length: 6\r\n\r\n", *[b"a"] * 6]

    assert (await _said(port, *pieces, pause=QUIET / 2)).endswith(b"\r\n\r\n6")


async def test_who_waits_for_us_is_not_hung_up_on(port: int) -> None:
    """An answer may take long, also where half of the next request has come already."""
    whole = HEAD.replace(b"/ ", b"/slow ") + b"content-length: 1\r\n\r\na"

    first, _, rest = (await _said(port, whole, HEAD)).partition(b"\r\n\r\n")

    assert first.startswith(b"HTTP/1.1 200")
    assert rest == b"1"


@pytest.mark.parametrize("path", [b"/", b"/hook"], ids=["by messages", "at once"])
async def test_a_connection_rests_a_while_between_requests(port: int, path: bytes) -> None:
    """Another request may come on it; when none comes within the time for that, it ends, and not before."""
    whole = HEAD.replace(b"/ ", path + b" ") + b"content-length: 1\r\n\r\na"
    began = time.monotonic()

    said = await _said(port, whole, whole, pause=REST / 2)

    assert said.count(b"HTTP/1.1 20") == 2
    assert time.monotonic() - began >= REST * 1.5 - 0.05


async def test_answers_at_once_are_as_any_other(port: int) -> None:
    """Status, date, headers and length; in the order of the requests where several came together; and the end of the
    connection where it was asked for.
    """
    whole = HEAD.replace(b"/ ", b"/hook ") + b"content-length: %d\r\n\r\n%b"
    last = HEAD.replace(b"/ ", b"/hook ") + b"connection: close\r\ncontent-length: 3\r\n\r\nabc"

    said = await _said(port, whole % (1, b"a") + whole % (2, b"ab") + last)

    heads = re.findall(rb"HTTP/1.1 202 Accepted\r\ndate: [^\r]+\r\nx-hook: yes\r\ncontent-length: 1\r\n", said)
    assert len(heads) == 3
    assert re.findall(rb"\r\n\r\n(\d)", said) == [b"1", b"2", b"3"]
    assert said.count(b"connection: close") == 1


async def test_nothing_is_left_of_a_connection_that_ended(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No circle of references waits for the garbage collection: networks may open a connection for each delivery."""
    made: list[weakref.ref[serving.Http]] = []
    connection_made = serving.Http.connection_made

    def noted(self: serving.Http, transport: asyncio.Transport) -> None:
        made.append(weakref.ref(self))
        connection_made(self, transport)

    monkeypatch.setattr(serving.Http, "connection_made", noted)
    gc.disable()
    try:
        await _said(port, HEAD.replace(b"/ ", b"/hook ") + b"connection: close\r\ncontent-length: 1\r\n\r\na")
        for _ in range(100):
            await asyncio.sleep(0.01)
            if made[0]() is None:
                break
        assert made[0]() is None
    finally:
        gc.enable()


class Line(asyncio.Transport):
    """A connection that notes what is sent by each write, and its end."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent.append(bytes(data))

    def close(self) -> None:
        self.sent.append(b"closed")

    def abort(self) -> None:
        self.sent.append(b"aborted")


async def test_head_and_body_of_an_answer_are_sent_together() -> None:
    """What is written at once leaves as one piece, and what follows is not held back by it."""
    line = Line()
    joined = serving.Joined(line, asyncio.get_running_loop())

    joined.write(b"head ")
    assert line.sent == []
    joined.write(b"body")
    assert line.sent == [b"head body"]

    joined.write(b"")
    await asyncio.sleep(0)
    assert line.sent == [b"head body"]


async def test_what_nothing_follows_is_sent_when_the_loop_turns() -> None:
    """A head whose body takes its time, and the parts of a long answer, wait for nobody."""
    line = Line()
    joined = serving.Joined(line, asyncio.get_running_loop())

    for part in (b"head", b"first"):
        joined.write(part)
        await asyncio.sleep(0)

    assert line.sent == [b"head", b"first"]


async def test_a_closed_connection_has_said_all_and_an_aborted_one_nothing_more() -> None:
    """Closing sends what is held; aborting drops it."""
    closed, aborted = Line(), Line()
    for line, end in ((closed, serving.Joined.close), (aborted, serving.Joined.abort)):
        joined = serving.Joined(line, asyncio.get_running_loop())
        joined.write(b"last words")
        end(joined)
    await asyncio.sleep(0)

    assert (closed.sent, aborted.sent) == ([b"last words", b"closed"], [b"aborted"])


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"GET / HTTP/1.1\r\nx: ", b"a" * 8_192),
        (b"GET / HTTP/1.1\r\n", b"a: b\r\n" * 1_000),
        (b"GET /", b"a" * 8_192),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n" * 1_000),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n2;", b"a" * 8_192),
    ],
    ids=["one header", "many headers", "a long address", "trailers", "a chunk's extension"],
)
async def test_a_head_without_end_is_hung_up_on(port: int, begin: bytes, piece: bytes) -> None:
    """Nobody keeps what never becomes a request."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(begin)
    sent = 0
    with contextlib.suppress(ConnectionError):
        while sent < 50 * serving.MAX_HEAD_BYTES:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
            sent += len(piece)
    writer.transport.abort()

    assert sent < 50 * serving.MAX_HEAD_BYTES


async def test_a_length_of_thousands_of_digits_is_refused(port: int) -> None:
    """No route has to read such a number."""
    said = await _said(port, HEAD + b"content-length: " + b"0" * 5_000 + b"2\r\n\r\nhi")

    assert said.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("peer", ["127.0.0.1", "::ffff:127.0.0.1", "10.2.3.4", "::ffff:10.2.3.4", "::1"])
async def test_a_proxy_is_believed_by_whichever_socket_it_comes(peer: str, tmp_path: Path) -> None:
    """One that listens on `::` has IPv4 addresses in its own way; another's word is not taken by that."""
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["client"][0])

    proxies = ("127.0.0.1", "10.0.0.0/8", "::1")
    config = serving.server(app, Settings(data_dir=tmp_path, trusted_proxies=proxies)).config
    config.load()
    for client in (peer, "::ffff:11.0.0.1"):
        scope = {"type": "http", "client": (client, 5), "headers": [(b"x-forwarded-for", b"203.0.113.9")]}
        await config.loaded_app(scope, None, None)

    assert seen == ["203.0.113.9", "::ffff:11.0.0.1"]


async def test_a_large_body_is_no_head(port: int) -> None:
    """Whoever reads it decides how much is taken; the next request on the connection is answered too."""
    body = b"x" * (8 * serving.MAX_HEAD_BYTES)
    said = await _said(port, HEAD + b"content-length: %d\r\n\r\n" % len(body), body, HEAD + b"\r\n")

    assert str(len(body)).encode() in said
    assert said.count(b"200 OK") == 2
