"""Admins are told once, and once more when it is mended."""

import asyncio
from pathlib import Path

import pytest

from inbox.transport.media import DiskMedia
from tests.inbox.house import house, running

TOLD = "SELECT kind FROM notification ORDER BY id"


async def test_what_is_raised_twice_is_told_once(database_url: str, tmp_path: Path) -> None:
    """Each admin gets one notification when it is raised and one when it ends, with events that only they see."""
    async with house(database_url, tmp_path) as home:
        for _ in range(2):
            await home.admin()

        tried = [await home.health.raised("disk", 0, "full") for _ in range(3)]
        ended = [await home.health.ended("disk", 0) for _ in range(2)]

        assert (tried, ended) == ([True, False, False], [True, False])
        assert await home.column(TOLD) == ["attention_disk"] * 2 + ["mended_disk"] * 2
        seen = "SELECT DISTINCT audience FROM event WHERE type IN ('attention_raised', 'attention_ended')"
        assert await home.column(seen) == ["....1"]


async def test_a_channels_trouble_names_it_and_the_remedy(database_url: str, tmp_path: Path) -> None:
    """Down, then signed out, then well: one thing raised, three changes told."""
    async with house(database_url, tmp_path) as home:
        await home.admin()
        channel_id = await home.channel()

        changed = [
            await home.health.channel(channel_id, "down", "HTTP 502"),
            await home.health.channel(channel_id, "down", "HTTP 503"),
            await home.health.channel(channel_id, "needs_attention", "token revoked"),
            await home.health.channel(channel_id, "ok"),
        ]

        assert changed == [True, False, True, True]
        assert await home.column(TOLD) == ["attention_channel", "mended_channel"]
        detail = (await home.column("SELECT detail FROM notification ORDER BY id"))[0]
        assert detail.startswith("Shop: ")
        assert "HTTP 502" in detail
        assert await home.column("SELECT count(*) FROM event WHERE type = 'channel_health_changed'") == [3]


async def test_a_disk_without_room_is_told_until_there_is_some(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The meter watches what the media store has left."""
    monkeypatch.setattr("inbox.intake.health._DISK_SECONDS", 0.02)
    room = [0]

    class Meter(DiskMedia):
        async def free_bytes(self) -> int:
            await asyncio.sleep(0)
            return room[0]

    async with house(sqlite_url, tmp_path) as home:
        await home.admin()
        async with running(home.health.watch_disk(Meter(tmp_path / "m"))):
            await home.until_column(TOLD, ["attention_disk"])
            room[0] = 10**9
            await home.until_column(TOLD, ["attention_disk", "mended_disk"])
