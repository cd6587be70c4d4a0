"""Real sockets: snapshot and stream join without a gap, resume replays, bad peers are closed with the right code."""

from __future__ import annotations

import asyncio
import re
import socket as sockets
import struct
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from inbox.domain import events as e
from inbox.domain.state import State
from inbox.eventlog.unit import Unit
from inbox.live.frames import Close
from inbox.live.hub import MAX_BUFFERED_BYTES
from tests.inbox.live.served import frame, say, served
from tests.inbox.world import ANNA, BEN, MAIL, world


class Emits(Unit):
    """Emits one event."""

    def __init__(self, event: e.AnyEvent, audience: e.Audience = e.EVERYONE) -> None:
        self.event = event
        self.audience = audience

    def decide(self, state: State) -> None:
        """Emit it."""
        state.emit(self.event, audience=self.audience)


async def test_snapshot_then_events_then_progress(database_url: str, tmp_path: Path) -> None:
    """A client gets the state at a position, then every later event, then the proof of how many there were."""
    async with world(database_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await made.says("before", person="eleni")
        await say(socket, type="snapshot", view="waiting")
        snapshot = await frame(socket, "snapshot")
        await made.says("after", person="eleni")
        event = await frame(socket, "event")
        progress = await frame(socket, "progress")
        while progress["sent"] == 0:
            progress = await frame(socket, "progress")

        assert [row["preview"] for row in snapshot["state"]["rows"]] == ["before"]
        assert {view["key"]: view["count"] for view in snapshot["state"]["views"]}["waiting"] == 1
        assert event["position"] == snapshot["position"] + 1
        assert event["row"]["preview"] == "after"
        assert event["data"]["message"]["text"] == "after"
        assert progress["sent"] == progress["position"] - snapshot["position"]


async def test_an_agent_of_one_channel_sees_nothing_of_another(sqlite_url: str, tmp_path: Path) -> None:
    """Ben covers mail only: a Telegram message reaches Anna and not him."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(BEN) as socket:
        await say(socket, type="snapshot", view="all")
        assert (await frame(socket, "snapshot"))["state"]["rows"] == []
        await made.says("secret", person="eleni")
        await made.says("for Ben", person="jonas", channel_id=MAIL)

        event = await frame(socket, "event")

        assert event["row"]["preview"] == "for Ben"


async def test_resume_replays_what_was_missed_in_order(database_url: str, tmp_path: Path) -> None:
    """After a cut, the events since the last position seen come once and in order."""
    async with world(database_url) as made, served(made, tmp_path) as live:
        async with live.agent(ANNA) as socket:
            await say(socket, type="snapshot")
            seen = (await frame(socket, "snapshot"))["position"]
        for i in range(20):
            await made.says(f"while away {i}", person=f"p{i % 3}")
        live.desk.tail.ring.clear()

        async with live.agent(ANNA) as socket:
            await say(socket, type="resume", epoch=1, position=seen)
            head = live.desk.tail.position
            positions = [(await frame(socket, "event"))["position"] for _ in range(head - seen)]

        assert positions == list(range(seen + 1, head + 1))


@pytest.mark.parametrize(("epoch", "position", "reason"), [(2, 0, "epoch"), (1, -5, "too_old")])
async def test_what_cannot_be_resumed_is_said(
    sqlite_url: str, tmp_path: Path, epoch: int, position: int, reason: str
) -> None:
    """Another epoch or a position out of reach asks the client to begin with a snapshot."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await say(socket, type="resume", epoch=epoch, position=position)

        assert (await frame(socket, "resync"))["reason"] == reason


@pytest.mark.parametrize("bad", ["{}", "nonsense", '{"type":"resume"}', '{"type":"viewing","x":1}', "[]"])
async def test_anything_but_a_known_frame_closes(sqlite_url: str, tmp_path: Path, bad: str) -> None:
    """The union is closed: unknown frames and fields close with 4400 and are not echoed."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await socket.send(bad)

        with pytest.raises(ConnectionClosed) as closed:
            await frame(socket)

        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == Close.BAD_FRAME
        assert closed.value.rcvd.reason == ""


async def test_a_flood_closes(sqlite_url: str, tmp_path: Path) -> None:
    """More frames than a person can cause close with 4429."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            for _ in range(500):
                await say(socket, type="viewing", conversation_id=None)
            while True:
                await frame(socket)

        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == Close.FLOOD


async def test_nobody_is_told_to_sign_in(sqlite_url: str, tmp_path: Path) -> None:
    """A socket without a session is closed with 4401."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        with pytest.raises(ConnectionClosed) as closed:
            async with live.agent(999):
                pass

        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == Close.SIGN_IN


async def test_a_screen_on_a_wall_follows_nothing(
    sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its token reads counts; the socket, which shows what customers say, is refused with 403: no error of ours."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://127.0.0.1:{live.port}/live", additional_headers={"x-screen": "1"}, proxy=None):
                pass

        assert refused.value.response.status_code == 403
        assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


async def test_revoking_a_session_closes_its_socket(sqlite_url: str, tmp_path: Path) -> None:
    """SessionRevoked closes the socket with 4403."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await say(socket, type="snapshot")
        await frame(socket, "snapshot")
        await made.writer.submit(
            Emits(e.SessionRevoked(agent_id=ANNA, session_id=ANNA * 10), e.Audience(agent_id=ANNA))
        )

        with pytest.raises(ConnectionClosed) as closed:
            async with asyncio.timeout(30):
                while True:
                    await frame(socket)

        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == Close.REVOKED


async def test_presence_is_seen_by_others_and_ends_with_the_socket(sqlite_url: str, tmp_path: Path) -> None:
    """Who opens a conversation is shown to colleagues who see it, as writing while he writes, until his socket ends."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as anna:
        await made.says("hello", person="jonas", channel_id=MAIL)
        await say(anna, type="snapshot", view="all")
        conversation = (await frame(anna, "snapshot"))["state"]["rows"][0]["id"]
        async with live.agent(BEN) as ben:
            await say(ben, type="snapshot")
            await frame(ben, "snapshot")
            await say(ben, type="viewing", conversation_id=conversation)
            reading = (await frame(anna, "presence"))["entries"][0]
            await say(ben, type="typing", conversation_id=conversation, mode="reply")
            writing = (await frame(anna, "presence"))["entries"][0]
        left = (await frame(anna, "presence"))["entries"][0]

        assert (reading["agent_id"], reading["state"]) == (str(BEN), "reading")
        assert writing["state"] == "writing"
        assert left["until"].startswith("1970")


async def test_a_peer_that_stops_reading_costs_nobody_else(sqlite_url: str, tmp_path: Path) -> None:
    """A stalled socket is dropped once its buffer is over the limit; the others get everything meanwhile."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as good:
        await say(good, type="snapshot")
        await frame(good, "snapshot")
        stalled = await asyncio.to_thread(_stalled, live.port, ANNA)
        while len(live.desk.hub.by_agent[ANNA]) < 2 or not all(s.live for s in live.desk.hub.by_agent[ANNA]):
            await asyncio.sleep(0.01)
        words = "x" * 30_000
        rounds = MAX_BUFFERED_BYTES // 30_000 + 400

        for i in range(rounds):
            await made.says(words, person=f"p{i % 5}")
            await frame(good, "event")
            if len(live.desk.hub.by_agent[ANNA]) == 1:
                break
        async with asyncio.timeout(30):
            while len(live.desk.hub.by_agent[ANNA]) > 1:
                await asyncio.sleep(0.05)
        stalled.close()


async def test_who_missed_much_and_reads_slowly_gets_it_all(sqlite_url: str, tmp_path: Path) -> None:
    """Six times what may wait for a peer, taken bit by bit for longer than `progress` waits: nothing is closed."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        start = live.desk.tail.position
        words = "x" * 60_000
        for i in range(6 * MAX_BUFFERED_BYTES // len(words)):
            await made.says(words, person=f"p{i % 5}")
        slow = await asyncio.to_thread(_asking, live.port, ANNA, b'{"type":"resume","epoch":1,"position":%d}' % start)
        slow.setblocking(False)
        loop, data = asyncio.get_running_loop(), bytearray()

        async with asyncio.timeout(30):
            while b'"type":"progress","position":' not in data[-5_000:]:
                read = await loop.sock_recv(slow, 65_536)
                assert read, f"closed after {len(data)} bytes: {bytes(data[-40:])!r}"
                data += read
                if len(data) < 4 * MAX_BUFFERED_BYTES:
                    await asyncio.sleep(0.025)

        seen = [int(found) for found in re.findall(rb'"type":"event","position":(\d+)', data)]
        assert seen == list(range(start + 1, live.desk.tail.position + 1))
        assert b'"sent":%d}' % len(seen) in data[-5_000:]
        slow.close()


async def test_a_revoked_socket_gets_nothing_more_of_its_replay(sqlite_url: str, tmp_path: Path) -> None:
    """Who is shut out while he still takes what he missed hears no word more."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        start = live.desk.tail.position
        for i in range(140):
            await made.says("x" * 60_000, person=f"p{i % 5}")
        shut_out = await asyncio.to_thread(
            _asking, live.port, ANNA, b'{"type":"resume","epoch":1,"position":%d}' % start
        )
        while not live.desk.hub.by_agent.get(ANNA):
            await asyncio.sleep(0.01)
        (socket,) = live.desk.hub.by_agent[ANNA]
        while socket.position == start:
            await asyncio.sleep(0.01)

        live.desk.hub.revoke(ANNA, None)
        reached = socket.position
        assert reached < live.desk.tail.position
        shut_out.setblocking(False)
        loop, data = asyncio.get_running_loop(), bytearray()
        closed = b"\x88\x02" + int(Close.REVOKED).to_bytes(2, "big")
        async with asyncio.timeout(30):
            while not data.endswith(closed):
                read = await loop.sock_recv(shut_out, 1_048_576)
                assert read, "cut without a word"
                data += read

        seen = [int(found) for found in re.findall(rb'"type":"event","position":(\d+)', data)]
        assert seen == list(range(start + 1, reached + 1))
        shut_out.close()


def _stalled(port: int, agent_id: int) -> sockets.socket:
    """A peer that shakes hands, asks for everything, and never reads again."""
    return _asking(port, agent_id, b'{"type":"snapshot"}', room=4096)


def _asking(port: int, agent_id: int, frame: bytes, *, room: int = 262_144) -> sockets.socket:
    """A peer with little room, which shakes hands and asks; what it reads is up to the caller."""
    made = sockets.socket()
    made.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, room)
    made.connect(("127.0.0.1", port))
    made.sendall(
        b"GET /live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nx-agent: %d\r\n\r\n" % agent_id
    )
    made.recv(200)
    made.sendall(bytes((0x81, 0x80 | len(frame))) + struct.pack("!I", 0) + frame)
    return made
