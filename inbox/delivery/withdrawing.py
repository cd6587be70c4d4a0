"""What follows when a person takes back, at the network, what he gave our app: his access, or everything of him."""

from __future__ import annotations

import structlog

from connectors import registry
from connectors.contract import Withdrawn
from inbox.commands.contact import Erase
from inbox.delivery.connecting import Connecting
from inbox.domain import events as e
from inbox.domain.permissions import ROLES, Principal, Scope
from inbox.domain.records import App
from inbox.errors import Invalid, NotFound
from inbox.eventlog.writer import Writer
from inbox.storage import contacts
from inbox.storage.database import Database

NETWORK = Principal(e.Actor("system", None), "Network", Scope(None, frozenset(), True), ROLES["admin"])
_log = structlog.get_logger(__name__)


class Withdrawals:
    """Carries out what a door was told. Saying it twice changes nothing the second time."""

    def __init__(self, database: Database, writer: Writer, connecting: Connecting) -> None:
        self._database = database
        self._writer = writer
        self._connecting = connecting

    async def __call__(self, app: App, said: Withdrawn) -> None:
        """Access: every channel of the app proves its credentials anew, and those that fail ask for attention. Data:
        whoever has this id at a network of the family is erased.
        """
        _log.info("withdrawn", app=app.id, kind=said.kind)
        if said.kind == "deauthorised":
            await self._check(app)
        else:
            await self._erase(app, said.user_id)

    async def _check(self, app: App) -> None:
        directory = await self._connecting.directory.fresh()
        for channel in [one for one in directory.channels.values() if one.app_id == app.id and one.active]:
            try:
                await self._connecting.connect(channel.id)
            except Invalid as refused:
                _log.warning("channel_withdrawn", channel=channel.id, why=refused.detail)

    async def _erase(self, app: App, user_id: str) -> None:
        networks = list(registry.door(app.network).networks)
        for contact_id in await self._database.read(contacts.of_external, networks, user_id):
            try:
                await self._writer.submit(Erase(NETWORK, contact_id, "network"))
            except NotFound:
                continue  # erased meanwhile
