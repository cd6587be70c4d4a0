"""Typing and read signs: planned for the thread, told to the network that shows them, and never in the way."""

import asyncio
from pathlib import Path

import pytest

from connectors import registry
from inbox import clock
from inbox.delivery.signs import CustomerSign, decoded, encoded, sign_of
from inbox.intake.receive import Arrived, Source, parsed
from tests.inbox.house import House, Network, house, network, running


def _can() -> dict:
    return {name: dict(registry.manifest(name).kinds) for name in registry.networks()}


async def received(home: House, channel_id: int, far: Network) -> None:
    """Maria has written."""
    ctx = await home.contexts.of(channel_id)
    connector = registry.connector("custom")
    request = far.writes("maria", "Hello?")
    elements, problem = parsed(lambda: connector.parse(request, ctx), ctx)
    source = Source(body=request.body, problem=problem)
    facts = home.directory.facts(channel_id)
    await home.receiver.take(Arrived(channel=facts, elements=elements, sources=(source,), received_at=clock.now()))


async def _signed(home: House, kind: str) -> CustomerSign | None:
    (conversation_id,) = await home.column("SELECT id FROM conversation")
    return await home.database.read(sign_of, conversation_id, None, kind, on=True, can=_can())


@pytest.mark.parametrize("kind", ["typing", "seen"])
async def test_a_sign_reaches_the_network_of_the_thread(database_url: str, tmp_path: Path, kind: str) -> None:
    """What an agent does is told to the customer's network once, and nothing is stored of it."""
    async with network() as far, house(database_url, tmp_path) as home:
        channel_id = await home.channel(outbound_url=far.url)
        await received(home, channel_id, far)
        before = await home.column("SELECT position FROM workspace")
        holder = home.holder()
        async with running(holder.run()):
            async with asyncio.timeout(30):
                while channel_id not in holder.channels:
                    await asyncio.sleep(0.01)
                sign = await _signed(home, kind)
                assert sign is not None
                holder.signed(encoded(sign))
                while not far.signs:
                    await asyncio.sleep(0.01)

        assert far.signs == [kind]
        assert await home.column("SELECT count(*) FROM outbox") == [0]
        assert await home.column("SELECT position FROM workspace") == before


async def test_a_channel_may_keep_signs_from_customers(database_url: str, tmp_path: Path) -> None:
    """What its setting says no to is not told to the network; the other sign is."""
    async with network() as far, house(database_url, tmp_path) as home:
        channel_id = await home.channel(outbound_url=far.url, show_seen="no")
        await received(home, channel_id, far)
        holder = home.holder()
        async with running(holder.run()):
            async with asyncio.timeout(30):
                while channel_id not in holder.channels:
                    await asyncio.sleep(0.01)
                for kind in ("seen", "typing"):
                    sign = await _signed(home, kind)
                    assert sign is not None
                    holder.signed(encoded(sign))
                while not far.signs:
                    await asyncio.sleep(0.01)

        assert far.signs == ["typing"]


def test_a_payload_of_another_version_is_passed_over() -> None:
    """A process that speaks differently does no harm."""
    assert decoded(b'{"something":"else"}') is None
