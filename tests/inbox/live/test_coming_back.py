"""Who comes back is told how things are now, and is never left with a socket on which nothing comes any more."""

from __future__ import annotations

import asyncio
import contextlib
import socket as sockets
from pathlib import Path
from typing import Any

import pytest

from inbox.errors import Unavailable
from inbox.live.desk import Desk
from inbox.live.endpoint import TURNS
from inbox.live.frames import Close
from inbox.live.hub import MAX_BUFFERED_BYTES
from tests.inbox.live.served import closed_with, frame, say, served
from tests.inbox.live.test_endpoint import _asking
from tests.inbox.world import ANNA, CLEO, MAIL, world


async def test_counts_are_told_though_nothing_happens_any_more(sqlite_url: str, tmp_path: Path) -> None:
    """What changed while he was away was told to the others, at once; he is told when he is back."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(CLEO) as cleo:
        await say(cleo, type="snapshot")
        async with live.agent(ANNA) as socket:
            await say(socket, type="snapshot")
            seen = (await frame(socket, "snapshot"))["position"]
        await made.says("while away")
        counts: dict[str, Any] = {}
        while counts.get("waiting") != [1, 0]:
            counts |= (await frame(cleo, "counts"))["counts"]

        async with live.agent(ANNA) as socket:
            await say(socket, type="resume", epoch=1, position=seen)
            told = await frame(socket, "counts")

        assert told["counts"]["waiting"] == [1, 0]


async def test_presence_is_told_to_who_comes_back(sqlite_url: str, tmp_path: Path) -> None:
    """A colleague who began to look meanwhile is shown, not only when he next says so."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(CLEO) as cleo:
        await made.says("hello", person="jonas", channel_id=MAIL)
        await say(cleo, type="snapshot", view="all")
        snapshot = await frame(cleo, "snapshot")
        conversation = snapshot["state"]["rows"][0]["id"]
        await say(cleo, type="viewing", conversation_id=conversation)
        await frame(cleo, "presence")

        async with live.agent(ANNA) as socket:
            await say(socket, type="resume", epoch=1, position=snapshot["position"])
            (entry,) = (await frame(socket, "presence"))["entries"]

        assert (entry["agent_id"], entry["conversation_id"]) == (str(CLEO), conversation)


async def test_a_position_that_was_never_written_starts_anew(database_url: str, tmp_path: Path) -> None:
    """A store that was put back otherwise than by `restore` has the old epoch: who is ahead of it would hear nothing
    until it has come as far, and miss all until then.
    """
    async with world(database_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await say(socket, type="resume", epoch=1, position=live.desk.tail.position + 1)

        assert (await frame(socket, "resync"))["reason"] == "epoch"


async def test_who_is_ahead_of_this_process_alone_goes_on(sqlite_url: str, tmp_path: Path) -> None:
    """Another process may have shown him what this one has not read yet: nothing comes twice, nothing is left out."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        made.writer.listeners.remove(live.desk.tail.committed)
        behind = live.desk.tail.position
        live.desk.tail.position = 1 << 40  # it does not look for more
        await made.says("shown elsewhere")
        ahead = await live.desk.tail.head()
        live.desk.tail.position = behind
        await say(socket, type="resume", epoch=1, position=ahead)
        await made.says("later")

        assert (await frame(socket, "event"))["position"] == ahead + 1


@pytest.mark.parametrize("ask", [{"type": "snapshot"}, {"type": "resume", "epoch": 1, "position": 0}])
async def test_a_store_that_is_away_closes_the_socket(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: dict[str, Any]
) -> None:
    """A bare error would leave him waiting for what never comes: he is sent away, and comes again."""

    async def away(*args: Any) -> Any:
        raise Unavailable("the store is away")

    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        monkeypatch.setattr(live.desk.endpoint, "take_snapshot", away)
        monkeypatch.setattr(live.desk.tail, "missed", away)
        await say(socket, **ask)

        assert await closed_with(socket) == Close.RESTART


async def test_a_program_that_asks_for_a_snapshot_keeps_its_stream(sqlite_url: str, tmp_path: Path) -> None:
    """Tokens have no desk; the refusal does not end what they follow."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.program(8) as socket:
        await say(socket, type="resume", epoch=1, position=live.desk.tail.position)
        await say(socket, type="snapshot")
        refused = await frame(socket, "error")
        await made.says("still here?")

        assert refused["code"] == "agents_only"
        assert (await frame(socket, "event"))["row"]["preview"] == "still here?"


async def test_a_large_snapshot_that_is_taken_slowly_is_not_taken_for_stalling(sqlite_url: str, tmp_path: Path) -> None:
    """A house with thousands of prepared answers: who is still busy with its snapshot is not behind yet."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        taken = live.desk.endpoint.take_snapshot

        async def large(*args: Any) -> Any:
            snapshot = await taken(*args)
            snapshot.state.workspace["filler"] = "x" * 8 * MAX_BUFFERED_BYTES
            return snapshot

        live.desk.endpoint.take_snapshot = large
        slow = await asyncio.to_thread(_asking, live.port, ANNA, b'{"type":"snapshot"}')
        data = await _read(slow, 2 * MAX_BUFFERED_BYTES)
        for i in range(5):
            await made.says(f"meanwhile {i}")
            await asyncio.sleep(0)
        (socket,) = live.desk.hub.by_agent[ANNA]
        assert not socket.live
        assert socket.wire.buffered() > MAX_BUFFERED_BYTES
        while b"meanwhile 4" not in data[-20_000:]:
            data += await _read(slow, 1)

        assert b"\x88\x02" not in data[-20_000:]
        slow.close()


async def test_thousands_who_come_together_are_read_for_a_few_at_a_time(sqlite_url: str, tmp_path: Path) -> None:
    """After a restart everybody asks at once; what else the process does must not wait until all are served."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, contextlib.AsyncExitStack() as stack:
        taken, now, most = live.desk.endpoint.take_snapshot, 0, 0

        async def counted(*args: Any) -> Any:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.05)
            now -= 1
            return await taken(*args)

        live.desk.endpoint.take_snapshot = counted
        crowd = [await stack.enter_async_context(live.agent(ANNA)) for _ in range(2 * TURNS)]
        for socket in crowd:
            await say(socket, type="snapshot")
        for socket in crowd:
            await frame(socket, "snapshot")

        assert most == TURNS


async def _read(connection: sockets.socket, at_least: int) -> bytes:
    connection.setblocking(False)
    loop, data = asyncio.get_running_loop(), bytearray()
    async with asyncio.timeout(20):
        while len(data) < at_least:
            read = await loop.sock_recv(connection, 1_048_576)
            assert read, f"closed after {len(data)} bytes"
            data += read
    return bytes(data)


@pytest.mark.parametrize("view", ["channel:99999999999999999999999", "kind:\0", "saved:99999999999999999999"])
async def test_a_view_there_cannot_be_harms_nobody(database_url: str, tmp_path: Path, view: str) -> None:
    """Neither who asks for it nor the counts of those after him: the store is not asked for it."""
    async with world(database_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await say(socket, type="snapshot", view=view)
        shown = (await frame(socket, "snapshot"))["state"]["view"]
        await say(socket, type="viewing", views=[view, "mentions"])
        await _shows(live.desk, "mentions")
        for _ in range(2):
            await live.desk.counts.tell()
        while "mentions" not in (counts := (await frame(socket, "counts"))["counts"]):
            pass

        assert shown == "waiting"
        assert view not in counts


async def _shows(desk: Desk, view: str) -> None:
    (socket,) = desk.hub.by_agent[ANNA]
    while view not in socket.views:
        await asyncio.sleep(0.01)
