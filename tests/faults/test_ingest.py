"""kill -9 while webhooks come in: what was answered is there once, and the rest comes by the sender's repetition."""

import asyncio
import contextlib
import json
import random
import sqlite3
from pathlib import Path

import httpx2
import pytest

from connectors.exchange import Request
from tests.faults.victims import KILLS, Victim
from tests.inbox.house import House, Network, house

FAILPOINTS = ("intake.before_commit", "intake.after_commit", "endpoint.before_answer", "")
PER_LIFE = 12


async def deliver(address: str, channel_id: int, waiting: list[Request], answered: set[str]) -> None:
    """Post what waits, four at a time, until all is answered or the server is gone. Answered ones leave the list."""
    async with httpx2.AsyncClient(timeout=5) as client:

        async def one(request: Request) -> None:
            url = f"{address}/hooks/custom/{channel_id}"
            with contextlib.suppress(httpx2.TransportError):
                answer = await client.post(url, content=request.body, headers=dict(request.headers))
                if answer.status_code in range(200, 300):
                    answered.add(json.loads(request.body)["message"]["external_id"])
                    waiting.remove(request)

        for start in range(0, len(waiting), 4):
            await asyncio.gather(*(one(request) for request in waiting[start : start + 4]))


async def one_life(url: str, folder: Path, channel_id: int, waiting: list[Request], answered: set[str], n: int) -> None:
    """A server lives, takes some, and is killed: at a line between two effects, or at any moment."""
    chance = random.Random(n)
    point = FAILPOINTS[n % len(FAILPOINTS)]
    victim = await Victim.start("ingest", url, folder, failpoints=f"{point}:{chance.randint(1, 8)}" if point else "")
    posting = asyncio.ensure_future(deliver(victim.word, channel_id, waiting, answered))
    if point:
        await asyncio.wait({posting})
    else:
        await asyncio.wait({posting}, timeout=chance.uniform(0.0, 0.2))
    await victim.kill()
    await asyncio.wait({posting})


async def inspect(home: House, expected: set[str]) -> None:
    """Every item once, all that was answered among them, positions without a gap."""
    stored = await home.column("SELECT external_id FROM message ORDER BY external_id")
    assert len(stored) == len(set(stored))
    assert expected <= set(stored)
    positions = await home.column("SELECT position FROM event ORDER BY position")
    assert positions == list(range(1, len(positions) + 1))
    assert await home.column("SELECT position FROM workspace") == [len(positions)]


async def ingest_kills(url: str, folder: Path, kills: int) -> None:
    """Kill a server again and again while a network delivers to it."""
    far, answered = Network(), set[str]()
    async with house(url, folder) as home:
        channel_id = await home.channel()
    waiting: list[Request] = []
    sent = 0
    for n in range(kills):
        waiting += [far.writes(f"person{(sent + k) % 7}", f"message {sent + k}") for k in range(PER_LIFE)]
        sent += PER_LIFE
        await one_life(url, folder, channel_id, waiting, answered, n)
        async with house(url, folder, fresh=False) as home:
            await inspect(home, answered)
        if url.startswith("sqlite"):
            with contextlib.closing(sqlite3.connect(url.split("///", 1)[1])) as file:
                assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    last = await Victim.start("ingest", url, folder)
    async with asyncio.timeout(60):
        while waiting:
            await deliver(last.word, channel_id, waiting, answered)
    await last.kill()
    async with house(url, folder, fresh=False) as home:
        await inspect(home, answered)
        assert await home.column("SELECT count(*) FROM message") == [sent]
        assert await home.column("SELECT count(*) FROM conversation") == [7]


async def test_nothing_answered_is_lost_or_doubled_by_a_few_kills(database_url: str, tmp_path: Path) -> None:
    """The server dies at each line between its effects; acknowledged items are there, once, in a sound database."""
    await ingest_kills(database_url, tmp_path, len(FAILPOINTS))


@pytest.mark.faults
@pytest.mark.timeout(0)
async def test_nothing_answered_is_lost_or_doubled_by_many_kills(database_url: str, tmp_path: Path) -> None:
    """The same, INBOX_KILLS times."""
    await ingest_kills(database_url, tmp_path, KILLS)
