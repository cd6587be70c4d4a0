"""What can be broken, and heals by itself: faults of the networks, a lost worker."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.toolkit import faults
from inbox import clock
from inbox.domain.state import State
from inbox.eventlog.unit import Unit
from inbox.storage import lease
from inbox.storage.database import Query

AWAY_SECONDS = 4
FAULTS = {
    faults.THROTTLED: ("Too many requests", "429 to everything"),
    faults.OUTAGE: ("Server errors", "502 or 503 to everything"),
    faults.DUPLICATE: ("Deliver everything twice", "each webhook and mail comes again"),
    faults.SHUFFLE: ("Out of order", "the next item overtakes this one"),
    faults.EXPIRED_TOKEN: ("Expired sign-in", "our credentials no longer hold"),
    faults.TIMEOUT: ("Cut the answer after a send", "gives \u201cNot sure it arrived\u201d"),
    faults.SLOW: ("Slow", "4 s for each answer"),
    faults.HALF_BODY: ("Half a body", "answers end in the middle"),
}
"""Fault → its name on the page, and what it does."""


class LoseWorker(Unit):
    """Whoever works for the channels is as good as dead: the leases are somebody else's for a moment, with a higher
    fence, and are then free for a worker to take. What was being sent is settled as after a crash.
    """

    alone = True

    def __init__(self, channel_ids: Iterable[int]) -> None:
        self.names = [f"channel:{channel_id}" for channel_id in channel_ids]

    def run(self, state: State) -> Query[None]:
        """Take the leases away."""
        known = yield from lease.of_names(self.names)
        until = (yield from lease.now()) + AWAY_SECONDS * clock.SECOND
        yield from lease.put([(name, "lost", fence + 1, until) for name, (_, fence, _) in known.items()])
