"""kill -9 while webhooks come in: what was answered is there once, and the rest comes by the sender's repetition.

After each life what can be counted is counted; everything is compared every LOOK_EVERY lives and at the end. So it is
with `PRAGMA integrity_check`, which reads the whole file, once that has grown beyond SMALL_BYTES.
"""

import asyncio
import contextlib
import json
import random
import sqlite3
from pathlib import Path

import httpx2
import pytest

from connectors.exchange import Request
from inbox.storage.database import Database, connect
from tests.faults.victims import DEADLINE_SECONDS, KILLS, LOOK_EVERY, Victim, Victims, victims
from tests.inbox.desk import rows_of
from tests.inbox.house import Network, house

FAILPOINTS = ("intake.before_commit", "intake.after_commit", "endpoint.before_answer", "")
PER_LIFE, AT_ONCE = 12, 4
SMALL_BYTES = 2_000_000


class Sender:
    """The network's side: what waits to be posted, and what was answered."""

    def __init__(self, client: httpx2.AsyncClient, channel_id: int) -> None:
        self.waiting: list[Request] = []
        self.sent = 0
        self.answered = set[str]()
        self._client = client
        self._path = f"/hooks/custom/{channel_id}"
        self._far = Network()

    def writes(self) -> None:
        """Customers write until PER_LIFE items wait."""
        while len(self.waiting) < PER_LIFE:
            self.waiting.append(self._far.writes(f"person{self.sent % 7}", f"message {self.sent}"))
            self.sent += 1

    async def post(self, address: str, victim: Victim) -> None:
        """Post what waits, AT_ONCE at a time, until all is answered or the server is gone. Answered ones leave."""
        waiting = list(self.waiting)
        for start in range(0, len(waiting), AT_ONCE):
            if not victim.is_dead:
                await asyncio.gather(*(self._one(address, request) for request in waiting[start : start + AT_ONCE]))

    async def _one(self, address: str, request: Request) -> None:
        with contextlib.suppress(httpx2.TransportError):
            answer = await self._client.post(
                f"{address}{self._path}", content=request.body, headers=dict(request.headers)
            )
            if answer.status_code in range(200, 300):
                self.answered.add(json.loads(request.body)["message"]["external_id"])
                self.waiting.remove(request)


async def one_life(there: Victims, sender: Sender, n: int) -> None:
    """A server lives, takes some, and is killed: at a line between two effects, or at any moment."""
    chance, point = random.Random(n), FAILPOINTS[n % len(FAILPOINTS)]
    victim = await there.start("ingest", point, chance.randint(1, PER_LIFE), fresh=n == 0)
    posting = asyncio.ensure_future(sender.post(victim.word, victim))
    await victim.lives(DEADLINE_SECONDS if point else chance.uniform(0.0, 0.2))
    await victim.kill()
    await posting


async def count(database: Database, answered: set[str], before: int) -> int:
    """Every item once, as many as were answered or more, none gone, positions without a gap. How many items."""
    [(items, different)] = await rows_of(database, "SELECT count(*), count(DISTINCT external_id) FROM message")
    assert items == different >= max(len(answered), before)
    [(events, first, last)] = await rows_of(database, "SELECT count(*), min(position), max(position) FROM event")
    assert (first, last) == (1, events)
    assert await rows_of(database, "SELECT position FROM workspace") == [(events,)]
    return int(items)


async def compare(database: Database, answered: set[str]) -> None:
    """All that was answered is there, at positions without a gap."""
    assert answered <= {row[0] for row in await rows_of(database, "SELECT external_id FROM message")}
    positions = [row[0] for row in await rows_of(database, "SELECT position FROM event ORDER BY position")]
    assert positions == list(range(1, len(positions) + 1))


def check_file(url: str, *, whole: bool) -> None:
    """The file is sound. `whole`: also if it takes a while."""
    path = Path(url.split("///", 1)[1])
    if whole or path.stat().st_size < SMALL_BYTES:
        with contextlib.closing(sqlite3.connect(path)) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def inspect(url: str, sender: Sender, before: int, *, whole: bool) -> int:
    """Open the database as the next server would, and look. How many items there are."""
    database = connect(url, readers=1)
    await database.open()
    try:
        items = await count(database, sender.answered, before)
        if whole:
            await compare(database, sender.answered)
    finally:
        await database.close()
    if url.startswith("sqlite"):
        check_file(url, whole=whole)
    return items


async def ingest_kills(url: str, folder: Path, kills: int) -> None:
    """Kill a server again and again while a network delivers to it."""
    async with victims(url, folder) as there, httpx2.AsyncClient(timeout=5) as client:
        async with house(url, folder) as home:
            sender = Sender(client, await home.channel())
        items = 0
        for n in range(kills):
            sender.writes()
            await one_life(there, sender, n)
            items = await inspect(url, sender, items, whole=n % LOOK_EVERY == LOOK_EVERY - 1)
        last = await there.start("ingest", fresh=True)
        async with asyncio.timeout(60):
            while sender.waiting:
                await sender.post(last.word, last)
        await last.kill()
        assert await inspect(url, sender, items, whole=True) == len(sender.answered) == sender.sent
    async with house(url, folder, fresh=False) as home:
        assert await home.column("SELECT count(*) FROM conversation") == [7]
    there.all_hit(FAILPOINTS)


async def test_nothing_answered_is_lost_or_doubled_by_a_few_kills(database_url: str, tmp_path: Path) -> None:
    """The server dies at each line between its effects; acknowledged items are there, once, in a sound database."""
    await ingest_kills(database_url, tmp_path, len(FAILPOINTS))


@pytest.mark.faults
@pytest.mark.timeout(0)
async def test_nothing_answered_is_lost_or_doubled_by_many_kills(database_url: str, tmp_path: Path) -> None:
    """The same, INBOX_KILLS times."""
    await ingest_kills(database_url, tmp_path, KILLS)
