"""kill -9 while rules act: each message sets off each rule once."""

import asyncio
import random
from pathlib import Path

import msgspec
import pytest

from connectors import inbound as net
from inbox import clock
from inbox.automation.running import PACE_SECONDS
from inbox.commands.rules import PutRule
from inbox.domain import rules as r
from inbox.domain.state import ChannelFacts
from tests.faults.victims import DEADLINE_SECONDS, KILLS, LOOK_EVERY, Victim, Victims, victims
from tests.inbox.house import House, house
from tests.inbox.world import Arrives

FAILPOINTS = ("rules.after_read", "rules.after_step", "")
BURST, MOST_OFTEN = 4, 2
RAN = "SELECT count(*) FROM event WHERE type = 'rule_ran'"


async def ruled(home: House) -> None:
    """A rule that writes a note for every message, and one that answers."""
    admin = await home.admin()
    directory = await home.directory.fresh()
    actions = ([{"do": "note", "text": "seen"}], [{"do": "reply", "variants": [{"text": "Hello"}]}])
    for some in actions:
        says = {
            "trigger": r.OnEvent(events=("message_received",)),
            "actions": msgspec.convert(some, tuple[r.Action, ...]),
            "hour_cap": 100_000,
        }
        principal = directory.principal_of(directory.agents[admin])
        await home.writer.submit(PutRule(principal, None, {"name": some[0]["do"]}, says, directory=directory))


class Customers:
    """Those who write: each once."""

    def __init__(self, home: House, facts: ChannelFacts) -> None:
        self.said = 0
        self._home = home
        self._facts = facts

    async def write(self, victim: Victim, most: int = 100) -> None:
        """Write in bursts, each after the victim's pause between two looks at the log, while it lives."""
        for _ in range(most):
            for _ in range(BURST):
                self.said += 1
                await self._home.writer.submit(Arrives(self._facts, _message(self.said)))
            if not await victim.lives(PACE_SECONDS):
                return


def _message(n: int) -> net.MessageReceived:
    """What a customer of his own wrote."""
    return net.MessageReceived(
        dedupe_key=f"d{n}", occurred_at=clock.now(), external_id=f"m{n}", text="Hello?",
        thread=net.Thread(external_id=f"chat-{n}", kind="direct", audience="private"),
        author=net.Author(external_id=f"p{n}", name=f"P{n}"),
    )  # fmt: skip


async def one_life(there: Victims, customers: Customers, n: int) -> None:
    """Messages come while a process that runs rules lives until a failpoint, or a moment of chance, ends it."""
    chance, point = random.Random(n), FAILPOINTS[n % len(FAILPOINTS)]
    victim = await there.start("rules", point, chance.randint(1, MOST_OFTEN), fresh=n == 0)
    writing = asyncio.ensure_future(customers.write(victim))
    await victim.lives(DEADLINE_SECONDS if point else chance.uniform(0.0, 0.3))
    await victim.kill()
    await writing


async def a_whole_life(there: Victims, home: House, customers: Customers, *, fresh: bool = False) -> None:
    """A process lives until it has done what is to be done: for each message each rule, once."""
    victim = await there.start("rules", fresh=fresh)
    await customers.write(victim, most=1)
    await home.until_column(RAN, [2 * customers.said], seconds=60)
    await victim.kill()
    runs = await home.rows("SELECT rule_id, trigger_position FROM rule_run")
    assert len(set(runs)) == len(runs) == 2 * customers.said
    for direction in ("note", "out"):
        assert await home.column(f"SELECT count(*) FROM message WHERE direction = '{direction}'") == [customers.said]


async def killed(url: str, folder: Path, kills: int) -> None:
    """Each message sets off each rule once, whatever dies meanwhile."""
    async with victims(url, folder) as there, house(url, folder) as home:
        channel_id = await home.channel(outbound_url="https://shop.example/out")
        await home.directory.load()
        await ruled(home)
        customers = Customers(home, (await home.directory.fresh()).facts(channel_id))
        for n in range(kills):
            if n % LOOK_EVERY == LOOK_EVERY - 1:
                await a_whole_life(there, home, customers)
            else:
                await one_life(there, customers, n)
        await a_whole_life(there, home, customers, fresh=True)
        there.all_hit(FAILPOINTS)


async def test_a_few_kills_while_rules_act(database_url: str, tmp_path: Path) -> None:
    """The process dies at each line between its effects: nothing is left out, nothing done twice."""
    await killed(database_url, tmp_path, len(FAILPOINTS))


@pytest.mark.faults
@pytest.mark.timeout(0)
async def test_many_kills_while_rules_act(database_url: str, tmp_path: Path) -> None:
    """The same, INBOX_KILLS times."""
    await killed(database_url, tmp_path, KILLS)
