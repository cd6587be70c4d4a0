"""Connections: authorised accounts at networks, made by signing in there, from which channels are chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from connectors.contract import Asset
from inbox.clock import SECOND
from inbox.commands.apps import app_fields, app_for
from inbox.commands.channels import OfAdmin, manifest_of
from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain.permissions import Principal
from inbox.domain.records import Channel, Connection
from inbox.domain.state import State
from inbox.errors import Conflict, Invalid
from inbox.eventlog.unit import Unit
from inbox.seal import Sealer
from inbox.storage import channels, credentials, rows
from inbox.storage.database import Query


def place_of(connection_id: int) -> str:
    """Where a connection's sealed fields belong."""
    return f"connection:{connection_id}"


class CreateConnection(OfAdmin):
    """Begin a connection: what signing in at the network needs is kept, its tokens come with the sign-in."""

    def __init__(self, principal: Principal, sealer: Sealer, network: str, name: str, given: Mapping[str, str]) -> None:
        super().__init__(principal, sealer)
        self.manifest = manifest_of(network)
        self.name = name
        self.given = given

    def run(self, state: State) -> Query[Connection]:
        """Write it. Raises Invalid for a field that the network does not have."""
        names = {field.name for field in self.manifest.fields} | {"base_url"}
        for name in self.given:
            if name not in names:
                message = f"is no field of {self.manifest.name}"
                raise Invalid(
                    f"/settings/{name} {message}", errors=[{"pointer": f"/settings/{name}", "message": message}]
                )
        of_app = app_fields(self.manifest)
        app = {name: value for name, value in self.given.items() if name in of_app}
        app_id = yield from app_for(state, self.sealer, self.manifest, app, None)
        made = state.next_id()
        own = {name: value for name, value in self.given.items() if name not in of_app and value}
        sealed = self.sealer.seal_fields(own, place_of(made))
        connection = Connection(
            made, self.manifest.network, self.name, sealed, None, "connecting", "", state.now, 1, app_id
        )
        yield from rows.add(connection)
        self.say(state, made, "connection")
        return connection


class SignedIn(Unit):
    """Keep what a sign-in brought. Channels that were broken for want of it may try again."""

    alone = True

    def __init__(self, sealer: Sealer, connection_id: int, fresh: Mapping[str, str], expires_at: int | None) -> None:
        self.sealer = sealer
        self.connection_id = connection_id
        self.fresh = fresh
        self.expires_at = expires_at

    def run(self, state: State) -> Query[list[int]]:
        """Write it; the ids of the connection's channels."""
        connection = yield from found(Connection, self.connection_id)
        place = place_of(connection.id)
        known = self.sealer.open_fields(connection.sealed, place)
        connection.sealed = self.sealer.seal_fields({**known, **self.fresh}, place)
        connection.expires_at = self.expires_at
        connection.health, connection.health_reason = "ok", ""
        connection.version += 1
        yield from rows.change(connection)
        state.emit(e.SettingChanged(object="connection", id=connection.id))
        return (yield from channels.of_connection(connection.id))


class AddChosen(OfAdmin):
    """Make a channel of something that a connection reaches. Its result is the channel, and whether it is new: what is
    a channel already is not added twice.
    """

    def __init__(self, principal: Principal, sealer: Sealer, connection_id: int, asset: Asset) -> None:
        super().__init__(principal, sealer)
        self.connection_id = connection_id
        self.asset = asset

    def run(self, state: State) -> Query[tuple[Channel, bool]]:
        """Write it."""
        connection = yield from found(Connection, self.connection_id)
        for known in (yield from rows.every(Channel)):
            same = known.network == self.asset.network and known.asset_id == self.asset.asset_id
            if same and known.active and known.app_id == connection.app_id:
                return known, False
        values: dict[str, Any] = {"brand": "", "location": self.asset.detail, "team_id": None}
        channel = Channel(
            id=state.next_id(),
            network=self.asset.network,
            name=self.asset.name,
            asset_id=self.asset.asset_id,
            connection_id=connection.id,
            app_id=connection.app_id,
            settings=msgspec.json.encode(_settings_of(self.asset)).decode(),
            sealed="",
            active=1,
            sandbox=0,
            health="connecting",
            health_reason="",
            live_since=state.now - state.now % SECOND,
            caught_up_at=None,
            reopen_seconds=72 * 3600,
            created_at=state.now,
            version=1,
            **values,
        )
        yield from rows.add(channel)
        self.say(state, channel.id)
        return channel, True


class RemoveConnection(OfAdmin):
    """Forget an account's credentials. Raises Conflict while channels live on them."""

    def __init__(self, principal: Principal, sealer: Sealer, connection_id: int, version: int | None) -> None:
        super().__init__(principal, sealer)
        self.connection_id = connection_id
        self.version = version

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        connection = yield from found(Connection, self.connection_id)
        check_version(connection.version, self.version, f"the connection {connection.name!r}")
        using = yield from channels.of_connection(connection.id)
        if using:
            said = f"{len(using)} channels use the connection {connection.name!r}: disconnect them first"
            raise Conflict(said, code="in_use")
        yield from rows.remove(Connection, connection.id)
        self.say(state, connection.id, "connection", removed=True)


class Lost(Unit):
    """Note that an account withdrew, or could not be reached."""

    alone = True

    def __init__(self, connection_id: int, health: str, reason: str) -> None:
        self.connection_id = connection_id
        self.health = health
        self.reason = reason

    def run(self, state: State) -> Query[None]:
        """Write it, and tell admins."""
        yield from credentials.health_of_connection(self.connection_id, self.health, self.reason)
        state.emit(e.SettingChanged(object="connection", id=self.connection_id), audience=e.Audience(admins=True))


def _settings_of(asset: Asset) -> dict[str, str]:
    """What was chosen, with the manifest's defaults."""
    defaults = {field.name: field.default for field in manifest_of(asset.network).fields if field.default}
    return {name: value for name, value in {**defaults, **asset.settings}.items() if value}
