"""Fresh credentials, asked for once however many need them, and committed before they are used.

A network that rotates refresh tokens forgets the old one with its answer: two refreshes at once, or one that is used
before it is kept, end in a person having to sign in again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeAlias

import structlog

from connectors.contract import Credentials
from connectors.errors import SendError
from inbox import clock
from inbox.delivery.lease import Leases
from inbox.domain import events as e
from inbox.domain.state import State
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.intake.backoff import delay_seconds
from inbox.intake.context import Contexts
from inbox.storage import credentials as stored
from inbox.storage.database import Query
from inbox.transport.courier import Courier
from inbox.transport.drive import drive

Seal: TypeAlias = Callable[[Mapping[str, str], str], str]
"""(secrets by name, associated data such as `connection:3`) → sealed text."""

EARLY_SECONDS = 600.0
"""How long before they end credentials are refreshed."""
_RECENT = clock.MINUTE
_log = structlog.get_logger(__name__)


class Refresher:
    """Refreshes the credentials of the channels this process holds."""

    def __init__(
        self, contexts: Contexts, writer: Writer, leases: Leases, seal: Seal, courier_of: Callable[[int], Courier]
    ) -> None:
        self._contexts = contexts
        self._writer = writer
        self._leases = leases
        self._seal = seal
        self._courier_of = courier_of
        self._turns: dict[str, asyncio.Lock] = {}
        self._refreshed_at: dict[str, int] = {}

    async def refreshed(self, channel_id: int) -> bool:
        """Fresh credentials for a channel whose sign-in was refused. True when it is worth trying again.

        Callers that come while another refreshes, or within a minute after, share its result.
        """
        owner = await self._owner(channel_id)
        if owner is None:
            return False
        asked_at = clock.now()
        async with self._turns.setdefault(owner, asyncio.Lock()):
            done_at = self._refreshed_at.get(owner, 0)
            if done_at >= asked_at:
                return True
            if asked_at - done_at < _RECENT:
                # Fresh a moment ago and refused all the same: another refresh will not help.
                return False
            return await self._refresh(channel_id, owner)

    async def keep_fresh(self, channel_id: int) -> None:
        """Until cancelled: refresh shortly before the credentials end. Returns at once where they do not end."""
        failures = 0
        while True:
            sealed = await self._contexts.directory.database.read(stored.sealed_of, channel_id)
            if sealed is None or sealed.expires_at is None:
                return
            wait_seconds = (sealed.expires_at - clock.now()) / clock.SECOND - EARLY_SECONDS
            if wait_seconds <= 0:
                failures = 0 if await self.refreshed(channel_id) else failures + 1
                wait_seconds = 1.0 if not failures else delay_seconds(failures, first=60, longest=3_600)
            await asyncio.sleep(min(wait_seconds, 3_600.0))

    async def _owner(self, channel_id: int) -> str | None:
        """Whose credentials they are, as associated data; None where nothing can be refreshed."""
        directory = await self._contexts.directory.fresh()
        channel = directory.channels.get(channel_id)
        if channel is None or self._contexts.connector(channel.network).oauth is None:
            return None
        return f"channel:{channel_id}" if channel.connection_id is None else f"connection:{channel.connection_id}"

    async def _refresh(self, channel_id: int, owner: str) -> bool:
        name = f"refresh:{owner}"
        if not await self._leases.hold(name):
            # Another process refreshes the same connection for a channel of its own: what it gets is ours as well.
            await asyncio.sleep(1.0)
            self._contexts.forget()
            return True
        try:
            channel = (await self._contexts.directory.fresh()).channels[channel_id]
            oauth = self._contexts.connector(channel.network).oauth
            if oauth is None:
                return False
            ctx = await self._contexts.of(channel_id)
            fresh = await drive(oauth.refresh(ctx), self._courier_of(channel_id))
            failpoint("refresh.before_commit")
            merged = {**await self._contexts.kept_by(owner, channel_id), **fresh.credentials}
            await self._writer.submit(Refreshed(channel_id, channel.connection_id, self._seal(merged, owner), fresh))
            self._contexts.forget()
        except SendError as refused:
            _log.warning("refresh_refused", channel=channel_id, kind=refused.kind.value, reason=refused.reason)
            return False
        finally:
            await self._leases.let_go(name)
        self._refreshed_at[owner] = clock.now()
        _log.info("credentials_refreshed", channel=channel_id, owner=owner)
        return True


class Refreshed(Unit):
    """Keep fresh credentials, before anybody uses them."""

    priority = Priority.PERSON
    alone = True

    def __init__(self, channel_id: int, connection_id: int | None, sealed: str, fresh: Credentials) -> None:
        self.channel_id = channel_id
        self.connection_id = connection_id
        self.sealed = sealed
        self.fresh = fresh

    def run(self, state: State) -> Query[None]:
        """Write them where they belong; every process drops what it has unsealed."""
        if self.connection_id is None:
            yield from stored.put_of_channel(self.channel_id, self.sealed)
            state.emit(e.SettingChanged(object="channel", id=self.channel_id), audience=e.Audience(admins=True))
        else:
            yield from stored.put_of_connection(self.connection_id, self.sealed, self.fresh.expires_at)
            state.emit(e.SettingChanged(object="connection", id=self.connection_id), audience=e.Audience(admins=True))
