"""How much of what its network allows a channel has used: heard from answers, written when it would be seen."""

from __future__ import annotations

import asyncio

import structlog

from connectors.contract import Connector
from connectors.exchange import HttpResponse
from inbox import clock
from inbox.domain.state import State
from inbox.errors import Unavailable
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.storage import traffic
from inbox.storage.database import Query

EVERY_SECONDS = 30.0
_log = structlog.get_logger(__name__)


class Allowance:
    """Of one channel. Answers come often and each tells it anew: the last of some seconds is enough."""

    def __init__(
        self, channel_id: int, connector: Connector, writer: Writer, *, seconds: float = EVERY_SECONDS
    ) -> None:
        self.channel_id = channel_id
        self._used = connector.used
        self._writer = writer
        self._seconds = seconds
        self._last: tuple[int, int] | None = None

    def heard(self, answer: HttpResponse) -> None:
        """An answer came; most networks' say nothing of it."""
        if self._used is not None and (percent := self._used(answer)) is not None:
            self._last = (percent, clock.now())

    async def run(self) -> None:
        """Write what was heard, until cancelled. Where answers tell nothing, there is nothing to wait for."""
        if self._used is None:
            return
        while True:
            await asyncio.sleep(self._seconds)
            told, self._last = self._last, None
            if told is None:
                continue
            try:
                await self._writer.submit(AllowanceTold(self.channel_id, *told))
            except Unavailable as unavailable:
                _log.warning("allowance_not_written", channel=self.channel_id, detail=unavailable.detail)


class AllowanceTold(Unit):
    """Keep what the network said. Nobody is told: it is looked up by who wants to know."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, channel_id: int, used_percent: int, at: int) -> None:
        self.channel_id = channel_id
        self.used_percent = used_percent
        self.at = at

    def run(self, state: State) -> Query[None]:
        """Write it."""
        yield from traffic.allowance_told(self.channel_id, self.used_percent, self.at)
