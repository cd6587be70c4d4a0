"""kill -9 while rules act: each message sets off each rule once."""

import asyncio
import random
from pathlib import Path

import msgspec
import pytest

from connectors import inbound as net
from inbox import clock
from inbox.commands.rules import PutRule
from inbox.domain import rules as r
from tests.faults.victims import KILLS, Victim
from tests.inbox.house import House, house
from tests.inbox.world import Arrives

FAILPOINTS = ("rules.after_read", "rules.after_step", "")
PER_LIFE = 12
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


async def writes(home: House, channel_id: int, n: int) -> None:
    """A customer of his own writes."""
    message = net.MessageReceived(
        dedupe_key=f"d{n}", occurred_at=clock.now(), external_id=f"m{n}", text="Hello?",
        thread=net.Thread(external_id=f"chat-{n}", kind="direct", audience="private"),
        author=net.Author(external_id=f"p{n}", name=f"P{n}"),
    )  # fmt: skip
    await home.writer.submit(Arrives((await home.directory.fresh()).facts(channel_id), message))


async def killed(url: str, folder: Path, kills: int) -> None:
    """Messages come while a process that runs rules lives until a failpoint, or a moment of chance, ends it."""
    async with house(url, folder) as home:
        channel_id = await home.channel(outbound_url="https://shop.example/out")
        await home.directory.load()
        await ruled(home)
        said = 0
        for n in range(kills):
            chance, point = random.Random(n), FAILPOINTS[n % len(FAILPOINTS)]
            failpoints = f"{point}:{chance.randint(1, 3)}" if point else ""
            victim = await Victim.start("rules", url, folder, failpoints=failpoints)
            for _ in range(PER_LIFE):
                said += 1
                await writes(home, channel_id, said)
                await asyncio.sleep(0.02)
            dying = asyncio.ensure_future(victim.died())
            await asyncio.wait({dying}, timeout=3 if point else chance.uniform(0.0, 0.4))
            dying.cancel()
            await victim.kill()
        last = await Victim.start("rules", url, folder)
        await home.until_column(RAN, [2 * said], seconds=60)
        await last.kill()

        runs = await home.rows("SELECT rule_id, trigger_position FROM rule_run")
        assert len(set(runs)) == len(runs) == 2 * said
        assert await home.column("SELECT count(*) FROM message WHERE direction = 'note'") == [said]
        assert await home.column("SELECT count(*) FROM message WHERE direction = 'out'") == [said]


async def test_a_few_kills_while_rules_act(database_url: str, tmp_path: Path) -> None:
    """The process dies at each line between its effects: nothing is left out, nothing done twice."""
    await killed(database_url, tmp_path, len(FAILPOINTS))


@pytest.mark.faults
@pytest.mark.timeout(0)
async def test_many_kills_while_rules_act(database_url: str, tmp_path: Path) -> None:
    """The same, INBOX_KILLS times."""
    await killed(database_url, tmp_path, KILLS)
