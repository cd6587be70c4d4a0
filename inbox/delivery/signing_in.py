"""Signing in at a network for an account of several channels: the sign-in, what it reaches, and what is chosen of it.

connection ─▶ start: the network's page ─▶ callback: code for credentials ─▶ assets ─▶ chosen ones become channels
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from connectors.contract import Asset, Connector, OAuth
from connectors.errors import SendError, SendErrorKind
from inbox.commands.connections import AddChosen, Lost, SignedIn
from inbox.commands.versions import found
from inbox.delivery.connecting import Connecting
from inbox.domain.permissions import Principal
from inbox.domain.records import Channel, Connection
from inbox.errors import Invalid
from inbox.eventlog.writer import Writer
from inbox.intake.context import Contexts
from inbox.seal import Sealer
from inbox.transport.courier import Clients
from inbox.transport.drive import drive
from inbox.transport.reach import Reach

log = structlog.get_logger(__name__)


class SigningIn:
    """Runs sign-ins of connections, and lists what they reach."""

    def __init__(
        self, contexts: Contexts, clients: Clients, writer: Writer, sealer: Sealer, connecting: Connecting
    ) -> None:
        self._contexts = contexts
        self._clients = clients
        self._writer = writer
        self._sealer = sealer
        self._connecting = connecting

    async def url(self, connection_id: int, state: str, challenge: str) -> str:
        """Where an admin signs in. Raises Invalid (`no_oauth`) where the network has no sign-in."""
        connection, connector = await self._known(connection_id)
        oauth = _oauth(connector)
        return oauth.start(await self._contexts.of_connection(connection), state, challenge)

    async def redeem(self, connection_id: int, code: str, verifier: str) -> None:
        """Change a code for credentials, keep them, and let the connection's channels prove them. Raises Invalid in the
        network's words; then nothing has changed.
        """
        connection, connector = await self._known(connection_id)
        oauth, ctx = _oauth(connector), await self._contexts.of_connection(connection)
        courier = self._clients.courier(self._reach(connector, ctx.base_url))
        try:
            fresh = await drive(oauth.callback(ctx, code, verifier), courier)
        except SendError as refused:
            raise Invalid(f"the network did not sign you in: {refused}", code="oauth_refused") from refused
        finally:
            await courier.aclose()
        unit = SignedIn(self._sealer, connection_id, fresh.credentials, fresh.expires_at)
        using: list[int] = await self._writer.submit(unit)
        self._contexts.forget()
        for channel_id in using:
            try:
                await self._connecting.connect(channel_id)
            except Invalid as refused:
                log.warning("channel_not_connected", channel=channel_id, why=refused.detail)

    async def assets(self, connection_id: int) -> list[Asset]:
        """What the sign-in reaches. Raises Invalid in the network's words, and notes it as the connection's health."""
        connection, connector = await self._known(connection_id)
        if connector.assets is None:
            raise Invalid(
                f"{connector.manifest.name} has nothing to choose from: connect the channel", code="no_assets"
            )
        ctx = await self._contexts.of_connection(connection)
        courier = self._clients.courier(self._reach(connector, ctx.base_url))
        try:
            return await drive(connector.assets(ctx), courier)
        except SendError as refused:
            lost = "needs_attention" if refused.kind is SendErrorKind.REAUTH else "down"
            await self._writer.submit(Lost(connection_id, lost, str(refused)))
            raise Invalid(f"the network did not list what there is: {refused}", code="assets_refused") from refused
        finally:
            await courier.aclose()

    async def add(
        self, principal: Principal, connection_id: int, chosen: Sequence[tuple[str, str]]
    ) -> list[tuple[Asset, Channel | None, str]]:
        """Make channels of what was chosen, (network, asset id) each; per item the channel, or None and why not.

        Raises Invalid when something is not among what the sign-in reaches: then nothing is added.
        """
        known = {(asset.network, asset.asset_id): asset for asset in await self.assets(connection_id)}
        for one in chosen:
            if one not in known:
                raise Invalid(f"the sign-in does not reach {one[0]} {one[1]}", code="unknown_asset")
        out: list[tuple[Asset, Channel | None, str]] = []
        for one in chosen:
            unit = AddChosen(principal, self._sealer, connection_id, known[one])
            channel, is_new = await self._writer.submit(unit)
            problem = ""
            if is_new:
                try:
                    await self._connecting.connect(channel.id)
                except Invalid as refused:
                    problem = refused.detail
            out.append((known[one], channel, problem))
        return out

    async def _known(self, connection_id: int) -> tuple[Connection, Connector]:
        connection = await self._contexts.directory.database.read(found, Connection, connection_id)
        return connection, self._contexts.connector(connection.network)

    def _reach(self, connector: Connector, base_url: str) -> Reach:
        return Reach(base_url, connector.manifest.media_hosts, False)


def _oauth(connector: Connector) -> OAuth:
    if connector.oauth is None:
        raise Invalid(f"{connector.manifest.name} has no sign-in of its own: enter its credentials", code="no_oauth")
    return connector.oauth
