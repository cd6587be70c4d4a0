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
from connectors.errors import SendError, SendErrorKind
from inbox import clock
from inbox.delivery.lease import Leases
from inbox.delivery.recording import record
from inbox.domain import events as e
from inbox.domain.state import State
from inbox.errors import Unavailable
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

_LOOK_SECONDS = 600.0
_RECENT = clock.MINUTE
"""So long nothing is refreshed again, however short-lived what came is."""
_AWAY = frozenset({SendErrorKind.UNREACHABLE, SendErrorKind.THROTTLED})
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
        self._tried_with: dict[int, int | None] = {}
        """Channel → when the credentials were refreshed with which it tried again after a refusal."""

    async def refreshed(self, channel_id: int, *, refused: bool = True) -> bool:
        """Fresh credentials for a channel whose sign-in was refused, or soon will be. True when it is worth trying
        (again).

        Callers that come while another refreshes share its result; so does, within a minute after, each channel once,
        which may have asked its network before. One that comes back was refused with what is fresh. Raises SendError
        where the server that gives them is away.
        """
        owner = await self._owner(channel_id)
        if owner is None:
            return False
        asked_at = clock.monotonic()
        async with self._turns.setdefault(owner, asyncio.Lock()):
            done_at = self._refreshed_at.get(owner)
            if done_at is None or asked_at - done_at >= _RECENT:
                if not await self._refresh(channel_id, owner):
                    return False
                is_news = True
            else:
                is_news = done_at >= asked_at or self._tried_with.get(channel_id) != done_at
            if refused:
                self._tried_with[channel_id] = self._refreshed_at.get(owner)
            return is_news

    async def instead(self, channel_id: int, refused: SendError) -> SendError | None:
        """What a refused sign-in comes to. None: there are fresh credentials, and it is worth trying again. Another
        refusal: the server that gives them is away, which mends itself. The same one: somebody has to sign in.
        """
        try:
            return None if await self.refreshed(channel_id) else refused
        except SendError as away:
            return away
        except Unavailable as unavailable:
            # The refusal itself is certain and has to be recorded all the same.
            _log.warning("credentials_not_refreshed", channel=channel_id, detail=unavailable.detail)
            return refused

    async def keep_fresh(self, channel_id: int) -> None:
        """Until cancelled: refresh in time before the credentials end."""
        failures = 0
        while True:
            try:
                wait_seconds = await self._left_seconds(channel_id)
                if wait_seconds <= 0:
                    failures = 0 if await self._refreshed_early(channel_id) else failures + 1
                    wait_seconds = (
                        delay_seconds(failures, first=60, longest=3_600) if failures else _RECENT / clock.SECOND
                    )
            except Unavailable as unavailable:
                # What is being sent meanwhile must not end with it.
                _log.warning("credentials_not_looked_at", channel=channel_id, detail=unavailable.detail)
                wait_seconds = 2.0
            await asyncio.sleep(min(wait_seconds, _LOOK_SECONDS))

    async def _refreshed_early(self, channel_id: int) -> bool:
        try:
            return await self.refreshed(channel_id, refused=False)
        except SendError:
            return False  # logged where it was refused

    async def _left_seconds(self, channel_id: int) -> float:
        """How long the credentials need no refreshing."""
        sealed = await self._contexts.directory.database.read(stored.sealed_of, channel_id)
        if sealed is None or sealed.ends_at is None:
            return _LOOK_SECONDS  # a sign-in may bring some that end
        return (sealed.ends_at - clock.now()) / clock.SECOND - await self._early_seconds(channel_id)

    async def _early_seconds(self, channel_id: int) -> float:
        channel = (await self._contexts.directory.fresh()).channels.get(channel_id)
        oauth = self._contexts.connector(channel.network).oauth if channel is not None else None
        return oauth.early_seconds if oauth is not None else 0.0

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
            await self._keep(channel_id, channel.connection_id, fresh)
            self._contexts.forget()
        except SendError as refused:
            _log.warning("refresh_refused", channel=channel_id, kind=refused.kind.value, reason=refused.reason)
            if refused.kind in _AWAY:
                raise
            return False
        finally:
            await self._leases.let_go(name)
        self._refreshed_at[owner] = clock.monotonic()
        _log.info("credentials_refreshed", channel=channel_id, owner=owner)
        return True

    async def _keep(self, channel_id: int, connection_id: int | None, fresh: Credentials) -> None:
        """Write each credential where it is kept: what a channel of a connection keeps for itself (the token of its own
        page) goes before what the connection has, and would hide it there.
        """
        own = f"channel:{channel_id}"
        kept = await self._contexts.kept_by(own, channel_id)
        names = fresh.credentials.keys() if connection_id is None else fresh.credentials.keys() & kept.keys()
        sealed: dict[str, str] = {}
        if names or connection_id is None:
            sealed[own] = self._seal({**kept, **{name: fresh.credentials[name] for name in names}}, own)
        if connection_id is not None:
            owner = f"connection:{connection_id}"
            rest = {name: value for name, value in fresh.credentials.items() if name not in names}
            sealed[owner] = self._seal({**await self._contexts.kept_by(owner, channel_id), **rest}, owner)
        # The network may have forgotten what it gave before.
        await record(self._writer, Refreshed(channel_id, connection_id, sealed, fresh.expires_at), channel=channel_id)


class Refreshed(Unit):
    """Keep fresh credentials, before anybody uses them."""

    priority = Priority.PERSON
    alone = True

    def __init__(
        self, channel_id: int, connection_id: int | None, sealed: Mapping[str, str], expires_at: int | None
    ) -> None:
        """`sealed`: owner (`channel:7`, `connection:3`) → its credentials."""
        self.channel_id = channel_id
        self.connection_id = connection_id
        self.sealed = sealed
        self.expires_at = expires_at

    def run(self, state: State) -> Query[None]:
        """Write them where they belong; every process drops what it has unsealed."""
        admins = e.Audience(admins=True)
        of_channel = self.sealed.get(f"channel:{self.channel_id}")
        if of_channel is not None:
            expires_at = self.expires_at if self.connection_id is None else None
            yield from stored.put_of_channel(self.channel_id, of_channel, expires_at)
            state.emit(e.SettingChanged(object="channel", id=self.channel_id), audience=admins)
        if self.connection_id is not None:
            of_connection = self.sealed[f"connection:{self.connection_id}"]
            yield from stored.put_of_connection(self.connection_id, of_connection, self.expires_at)
            state.emit(e.SettingChanged(object="connection", id=self.connection_id), audience=admins)
