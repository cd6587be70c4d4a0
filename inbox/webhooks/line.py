"""The queue of one webhook: one request at a time, in order, in batches that are settled together."""

from __future__ import annotations

import asyncio

import msgspec
import structlog

from inbox import clock
from inbox.clock import SECOND
from inbox.domain.records import Job
from inbox.domain.webhooks import Webhook
from inbox.errors import Unavailable
from inbox.eventlog import log as eventlog
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.storage import rows, webhooks
from inbox.storage.database import Database, Query
from inbox.webhooks import envelope, schedule
from inbox.webhooks.envelope import Joined
from inbox.webhooks.reader import position_of
from inbox.webhooks.replays import Expand
from inbox.webhooks.sender import Sender
from inbox.webhooks.settle import Settle, Tried

BATCH = 20
"""Events whose words are joined in one read and whose outcomes are one commit. A crash repeats at most so many."""
BATCH_SECONDS = 2.0
"""A batch of a slow receiver is settled before it is through."""
_RETRY_SECONDS = 5.0
_LONGEST_SECONDS = 60.0
_log = structlog.get_logger(__name__)


class Turn(msgspec.Struct, frozen=True):
    """What a webhook has to do now."""

    webhook: Webhook
    pings: list[Job]
    due: list[Job]
    replays: list[Job]
    next_at: int | None
    """When there is something again; None: when somebody says so."""
    head: int
    joined: Joined | None = None
    """The events of `due`."""


class Line:
    """Works for one webhook until cancelled. `wake` when it may have something to do."""

    def __init__(self, webhook_id: int, database: Database, writer: Writer, sender: Sender) -> None:
        self._webhook_id = webhook_id
        self._database = database
        self._writer = writer
        self._sender = sender
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Send what is due, sleep until the next is, again."""
        while True:
            self._wake.clear()
            try:
                seconds = await self._work()
            except Unavailable as unavailable:
                _log.warning("webhook_waits", webhook=self._webhook_id, detail=unavailable.detail)
                seconds = _RETRY_SECONDS
            except Exception as broken:  # the edge of the worker item: one webhook's fault is not the others'
                _log.error("webhook_failed", webhook=self._webhook_id, exc_info=broken)
                seconds = _LONGEST_SECONDS
            try:
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _work(self) -> float | None:
        """Work until nothing is due. Seconds until something is; None: not before somebody says so."""
        while True:
            turn = await self._database.read(turn_of, self._webhook_id, clock.now())
            if turn is None:
                return None
            if turn.pings:
                await self._settle([await self._sender.ping(turn.webhook, one) for one in turn.pings], turn.head)
            elif turn.joined is not None:
                await self._settle(await self._batch(turn.webhook, turn.due, turn.joined), turn.joined.head)
            elif turn.replays:
                await self._writer.submit(Expand(turn.replays[0]))
            elif turn.next_at is None:
                return None
            else:
                # Up to a minute: the clock may be set.
                return min(_LONGEST_SECONDS, max(0.05, (turn.next_at - clock.now()) / SECOND))

    async def _batch(self, webhook: Webhook, jobs: list[Job], joined: Joined) -> list[Tried]:
        """Send in order until one fails, or it takes too long."""
        until = asyncio.get_running_loop().time() + BATCH_SECONDS
        tried: list[Tried] = []
        for job in jobs:
            tried.append(await self._sender.event(webhook, job, joined))
            failpoint("webhooks.after_send")
            if tried[-1].outcome != "delivered" or asyncio.get_running_loop().time() >= until:
                break
        return tried

    async def _settle(self, tried: list[Tried], read_at: int) -> None:
        failpoint("webhooks.before_settle")
        await self._writer.submit(Settle(self._webhook_id, tried, read_at))
        failpoint("webhooks.after_settle")


def turn_of(webhook_id: int, now: int) -> Query[Turn | None]:
    """What a webhook has to do: tests always, the rest while it is switched on and its receiver is not left alone."""
    webhook = yield from rows.one(Webhook, webhook_id)
    if webhook is None:
        return None
    head, _ = yield from eventlog.head()
    pings = yield from webhooks.due(webhooks.pings_of(webhook_id), now, BATCH)
    paused = schedule.left_alone_until(webhook.paused_until, webhook.failing_since, now)
    if pings or not webhook.active or paused is not None:
        waits = bool(webhook.active) and (yield from _has_work(webhook_id))
        return Turn(webhook, pings, [], [], (paused or 0) if waits else None, head)
    due = yield from webhooks.due(webhooks.line_of(webhook_id), now, BATCH)
    if due:
        joined = yield from envelope.read([position_of(job) for job in due])
        return Turn(webhook, [], due, [], None, joined.head, joined)
    replays = yield from webhooks.due(webhooks.replays_of(webhook_id), now, 1)
    next_at = yield from webhooks.next_due(webhooks.line_of(webhook_id))
    return Turn(webhook, [], [], replays, next_at, head)


def _has_work(webhook_id: int) -> Query[bool]:
    """Whether anything waits but tests."""
    for kind in (webhooks.line_of(webhook_id), webhooks.replays_of(webhook_id)):
        if (yield from webhooks.next_due(kind)) is not None:
            return True
    return False
