"""What has to go after a while: raw bodies, delivery ids, answers of idempotent requests, the log of outgoing webhooks,
sessions, links, tickets, closed orphans, what can no longer be taken back.
"""

from __future__ import annotations

from inbox import clock
from inbox.clock import DAY, HOUR
from inbox.domain.state import State
from inbox.domain.taking_back import KEPT_SECONDS
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.storage import notifications, upkeep
from inbox.storage.database import Database, Query
from inbox.transport.media import MediaStore

SLICE = 500
PAGE = 5_000
SEEN_DAYS = 30
ORPHAN_DAYS = 30
ATTEMPT_DAYS = 30
ANSWER_HOURS = 24
NOTIFICATION_DAYS = 90


class Remove(Unit):
    """Remove up to `SLICE` rows of each kind that is past its time. The number removed."""

    priority = Priority.BULK
    alone = True

    def __init__(self, raw_days: int) -> None:
        self.raw_days = raw_days

    def run(self, state: State) -> Query[int]:
        """Slice by slice, so that nobody waits long."""
        now = clock.now()
        removed = yield from upkeep.raw_before(now - self.raw_days * DAY, SLICE)
        removed += yield from upkeep.seen_before(now - SEEN_DAYS * DAY, SLICE)
        removed += yield from upkeep.answers_before(now - ANSWER_HOURS * HOUR, SLICE)
        removed += yield from upkeep.attempts_before(now - ATTEMPT_DAYS * DAY, SLICE)
        removed += yield from upkeep.bulks_before(now - KEPT_SECONDS * 1_000_000, SLICE)
        removed += yield from upkeep.expired(now, SLICE)
        removed += yield from upkeep.orphans_before(now - ORPHAN_DAYS * DAY, SLICE)
        removed += yield from upkeep.uploads_before(now - DAY, SLICE)
        removed += yield from notifications.drop_before(now - NOTIFICATION_DAYS * DAY, SLICE)
        return removed


class DropNames(Unit):
    """Forget whom raw bodies named that are gone."""

    priority = Priority.BULK
    alone = True

    def __init__(self, gone: list[tuple[int, int]]) -> None:
        self.gone = gone

    def run(self, state: State) -> Query[None]:
        """One statement."""
        yield from upkeep.drop_names(self.gone)


async def forget_names(database: Database, writer: Writer) -> int:
    """Drop what is noted of whom raw bodies name, where the body is gone. How many went."""
    removed = 0
    after: tuple[int, int] | None = (0, 0)
    while after is not None:
        found = await database.read(upkeep.names_after, after, PAGE)
        for start in range(0, len(found.gone), SLICE):
            await writer.submit(DropNames(found.gone[start : start + SLICE]))
        removed += len(found.gone)
        after = found.after
    return removed


async def sweep(database: Database, media: MediaStore) -> int:
    """Delete files that nothing refers to and that are a day old: originals of re-encoded images, uploads never sent.
    How many went.
    """
    removed, after, before = 0, "", clock.now() - DAY
    while page := await media.older_than(before, SLICE, after):
        after = page[-1]
        used = await database.read(upkeep.blobs_in_use, page)
        for sha256 in page:
            if sha256 not in used:
                await media.delete(sha256)
                removed += 1
    return removed


async def tidy(writer: Writer, raw_days: int) -> None:
    """One round: until a slice comes back empty."""
    while await writer.submit(Remove(raw_days)):
        pass
