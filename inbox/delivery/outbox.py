"""Sending what waits for one channel, under its lease: in order, at the network's pace, never twice knowingly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from connectors.contract import Connector
from connectors.errors import SendError, SendErrorKind
from connectors.outbound import Part, Receipt
from inbox import clock, tracing
from inbox.delivery.attempts import (
    AttemptBegan,
    PartAccepted,
    PartFailed,
    PartPostponed,
    PartRecovered,
    PartUnit,
    landed_on,
)
from inbox.delivery.pace import Pace
from inbox.delivery.recording import record
from inbox.delivery.recovery import Recovery
from inbox.delivery.refresh import Refresher
from inbox.delivery.turns import Turns, turns
from inbox.domain.records import OutboxPart
from inbox.errors import Unavailable
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.intake.backoff import asked_until, delay_after, delay_seconds
from inbox.intake.context import Contexts
from inbox.intake.health import Condition, Health
from inbox.storage import outbox as stored
from inbox.transport.courier import Courier
from inbox.transport.drive import drive

DOWN_AFTER = 5
"""Failures in a row until the channel counts as down and only one part at a time tries its luck."""
FIRST_AGAIN_SECONDS = 0.1
"""The shortest wait after a network asked us to slow down, doubled with every attempt."""
CHECK_SECONDS = 60.0
UNSURE_SECONDS = 0.5
"""How soon is looked again whether the lease was renewed after all."""
BLOCKED_SECONDS = 600.0
"""How long a channel whose sign-in failed stays silent unless its settings change."""
_part = msgspec.json.Decoder(Part).decode
_log = structlog.get_logger(__name__)


class _NotOurs(Exception):
    """The attempt may not begin: another holder has the part, or it was taken back."""


class Outbox:
    """Sends for one channel until cancelled. `fence` is that of the lease it runs under."""

    def __init__(
        self,
        channel_id: int,
        fence: int,
        connector: Connector,
        contexts: Contexts,
        writer: Writer,
        health: Health,
        courier: Courier,
        refresher: Refresher,
        is_ours: Callable[[], bool],
        is_read: Callable[[], bool] = lambda: True,
    ) -> None:
        """`is_ours`: whether nobody else can have the lease yet. `is_read`: whether what comes from the network comes;
        a mailbox may be away while the server that sends is there.
        """
        self.channel_id = channel_id
        self.fence = fence
        self._connector = connector
        self._contexts = contexts
        self._writer = writer
        self._health = health
        self._courier = courier
        self._refresher = refresher
        self._is_ours = is_ours
        self._is_read = is_read
        self._recovery = Recovery(connector, contexts, courier)
        self._pace = Pace(connector.manifest)
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._busy: dict[int, int] = {}
        """Part → thread of what is under way."""
        self._stopping = False
        self._failures = 0
        self._was_well = False

    # -- from outside

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def settings_changed(self) -> None:
        """What blocked the channel may be mended: try again now."""
        self._pace.resume()
        self._wake.set()

    async def drain(self, seconds: float) -> None:
        """Begin nothing more, and give what is under way so long to end."""
        self._stopping = True
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            _log.warning("sends_cut_off", channel=self.channel_id, parts=sorted(self._busy))

    async def run(self) -> None:
        """Take turns until cancelled. What is then under way is as after a crash."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                try:
                    seconds = await self._round(tasks)
                except Unavailable as unavailable:
                    _log.warning("outbox_not_read", channel=self.channel_id, detail=unavailable.detail)
                    seconds = 2.0
                try:
                    async with asyncio.timeout(seconds):
                        await self._wake.wait()
                except TimeoutError:
                    continue

    # -- whose turn it is

    async def _round(self, tasks: asyncio.TaskGroup) -> float | None:
        """Start what can be started; how long until there may be more."""
        room = self._connector.manifest.concurrency - len(self._busy)
        if self._stopping or room <= 0:
            return None
        if self._pace.paused_seconds:
            return self._pace.paused_seconds
        if not self._is_ours():
            return UNSURE_SECONDS
        found = await self._turns()
        chosen = [*found.stranded, *found.check, *found.send][: 1 if self._failures >= DOWN_AFTER else room]
        stranded = set(found.stranded)
        for part in await self._contexts.directory.database.read(stored.parts, chosen):
            self._busy[part.id] = part.thread_id
            self._idle.clear()
            tasks.create_task(self._one(part, stranded=part.id in stranded))
        return None if found.next_at is None else max(0.05, (found.next_at - clock.now()) / clock.SECOND)

    async def _turns(self) -> Turns:
        queue, unsettled = await self._contexts.directory.database.read(stored.queue_of, self.channel_id)
        found = turns(
            queue, unsettled, busy_parts=self._busy.keys(), busy_threads=set(self._busy.values()), now=clock.now()
        )
        return found if self._connector.check is not None else found._replace(check=[])

    async def _one(self, part: OutboxPart, *, stranded: bool) -> None:
        try:
            if stranded:
                await self._recover(part)
            elif part.state == "pending":
                await self._check(part)
            else:
                await self._send(part)
        except Unavailable as unavailable:
            _log.warning("part_not_begun", part=part.id, channel=self.channel_id, detail=unavailable.detail)
            self._pace.pause(_in(2.0))
        except Exception as broken:  # the edge of the worker item: one part must not take the channel with it
            _log.error("part_failed", part=part.id, channel=self.channel_id, exc_info=broken)
            self._pace.pause(_in(30.0))
        finally:
            del self._busy[part.id]
            if not self._busy:
                self._idle.set()
            self._wake.set()

    # -- one part

    async def _send(self, part: OutboxPart) -> None:
        """Carry out a part, from its turn to its record."""
        if self._connector.send is None:
            # The service itself delivers (web chat): being in the log is being sent.
            await self._record(PartAccepted(part, Receipt()))
            return
        await self._pace.turn(part.thread_id)
        began = False

        async def begin() -> None:
            nonlocal began
            failpoint("outbox.before_attempt")
            if not await self._writer.submit(AttemptBegan(part, self.fence)):
                raise _NotOurs
            began = True
            failpoint("outbox.after_attempt")
            if not self._is_ours():
                await self._put_back(part)
                raise _NotOurs

        try:
            ctx = await self._contexts.of(self.channel_id)
            with tracing.span("send", attributes={"inbox.network": self._connector.manifest.network}):
                receipt = await drive(self._connector.send(_part(part.part), ctx), self._courier, before_effect=begin)
        except _NotOurs:
            _log.info("part_not_ours", part=part.id, channel=self.channel_id)
        except SendError as refused:
            failpoint("outbox.after_send")
            await self._refused(part, refused, began=began)
        except Unavailable:
            raise
        except Exception as broken:  # the edge of the worker item: a fault of ours must not repeat an effect
            _log.error("send_failed", part=part.id, channel=self.channel_id, exc_info=broken)
            kind = SendErrorKind.UNKNOWN if began else SendErrorKind.REJECTED
            await self._refused(part, SendError(kind, f"{type(broken).__name__} in the service"), began=began)
        else:
            failpoint("outbox.after_send")
            await self._taken(part, receipt)

    async def _put_back(self, part: OutboxPart) -> None:
        """This process stood still after its attempt was written: nothing has left, and the lease may be another's by
        now. Who has it may be settling the part as what a crash left; then it is his.
        """
        _log.warning("part_too_late", part=part.id, channel=self.channel_id)
        written = msgspec.structs.replace(part, state="sending", attempts=part.attempts + 1)
        await self._record(PartRecovered(written, known=True))

    async def _taken(self, part: OutboxPart, receipt: Receipt) -> None:
        if receipt.state == "pending" and receipt.check_at is None and self._connector.check is not None:
            receipt = msgspec.structs.replace(receipt, check_at=_in(CHECK_SECONDS))
        there = await landed_on(self._contexts.directory, self.channel_id, receipt)
        await self._record(PartAccepted(part, receipt, there))
        failpoint("outbox.after_record")
        _log.info("sent", part=part.id, channel=self.channel_id, attempt=part.attempts + 1, state=receipt.state)
        self._failures = 0
        if not self._was_well and self._is_read():
            self._was_well = True
            await self._note("ok")

    async def _check(self, part: OutboxPart) -> None:
        """Ask about a part that the network has under review."""
        if self._connector.check is None:
            return
        ctx = await self._contexts.of(self.channel_id)
        try:
            receipt = await drive(self._connector.check(part.token, ctx), self._courier)
        except SendError as refused:
            if refused.treatment.retry or refused.kind in (SendErrorKind.REAUTH, SendErrorKind.UNKNOWN):
                await self._record(PartPostponed(part, _in(delay_after(refused, 1, first=CHECK_SECONDS))))
            else:
                await self._record(PartFailed(part, refused.kind, refused.reason, retry_at=None, began=True))
        else:
            await self._taken(part, receipt)

    async def _recover(self, part: OutboxPart) -> None:
        """A part that is `sending` though nobody sends it: its holder died, or lost the lease."""
        unit = await self._recovery.resolve(part)
        _log.warning("part_recovered", part=part.id, channel=self.channel_id, unit=type(unit).__name__)
        if unit is None:
            self._pace.pause(_in(5.0))
        else:
            await self._record(unit)

    # -- what a failure means

    async def _refused(self, part: OutboxPart, refused: SendError, *, began: bool) -> None:
        _log.warning(
            "send_refused",
            part=part.id,
            channel=self.channel_id,
            kind=refused.kind.value,
            reason=refused.reason,
            attempt=part.attempts + 1,
        )
        self._was_well = False
        if refused.kind is SendErrorKind.REAUTH:
            instead = await self._refresher.instead(self.channel_id, refused)
            if instead is None:
                await self._record(PartFailed(part, refused.kind, refused.reason, retry_at=_in(0.0), began=began))
                return
            refused = instead
        match refused.kind:
            case SendErrorKind.THROTTLED:
                retry_at: int | None = self._throttled(part, refused)
            case SendErrorKind.UNREACHABLE:
                retry_at = await self._unreachable(part, refused)
            case SendErrorKind.REAUTH:
                retry_at = await self._signed_out(refused)
            case SendErrorKind.UNKNOWN if self._connector.manifest.idempotent_sends:
                # The same key: the network knows whether it has it.
                retry_at = await self._unreachable(part, refused)
            case SendErrorKind.UNKNOWN if self._connector.lookup_sent is not None:
                # It stays `sending` and nobody's: the look-up of a crash settles it.
                self._pace.pause(_in(2.0))
                return
            case _:
                retry_at = None
        await self._record(PartFailed(part, refused.kind, refused.reason, retry_at=retry_at, began=began))

    def _throttled(self, part: OutboxPart, refused: SendError) -> int:
        """The whole channel waits as long as the network says, an hour at most. What is refused again and again waits
        longer and longer: a network that says "at once" each time would use up all its attempts in seconds.
        """
        until = asked_until(refused) or _in(delay_seconds(part.attempts + 1, first=5, longest=600))
        self._pace.pause(until)
        return max(until, _in(delay_seconds(part.attempts + 1, first=FIRST_AGAIN_SECONDS, longest=600)))

    async def _unreachable(self, part: OutboxPart, refused: SendError) -> int:
        self._failures += 1
        retry_at = _in(delay_seconds(part.attempts + 1, first=5, longest=600))
        until = asked_until(refused)
        if until is not None:
            # A network that is being mended says until when (RFC 9110 15.6.4): for all that would be sent.
            self._pace.pause(until)
            retry_at = max(retry_at, until)
        if self._failures >= DOWN_AFTER:
            self._pace.pause(_in(delay_seconds(self._failures - DOWN_AFTER + 1, first=15, longest=300)))
            await self._note("down", refused)
        return retry_at

    async def _signed_out(self, refused: SendError) -> int:
        """The parts wait for an admin."""
        self._pace.pause(_in(BLOCKED_SECONDS))
        await self._note("needs_attention", refused)
        return _in(0.0)

    # -- writing

    async def _record(self, unit: PartUnit) -> None:
        await record(self._writer, unit, part=unit.part.id)

    async def _note(self, condition: Condition, why: SendError | str = "") -> None:
        try:
            if isinstance(why, SendError):
                await self._health.refused(self.channel_id, condition, why)
            else:
                await self._health.channel(self.channel_id, condition, why, "fault" if why else "")
        except Unavailable:
            _log.warning("channel_health_not_written", channel=self.channel_id, health=condition)


def _in(seconds: float) -> int:
    return clock.now() + round(seconds * clock.SECOND)
