"""kill -9 while answers go out: none is lost; where the network keeps no keys, an uncertain one is called unknown."""

import random
from collections import Counter
from pathlib import Path

import pytest

from connectors import registry
from inbox import clock
from inbox.intake.receive import Arrived, Element, Source
from tests.faults.victims import DEADLINE_SECONDS, KILLS, LOOK_EVERY, Victims, victims
from tests.inbox.house import House, Network, house, network

FAILPOINTS = ("outbox.before_attempt", "outbox.after_attempt", "outbox.after_send", "outbox.after_record", "")
UNSETTLED = "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending', 'pending')"


async def conversation(home: House, far: Network, channel_id: int, person: str) -> int:
    """A person wrote; the id of the conversation."""
    connector = registry.connector("custom")
    assert connector.parse is not None
    found = connector.parse(far.writes(person, "Hello"), await home.contexts.of(channel_id))
    elements = [Element(one) for one in found if not isinstance(one, Exception)]
    channel = home.directory.facts(channel_id)
    sources = (Source(body=b"x"),)
    await home.receiver.take(Arrived(channel=channel, elements=elements, sources=sources, received_at=clock.now()))
    return int((await home.column("SELECT max(id) FROM conversation"))[0])


async def one_life(there: Victims, role: str, home: House, n: int) -> None:
    """A sender lives until a failpoint, or a moment of chance, ends it; every LOOK_EVERYth until all is sent."""
    chance, point = random.Random(n), FAILPOINTS[n % len(FAILPOINTS)]
    if n % LOOK_EVERY == LOOK_EVERY - 1:
        await a_whole_life(there, role, home)
        return
    victim = await there.start(role, point, chance.randint(1, 3), fresh=n == 0)
    await victim.lives(DEADLINE_SECONDS if point else chance.uniform(0.0, 0.3))
    await victim.kill()
    # Its leases would run out in ten seconds: the test does not wait for them.
    await home.forget_leases()


async def a_whole_life(there: Victims, role: str, home: House, *, fresh: bool = False) -> None:
    """A sender lives until nothing waits."""
    victim = await there.start(role, fresh=fresh)
    await home.until_column(UNSETTLED, [0], seconds=60)
    await victim.kill()
    await home.forget_leases()


async def delivery_kills(url: str, folder: Path, role: str, kills: int) -> tuple[Counter[str], dict[str, str]]:
    """Kill a sender again and again; how often each text was an effect, and the state its message ended in."""
    async with network() as far, victims(url, folder) as there, house(url, folder) as home:
        channel_id = await home.channel(outbound_url=far.url)
        await home.directory.fresh()
        people = [await conversation(home, far, channel_id, f"person{n}") for n in range(4)]
        for n in range(kills):
            for k, conversation_id in enumerate(people):
                await home.answer(conversation_id, f"answer {n}-{k}")
            await one_life(there, role, home, n)
        await a_whole_life(there, role, home, fresh=True)
        there.all_hit(FAILPOINTS)
        texts = await home.rows("SELECT o.part, m.delivery_state FROM outbox o JOIN message m ON m.id = o.message_id")
        ended = {far.text_of(part): state for part, state in texts}
        return Counter(text for _, text in far.effects), ended


async def a_network_without_keys(url: str, folder: Path, kills: int) -> None:
    """No answer is lost, none is an effect twice, and what nobody knows is called unknown."""
    effects, ended = await delivery_kills(url, folder, "deliver-without-keys", kills)

    assert len(ended) == 4 * kills
    assert set(ended.values()) <= {"accepted", "unknown"}
    assert max(effects.values()) == 1
    assert {text for text, state in ended.items() if state == "accepted"} <= set(effects)
    lost = set(ended) - set(effects)
    assert {ended[text] for text in lost} <= {"unknown"}
    assert sum(state == "unknown" for state in ended.values()) <= kills * 4


async def a_network_with_keys(url: str, folder: Path, kills: int) -> None:
    """Every answer arrives; a repetition has the key of the first, by which the network knows it."""
    effects, ended = await delivery_kills(url, folder, "deliver", kills)

    assert len(ended) == 4 * kills
    assert set(ended.values()) == {"accepted"}
    assert set(effects) == set(ended)


async def test_a_few_kills_where_the_network_keeps_no_keys(database_url: str, tmp_path: Path) -> None:
    """The sender dies at each line between its effects: nothing lost, nothing doubled, the uncertain are unknown."""
    await a_network_without_keys(database_url, tmp_path, len(FAILPOINTS))


async def test_a_few_kills_where_the_network_keeps_keys(database_url: str, tmp_path: Path) -> None:
    """The sender dies at each line between its effects: everything arrives, and is known when it is repeated."""
    await a_network_with_keys(database_url, tmp_path, len(FAILPOINTS))


@pytest.mark.faults
@pytest.mark.timeout(0)
async def test_many_kills_where_the_network_keeps_no_keys(database_url: str, tmp_path: Path) -> None:
    """The same, INBOX_KILLS times."""
    await a_network_without_keys(database_url, tmp_path, KILLS)


@pytest.mark.faults
@pytest.mark.timeout(0)
async def test_many_kills_where_the_network_keeps_keys(database_url: str, tmp_path: Path) -> None:
    """The same, INBOX_KILLS times."""
    await a_network_with_keys(database_url, tmp_path, KILLS)
