"""The running line: what customers sent, what of it the service has, what is lost and what is there twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import msgspec

from inbox import clock
from inbox.clock import SECOND
from inbox.sandbox.networks import Networks, Sent
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
        self._read = 0
        """How many of `networks.sent` were looked at; `_open` are those of them that were not shown yet."""
        self._open: list[tuple[Sent, int]] = []
        """With when they were looked at first: what is told of the past was written long ago, and is new here."""
        self._doubled = 0

    async def line(self) -> Line:
        """Count up to now."""
        rows = await self._database.read(stored.shown, list(self._channels.values()), self._after)
        for channel_id, external_id, message_id in rows:
            self._seen[channel_id, external_id] += 1
            self._doubled += self._seen[channel_id, external_id] > 1
            self._after = message_id
        everything, now = self._networks.sent, clock.now()
        new = [(one, now) for one in everything[self._read :]]
        self._open = [(one, since) for one, since in (*self._open, *new) if not self._is_shown(one)]
        self._read = len(everything)
        late = now - LATE_SECONDS * SECOND
        excused = {delivery.network for delivery in self._networks.owed.values()}
        excused |= {network for network, on in self._networks.faults.items() if on}
        lost = sum(since < late and one.network not in excused for one, since in self._open)
        sent, out = len(everything), len(self._open)
        return Line(sent=sent, shown=sent - out, waiting=out - lost, lost=lost, doubled=self._doubled)

    def _is_shown(self, one: Sent) -> bool:
        return self._seen[self._channels[one.network], one.external_id] > 0
