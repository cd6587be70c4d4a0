"""The running line: what customers sent, what of it the service has, what is lost and what is there twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import msgspec

from inbox import clock
from inbox.clock import SECOND
from inbox.sandbox.networks import Networks
from inbox.storage import sandbox as stored
from inbox.storage.database import Database

LATE_SECONDS = 30


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """`lost`: taken by the service, or out for half a minute on a network without faults, and yet not there. `waiting`
    is on its way.
    """

    sent: int = 0
    shown: int = 0
    waiting: int = 0
    lost: int = 0
    doubled: int = 0


class Tally:
    """Compares the networks' own ids of what was sent with those of the messages in the database."""

    def __init__(self, networks: Networks, database: Database, channels: Mapping[str, int]) -> None:
        """`channels`: network → channel."""
        self._networks = networks
        self._database = database
        self._channels = channels
        self._seen: Counter[tuple[int, str]] = Counter()
        self._after = 0

    async def line(self) -> Line:
        """Count up to now."""
        rows = await self._database.read(stored.shown, list(self._channels.values()), self._after)
        for channel_id, external_id, message_id in rows:
            self._seen[channel_id, external_id] += 1
            self._after = message_id
        late = clock.now() - LATE_SECONDS * SECOND
        owed = {delivery.network for delivery in self._networks.owed.values()}
        shown = lost = 0
        for item in self._networks.sent:
            if self._seen[self._channels[item.network], item.external_id]:
                shown += 1
            elif item.at < late and item.network not in owed and not self._networks.faults[item.network]:
                lost += 1
        sent = len(self._networks.sent)
        doubled = sum(times - 1 for times in self._seen.values() if times > 1)
        return Line(sent=sent, shown=shown, waiting=sent - shown - lost, lost=lost, doubled=doubled)
