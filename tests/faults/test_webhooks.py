"""kill -9 while events go out to webhooks: none is lost, and what comes twice has the id of the first time."""

import asyncio
import random
from pathlib import Path

import pytest

from inbox.commands.webhooks import Created, CreateWebhook
from inbox.domain import events as e
from inbox.seal import Sealer
from inbox.webhooks.running import PACE_SECONDS
from tests.faults.victims import DEADLINE_SECONDS, KILLS, LOOK_EVERY, Victim, Victims, victims
from tests.inbox.house import House, house
from tests.inbox.webhooks.hall import KEY, Emit, Receiver, receiver

FAILPOINTS = (
    "webhooks.after_read", "webhooks.after_enqueue", "webhooks.after_send", "webhooks.before_settle",
    "webhooks.after_settle", "",
)  # fmt: skip
BURST = 5
TIMES = (1, 1, 1, 2)
"""How often a life comes to a failpoint; the second time takes long where it is for the next look at the log."""
MOST_SENT = 3 * BURST
"""So often at most it comes to that after each request."""
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


async def events_happen(home: House, victim: Victim, most: int = 100) -> None:
    """Events in bursts, each after the victim's pause between two looks at the log, while it lives."""
    for _ in range(most):
        for ref in range(BURST):
            await home.writer.submit(Emit((e.AttentionRaised(topic="disk", ref=ref),), e.EVERYONE, e.SYSTEM))
        if not await victim.lives(PACE_SECONDS):
            return


async def one_life(there: Victims, home: House, n: int) -> None:
    """Events happen while a sender lives until a failpoint, or a moment of chance, ends it."""
    chance, point = random.Random(n), FAILPOINTS[n % len(FAILPOINTS)]
    times = chance.randint(1, MOST_SENT) if point == "webhooks.after_send" else chance.choice(TIMES)
    victim = await there.start("webhooks", point, times, fresh=n == 0)
    happening = asyncio.ensure_future(events_happen(home, victim))
    await victim.lives(DEADLINE_SECONDS if point else chance.uniform(0.0, 0.3))
    await victim.kill()
    await happening


async def a_whole_life(there: Victims, home: House, far: Receiver, *, fresh: bool = False) -> list[int]:
    """A sender lives until nothing waits: all arrived, in order. The positions of all events until now."""
    victim = await there.start("webhooks", fresh=fresh)
    await events_happen(home, victim, most=1)
    expected = await home.column("SELECT position FROM event WHERE type = 'attention_raised' ORDER BY position")
    await home.until(lambda: _all_there(home, set(expected), set(far.positions)), seconds=60)
    await victim.kill()
    assert list(dict.fromkeys(far.positions)) == expected
    return expected


async def killed(url: str, folder: Path, kills: int) -> None:
    """Every event arrives, in order, once but for repetitions that can be told by their id."""
    async with receiver() as far, victims(url, folder) as there, house(url, folder) as home:
        webhook_id = await subscribed(home, far.url)
        for n in range(kills):
            if n % LOOK_EVERY == LOOK_EVERY - 1:
                await a_whole_life(there, home, far)
            else:
                await one_life(there, home, n)
        expected = await a_whole_life(there, home, far, fresh=True)
        there.all_hit(FAILPOINTS)

        # Who dies after a request and before it is noted repeats it: it did come to that.
        assert len(far.taken) > len(expected) > kills
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
