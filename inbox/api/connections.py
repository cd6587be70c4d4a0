"""Connections: accounts that an admin signed in with at a network, and what of them becomes channels."""

from __future__ import annotations

from typing import Annotated

import msgspec
from pydantic import Field

from connectors.registry import connector, networks
from inbox.api.call import Call
from inbox.api.channels import Given
from inbox.api.deps import SigningIn
from inbox.api.fields import Body, Words
from inbox.api.oauth import AuthoriseShape, States
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import iso, iso_or_none
from inbox.commands.connections import CreateConnection, RemoveConnection
from inbox.commands.versions import found
from inbox.domain.records import Connection
from inbox.domain.shapes import ChannelShape
from inbox.errors import Invalid
from inbox.eventlog.show_settings import channel_shape
from inbox.storage import rows

routes = Routes("Connections")


class NewConnection(Body):
    """An account to sign in with. `settings`: what the sign-in needs, such as the id and secret of the app."""

    network: str = Field(max_length=60)
    name: Words
    settings: dict[str, Given] = Field(default_factory=dict)


class Chosen(Body):
    """One of the things that the sign-in reaches."""

    network: Annotated[str, Field(max_length=60)]
    asset_id: Annotated[str, Field(max_length=500)]


class Choice(Body):
    """What is to become a channel."""

    assets: list[Chosen] = Field(min_length=1, max_length=100)


class ConnectionShape(msgspec.Struct, kw_only=True):
    """One authorised account at a network."""

    id: str
    network: str
    name: str
    app_id: str | None
    expires_at: str | None
    health: str
    health_reason: str
    created_at: str
    version: int


class AssetShape(msgspec.Struct, kw_only=True):
    """A page, number or location that the sign-in reaches. `channel_id`: the channel that it is already, or null."""

    network: str
    asset_id: str
    name: str
    detail: str
    channel_id: str | None


class AddedShape(msgspec.Struct, kw_only=True):
    """What became of one choice: its channel and, where it does not work yet, why."""

    network: str
    asset_id: str
    channel: ChannelShape | None
    problem: str


class AddedShapes(msgspec.Struct, kw_only=True):
    """What became of each choice, in order."""

    items: list[AddedShape]


def connection_shape(one: Connection) -> ConnectionShape:
    """A connection, without its credentials."""
    return ConnectionShape(
        id=str(one.id),
        network=one.network,
        name=one.name,
        app_id=None if one.app_id is None else str(one.app_id),
        expires_at=iso_or_none(one.expires_at),
        health=one.health,
        health_reason=one.health_reason,
        created_at=iso(one.created_at),
        version=one.version,
    )


@routes.get("/connections", needs="channels")
async def list_connections(call: Call) -> Page[ConnectionShape]:
    """Authorised accounts."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, Connection)
    return Page(items=[connection_shape(one) for one in known], position=position)


@routes.post("/connections", needs="channels", idempotent=True)
async def create_connection(call: Call, body: NewConnection) -> ConnectionShape:
    """Begin a connection. It is of use once somebody has signed in: see `authorise`. 422 `no_assets` for a network
    whose channels are connected one by one.
    """
    if body.network in networks() and connector(body.network).assets is None:
        raise Invalid(f"channels of {body.network} are connected one by one: see /channels", code="no_assets")
    unit = CreateConnection(call.principal, call.deps.sealer, body.network, body.name, body.settings)
    return connection_shape(await call.submit(unit))


@routes.get("/connections/{connection_id}", needs="channels")
async def see_connection(call: Call, connection_id: int) -> ConnectionShape:
    """A connection, without its credentials."""
    return connection_shape(await call.deps.database.read(found, Connection, connection_id))


@routes.delete("/connections/{connection_id}", needs="channels")
async def remove_connection(call: Call, connection_id: int) -> None:
    """Forget an account. 409 `in_use` while channels live on it."""
    await call.submit(RemoveConnection(call.principal, call.deps.sealer, connection_id, call.version))


@routes.post("/connections/{connection_id}/authorise", needs="channels", status=200)
async def authorise_connection(call: Call, connection_id: int) -> AuthoriseShape:
    """Where an admin signs in at the network. 422 `no_oauth` where it has no such sign-in."""
    signing_in = await _signing_in(call, connection_id)
    states = States(call.deps.settings.keys()[0])
    state = states.make(f"connection:{connection_id}")
    return AuthoriseShape(url=await signing_in.url(connection_id, state, states.challenge(state)))


@routes.get("/connections/{connection_id}/assets", needs="channels")
async def list_assets(call: Call, connection_id: int) -> Page[AssetShape]:
    """What the sign-in reaches, asked of the network now."""
    position = await call.position()
    reached = await (await _signing_in(call, connection_id)).assets(connection_id)
    channels = (await call.deps.directory.fresh()).channels.values()
    known = {(one.network, one.asset_id): str(one.id) for one in channels if one.active}
    items = [
        AssetShape(
            network=one.network,
            asset_id=one.asset_id,
            name=one.name,
            detail=one.detail,
            channel_id=known.get((one.network, one.asset_id)),
        )
        for one in reached
    ]
    return Page(items=items, position=position)


@routes.post("/connections/{connection_id}/channels", needs="channels", idempotent=True, rate="costly")
async def add_chosen(call: Call, connection_id: int, body: Choice) -> AddedShapes:
    """Make channels of what was chosen. What is one already stays as it is."""
    chosen = [(one.network, one.asset_id) for one in body.assets]
    added = await (await _signing_in(call, connection_id)).add(call.principal, connection_id, chosen)
    channels = (await call.deps.directory.fresh()).channels
    address = call.deps.settings.address
    items = [
        AddedShape(
            network=asset.network,
            asset_id=asset.asset_id,
            channel=None if channel is None else channel_shape(channels.get(channel.id, channel), address),
            problem=problem,
        )
        for asset, channel, problem in added
    ]
    return AddedShapes(items=items)


async def _signing_in(call: Call, connection_id: int) -> SigningIn:
    """Raises NotFound for a connection that is not there."""
    await call.deps.database.read(found, Connection, connection_id)
    if call.deps.signing_in is None:
        raise Invalid("this process cannot reach networks", code="no_oauth")
    return call.deps.signing_in
