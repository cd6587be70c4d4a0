"""Connecting a channel: what keeps it from being signed in is told to the admin."""

import json
from pathlib import Path
from typing import Any

import pytest

from inbox.delivery.connecting import Connecting
from inbox.errors import Invalid
from tests.inbox.house import House, house


async def _nothing_waits(channel_id: int) -> int:
    return 0


def _connecting(home: House) -> Connecting:
    def opened(sealed: str, place: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(sealed)
        return found

    return Connecting(
        home.contexts, home.clients, home.writer, home.health, lambda fields, place: json.dumps(dict(fields)), opened,
        _nothing_waits,
    )  # fmt: skip


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
            await _connecting(home).authorise_url(channel_id, "the-state", "the-challenge")

        assert refused.value.code == code
        assert said in refused.value.detail
