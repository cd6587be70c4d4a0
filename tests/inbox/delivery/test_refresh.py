"""Fresh credentials: once however many ask, kept before they are used."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors import registry
from connectors.contract import Connector, Context, Credentials, OAuth
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange
from inbox import ids
from inbox.delivery.lease import Leases
from inbox.delivery.refresh import Refreshed, Refresher
from inbox.domain import events as e
from inbox.eventlog.unit import Unit
from inbox.storage import credentials
from inbox.storage.database import StoreUnavailable
from inbox.transport.reach import Reach
from tests.inbox.house import House, Sql, house, running
from tests.inbox.wall import put_back


class Provider:
    """An OAuth side that rotates its refresh token and counts."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.refuses: SendErrorKind | None = None

    def connector(self, network: str) -> Connector:
        """The custom connector with a sign-in."""
        oauth = OAuth(start=_unused, callback=_unused, refresh=self.refresh)  # type: ignore[arg-type]
        return replace(registry.connector(network), oauth=oauth)

    def refresh(self, ctx: Context) -> Exchange[Credentials]:
        """Give a new pair for the newest refresh token only."""
        self.calls.append(ctx.credentials.get("refresh_token", ""))
        if self.refuses is not None:
            raise SendError(self.refuses, "no")
        n = len(self.calls)
        return Credentials(credentials={"access_token": f"a{n}", "refresh_token": f"r{n}"}, expires_at=10**18)
        yield


def _unused(*args: object) -> Iterator[object]:
    raise AssertionError("not part of these tests")


def refresher(home: House) -> Refresher:
    """One for the process."""
    courier = home.clients.courier(Reach())
    return Refresher(
        home.contexts, home.writer, Leases(home.writer, ids.nonce()), lambda secrets, owner: json.dumps(dict(secrets)),
        lambda channel_id: courier,
    )  # fmt: skip


async def test_many_who_need_it_cause_one_refresh(database_url: str, tmp_path: Path) -> None:
    """Sixteen sends meet the same expired token: one refresh, and all may try again."""
    provider = Provider()
    async with house(database_url, tmp_path, find=provider.connector) as home:
        channel_id = await home.channel(secrets={"refresh_token": "r0", "webhook_secret": "w"})
        made = refresher(home)

        tried = await asyncio.gather(*(made.refreshed(channel_id) for _ in range(16)))

        assert tried == [True] * 16
        assert provider.calls == ["r0"]
        ctx = await home.contexts.of(channel_id)
        assert (ctx.credentials["access_token"], ctx.credentials["webhook_secret"]) == ("a1", "w")
        assert json.loads((await home.column("SELECT sealed FROM channel"))[0])["refresh_token"] == "r1"


async def test_fresh_credentials_that_are_refused_are_not_refreshed_again(database_url: str, tmp_path: Path) -> None:
    """Refused a moment after a refresh means that a person must sign in."""
    provider = Provider()
    async with house(database_url, tmp_path, find=provider.connector) as home:
        channel_id = await home.channel()
        made = refresher(home)

        assert await made.refreshed(channel_id)
        assert not await made.refreshed(channel_id)
    assert len(provider.calls) == 1


async def test_a_refresh_that_is_refused_changes_nothing(database_url: str, tmp_path: Path) -> None:
    """What is kept stays as it was."""
    provider = Provider()
    provider.refuses = SendErrorKind.REAUTH
    async with house(database_url, tmp_path, find=provider.connector) as home:
        channel_id = await home.channel(secrets={"refresh_token": "r0"})

        assert not await refresher(home).refreshed(channel_id)
        assert json.loads((await home.column("SELECT sealed FROM channel"))[0]) == {"refresh_token": "r0"}


@pytest.mark.parametrize("kind", [SendErrorKind.UNREACHABLE, SendErrorKind.THROTTLED])
async def test_a_provider_that_is_away_asks_nobody_to_sign_in(
    database_url: str, tmp_path: Path, kind: SendErrorKind
) -> None:
    """Its own refusal stands for that of the network; where it gives credentials again, there is none."""
    provider = Provider()
    provider.refuses = kind
    ended = SendError(SendErrorKind.REAUTH, "the token has ended")
    async with house(database_url, tmp_path, find=provider.connector) as home:
        channel_id = await home.channel(secrets={"refresh_token": "r0"})
        made = refresher(home)

        away = await made.instead(channel_id, ended)
        assert away is not None
        assert away.kind is kind

        provider.refuses = None
        assert await made.instead(channel_id, ended) is None
        assert await made.instead(channel_id, ended) is ended, "refused with what is fresh"


async def test_a_channel_without_sign_in_has_nothing_to_refresh(sqlite_url: str, tmp_path: Path) -> None:
    """A key that an admin typed is not refreshed."""
    async with house(sqlite_url, tmp_path) as home:
        assert not await refresher(home).refreshed(await home.channel())


async def test_a_clock_that_is_put_back_keeps_no_credentials_from_being_refreshed(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two minutes after a refresh there may be another one, whatever the clock shows."""
    provider = Provider()
    async with house(sqlite_url, tmp_path, find=provider.connector) as home:
        channel_id = await home.channel()
        made = refresher(home)
        assert await made.refreshed(channel_id)
        put_back(monkeypatch, hours=3, passed_seconds=120)

        assert await made.refreshed(channel_id)
    assert len(provider.calls) == 2


async def test_what_one_channel_refreshed_is_tried_by_another_of_its_connection(
    sqlite_url: str, tmp_path: Path
) -> None:
    """It asked its network with the old token, and hears of it when the new one is there: once."""
    provider = Provider()
    async with house(sqlite_url, tmp_path, find=provider.connector) as home:
        one = await home.channel(connection={"refresh_token": "r0"})
        other = await home.channel()
        await home.writer.submit(
            Sql(f"UPDATE channel SET connection_id = (SELECT id FROM connection) WHERE id = {other:d}")
        )
        home.directory.heard(e.SettingChanged(object="channel", id=other))
        made = refresher(home)

        assert [await made.refreshed(one), await made.refreshed(other)] == [True, True]
        assert [await made.refreshed(one), await made.refreshed(other)] == [False, False]
    assert provider.calls == ["r0"]


async def test_a_store_that_is_away_ends_no_work_and_loses_no_token(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the provider gave is written when the store is back: it has forgotten what it gave before."""
    monkeypatch.setattr("inbox.delivery.recording.delay_seconds", lambda failures, first, longest: 0.01)
    provider = Provider()
    async with house(sqlite_url, tmp_path, find=provider.connector) as home:
        channel_id = await home.channel(connection={"refresh_token": "r0"}, expires_at=1)
        away: list[str] = []
        submit, read = home.writer.submit, home.database.read

        async def submitting(unit: Unit) -> Any:
            if isinstance(unit, Refreshed) and len(away) < 4:
                away.append("write")
                raise StoreUnavailable("the disk is gone")
            return await submit(unit)

        async def reading(*query: Any) -> Any:
            if query[0] is credentials.sealed_of and not away:
                away.append("read")
                raise StoreUnavailable("the disk is gone")
            return await read(*query)

        made = refresher(home)
        monkeypatch.setattr(home.writer, "submit", submitting)
        monkeypatch.setattr(home.database, "read", reading)
        async with running(made.keep_fresh(channel_id)):
            await home.until_column("SELECT version FROM connection", [2])
    assert away == ["read", "write", "write", "write"]
    assert provider.calls == ["r0"]
