"""kill -9 while events go out to webhooks: none is lost, and what comes twice has the id of the first time."""

import asyncio
import random
from pathlib import Path

import pytest

from inbox.commands.webhooks import Created, CreateWebhook
from inbox.domain import events as e
from inbox.seal import Sealer
from tests.faults.victims import KILLS, Victim
from tests.inbox.house import House, house
from tests.inbox.webhooks.hall import KEY, Emit, receiver

FAILPOINTS = (
    "webhooks.after_read", "webhooks.after_enqueue", "webhooks.after_send", "webhooks.before_settle",
    "webhooks.after_settle", "",
)  # fmt: skip
PER_LIFE = 15
WAITING = "SELECT count(*) FROM job WHERE kind LIKE 'webhook:%'"


async def subscribed(home: House, url: str) -> int:
    """A webhook of an admin; its id."""
    admin = await home.admin()
    directory = await home.directory.fresh()
    values = {
        "name": "CRM", "url": url, "active": True, "types": ["attention_raised"], "networks": [], "channel_ids": [],
        "team_ids": [], "tag_ids": [],
    }  # fmt: skip
    unit = CreateWebhook(directory.principal_of(directory.agents[admin]), values, Sealer([KEY]))
    made: Created = await home.writer.submit(unit)
    return made.webhook.id


async def one_life(url: str, folder: Path, home: House, n: int) -> None:
    """Events happen while a sender lives until a failpoint, or a moment of chance, ends it."""
    chance = random.Random(n)
    point = FAILPOINTS[n % len(FAILPOINTS)]
    most = 2 if "settle" in point or "read" in point or "queue" in point else PER_LIFE
    victim = await Victim.start(
        "webhooks", url, folder, failpoints=f"{point}:{chance.randint(1, most)}" if point else ""
    )
    for k in range(PER_LIFE):
        event = e.AttentionRaised(topic="disk", ref=k)
        await home.writer.submit(Emit((event,), e.EVERYONE, e.SYSTEM))
        if k % 5 == 0:
            await asyncio.sleep(0.02)
    if point:
        dying = asyncio.ensure_future(victim.died())
        await asyncio.wait({dying}, timeout=3)
        dying.cancel()
    else:
        await asyncio.sleep(chance.uniform(0.0, 0.4))
    await victim.kill()


async def killed(url: str, folder: Path, kills: int) -> None:
    """Every event arrives, in order, once but for repetitions that can be told by their id."""
    async with receiver() as far, house(url, folder) as home:
        webhook_id = await subscribed(home, far.url)
        for n in range(kills):
            await one_life(url, folder, home, n)
        last = await Victim.start("webhooks", url, folder)
        expected = await home.column("SELECT position FROM event WHERE type = 'attention_raised' ORDER BY position")
        await home.until(lambda: _all_there(home, set(expected), set(far.positions)), seconds=60)
        await last.kill()

        assert len(expected) == kills * PER_LIFE
        assert list(dict.fromkeys(far.positions)) == expected
        # Who dies after a request and before it is noted repeats it: it did come to that.
        assert len(far.taken) > len(expected)
        ids = {position: set[str]() for position in expected}
        for key, envelope in far.taken:
            ids[envelope["data"]["position"]].add(key)
        assert {position: {f"wh-{webhook_id}-1-{position}"} for position in expected} == ids


async def _all_there(home: House, expected: set[int], there: set[int]) -> bool:
    return expected == there and await home.column(WAITING) == [0]


async def test_a_few_kills_while_webhooks_are_called(database_url: str, tmp_path: Path) -> None:
    """The sender dies at each line between its effects: nothing lost, and doubles have the same id."""
    await killed(database_url, tmp_path, len(FAILPOINTS))


@pytest.mark.faults
@pytest.mark.timeout(0)
async def test_many_kills_while_webhooks_are_called(database_url: str, tmp_path: Path) -> None:
    """The same, INBOX_KILLS times."""
    await killed(database_url, tmp_path, KILLS)
