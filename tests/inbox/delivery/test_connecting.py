"""Connecting a channel: what keeps it from being signed in is told to the admin."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Setup
from inbox.delivery.connecting import Connected, Connecting
from inbox.errors import Invalid
from tests.inbox.house import House, house


async def _nothing_waits(channel_id: int) -> int:
    return 0


def connecting(home: House) -> Connecting:
    """What connects the channels of a house, and tests them."""

    def opened(sealed: str, place: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(sealed)
        return found

    return Connecting(
        home.contexts, home.clients, home.writer, home.health, lambda fields, place: json.dumps(dict(fields)), opened,
        _nothing_waits,
    )  # fmt: skip


async def test_when_credentials_end_is_kept_until_the_network_says_otherwise(sqlite_url: str, tmp_path: Path) -> None:
    """Who enters a token without an end in place of one that has one is not warned of an end any more."""
    async with house(sqlite_url, tmp_path) as home:
        channel_id = await home.channel("telegram")
        kept: list[object] = []
        for expires_at in (1_800_000_000_000_000, None, 0):
            done = Setup(asset_id="", name="", expires_at=expires_at)
            await home.writer.submit(Connected(channel_id, done, lambda fields, place: "", lambda text, place: {}))
            kept += [row[0] for row in await home.rows(f"SELECT expires_at FROM channel WHERE id = {channel_id}")]

        assert kept == [1_800_000_000_000_000, 1_800_000_000_000_000, None]


@pytest.mark.parametrize(
    ("network", "settings", "code", "said"),
    [
        ("email", {"address": "help@shop.example", "auth": "password"}, "oauth_refused", "auth is 'password'"),
        ("custom", {}, "no_oauth", "Custom channel has no sign-in of its own"),
    ],
)
async def test_a_channel_without_a_sign_in_says_so(
    sqlite_url: str, tmp_path: Path, network: str, settings: dict[str, str], code: str, said: str
) -> None:
    """Whoever begins a sign-in that the channel's network or settings do not have is told what it would need."""
    async with house(sqlite_url, tmp_path) as home:
        channel_id = await home.channel(network, **settings)

        with pytest.raises(Invalid) as refused:
            await connecting(home).authorise_url(channel_id, "the-state", "the-challenge")

        assert refused.value.code == code
        assert said in refused.value.detail
