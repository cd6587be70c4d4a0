"""From the log to the queues: which events are to be sent where, decided once per position.

A pass reads a page, and in one unit checks that the saved position and the webhooks are still what it read, puts the
jobs and saves the new position: so each event is queued exactly once, whatever dies in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from inbox.domain import events as e
from inbox.domain.records import Job
from inbox.domain.state import State
from inbox.domain.webhooks import Webhook
from inbox.eventlog import log
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.storage import readers, rows, webhooks
from inbox.storage.database import Database, Query
from inbox.webhooks.filters import Known, Wanted, fires, may_fire, wanted_by

PAGE = 200
SAVED_EVERY = 5_000
"""Positions after which the place is saved though nothing was to be sent: reading them again costs little."""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, int]).decode


class Page(msgspec.Struct, frozen=True):
    """A page of the log as one pass sees it."""

    saved: int
    """The position saved when it was read."""
    end: int
    """The last position of the page; that of the one before it when it is empty."""
    epoch: int
    more: bool
    versions: dict[int, int]
    """Active webhook → version."""
    jobs: list[tuple[int, int]]
    """(webhook, position) in order of position."""


def key_of(webhook_id: int, epoch: int, position: int) -> str:
    """The `webhook-id` of an event at a webhook, and the key of its job: the same whenever it is sent."""
    return f"wh-{webhook_id}-{epoch}-{position}"


def job_of(job_id: int, webhook_id: int, epoch: int, position: int, now: int) -> Job:
    """An event in a webhook's queue."""
    return Job(
        id=job_id, key=key_of(webhook_id, epoch, position), kind=webhooks.line_of(webhook_id), channel_id=None,
        payload=_encode({"position": position}), due_at=now, attempts=0, lease_until=None, reason="", created_at=now,
    )  # fmt: skip


def position_of(job: Job) -> int:
    """The position of the event that a job sends."""
    return _decode(job.payload)["position"]


class Reader:
    """Queues what happened since. Run by one process at a time; two would only read twice."""

    def __init__(self, database: Database, writer: Writer, directory: Directory) -> None:
        self._database = database
        self._writer = writer
        self._directory = directory
        self._seen = 0
        """Read up to here; at least what is saved."""

    async def catch_up(self) -> set[int]:
        """Read to the head of the log. Which webhooks have something to send by it."""
        queued: set[int] = set()
        while True:
            directory = await self._directory.fresh()
            networks = {channel.id: channel.network for channel in directory.channels.values()}
            page = await self._database.read(read_page, self._seen, networks)
            if page is None:
                return queued
            failpoint("webhooks.after_read")
            if page.jobs or page.end - page.saved >= SAVED_EVERY:
                if not await self._writer.submit(Enqueue(page)):
                    # Somebody else read on, or a webhook was changed: look again.
                    self._seen = 0
                    continue
                failpoint("webhooks.after_enqueue")
            self._seen = page.end
            queued |= {webhook_id for webhook_id, _ in page.jobs}
            if not page.more:
                return queued


def read_page(seen: int, networks: Mapping[int, str]) -> Query[Page | None]:
    """The next page after what was seen; None when there is nothing new, or nobody to tell."""
    active = [one for one in (yield from rows.every(Webhook)) if one.active]
    head, epoch = yield from log.head()
    saved = yield from readers.position(webhooks.READER)
    start = max(seen, saved, min((one.since_position for one in active), default=head))
    if start >= head:
        return None
    logged = yield from log.after(start, PAGE)
    jobs = yield from chosen([wanted_by(one) for one in active], logged, networks)
    return Page(
        saved=saved,
        end=logged[-1].position if logged else head,
        epoch=epoch,
        more=len(logged) == PAGE,
        versions={one.id: one.version for one in active},
        jobs=jobs,
    )


def chosen(
    wanted: Sequence[Wanted], logged: Sequence[e.Logged], networks: Mapping[int, str]
) -> Query[list[tuple[int, int]]]:
    """(webhook, position) of what is to be sent of a page. Looks up only what some filter lets through."""
    near = [one for one in logged if any(may_fire(each, one) for each in wanted)]
    if not near:
        return []
    known = yield from known_of(near, networks, tags=any(each.tags for each in wanted))
    return [(each.webhook_id, one.position) for one in near for each in wanted if fires(each, one, known)]


def known_of(logged: Sequence[e.Logged], networks: Mapping[int, str], *, tags: bool) -> Query[Known]:
    """What filters have to know of events."""
    events = [one.event for one in logged]
    conversations = sorted({i for i in map(e.conversation_of, events) if i is not None})
    messages = sorted({i for i in (getattr(one, "message_id", None) for one in events) if i is not None})
    posts = sorted({one.post_id for one in events if isinstance(one, e.PostChanged)})
    return Known(
        networks=networks,
        tags=(yield from webhooks.tags_of(conversations)) if tags else {},
        began=(yield from webhooks.began(conversations)),
        history_items=(yield from webhooks.history_items(messages)),
        old_posts=(yield from webhooks.old_posts(posts)),
    )


class Enqueue(Unit):
    """Put a page's jobs and save the position. False, and nothing is written, when something else came first."""

    priority = Priority.BULK
    alone = True

    def __init__(self, page: Page) -> None:
        self.page = page

    def run(self, state: State) -> Query[bool]:
        """Compare, then write."""
        page = self.page
        saved = yield from readers.position(webhooks.READER)
        known = yield from rows.every(Webhook)
        if saved != page.saved or {one.id: one.version for one in known if one.active} != page.versions:
            return False
        now = state.now
        yield from webhooks.put([job_of(state.next_id(), who, page.epoch, at, now) for who, at in page.jobs])
        yield from readers.read_up_to(webhooks.READER, page.end)
        return True
