"""What is committed around an attempt: that it began, before anything can be seen; what the network said, after."""

from __future__ import annotations

from connectors.errors import SendErrorKind
from connectors.outbound import Receipt
from inbox.commands import siblings
from inbox.delivery import filing
from inbox.domain import delivering, moderating
from inbox.domain.records import OutboxPart
from inbox.domain.siblings import needs_of as needs_of_sibling
from inbox.domain.state import ChannelFacts, Needs, State
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Priority, Unit
from inbox.intake.printable import printable, printable_record
from inbox.storage.database import Query

MOST_ATTEMPTS = 150
"""With ten minutes between late attempts, about a day; then the agent is told that it will not arrive."""
_STOPPED = "The service stopped while it was being sent."


class PartUnit(Unit):
    """A unit about one part. `part` is the part as its holder read it."""

    priority = Priority.NETWORK

    def __init__(self, part: OutboxPart) -> None:
        self.part = part

    def needs(self, needs: Needs) -> None:
        """The part with its message, thread and waits."""
        needs.outbox.add(self.part.id)
        needs.threads_by_id.add(self.part.thread_id)
        if self.part.purpose == "action":
            moderating.needs_of(needs, self.part)

    def current(self, state: State) -> OutboxPart | None:
        """The part as it is now; None when it is gone."""
        return state.outbox.get(self.part.id)

    def unchanged(self, part: OutboxPart) -> bool:
        """Whether nobody began, ended or took back the part since its holder read it."""
        return (part.state, part.attempts, part.key) == (self.part.state, self.part.attempts, self.part.key)


class AttemptBegan(PartUnit):
    """From here on a customer may see it. False: somebody else has it, or it was taken back, so it must not be sent."""

    def __init__(self, part: OutboxPart, fence: int) -> None:
        super().__init__(part)
        self.fence = fence

    def decide(self, state: State) -> bool:
        """Compare with what the holder read: of two holders that read the same, one begins."""
        part = self.current(state)
        if part is None or part.state != "waiting" or not self.unchanged(part):
            return False
        return delivering.attempt_began(state, part, self.fence)


class PartAccepted(PartUnit):
    """The network took it, or has it under review. `there`: the channel on which a private reply landed, when the
    thread it landed in is to join the comment's conversation.
    """

    def __init__(self, part: OutboxPart, receipt: Receipt, there: ChannelFacts | None = None) -> None:
        super().__init__(part)
        self.receipt = printable_record(receipt, Receipt)
        self.there = there
        self.alone = there is not None

    def needs(self, needs: Needs) -> None:
        """Also whether an item of that id is here already: its echo can come before the answer."""
        super().needs(needs)
        ids = siblings.ids_of(self.receipt)
        needs.items |= {(self.part.channel_id, external_id) for external_id in ids}
        if self.receipt.thread_id:
            needs.threads.add((self.part.channel_id, self.receipt.thread_id))
        if self.there is not None and self.receipt.sibling is not None:
            needs_of_sibling(needs, self.there, self.receipt.sibling, ids)

    def decide(self, state: State) -> None:
        """When an echo or a receipt told it before, only the names that the network gave are new."""
        part = self.current(state)
        if part is None:
            return
        was_known = part.state in ("accepted", "cancelled")
        delivering.accepted(state, part, self.receipt)
        if part.purpose == "action" and part.state == "accepted" and not was_known:
            moderating.action_accepted(state, part, self.receipt)
        if self.receipt.copy and part.state == "accepted" and not was_known:
            state.add(filing.job_of(state, part, self.receipt.copy))

    def run(self, state: State) -> Query[None]:
        """Alone, where the thread of a private reply is bound in the same transaction."""
        self.decide(state)
        part, sibling = self.current(state), self.receipt.sibling
        if part is not None and part.state == "accepted" and self.there is not None and sibling is not None:
            message = state.messages[part.message_id]
            yield from siblings.bound(state, message, self.there, sibling, siblings.ids_of(self.receipt))


async def landed_on(directory: Directory, channel_id: int, receipt: Receipt) -> ChannelFacts | None:
    """The channel a private reply landed on, by its receipt; None where there is none, or it stays apart."""
    if receipt.sibling is None:
        return None
    return (await directory.fresh()).sibling_of(channel_id, receipt.sibling.network)


class PartFailed(PartUnit):
    """It did not work: it is tried again at `retry_at`, or ends refused or unknown."""

    def __init__(
        self, part: OutboxPart, kind: SendErrorKind, reason: str, *, retry_at: int | None, began: bool
    ) -> None:
        super().__init__(part)
        self.kind = kind
        self.reason = printable(reason)
        self.retry_at = retry_at
        self.began = began

    def decide(self, state: State) -> None:
        """An attempt that failed before its effect counts as one too, else its back-off would not grow."""
        part = self.current(state)
        if part is None or part.state not in ("waiting", "sending", "pending"):
            return
        if not self.began:
            part.attempts += 1
        retry_at = self.retry_at if part.attempts < MOST_ATTEMPTS else None
        # An unknown that is sent again is, to the agent, a network that could not be reached.
        again = self.kind is SendErrorKind.UNKNOWN and retry_at is not None
        kind = SendErrorKind.UNREACHABLE if again else self.kind
        delivering.failed(state, part, kind, self.reason, retry_at=retry_at)


class PartPostponed(PartUnit):
    """What is under review is asked about later."""

    def __init__(self, part: OutboxPart, until: int) -> None:
        super().__init__(part)
        self.until = until

    def decide(self, state: State) -> None:
        """Only while it is still under review."""
        part = self.current(state)
        if part is not None and part.state == "pending":
            part.next_at = self.until
            state.touch(part)


class PartRecovered(PartUnit):
    """An attempt that nobody is carrying out any more can safely be made again, or nobody knows what became of it."""

    def __init__(self, part: OutboxPart, *, known: bool) -> None:
        super().__init__(part)
        self.known = known

    def decide(self, state: State) -> bool:
        """False when its holder turned out to be alive, and settled it."""
        part = self.current(state)
        if part is None or part.state != "sending" or not self.unchanged(part):
            return False
        if not self.known:
            delivering.failed(state, part, SendErrorKind.UNKNOWN, _STOPPED, retry_at=None)
            return True
        part.state, part.next_at, part.effect_at = "waiting", None, None
        state.touch(part)
        return True
