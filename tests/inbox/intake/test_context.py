"""What a connector is told of the world."""

import dataclasses
import json
from pathlib import Path

from inbox import clock
from tests.inbox.house import house


async def test_a_context_has_the_channels_own_words_and_addresses(database_url: str, tmp_path: Path) -> None:
    """Settings, secrets newest first, the webhook address, and the base URL the admin chose."""
    async with house(database_url, tmp_path) as home:
        secrets = {"webhook_secret": "new", "webhook_secret_previous": "old", "token": "t"}
        channel_id = await home.channel(secrets=secrets, base_url="http://127.0.0.1:9/api/")

        ctx = await home.contexts.of(channel_id)

        assert ctx.base_url == "http://127.0.0.1:9/api"
        assert ctx.webhook_url == f"https://inbox.example/hooks/custom/{channel_id}"
        assert ctx.secrets == (b"new", b"old")
        assert ctx.credentials["token"] == "t"
        assert ctx.nonce() != ctx.nonce()
        reach = await home.contexts.reach_of(channel_id)
        assert (reach.base_url, reach.sandbox) == ("http://127.0.0.1:9/api", False)


async def test_a_context_is_of_its_instant(database_url: str, tmp_path: Path) -> None:
    """Time goes on from one request of a channel to the next, and nothing else changes by itself."""
    async with house(database_url, tmp_path) as home:
        channel_id = await home.channel(secrets={"webhook_secret": "one"})
        instants = iter((1_000, 2_000))

        clock.set_clock(lambda: next(instants))
        try:
            first, second = [await home.contexts.of(channel_id) for _ in range(2)]
        finally:
            clock.set_clock(None)

        assert (first.now, second.now) == (1_000, 2_000)
        assert dataclasses.replace(second, now=1_000) == first


async def test_a_changed_channel_is_unsealed_anew(database_url: str, tmp_path: Path) -> None:
    """New secrets count from the event on that says so."""
    async with house(database_url, tmp_path) as home:
        channel_id = await home.channel(secrets={"webhook_secret": "first"})
        assert (await home.contexts.of(channel_id)).secrets == (b"first",)

        await home.change_channel(channel_id, sealed=json.dumps({"webhook_secret": "second"}))

        assert (await home.contexts.of(channel_id)).secrets == (b"second",)


async def test_a_connection_lends_its_credentials_to_its_channels(database_url: str, tmp_path: Path) -> None:
    """What a channel says for itself goes before what its connection says."""
    async with house(database_url, tmp_path) as home:
        channel_id = await home.channel(
            secrets={"webhook_secret": "own"}, connection={"access_token": "shared", "webhook_secret": "shared"}
        )

        ctx = await home.contexts.of(channel_id)

        assert (ctx.credentials["access_token"], ctx.secrets) == ("shared", (b"own",))
