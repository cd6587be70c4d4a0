"""What a connector is told of the world: the `Context` of a channel, from its row and its unsealed secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from connectors import registry
from connectors.contract import Connector, Context, Manifest
from connectors.outbound import Blob
from inbox import clock, ids
from inbox.domain import events as e
from inbox.domain.records import Channel, Connection
from inbox.eventlog.directory import Directory, settings_of
from inbox.intake.keys import Keys
from inbox.storage import credentials
from inbox.transport.reach import Reach

Unseal = Callable[[str, str], Mapping[str, str]]
"""(sealed text, associated data such as `channel:7`) → secrets by name. An empty text holds none."""
MediaUrl = Callable[[Blob], str]
Find = Callable[[str], Connector]

SECRET = "webhook_secret"  # noqa: S105 - the name of a field
PREVIOUS = "webhook_secret_previous"
"""While a webhook secret is being changed, the one before still counts."""
_APP_SECRETS = ("app_secret", "app_secret_previous")


class _Unsealed(NamedTuple):
    version: int
    settings: dict[str, str]
    credentials: dict[str, str]


class _Channel(NamedTuple):
    """What is told of a channel every time: all but the instant and the network's public keys."""

    row: Channel
    keys_url: str
    context: partial[Context]


class Contexts:
    """Makes contexts. Secrets stay unsealed in memory until an event says that they changed."""

    def __init__(
        self,
        directory: Directory,
        unseal: Unseal,
        keys: Keys,
        *,
        public_url: str,
        media_url: MediaUrl = lambda blob: "",
        connector: Find = registry.connector,
    ) -> None:
        self.directory = directory
        self.connector = connector
        self.keys = keys
        self._unseal = unseal
        self._public_url = public_url.rstrip("/")
        self._media_url = media_url
        self._unsealed: dict[int, _Unsealed] = {}
        self._apps: dict[int, _Unsealed] = {}
        self._told: dict[int, _Channel] = {}
        self._generation = 0

    def heard(self, event: e.Event) -> None:
        """Forget unsealed secrets when a channel, connection or app changed."""
        if isinstance(event, e.SettingChanged) and event.object in ("channel", "connection", "app"):
            self.forget()

    def forget(self) -> None:
        """Unseal anew at the next use."""
        self._generation += 1
        self._unsealed = {}
        self._apps = {}
        self._told = {}

    async def of(self, channel_id: int) -> Context:
        """The context of a channel at this instant. Raises KeyError when there is no such channel."""
        channel = (await self.directory.fresh()).channels[channel_id]
        told = self._told.get(channel_id)
        if told is None or told.row is not channel:
            told = await self._all_but_now(channel)
        if told.keys_url:
            return told.context(now=clock.now(), keys=self.keys.of(told.keys_url))
        return told.context(now=clock.now())

    async def _all_but_now(self, channel: Channel) -> _Channel:
        generation = self._generation
        known = self._unsealed.get(channel.id)
        if known is None or known.version != channel.version:
            known = await self._read(channel)
        manifest = self.connector(channel.network).manifest
        names = _APP_SECRETS if manifest.door else (SECRET, PREVIOUS)
        context = partial(
            Context,
            nonce=ids.nonce,
            channel_id=str(channel.id),
            base_url=base_url_of(known.settings, manifest.base_url),
            public_url=self._public_url,
            webhook_url=f"{self._public_url}/hooks/{manifest.door or f'{channel.network}/{channel.id}'}",
            settings=known.settings,
            credentials=known.credentials,
            secrets=_secrets(known.credentials, names),
            media_url=self._media_url,
            asset_id=channel.asset_id,
        )
        told = _Channel(channel, manifest.keys_url, context)
        if generation == self._generation:
            self._told[channel.id] = told
        return told

    async def of_app(self, app_id: int) -> Context:
        """The context of a developer app, for the door of its family. Raises KeyError when there is no such app."""
        app = (await self.directory.fresh()).apps[app_id]
        known = self._apps.get(app_id)
        if known is None or known.version != app.version:
            credentials = dict(self._unseal(app.sealed, f"app:{app_id}")) if app.sealed else {}
            known = self._apps[app_id] = _Unsealed(app.version, _settings(app.settings), credentials)
        return Context(
            now=clock.now(),
            nonce=ids.nonce,
            channel_id="",
            base_url="",
            public_url=self._public_url,
            webhook_url=f"{self._public_url}/hooks/{app.network}",
            settings=known.settings,
            credentials=known.credentials,
            secrets=_secrets(known.credentials, _APP_SECRETS),
        )

    async def of_connection(self, connection: Connection) -> Context:
        """The context of an authorised account, for what is asked before any of its channels is there."""
        manifest = self.connector(connection.network).manifest
        place = f"connection:{connection.id}"
        known = dict(self._unseal(connection.sealed, place)) if connection.sealed else {}
        app = (await self.directory.fresh()).apps.get(connection.app_id or 0)
        if app is not None:
            known = {**_settings(app.settings), **self._unseal(app.sealed, f"app:{app.id}"), **known}
        settings = _public(manifest, known)
        return Context(
            now=clock.now(),
            nonce=ids.nonce,
            channel_id="",
            base_url=base_url_of(settings, manifest.base_url),
            public_url=self._public_url,
            webhook_url="",
            settings=settings,
            credentials=known,
            secrets=_secrets(known, _APP_SECRETS),
        )

    async def reach_of(self, channel_id: int) -> Reach:
        """What the channel's requests may talk to."""
        channel = (await self.directory.fresh()).channels[channel_id]
        manifest = self.connector(channel.network).manifest
        base_url = base_url_of(settings_of(channel), manifest.base_url)
        return Reach(base_url, manifest.media_hosts, bool(channel.sandbox))

    async def kept_by(self, owner: str, channel_id: int) -> dict[str, str]:
        """The secrets that one of a channel's owners (`channel:7`, `connection:3`, `app:2`) keeps itself."""
        return (await self._kept(channel_id)).get(owner, {})

    async def _kept(self, channel_id: int) -> dict[str, dict[str, str]]:
        """Owner → its secrets, the nearest last: what a channel says for itself goes before its connection, that before
        its app.
        """
        sealed = await self.directory.database.read(credentials.sealed_of, channel_id)
        if sealed is None:
            raise KeyError(f"channel {channel_id} was removed")
        owners = (
            (f"app:{sealed.app_id}", sealed.app),
            (f"connection:{sealed.connection_id}", sealed.connection),
            (f"channel:{channel_id}", sealed.channel),
        )
        return {owner: dict(self._unseal(text, owner)) for owner, text in owners if text}

    async def _read(self, channel: Channel) -> _Unsealed:
        generation = self._generation
        known: dict[str, str] = {}
        for secrets in (await self._kept(channel.id)).values():
            known.update(secrets)
        app = self.directory.apps.get(channel.app_id or 0)
        of_app = _settings(app.settings) if app is not None else {}
        # A connection keeps all of its fields sealed: those that are no secrets are settings of its channels.
        shared = _public(self.connector(channel.network).manifest, known) if channel.connection_id is not None else {}
        settings = {**of_app, **shared, **settings_of(channel)}
        unsealed = _Unsealed(channel.version, settings, known)
        if generation == self._generation:
            self._unsealed[channel.id] = unsealed
        return unsealed


def _secrets(credentials: Mapping[str, str], names: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(secret.encode() for secret in (credentials.get(name, "") for name in names) if secret)


def _public(manifest: Manifest, fields: Mapping[str, str]) -> dict[str, str]:
    """Those of the fields that are no secrets."""
    names = {field.name for field in manifest.fields if not field.secret} | {"base_url"}
    return {name: value for name, value in fields.items() if name in names}


def _settings(text: str) -> dict[str, str]:
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}


def base_url_of(settings: Mapping[str, str], default: str) -> str:
    """The address of the network's API, without a trailing slash: the channel's own setting, else the manifest's."""
    return (settings.get("base_url") or default).rstrip("/")
