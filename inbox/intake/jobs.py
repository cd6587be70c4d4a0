"""Running jobs: work that follows a commit and may be repeated, each by one process at a time, until it is done.

A job that ends without error is deleted; one that fails is given back with a growing delay and its reason. What it does
must bear repetition: a process can die between the work and the deletion.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeAlias

import msgspec
import structlog

from connectors.errors import SendError, SendErrorKind
from inbox import clock
from inbox.domain.records import Job
from inbox.domain.state import State
from inbox.errors import Unavailable
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.intake.backoff import asked_until, delay_seconds
from inbox.intake.printable import printable
from inbox.storage import job as stored
from inbox.storage.database import Database, Query

Work: TypeAlias = Callable[[Job], Awaitable[None]]
"""Carries out a job. Raises Later to be tried again, GivenUp to be forgotten; anything else counts as Later."""

LEASE_SECONDS = 120.0
AT_ONCE = 8
MOST_ATTEMPTS = 12
_IDLE_SECONDS = 5.0
_PASSING = frozenset({SendErrorKind.THROTTLED, SendErrorKind.UNREACHABLE, SendErrorKind.REAUTH, SendErrorKind.UNKNOWN})
_log = structlog.get_logger(__name__)


class Later(Exception):
    """It did not work now. `after_seconds` where it is known when it may."""

    def __init__(self, reason: str, after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.after_seconds = after_seconds


class GivenUp(Exception):
    """It will never work; the text says why."""


class Jobs:
    """Runs jobs of some kinds. `channels` names those whose jobs are this process's; one of no channel is anybody's."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        kinds: Mapping[str, Work],
        *,
        channels: Callable[[], Iterable[int]] = tuple,
        given_up: Callable[[Job, str], Awaitable[None]] | None = None,
        first_delay_seconds: float = 5.0,
        most_attempts: int = MOST_ATTEMPTS,
        at_once: int = AT_ONCE,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        """A job that takes longer than nine tenths of `lease_seconds` is cancelled, so that it never runs twice at
        once.
        """
        self._database = database
        self._writer = writer
        self._kinds = kinds
        self._channels = channels
        self._given_up = given_up
        self._first_delay_seconds = first_delay_seconds
        self._most_attempts = most_attempts
        self._at_once = at_once
        self._lease_seconds = lease_seconds
        self._wake = asyncio.Event()
        self._running = 0

    def wake(self) -> None:
        """There may be a job that is due."""
        self._wake.set()

    async def run(self) -> None:
        """Take what is due and carry it out, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                seconds = _IDLE_SECONDS
                try:
                    for job in await self._taken():
                        self._running += 1
                        tasks.create_task(self._one(job))
                    seconds = await self._until_next()
                except Unavailable as unavailable:
                    _log.warning("jobs_not_taken", detail=unavailable.detail)
                try:
                    async with asyncio.timeout(seconds):
                        await self._wake.wait()
                except TimeoutError:
                    continue

    async def _taken(self) -> list[Job]:
        """Jobs that are due and now this process's. Looks before it takes, so that idling writes nothing."""
        room = self._at_once - self._running
        due = await self._database.read(stored.next_due, list(self._kinds), list(self._channels()))
        if room <= 0 or due is None or due > clock.now():
            return []
        unit = Take(list(self._kinds), list(self._channels()), room, self._lease_seconds)
        taken: list[Job] = await self._writer.submit(unit)
        return taken

    async def _until_next(self) -> float:
        due = await self._database.read(stored.next_due, list(self._kinds), list(self._channels()))
        if due is None:
            return _IDLE_SECONDS
        # What cannot be taken for want of room is due already: a job that ends wakes this loop.
        return min(_IDLE_SECONDS, max(0.2, (due - clock.now()) / clock.SECOND))

    async def _one(self, job: Job) -> None:
        try:
            await self._carried_out(job)
        except Unavailable as unavailable:
            # Its lease runs out and it is taken again.
            _log.warning("job_not_settled", kind=job.kind, job=job.id, detail=unavailable.detail)
        except Exception as broken:  # the edge of the worker item: one that cannot be given up must not end the others
            _log.error("job_not_settled", kind=job.kind, job=job.id, exc_info=broken)
        finally:
            self._running -= 1
            self._wake.set()

    async def _carried_out(self, job: Job) -> None:
        after_seconds: float | None = None
        try:
            async with asyncio.timeout(self._lease_seconds * 0.9):
                await self._kinds[job.kind](job)
            failpoint("jobs.after_work")
            await self._writer.submit(Done(job.id))
            return
        except Unavailable:
            raise
        except GivenUp as never:
            await self._forget(job, str(never))
            return
        except Later as later:
            reason, after_seconds = str(later), later.after_seconds
        except Exception as broken:  # the edge of the worker item
            _log.error("job_failed", kind=job.kind, job=job.id, exc_info=broken)
            reason = f"{type(broken).__name__}: {broken}"
        if job.attempts >= self._most_attempts:
            await self._forget(job, reason)
            return
        seconds = after_seconds or delay_seconds(job.attempts, first=self._first_delay_seconds, longest=3_600)
        due_at = clock.now() + round(seconds * clock.SECOND)
        _log.warning("job_later", kind=job.kind, job=job.id, attempts=job.attempts, reason=reason)
        await self._writer.submit(Again(job.id, due_at, reason))

    async def _forget(self, job: Job, reason: str) -> None:
        _log.error("job_given_up", kind=job.kind, job=job.id, attempts=job.attempts, reason=reason)
        if self._given_up is not None:
            await self._given_up(job, reason)
        await self._writer.submit(Done(job.id))


def later(refused: SendError) -> Later | GivenUp:
    """What a network's refusal means for a job."""
    said = refused.reason or refused.treatment.said
    if refused.kind in _PASSING:
        until = asked_until(refused)
        return Later(said, None if until is None else max(1.0, (until - clock.now()) / clock.SECOND))
    return GivenUp(said)


def payload_of(job: Job) -> dict[str, str]:
    """What a job was made with."""
    return msgspec.json.decode(job.payload, type=dict[str, str])


class Take(Unit):
    """Lease what is due."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, kinds: list[str], channels: list[int], limit: int, lease_seconds: float) -> None:
        self.kinds = kinds
        self.channels = channels
        self.limit = limit
        self.lease_seconds = lease_seconds

    def run(self, state: State) -> Query[list[Job]]:
        """Under the writer's lock, so no two processes take the same."""
        until = state.now + round(self.lease_seconds * clock.SECOND)
        return (yield from stored.take(self.kinds, self.channels, state.now, until, self.limit))


class Done(Unit):
    """Forget a job."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id

    def run(self, state: State) -> Query[None]:
        """One statement."""
        yield from stored.done(self.job_id)


class Again(Unit):
    """Give a job back, with the reason why it is not done."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, job_id: int, due_at: int, reason: str) -> None:
        self.job_id = job_id
        self.due_at = due_at
        self.reason = printable(reason[:500])

    def run(self, state: State) -> Query[None]:
        """One statement."""
        yield from stored.again(self.job_id, self.due_at, self.reason)
