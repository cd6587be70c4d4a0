"""Streams: a toy network over a real websockets server, cut in the middle of everything."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Connect, Deliver, Reconnect, StreamStep, WakeAt, Write
from connectors.inbound import AnyInbound, Ignored
from inbox import clock
from inbox.transport.guard import Guard
from inbox.transport.reach import Reach
from inbox.transport.stream import Line, run


class Toy:
    """A machine for a network that numbers its events, repeats what was not acknowledged and wants a heartbeat."""

    def __init__(self, url: str, heartbeat_seconds: float = 60.0) -> None:
        self.url = url
        self.heartbeat = int(heartbeat_seconds * clock.SECOND)

    def open(self, resume: str) -> list[StreamStep]:
        hello = json.dumps({"resume": int(resume or 0)})
        return [Connect(url=self.url, subprotocols=("toy.v1",)), Write(data=hello), self.alarm(clock.now())]

    def on_frame(self, data: str | bytes, now: int) -> list[StreamStep]:
        frame = json.loads(data)
        if "go_away" in frame:
            return [Reconnect(after_seconds=frame["go_away"])]
        number = str(frame["n"])
        heard = Ignored(dedupe_key=number, occurred_at=now, reason="toy")
        raw = data if isinstance(data, bytes) else data.encode()
        return [Deliver(inbounds=(heard,), resume=number, token=number, raw=raw)]

    def on_timer(self, now: int) -> list[StreamStep]:
        return [Write(data='{"beat":1}'), self.alarm(now)]

    def on_committed(self, token: str) -> list[StreamStep]:
        return [Write(data=json.dumps({"ack": int(token)}))]

    def alarm(self, now: int) -> WakeAt:
        return WakeAt(at=now + self.heartbeat)


class Network:
    """The server's side: sends events after the resume state, and cuts where it is told to."""

    def __init__(self, total: int, cut_after: Sequence[int] = ()) -> None:
        self.total = total
        self.cuts = list(cut_after)
        self.acks: list[int] = []
        self.resumes: list[int] = []
        self.beats = 0
        self.beaten = asyncio.Event()

    async def __call__(self, socket: ServerConnection) -> None:
        start = json.loads(await socket.recv())["resume"]
        self.resumes.append(start)
        reader = asyncio.create_task(self.listen(socket))
        try:
            for sent, number in enumerate(range(start + 1, self.total + 1), start=1):
                await socket.send(json.dumps({"n": number}))
                if self.cuts and sent == self.cuts[0]:
                    self.cuts.pop(0)
                    socket.transport.abort()
                    return
            await socket.wait_closed()
        finally:
            reader.cancel()

    async def listen(self, socket: ServerConnection) -> None:
        async for text in socket:
            frame = json.loads(text)
            if "ack" in frame:
                self.acks.append(frame["ack"])
            else:
                self.beats += 1
                self.beaten.set()


class Store:
    """What was committed, in order."""

    def __init__(self, until: int) -> None:
        self.numbers: list[int] = []
        self.resume = ""
        self.until = until
        self.full = asyncio.Event()

    async def commit(self, inbounds: Sequence[AnyInbound], resume: str, raw: bytes) -> None:
        await asyncio.sleep(0)
        assert json.loads(raw)["n"] == int(resume)
        self.numbers += [int(inbound.dedupe_key) for inbound in inbounds]
        self.resume = resume
        if len(self.numbers) >= self.until:
            self.full.set()


@pytest.fixture
def line(guard: Guard, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> Line:
    """A line over loopback that comes back quickly."""
    return Line(guard, Reach(), tls[1], first_delay_seconds=0.01)


@asynccontextmanager
async def network(handler: Network, **options: object) -> AsyncIterator[str]:
    async with serve(handler, "127.0.0.1", 0, subprotocols=["toy.v1"], **options) as server:  # type: ignore[arg-type,list-item]
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


@asynccontextmanager
async def running(machine: Toy, line: Line, store: Store, states: list[bool] | None = None) -> AsyncIterator[None]:
    heard = states if states is not None else []
    task = asyncio.create_task(run(machine, line, resume=store.resume, commit=store.commit, on_up=heard.append))
    try:
        async with asyncio.timeout(30):
            yield
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_nothing_is_lost_or_doubled_when_the_line_is_cut(line: Line) -> None:
    """Cut after 1, 7, 2, 13 and 3 events: every number is committed once, in order, each connection resuming where
    the commit was.
    """
    toy, store, states = Network(200, cut_after=[1, 7, 2, 13, 3]), Store(200), []

    async with network(toy) as url, running(Toy(url), line, store, states):
        await store.full.wait()

    assert store.numbers == list(range(1, 201))
    assert len(toy.resumes) == 6
    assert toy.resumes == sorted(toy.resumes)
    assert states == [True, False] * 6


async def test_acknowledgements_go_out_after_the_commit(line: Line) -> None:
    """What is acknowledged was committed; a commit that fails is not acknowledged, and stops the stream."""
    toy, store = Network(5), Store(3)

    async def failing(inbounds: Sequence[AnyInbound], resume: str, raw: bytes) -> None:
        if resume == "4":
            raise LookupError("the store is gone")
        await store.commit(inbounds, resume, raw)

    async with network(toy) as url:
        with pytest.raises(LookupError):
            await run(Toy(url), line, resume="", commit=failing)

    assert store.numbers == [1, 2, 3]
    assert set(toy.acks) <= {1, 2, 3}


async def test_a_stream_begins_where_the_last_one_committed(line: Line) -> None:
    """A new holder resumes from the stored state."""
    toy, store = Network(10), Store(3)
    store.resume = "7"

    async with network(toy) as url, running(Toy(url), line, store):
        await store.full.wait()

    assert (store.numbers, toy.resumes) == ([8, 9, 10], [7])


async def test_heartbeats_are_sent_when_the_line_is_silent(line: Line) -> None:
    """`WakeAt` calls the machine again and again."""
    toy = Network(0)

    async with network(toy) as url, running(Toy(url, heartbeat_seconds=0.02), line, Store(1)):
        while toy.beats < 3:
            toy.beaten.clear()
            await toy.beaten.wait()


async def test_a_machine_may_ask_to_reconnect(line: Line) -> None:
    """`Reconnect` closes the line and opens it again after the time named."""

    class Moody(Network):
        async def __call__(self, socket: ServerConnection) -> None:
            if not self.resumes:
                self.resumes.append(int(json.loads(await socket.recv())["resume"]))
                await socket.send('{"go_away": 0.05}')
                await socket.wait_closed()
            else:
                await super().__call__(socket)

    toy, store = Moody(2), Store(2)
    async with network(toy) as url, running(Toy(url), line, store):
        await store.full.wait()

    assert toy.resumes == [0, 0]


class Directory:
    """A resolver that knows one machine and says when it was asked twice."""

    def __init__(self) -> None:
        self.asked = 0
        self.asked_twice = asyncio.Event()

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        if self.asked == 2:
            self.asked_twice.set()
        return ["127.0.0.1"]


async def test_a_network_that_is_down_is_tried_again(
    tls: tuple[ssl.SSLContext, ssl.SSLContext], free_port: int
) -> None:
    """A refused connection is tried again until there is somebody."""
    toy, store, directory = Network(1), Store(1), Directory()
    line = Line(Guard(["toy.example"], resolver=directory), Reach(), tls[1], first_delay_seconds=0.01)

    async with running(Toy(f"ws://toy.example:{free_port}"), line, store):
        await directory.asked_twice.wait()
        async with serve(toy, "127.0.0.1", free_port, subprotocols=["toy.v1"]):  # type: ignore[list-item]
            await store.full.wait()


async def test_a_peer_that_died_silently_is_noticed(guard: Guard, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """No pong in time ends the line, though the socket itself stays open."""

    class Frozen(Network):
        async def __call__(self, socket: ServerConnection) -> None:
            if not self.resumes:
                self.resumes.append(0)
                socket.transport.pause_reading()
                await released.wait()
                return
            await super().__call__(socket)

    toy, store, released = Frozen(1), Store(1), asyncio.Event()
    quick = Line(guard, Reach(), tls[1], ping_seconds=0.1, first_delay_seconds=0.01)
    async with network(toy, close_timeout=0.1) as url, running(Toy(url), quick, store):
        await store.full.wait()
        released.set()


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_sign_in_ends_the_stream(line: Line, status: int) -> None:
    """401 and 403 at the handshake ask for a person, not for another try."""

    def refuse(socket: ServerConnection, request: Request) -> Response:
        return socket.respond(status, "no")

    async with network(Network(0), process_request=refuse) as url:
        with pytest.raises(SendError) as refused:
            await run(Toy(url), line, resume="", commit=Store(1).commit)
    assert refused.value.kind is SendErrorKind.REAUTH


async def test_tls_is_checked(line: Line, guard: Guard, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """wss goes to a server that is trusted, by name, over the address the guard has judged."""
    toy, store = Network(1), Store(1)

    async with (
        network(toy, ssl=tls[0]) as url,
        running(Toy(url.replace("ws://127.0.0.1", "wss://localhost")), line, store),
    ):
        await store.full.wait()


async def test_the_guard_holds_for_streams(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """A private address that is not listed is never connected to."""
    toy, directory = Network(1), Directory()
    strict = Line(Guard(resolver=directory), Reach(), tls[1], first_delay_seconds=0.01)

    async with network(toy) as url, running(Toy(url.replace("127.0.0.1", "toy.example")), strict, Store(1)):
        await directory.asked_twice.wait()
    assert toy.resumes == []
