"""A stream over a real websocket: delivered, committed, then acknowledged; resumed from what was committed."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve

from connectors import registry
from connectors.contract import Connector, Context
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Connect, Deliver, StreamStep, Write
from connectors.inbound import Author, MessageReceived, Thread
from inbox.intake.streamer import Streamer
from tests.inbox.house import House, house, running


class Feed:
    """The network's side: sends items from the number it is asked for on, and notes what is acknowledged."""

    def __init__(self) -> None:
        self.items = ["zero", "one", "two"]
        self.resumed: list[int] = []
        self.acknowledged: list[str] = []
        self.cut_after = 0
        self.refuse = False

    async def talk(self, socket: ServerConnection) -> None:
        """One connection."""
        start = int(json.loads(await socket.recv())["from"])
        self.resumed.append(start)
        for n in range(start, len(self.items)):
            await socket.send(json.dumps({"n": n, "text": self.items[n]}))
            if self.cut_after and n + 1 == self.cut_after:
                self.cut_after = 0
                return
            self.acknowledged.append(str(json.loads(await socket.recv())["ack"]))
        await socket.wait_closed()


class Machine:
    """Our side of the feed."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.resume = ""

    def open(self, resume: str) -> list[StreamStep]:
        """Ask for what comes after the last committed item."""
        self.resume = resume
        return [Connect(url=self.ctx.base_url), Write(data=json.dumps({"from": int(resume or 0)}))]

    def on_frame(self, data: str | bytes, now: int) -> list[StreamStep]:
        """One item."""
        item = json.loads(data)
        message = MessageReceived(
            dedupe_key=f"n{item['n']}",
            occurred_at=now,
            thread=Thread(external_id="t", kind="direct", audience="private"),
            author=Author(external_id="p", name="Maria"),
            external_id=f"n{item['n']}",
            text=item["text"],
        )
        raw = data.encode() if isinstance(data, str) else data
        return [Deliver(inbounds=(message,), resume=str(item["n"] + 1), token=str(item["n"]), raw=raw)]

    def on_timer(self, now: int) -> list[StreamStep]:
        """No heartbeat here."""
        return []

    def on_committed(self, token: str) -> list[StreamStep]:
        """Acknowledge."""
        return [Write(data=json.dumps({"ack": token}))]


def find(network: str) -> Connector:
    """The custom connector, streamed."""
    return replace(registry.connector(network), stream=Machine)


@pytest.fixture
async def feed() -> AsyncIterator[tuple[Feed, Server]]:
    """A feed that is served."""
    made = Feed()

    def gate(socket: ServerConnection, request: object) -> object:
        return socket.respond(401, "no") if made.refuse else None

    async with serve(made.talk, "127.0.0.1", 0, process_request=gate) as server:  # type: ignore[arg-type]
        yield made, server


async def streaming(
    home: House, server: Server, instead: Callable[[int, SendError], Awaitable[SendError | None]] | None = None
) -> Streamer:
    """A streamer of a channel of that network."""
    port = next(iter(server.sockets)).getsockname()[1]
    channel_id = await home.channel(base_url=f"ws://127.0.0.1:{port}")
    tls = home.clients.http.tls
    return Streamer(channel_id, find("custom"), home.contexts, home.receiver, home.health, home.guard, tls, instead)


async def test_what_is_streamed_is_committed_before_it_is_acknowledged(
    database_url: str, tmp_path: Path, feed: tuple[Feed, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cut between delivery and acknowledgement resumes from the committed state: nothing lost, nothing twice."""
    monkeypatch.setattr("inbox.transport.stream._FIRST_DELAY_SECONDS", 0.05)
    made, server = feed
    made.cut_after = 2
    async with house(database_url, tmp_path, find=find) as home, running((await streaming(home, server)).run()):
        await home.until_column("SELECT text FROM content ORDER BY message_id", ["zero", "one", "two"])
        await home.until_column("SELECT cursor FROM cursor", ["3"])
    assert made.resumed[0] == 0
    assert made.resumed[1] in (1, 2)
    assert made.acknowledged[-1] == "2"


async def test_a_stream_that_refuses_our_sign_in_needs_attention(
    sqlite_url: str, tmp_path: Path, feed: tuple[Feed, Server]
) -> None:
    """401 at the handshake is told to the admins."""
    made, server = feed
    made.refuse = True
    async with house(sqlite_url, tmp_path, find=find) as home, running((await streaming(home, server)).run()):
        await home.until_column("SELECT health FROM channel", ["needs_attention"])


async def test_a_stream_goes_on_with_fresh_credentials(
    sqlite_url: str, tmp_path: Path, feed: tuple[Feed, Server]
) -> None:
    """A token that ended is refreshed, and nobody hears of it."""
    made, server = feed
    made.refuse = True
    kinds: list[SendErrorKind] = []

    async def instead(channel_id: int, refused: SendError) -> SendError | None:
        kinds.append(refused.kind)
        made.refuse = False
        return None

    async with house(sqlite_url, tmp_path, find=find) as home:
        await home.admin()
        async with running((await streaming(home, server, instead)).run()):
            await home.until_column("SELECT text FROM content ORDER BY message_id", ["zero", "one", "two"])
        assert await home.column("SELECT count(*) FROM notification") == [0]
    assert kinds == [SendErrorKind.REAUTH]
