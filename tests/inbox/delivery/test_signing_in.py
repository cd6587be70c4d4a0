"""Signing in for an account of several channels: the sign-in, what it reaches, what is chosen, and what follows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as WebRequest
from starlette.responses import Response as WebResponse
from starlette.routing import Route

from connectors import registry
from connectors.exchange import Request
from connectors.toolkit import faults
from inbox import clock
from inbox.commands.connections import CreateConnection, RemoveConnection
from inbox.delivery.connecting import Connecting
from inbox.delivery.signing_in import SigningIn
from inbox.domain import events as e
from inbox.domain.permissions import ROLES, Principal, Scope
from inbox.errors import Conflict, Invalid
from inbox.seal import Sealer
from tests.inbox.house import House, house, served

ADMIN = Principal(e.SYSTEM, "Admin", Scope(None, frozenset(), True), ROLES["admin"])


class Desk:
    """An admin at a service that reaches one simulated network."""

    def __init__(self, home: House, sealer: Sealer, network: str, url: str, simulator: Any) -> None:
        self.home = home
        self.sealer = sealer
        self.network = network
        self.url = url
        self.simulator = simulator
        seal = lambda fields, place: sealer.seal_fields(dict(fields), place)  # noqa: E731
        self.connecting = Connecting(
            home.contexts, home.clients, home.writer, home.health, seal, sealer.open_fields, _nothing_waits
        )
        self.signing_in = SigningIn(home.contexts, home.clients, home.writer, sealer, self.connecting)

    async def connection(self) -> int:
        """A connection with what signing in needs."""
        fields = {field.name: field for field in registry.manifest(self.network).fields}
        own = {**getattr(self.simulator, "settings", {}), **getattr(self.simulator, "credentials", {})}
        given = {name: value for name, value in own.items() if name in fields and name not in _TOKENS}
        unit = CreateConnection(ADMIN, self.sealer, self.network, "Head office", {**given, "base_url": self.url})
        return (await self.home.writer.submit(unit)).id

    async def signed_in(self) -> int:
        """A connection that somebody has signed in with."""
        connection_id = await self.connection()
        await self.signing_in.redeem(connection_id, "a-code", "a-verifier")
        return connection_id


_TOKENS = {"page_access_token", "access_token", "refresh_token", "page_id", "ig_user_id", "location_id", "account_id"}


async def _nothing_waits(channel_id: int) -> int:
    return 0


@asynccontextmanager
async def desk(network: str, url: str, folder: Path) -> AsyncIterator[Desk]:
    """A desk of that network."""
    simulator = registry.connector(network).simulator(7)  # type: ignore[misc]
    sealer = Sealer(["a key of the tests, long enough for it"])

    async def answer(web: WebRequest) -> WebResponse:
        request = Request(
            method=web.method, path=web.url.path, query=web.url.query, headers=dict(web.headers), body=await web.body()
        )
        answered = simulator.respond(request, clock.now())
        return WebResponse(answered.body, answered.status, dict(answered.headers))

    routes = [Route("/{rest:path}", answer, methods=["GET", "POST", "PATCH", "PUT", "DELETE"])]
    async with house(url, folder, unseal=sealer.open_fields) as home, served(Starlette(routes=routes)) as address:
        yield Desk(home, sealer, network, address, simulator)


@pytest.mark.parametrize("network", ["messenger", "facebook_page", "instagram", "google_business_profile", "whatsapp"])
async def test_what_a_sign_in_reaches_can_be_chosen_and_becomes_channels(
    sqlite_url: str, tmp_path: Path, network: str
) -> None:
    """From the button to channels that work, without entering a token; choosing twice adds nothing twice."""
    async with desk(network, sqlite_url, tmp_path) as at:
        connection_id = await at.connection()
        assert (await at.signing_in.url(connection_id, "the-state", "the-challenge")).startswith("http")
        await at.signing_in.redeem(connection_id, "a-code", "a-verifier")

        reached = await at.signing_in.assets(connection_id)
        own = [(one.network, one.asset_id) for one in reached if one.network == network]
        assert own
        first = await at.signing_in.add(ADMIN, connection_id, own)
        again = await at.signing_in.add(ADMIN, connection_id, own)

        assert [problem for _, _, problem in first] == [""] * len(own)
        assert [channel.id for _, channel, _ in again] == [channel.id for _, channel, _ in first]
        channels = (await at.home.directory.fresh()).channels
        assert {(c.network, c.asset_id, c.health, c.connection_id) for c in channels.values()} == {
            (network, asset_id, "ok", connection_id) for _, asset_id in own
        }
        assert "a-code" not in str(await at.home.rows("SELECT sealed FROM connection"))


async def test_what_the_sign_in_does_not_reach_is_refused_whole(sqlite_url: str, tmp_path: Path) -> None:
    """A made-up page is named, and nothing is added."""
    async with desk("messenger", sqlite_url, tmp_path) as at:
        connection_id = await at.signed_in()
        reached = await at.signing_in.assets(connection_id)
        chosen = [(reached[0].network, reached[0].asset_id), ("messenger", "666")]

        with pytest.raises(Invalid, match="does not reach messenger 666"):
            await at.signing_in.add(ADMIN, connection_id, chosen)

        assert (await at.home.directory.fresh()).channels == {}


async def test_a_connection_with_channels_cannot_be_forgotten(sqlite_url: str, tmp_path: Path) -> None:
    """Its channels live on its credentials; without them it goes."""
    async with desk("google_business_profile", sqlite_url, tmp_path) as at:
        connection_id = await at.signed_in()
        reached = await at.signing_in.assets(connection_id)
        await at.signing_in.add(ADMIN, connection_id, [(reached[0].network, reached[0].asset_id)])

        with pytest.raises(Conflict, match="disconnect them first"):
            await at.home.writer.submit(RemoveConnection(ADMIN, at.sealer, connection_id, None))

        other = await at.connection()
        await at.home.writer.submit(RemoveConnection(ADMIN, at.sealer, other, None))
        assert await at.home.column("SELECT id FROM connection") == [connection_id]


async def test_a_sign_in_that_was_withdrawn_is_noted_and_said(sqlite_url: str, tmp_path: Path) -> None:
    """The admin reads what the network said, and the connection asks for attention."""
    async with desk("google_business_profile", sqlite_url, tmp_path) as at:
        connection_id = await at.signed_in()
        at.simulator.faults.add(faults.EXPIRED_TOKEN)

        with pytest.raises(Invalid, match="did not list what there is"):
            await at.signing_in.assets(connection_id)

        assert await at.home.column("SELECT health FROM connection") == ["needs_attention"]
