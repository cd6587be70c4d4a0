"""Looking after one channel: answers that wait too long, credentials that will end with nobody to renew them."""

from __future__ import annotations

import asyncio

import structlog

from connectors.contract import Connector
from inbox import clock
from inbox.errors import Unavailable
from inbox.eventlog.attention import Topic
from inbox.intake.context import Contexts
from inbox.intake.health import Health
from inbox.storage import credentials, outbox

EVERY_SECONDS = 60.0
BACKLOG = 15 * clock.MINUTE
"""An answer that has waited so long to be sent is worth an admin's look."""
ENDING = 7 * clock.DAY
LATE = 5 * clock.MINUTE
"""Credentials that renew themselves and are this close to their end could not be renewed."""
_log = structlog.get_logger(__name__)


class Watch:
    """Watches one channel until cancelled."""

    def __init__(
        self,
        channel_id: int,
        connector: Connector,
        contexts: Contexts,
        health: Health,
        *,
        seconds: float = EVERY_SECONDS,
    ) -> None:
        self.channel_id = channel_id
        self._connector = connector
        self._contexts = contexts
        self._health = health
        self._seconds = seconds
        self._raised: dict[Topic, bool] = {}
        """What was told last. Unknown at first: what an earlier process raised is ended too."""

    async def run(self) -> None:
        """Look, tell what changed, wait."""
        while True:
            try:
                await self._tell("backlog", await self._backlog())
                await self._tell("token_ending", await self._ending())
            except Unavailable as unavailable:
                _log.warning("channel_not_watched", channel=self.channel_id, detail=unavailable.detail)
            await asyncio.sleep(self._seconds)

    async def _tell(self, topic: Topic, detail: str) -> None:
        if self._raised.get(topic) == bool(detail):
            return
        if detail:
            await self._health.raised(topic, self.channel_id, detail)
        else:
            await self._health.ended(topic, self.channel_id)
        self._raised[topic] = bool(detail)

    async def _backlog(self) -> str:
        """What to say of answers that wait too long; empty when none does."""
        waiting, oldest_at = await self._contexts.directory.database.read(outbox.backlog, self.channel_id)
        if oldest_at is None or clock.now() - oldest_at < BACKLOG:
            return ""
        minutes = (clock.now() - oldest_at) // clock.MINUTE
        why = await self._contexts.directory.database.read(outbox.held_up_by, self.channel_id)
        return (
            f"{await self._name()}: {waiting} answers wait to be sent, the oldest for {minutes} minutes. {why}".rstrip()
            + " They are sent in order as soon as the network takes them; Test in the channel's settings has them tried"
            " at once."
        )

    async def _ending(self) -> str:
        """What to say of credentials that will end; empty when there is time or they renew themselves."""
        sealed = await self._contexts.directory.database.read(credentials.sealed_of, self.channel_id)
        if sealed is None or sealed.ends_at is None:
            return ""
        left = sealed.ends_at - clock.now()
        if left > (ENDING if self._connector.oauth is None else LATE):
            return ""
        when = f"in {left // clock.DAY} days" if left > clock.DAY else "within a day" if left > 0 else "already"
        return f"{await self._name()}: the sign-in ends {when}. Connect the channel again in its settings before that."

    async def _name(self) -> str:
        directory = await self._contexts.directory.fresh()
        channel = directory.channels.get(self.channel_id)
        return channel.name if channel is not None else f"Channel {self.channel_id}"
