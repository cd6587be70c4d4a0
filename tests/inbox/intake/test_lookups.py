"""Announced items are brought, nameless people asked for, over a real network's side."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors import registry
from connectors.contract import Connector, Context
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange
from connectors.inbound import Author, Fetch, MessageReceived, Thread
from inbox import clock
from inbox.intake.receive import Arrived, Element, Source
from tests.inbox.house import House, Network, house, network, running


def profile(author_id: str, ctx: Context) -> Exchange[Author]:
    """Everybody has a name but one."""
    if author_id == "nobody":
        raise SendError(SendErrorKind.RECIPIENT_GONE, "no such person")
    return Author(external_id=author_id, name=f"Name of {author_id}")
    yield


def find(name: str) -> Connector:
    """The custom connector of a network that tells names."""
    return replace(registry.connector(name), profile=profile)


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[House, Network, int]]:
    """A service that holds a channel."""
    async with network() as far, house(database_url, tmp_path, find=find) as home:
        channel_id = await home.channel(outbound_url=far.url)
        await home.directory.fresh()
        async with running(home.holder().run()):
            yield home, far, channel_id


async def take(home: House, channel_id: int, inbound: Fetch | MessageReceived) -> None:
    """It came by webhook."""
    channel = home.directory.facts(channel_id)
    await home.receiver.take(
        Arrived(
            channel=channel,
            elements=[Element(inbound)],
            sources=[Source(body=b"x")],
            received_at=clock.now(),
            looks_up_profiles=True,
        )
    )


async def test_an_announced_item_is_brought(scene: tuple[House, Network, int]) -> None:
    """An id without content becomes a message, once, also when it was announced twice."""
    home, far, channel_id = scene
    item = json.loads(far.writes("maria", "Long story").body)["message"]["external_id"]

    for _ in range(2):
        await take(home, channel_id, Fetch(dedupe_key="f1", occurred_at=clock.now(), ref=item))

    await home.until_column("SELECT text FROM content", ["Long story"])
    await home.until_column("SELECT count(*) FROM job", [0])


async def test_an_announced_item_that_is_gone_is_kept_for_an_admin(scene: tuple[House, Network, int]) -> None:
    """What the network does not give after all is not dropped silently."""
    home, _, channel_id = scene

    await take(home, channel_id, Fetch(dedupe_key="f1", occurred_at=clock.now(), ref="missing"))

    await home.until_column("SELECT count(*) FROM raw WHERE state = 'quarantined'", [1])
    assert "did not give it" in (await home.column("SELECT problem FROM raw WHERE state = 'quarantined'"))[0]


@pytest.mark.parametrize(("person", "name"), [("p7", "Name of p7"), ("nobody", "")])
async def test_a_nameless_person_gets_the_name_the_network_tells(
    scene: tuple[House, Network, int], person: str, name: str
) -> None:
    """A number becomes a name; one that the network does not know stays as it is."""
    home, _, channel_id = scene
    thread = Thread(external_id="t", kind="direct", audience="private")
    author = Author(external_id=person)
    message = MessageReceived(
        dedupe_key="m", occurred_at=clock.now(), thread=thread, author=author, external_id="m", text="hi"
    )

    await take(home, channel_id, message)

    await home.until_column("SELECT count(*) FROM job", [0])
    assert await home.column("SELECT name FROM identity") == [name]
