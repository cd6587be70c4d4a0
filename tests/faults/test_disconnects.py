"""Sockets cut at random while events flow: every event reaches the client once and in order.

The short form cuts 200 times; `make faults` sets INBOX_CUTS=10000. The client is the sync machine in its
least form: hello, resume from the last position, count, compare with `progress`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from inbox.eventlog import log
from inbox.live.frames import Close
from tests.faults.proxy import FaultProxy
from tests.inbox.live.served import served
from tests.inbox.world import ANNA, World, world

CUTS = int(os.environ.get("INBOX_CUTS", "200"))
EVENTS_PER_SECOND = 50
QUIET_SECONDS = 0.4


class Follower:
    """A client that keeps coming back."""

    def __init__(self, port: int, start: int) -> None:
        self.port = port
        self.position = start
        self.seen: list[int] = []
        self.resyncs = 0
        self.connected = asyncio.Event()

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            with contextlib.suppress(
                ConnectionClosed, OSError, TimeoutError, InvalidHandshake, InvalidMessage, EOFError
            ):
                await self._once()
            self.connected.clear()
            await asyncio.sleep(random.random() * 0.01)

    async def _once(self) -> None:
        url = f"ws://127.0.0.1:{self.port}/live"
        headers = {"x-agent": str(ANNA)}
        async with connect(url, additional_headers=headers, proxy=None, open_timeout=1, close_timeout=0.1) as socket:
            hello = await _within(1, socket)
            resume = {"type": "resume", "epoch": hello["epoch"], "position": self.position}
            await socket.send(msgspec.json.encode(resume).decode())
            counted = 0
            self.connected.set()
            while True:
                # Half-open lines are noticed by silence: progress comes every second while anything happens.
                frame = await _within(QUIET_SECONDS + 1.2, socket)
                if frame["type"] in ("event", "left"):
                    counted += 1
                    self.seen.append(frame["position"])
                    self.position = max(self.position, frame["position"])
                elif frame["type"] == "progress":
                    assert frame["sent"] == counted
                    self.position = max(self.position, frame["position"])
                elif frame["type"] == "resync":
                    self.resyncs += 1


async def _within(seconds: float, socket: ClientConnection) -> dict[str, Any]:
    """The next frame. `asyncio.wait_for` of Python 3.11 can lose a cancellation that meets a result: not used here."""
    async with asyncio.timeout(seconds):
        found: dict[str, Any] = msgspec.json.decode(await socket.recv())
        return found


async def _talk(made: World, stop: asyncio.Event) -> None:
    n = 0
    while not stop.is_set():
        n += 1
        await made.says(f"message {n}", person=f"p{n % 7}")
        await asyncio.sleep(1 / EVENTS_PER_SECOND)


@pytest.mark.timeout(120 + CUTS)
async def test_nothing_is_missed_doubled_or_reordered(sqlite_url: str, tmp_path: Path) -> None:
    """Cuts by reset, close, silence and server restart, under fifty events a second."""
    dice = random.Random(7)
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        proxy = FaultProxy(live.port)
        await proxy.start()
        start = live.desk.tail.position
        followers = [Follower(proxy.port, start) for _ in range(4)]
        stop = asyncio.Event()
        talking = asyncio.create_task(_talk(made, stop))
        following = [asyncio.create_task(f.run()) for f in followers]
        cuts = 0
        while cuts < CUTS:
            await asyncio.sleep(dice.random() * 0.05)
            how = dice.choices(("rst", "fin", "restart", "half_open"), weights=(50, 40, 9, 1))[0]
            if how == "restart":
                cuts += len(list(live.desk.hub.sockets()))
                live.desk.hub.close_all(Close.RESTART)
            else:
                cuts += proxy.cut(how)  # type: ignore[arg-type]
            for task in (talking, *following):
                assert not task.done(), task  # one that has failed would leave nothing to cut, for ever
        stop.set()
        await talking
        head, _ = await made.database.read(log.head)  # the tail may not have come so far yet
        async with asyncio.timeout(30):
            while any(f.position < head for f in followers):
                await asyncio.sleep(0.05)
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        await proxy.stop()

        for follower in followers:
            assert follower.seen == list(range(start + 1, head + 1))
            assert follower.resyncs == 0
