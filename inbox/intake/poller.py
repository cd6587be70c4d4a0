"""Asking a network what is new, again and again, under the channel's lease.

The cursor is committed in the unit of the rows it stands for: a crash between asking and committing asks again, and
what comes twice is known by its id.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from connectors.contract import Connector
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import MailRefused, Polled, TransportFailed, WaitForMail
from inbox import clock
from inbox.domain.state import State
from inbox.errors import Unavailable
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.intake.backoff import delay_after, delay_seconds
from inbox.intake.context import Contexts
from inbox.intake.health import Condition, Health
from inbox.intake.receive import Arrived, Element, Receiver, Source, counts
from inbox.storage import cursor as stored
from inbox.storage import outbox
from inbox.storage.database import Query
from inbox.transport.courier import Courier
from inbox.transport.drive import drive

DOWN_AFTER = 3
"""Failures in a row until the channel counts as down: one is weather."""
LONG_SECONDS = 600.0
"""A network that wants to be left alone for so long is as good as down: meanwhile nothing comes."""
_CAUGHT_UP_EVERY = 5 * clock.MINUTE
_LOOKS_IN_VAIN = 3
"""So often in a row a mailbox that says at once that it changed, or has more, may turn out to bring nothing new."""
_LONGEST_IN_VAIN_SECONDS = 30.0
_CALM_SECONDS = 30.0
"""A mailbox that kept quiet for so long before it said so does not hurry us."""
_log = structlog.get_logger(__name__)


class Poller:
    """Polls one channel until cancelled."""

    def __init__(
        self,
        channel_id: int,
        connector: Connector,
        contexts: Contexts,
        receiver: Receiver,
        writer: Writer,
        health: Health,
        courier: Courier,
        instead: Callable[[int, SendError], Awaitable[SendError | None]] | None = None,
    ) -> None:
        """`instead`: what a refused sign-in of a channel comes to, see `Refresher.instead`."""
        self.channel_id = channel_id
        self._connector = connector
        self._contexts = contexts
        self._receiver = receiver
        self._writer = writer
        self._health = health
        self._courier = courier
        self._instead = instead
        self._failures = 0
        self._in_vain = 0
        self.is_read = False
        """Whether the network was read to its end since this began, and since admins were told last that it fails."""
        self._caught_up_at = 0
        self._again = asyncio.Event()

    def wake(self) -> None:
        """Poll now: settings changed, or somebody asked."""
        self._again.set()

    async def run(self) -> None:
        """Poll for ever, from the cursor committed last."""
        database = self._contexts.directory.database
        cursor: str | None = None
        while True:
            # Before asking: what changes meanwhile is a reason to ask again at once, not after a long wait.
            self._again.clear()
            try:
                if cursor is None:
                    cursor = await database.read(stored.cursor_of, self.channel_id)
                polled = await self.once(cursor)
                cursor = polled.cursor
                await self._well(polled)
                await self._between(polled)
            except Unavailable as unavailable:
                _log.warning("poll_not_stored", channel=self.channel_id, detail=unavailable.detail)
                await self._sleep(float(unavailable.extra.get("retry_after_seconds", 2)))
            except SendError as refused:
                await self._sleep(await self._refused(refused))
            except Exception as broken:  # the edge of the poll: one network's fault must not end the others
                _log.error("poll_failed", channel=self.channel_id, exc_info=broken)
                self._failures += 1
                self._caught_up_at = 0
                await self._note("down", f"{type(broken).__name__} while reading")
                await self._sleep(delay_seconds(self._failures, first=30, longest=600))

    async def once(self, cursor: str) -> Polled:
        """Ask once and commit what came with the new cursor. Raises SendError and Unavailable."""
        if self._connector.poll is None:
            raise TypeError(f"{self._connector.manifest.network} has no poll")
        ctx = await self._contexts.of(self.channel_id)
        polled = await drive(self._connector.poll(cursor, ctx), self._courier)
        failpoint("poller.after_poll")
        if polled.inbounds or polled.problems or polled.cursor != cursor:
            outcomes = await self._receiver.take(await self._arrived(polled))
            if "done" in outcomes:
                self._in_vain = 0
            if outcomes or polled.problems:
                _log.info("polled", channel=self.channel_id, elements=counts(outcomes), problems=len(polled.problems))
        failpoint("poller.after_commit")
        return polled

    async def _arrived(self, polled: Polled) -> Arrived:
        directory = await self._contexts.directory.fresh()
        sources, places = _sources(polled.raw, len(polled.inbounds))
        sources += [Source(body=body, problem=problem) for problem, body in polled.problems]
        return Arrived(
            channel=directory.facts(self.channel_id),
            elements=[Element(one, place) for one, place in zip(polled.inbounds, places, strict=True)],
            sources=sources,
            received_at=clock.now(),
            cursor=polled.cursor,
            looks_up_profiles=self._connector.profile is not None,
        )

    async def _well(self, polled: Polled) -> None:
        self._failures = 0
        now = clock.now()
        if not polled.more and now - self._caught_up_at > _CAUGHT_UP_EVERY:
            # What holds up the answers is the outbox's to tell and to end: of one trouble nobody is told twice.
            held_up = await self._contexts.directory.database.read(outbox.held_up_by, self.channel_id)
            self.is_read = True
            if not held_up:
                await self._health.channel(self.channel_id, "ok")
            await self._writer.submit(CaughtUp(self.channel_id, now))
            self._caught_up_at = now

    async def _refused(self, refused: SendError) -> float:
        """Note it where it is more than weather, and say how long to stay away."""
        self._failures += 1
        self._caught_up_at = 0
        _log.warning("poll_refused", channel=self.channel_id, kind=refused.kind.value, reason=refused.reason)
        if refused.kind is SendErrorKind.REAUTH and self._instead is not None:
            instead = await self._instead(self.channel_id, refused)
            if instead is None:
                return 0.0  # a token that ended while the service stood still is nobody's concern
            refused = instead
        seconds = delay_after(refused, self._failures)
        is_throttled = refused.kind is SendErrorKind.THROTTLED
        if refused.kind is SendErrorKind.REAUTH:
            await self._note("needs_attention", refused)
        elif seconds >= LONG_SECONDS if is_throttled else self._failures >= DOWN_AFTER:
            await self._note("down", refused)
        return seconds

    async def _note(self, condition: Condition, why: SendError | str = "") -> None:
        self.is_read = False
        try:
            if isinstance(why, SendError):
                await self._health.refused(self.channel_id, condition, why)
            else:
                await self._health.channel(self.channel_id, condition, why, "fault" if why else "")
        except Unavailable:
            _log.warning("channel_health_not_written", channel=self.channel_id, health=condition)

    async def _between(self, polled: Polled) -> None:
        """Wait for the next poll: not at all, in the mailbox, or by the clock."""
        if polled.wait is None:
            if not polled.more:
                await self._sleep(polled.next_after_seconds)
        elif polled.more:
            await self._not_too_often(longest_seconds=1.0)
        else:
            await self._in_mailbox(polled, polled.wait)

    async def _in_mailbox(self, polled: Polled, wait: WaitForMail) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            changed = await self._courier.wait(wait)
        except (MailRefused, TransportFailed) as refused:
            _log.info("mailbox_wait_ended", channel=self.channel_id, why=str(refused))
            await self._sleep(min(30.0, polled.next_after_seconds))
            return
        if not changed or loop.time() - began >= _CALM_SECONDS:
            self._in_vain = 0
        else:
            await self._not_too_often(longest_seconds=_LONGEST_IN_VAIN_SECONDS)

    async def _not_too_often(self, *, longest_seconds: float) -> None:
        """Servers that end every IDLE at once, or number their mails anew each time, would be asked without a pause."""
        self._in_vain += 1
        if self._in_vain > _LOOKS_IN_VAIN:
            await self._sleep(min(longest_seconds, 0.5 * 2.0 ** min(self._in_vain - _LOOKS_IN_VAIN, 10)))

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._again.wait()
        except TimeoutError:
            return


class CaughtUp(Unit):
    """Note that at this instant everything the network had was here."""

    priority = Priority.BULK
    alone = True

    def __init__(self, channel_id: int, at: int) -> None:
        self.channel_id = channel_id
        self.at = at

    def run(self, state: State) -> Query[None]:
        """One statement."""
        yield from stored.caught_up(self.channel_id, self.at)


def _sources(raw: Sequence[bytes], elements: int) -> tuple[list[Source], list[int]]:
    """Bodies, each once though several elements came of it, and for each element the place of its body."""
    bodies = list(raw) if len(raw) == elements else [b""] * elements
    sources: list[Source] = []
    places: list[int] = []
    for body in bodies:
        if not sources or sources[-1].body != body:
            sources.append(Source(body=body))
        places.append(len(sources) - 1)
    return sources, places
