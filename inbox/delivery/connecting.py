"""Connecting a channel: prove the credentials at the network, register what it needs, keep what it gave back; and undo
it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
import structlog

from connectors.contract import OAuth, Setup, Template
from connectors.errors import PlanRefused, SendError, SendErrorKind
from inbox.delivery.refresh import Seal
from inbox.domain import events as e
from inbox.domain.records import Channel
from inbox.domain.state import State
from inbox.errors import Invalid
from inbox.eventlog.directory import Directory, settings_of
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.intake.context import Contexts
from inbox.intake.health import Condition, Health
from inbox.storage import outbox
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Save, Update
from inbox.transport.courier import Clients
from inbox.transport.drive import drive

log = structlog.get_logger(__name__)
_row = msgspec.structs.astuple
SHARED = {"custom": "webhook_secret", "webchat": "identity_secret"}
"""Network → the secret that the other side has to know as well."""
Open = Callable[[str, str], Mapping[str, str]]


class Connecting:
    """Runs `setup` and `teardown` of connectors."""

    def __init__(
        self,
        contexts: Contexts,
        clients: Clients,
        writer: Writer,
        health: Health,
        seal: Seal,
        unseal: Open,
        adopt: Callable[[int], Awaitable[int]],
    ) -> None:
        """`adopt` takes in what came for a channel before it was connected."""
        self._contexts = contexts
        self._clients = clients
        self._writer = writer
        self._health = health
        self._seal = seal
        self._unseal = unseal
        self._adopt = adopt

    @property
    def directory(self) -> Directory:
        """The channels there are."""
        return self._contexts.directory

    async def connect(self, channel_id: int) -> None:
        """Set a channel up at its network and note the outcome as its health. Raises Invalid in the network's words
        when it refuses.
        """
        channel = (await self._contexts.directory.fresh()).channels[channel_id]
        connector = self._contexts.connector(channel.network)
        if connector.setup is None:
            await self._health.channel(channel_id, "ok")
            return
        courier = self._clients.courier(await self._contexts.reach_of(channel_id))
        try:
            ctx = await self._contexts.of(channel_id)
            done = await drive(connector.setup(ctx), courier)
        except (SendError, PlanRefused) as refused:
            condition: Condition = "down" if _passes(refused) else "needs_attention"
            if isinstance(refused, SendError):
                await self._health.refused(channel_id, condition, refused)
            else:
                await self._health.channel(channel_id, condition, refused.detail, "rejected")
            raise Invalid(
                f"{connector.manifest.name} did not accept the channel: {refused}", code="setup_refused"
            ) from refused
        finally:
            await courier.aclose()
        await self._writer.submit(Connected(channel_id, done, self._seal, self._unseal))
        self._contexts.forget()
        await self._health.channel(channel_id, "ok")
        adopted = await self._adopt(channel_id) if connector.manifest.door else 0
        log.info("channel_connected", channel=channel_id, network=channel.network, asset=done.asset_id, adopted=adopted)

    async def authorise_url(self, channel_id: int, state: str, challenge: str) -> str:
        """Where an admin signs the channel in. Raises Invalid where its network has no such sign-in (`no_oauth`) or its
        settings lead to none (`oauth_refused`).
        """
        oauth = await self._oauth(channel_id)
        try:
            return oauth.start(await self._contexts.of(channel_id), state, challenge)
        except SendError as refused:
            raise Invalid(f"the channel has no sign-in: {refused}", code="oauth_refused") from refused

    async def redeem(self, channel_id: int, code: str, verifier: str) -> None:
        """Change a code for credentials, keep them, then set the channel up. Raises Invalid in the network's words."""
        oauth = await self._oauth(channel_id)
        courier = self._clients.courier(await self._contexts.reach_of(channel_id))
        try:
            fresh = await drive(oauth.callback(await self._contexts.of(channel_id), code, verifier), courier)
        except SendError as refused:
            raise Invalid(f"the network did not sign the channel in: {refused}", code="oauth_refused") from refused
        finally:
            await courier.aclose()
        done = Setup(asset_id="", name="", credentials=fresh.credentials, expires_at=fresh.expires_at)
        await self._writer.submit(Connected(channel_id, done, self._seal, self._unseal))
        self._contexts.forget()
        await self.connect(channel_id)

    async def _oauth(self, channel_id: int) -> OAuth:
        channel = (await self._contexts.directory.fresh()).channels[channel_id]
        connector = self._contexts.connector(channel.network)
        if connector.oauth is None:
            raise Invalid(
                f"{connector.manifest.name} has no sign-in of its own: enter its credentials", code="no_oauth"
            )
        return connector.oauth

    async def made(self, channel_id: int, given: Mapping[str, str]) -> dict[str, str]:
        """A secret that the other side has to know as well and nobody entered, so that the set-up made it: to be told
        once. Empty where there is none.
        """
        channel = (await self._contexts.directory.fresh()).channels[channel_id]
        name = SHARED.get(channel.network, "")
        if not name or given.get(name):
            return {}
        kept = await self._contexts.kept_by(f"channel:{channel_id}", channel_id)
        return {name: kept[name]} if name in kept else {}

    async def templates(self, channel_id: int) -> list[Template]:
        """What may be sent where the reply window is closed, asked of the network now; empty where it has no such
        thing. Raises Invalid in the network's words.
        """
        channel = (await self._contexts.directory.fresh()).channels[channel_id]
        connector = self._contexts.connector(channel.network)
        if connector.templates is None:
            return []
        courier = self._clients.courier(await self._contexts.reach_of(channel_id))
        try:
            return await drive(connector.templates(await self._contexts.of(channel_id)), courier)
        except SendError as refused:
            said = f"{connector.manifest.name} did not list its templates: {refused}"
            raise Invalid(said, code="templates_refused") from refused
        finally:
            await courier.aclose()

    async def disconnect(self, channel_id: int) -> None:
        """Undo the set-up. A network that cannot be reached does not keep a channel from being removed."""
        channel = (await self._contexts.directory.fresh()).channels[channel_id]
        connector = self._contexts.connector(channel.network)
        if connector.teardown is None:
            return
        courier = self._clients.courier(await self._contexts.reach_of(channel_id))
        try:
            await drive(connector.teardown(await self._contexts.of(channel_id)), courier)
        except SendError as refused:
            log.warning("teardown_refused", channel=channel_id, kind=refused.kind.value)
        finally:
            await courier.aclose()


def _passes(refused: Exception) -> bool:
    """Whether it may be otherwise in a moment: the admin has nothing to mend."""
    return isinstance(refused, SendError) and refused.kind in (SendErrorKind.THROTTLED, SendErrorKind.UNREACHABLE)


class Connected(Unit):
    """Keep what the set-up brought: the asset, its name, settings and secrets."""

    alone = True

    def __init__(self, channel_id: int, done: Setup, seal: Seal, unseal: Open) -> None:
        self.channel_id = channel_id
        self.done = done
        self.seal = seal
        self.unseal = unseal

    def run(self, state: State) -> Query[None]:
        """Write them; nothing when the channel went meanwhile."""
        rows = yield ByKeys(t.channel, [self.channel_id])
        if not rows:
            return
        channel = Channel(*rows[0])
        settings: dict[str, Any] = {**settings_of(channel), **self.done.settings}
        channel.asset_id = self.done.asset_id or channel.asset_id
        channel.settings = msgspec.json.encode(settings).decode()
        if self.done.credentials:
            place = f"channel:{channel.id}"
            known = dict(self.unseal(channel.sealed, place)) if channel.sealed else {}
            channel.sealed = self.seal({**known, **self.done.credentials}, place)
        if self.done.expires_at is not None and channel.connection_id is None:  # a connection has an end of its own
            channel.expires_at = self.done.expires_at or None
        channel.version += 1
        yield Save([Update(t.channel, [_row(channel)])])
        # Whoever connects or tests a channel wants to see it send, not wait until the network's time is over.
        yield from outbox.hurry(channel.id)
        state.emit(e.SettingChanged(object="channel", id=channel.id))
