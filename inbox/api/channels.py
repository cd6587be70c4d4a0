"""Networks as their manifests say, and the channels and apps at them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from pydantic import Field

from connectors.contract import Connector, FieldForm
from connectors.registry import connector, networks
from inbox.api.call import Call, Reply
from inbox.api.fields import Body, Id, Instant, Words
from inbox.api.labels import changed
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import iso
from inbox.commands.channels import ChangeChannel, CreateChannel, RemoveChannel
from inbox.commands.versions import found
from inbox.domain.permissions import Principal
from inbox.domain.records import App, Channel
from inbox.domain.shapes import CapabilityShape, ChannelShape, MadeChannelShape, TrafficShape
from inbox.errors import Invalid, NotFound
from inbox.eventlog.show_settings import capability_shape, channel_shape
from inbox.storage import outbox, rows, traffic

networks_routes = Routes("Networks")
channels_routes = Routes("Channels")

Given = Annotated[str, Field(max_length=20_000)]
_MAX_REOPEN_SECONDS = 10 * 366 * 86_400


class ChannelFieldShape(msgspec.Struct, kw_only=True):
    """One thing an admin enters to connect a channel, in the network's own words."""

    name: str
    label: str
    secret: bool
    required: bool
    default: str
    help: str
    choices: list[str]
    of_app: bool
    """It belongs to the developer app, and is entered once for all channels of that app."""
    form: FieldForm
    """What a value must look like; `least` and `most` are of a number."""
    least: int | None
    most: int | None


class NetworkShape(msgspec.Struct, kw_only=True):
    """What is true of a network."""

    network: str
    name: str
    mark: str
    colour: str
    inbound: list[str]
    kinds: dict[str, CapabilityShape]
    fields: list[ChannelFieldShape]
    reactions_out: list[str]
    simulated: bool
    signs_in: Literal["", "channel", "connection"]
    """Whether an admin signs in at the network: for one channel, or for an account whose channels are chosen then."""


class NewChannel(Body):
    """A channel to connect. `settings`: the manifest's fields, secret ones too.

    `live_since`: what is older is history, which opens no work; at most 7 days back; now where absent.
    """

    network: str = Field(max_length=60)
    name: Words
    settings: dict[str, Given] = Field(default_factory=dict)
    brand: str = Field("", max_length=200)
    location: str = Field("", max_length=200)
    team_id: Id | None = None
    reopen_seconds: int = Field(72 * 3600, ge=0, le=_MAX_REOPEN_SECONDS)
    live_since: Instant | None = None


class ChannelPatch(Body):
    """What to change of a channel. In `settings`, null takes a field away and what is not named stays."""

    name: Words | None = None
    settings: dict[str, Given | None] | None = None
    brand: str | None = Field(None, max_length=200)
    location: str | None = Field(None, max_length=200)
    team_id: Id | None = None
    reopen_seconds: int | None = Field(None, ge=0, le=_MAX_REOPEN_SECONDS)
    active: bool | None = None


class AppShape(msgspec.Struct, kw_only=True):
    """A developer app at a network."""

    id: str
    network: str
    name: str
    created_at: str
    version: int


def network_shape(found_connector: Connector) -> NetworkShape:
    """A manifest, and whether one signs in, as the outside sees it."""
    found_manifest = found_connector.manifest
    fields = [
        ChannelFieldShape(
            name=field.name,
            label=field.label,
            secret=field.secret,
            required=field.required,
            default=field.default,
            help=field.help,
            choices=list(field.choices),
            of_app=field.of_app,
            form=field.form,
            least=field.least if field.form == "number" else None,
            most=field.most if field.form == "number" else None,
        )
        for field in found_manifest.fields
    ]
    return NetworkShape(
        network=found_manifest.network,
        name=found_manifest.name,
        mark=found_manifest.mark,
        colour=found_manifest.colour,
        inbound=sorted(found_manifest.inbound),
        kinds={str(kind): capability_shape(one) for kind, one in found_manifest.kinds.items()},
        fields=fields,
        reactions_out=list(found_manifest.reactions_out),
        simulated=found_manifest.simulated,
        signs_in=_signs_in(found_connector),
    )


def _signs_in(found_connector: Connector) -> Literal["", "channel", "connection"]:
    if found_connector.oauth is None:
        return ""
    return "channel" if found_connector.assets is None else "connection"


@networks_routes.get("/networks")
async def list_networks(call: Call) -> Page[NetworkShape]:
    """All networks that can be connected."""
    items = [network_shape(connector(name)) for name in networks()]
    return Page(items=items, position=await call.position())


def _shown(call: Call, channel: Channel) -> ChannelShape:
    """A channel; how it is set up is for those who may change that."""
    shape = channel_shape(channel, call.deps.settings.address)
    if "channels" not in call.principal.may:
        shape = msgspec.structs.replace(shape, settings={}, webhook_url="")
    return shape


def _is_seen(principal: Principal, channel: Channel) -> bool:
    return principal.scope.covers(channel.id, channel.team_id)


@channels_routes.get("/channels")
async def list_channels(call: Call) -> Page[ChannelShape]:
    """The channels one covers."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, Channel)
    return Page(items=[_shown(call, one) for one in known if _is_seen(call.principal, one)], position=position)


@channels_routes.post("/channels", needs="channels", idempotent=True)
async def create_channel(call: Call, body: NewChannel) -> Reply[MadeChannelShape]:
    """Connect a channel: stored, then proved at its network. Where that refuses it (`setup_refused`), it is there all
    the same: the problem has its `channel_id` and the `secrets` that were made, and a change of it is proved again.
    """
    values = {name: getattr(body, name) for name in ("name", "brand", "location", "team_id", "reopen_seconds")}
    if body.live_since is not None:
        values["live_since"] = body.live_since
    unit = CreateChannel(call.principal, call.deps.sealer, body.network, body.settings, values)
    channel = await call.submit(unit)
    try:
        await call.deps.connect(channel.id)
    except Invalid as refused:
        refused.extra |= {"channel_id": str(channel.id), "secrets": await _made(call, channel.id, body.settings)}
        raise
    made = await _made(call, channel.id, body.settings)
    shape = msgspec.structs.asdict(await _read(call, channel.id))
    return Reply(MadeChannelShape(**shape, secrets=made), kept=MadeChannelShape(**shape, secrets={}))


async def _made(call: Call, channel_id: int, given: Mapping[str, str]) -> dict[str, str]:
    """The secrets that nobody gave: told this once."""
    return {} if call.deps.made_secrets is None else await call.deps.made_secrets(channel_id, given)


@channels_routes.get("/channels/{channel_id}")
async def see_channel(call: Call, channel_id: int) -> ChannelShape:
    """A channel, without its secrets."""
    return await _read(call, channel_id)


@channels_routes.get("/channels/{channel_id}/traffic", needs="channels")
async def see_traffic(call: Call, channel_id: int) -> TrafficShape:
    """What goes through a channel: the last activity, what waits to be sent, how much of the allowance is used."""
    await call.deps.database.read(found, Channel, channel_id)
    last_at = await call.deps.database.read(traffic.last_activity_of, channel_id)
    waiting, oldest_at = await call.deps.database.read(outbox.backlog, channel_id)
    told = await call.deps.database.read(traffic.allowance_of, channel_id)
    return TrafficShape(
        last_activity_at=iso(last_at) if last_at is not None else None,
        waiting=waiting,
        oldest_waiting_at=iso(oldest_at) if oldest_at is not None else None,
        used_percent=told[0] if told else None,
        used_at=iso(told[1]) if told else None,
    )


@channels_routes.patch("/channels/{channel_id}", needs="channels", if_match=True)
async def change_channel(call: Call, channel_id: int, body: ChannelPatch) -> ChannelShape:
    """Change a channel. With other settings it is proved at its network again."""
    values = changed(body, "team_id")
    given = values.pop("settings", {})
    if "active" in values:
        values["active"] = int(values["active"])
    unit = ChangeChannel(call.principal, call.deps.sealer, channel_id, given, values, call.version)
    channel = await call.submit(unit)
    if channel.active and (given or values.get("active")):
        await call.deps.connect(channel_id)
    return await _read(call, channel_id)


@channels_routes.delete("/channels/{channel_id}", needs="channels")
async def remove_channel(call: Call, channel_id: int) -> None:
    """Disconnect a channel and drop its secrets. Its conversations stay."""
    channel = await call.deps.database.read(found, Channel, channel_id)
    if channel.active and call.deps.disconnect is not None:
        await call.deps.disconnect(channel_id)
        # Undoing the set-up may have noted the channel's health: what was asked for is still the removal.
    await call.submit(RemoveChannel(call.principal, call.deps.sealer, channel_id, call.version))


@channels_routes.post("/channels/{channel_id}/check", needs="channels", status=200, rate="costly")
async def check_channel(call: Call, channel_id: int) -> ChannelShape:
    """Prove a channel's credentials at its network now; `health` says how that went."""
    await call.deps.database.read(found, Channel, channel_id)
    await call.deps.connect(channel_id)
    return await _read(call, channel_id)


@channels_routes.get("/apps", needs="channels")
async def list_apps(call: Call) -> Page[AppShape]:
    """Developer apps."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, App)
    items = [
        AppShape(
            id=str(one.id), network=one.network, name=one.name, created_at=iso(one.created_at), version=one.version
        )
        for one in known
    ]
    return Page(items=items, position=position)


async def _read(call: Call, channel_id: int) -> ChannelShape:
    channel = await call.deps.database.read(found, Channel, channel_id)
    if not _is_seen(call.principal, channel):
        raise NotFound(f"there is no channel {channel_id}, or it is not one of yours")
    return _shown(call, channel)
