"""Units of the past: decided like any other, at an instant of their own.

Every decision reads the time from its batch (`State.now`), so a unit is moved by moving that for as long as it decides.
The service's one writer writes it, behind everything that people and networks do now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.errors import SendError
from connectors.outbound import Receipt
from inbox.commands import siblings
from inbox.domain import delivering, moderating
from inbox.domain.records import OutboxPart
from inbox.domain.siblings import needs_of as needs_of_sibling
from inbox.domain.state import ChannelFacts, Needs, State
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.intake.receive import DeliveryUnit
from inbox.storage.database import Query

FAR = 9_000_000_000_000_000
"""An instant at which nothing is sent any more, µs."""
Place = tuple[int, str]
"""(channel, the network's id of a thread or an item)."""


class Landings:
    """Where what came in has landed, by the network's ids."""

    def __init__(self) -> None:
        self.conversations: dict[Place, int] = {}
        """Of threads."""
        self.items: dict[Place, int] = {}
        """Of customers' items, our id."""


class At(Unit):
    """A unit at an instant, in the rank of bulk work."""

    priority = Priority.BULK

    def __init__(self, unit: Unit, at: int) -> None:
        self.unit = unit
        self.at = at
        self.alone = unit.alone
        self.weight = unit.weight

    def needs(self, needs: Needs) -> None:
        """What the unit needs."""
        self.unit.needs(needs)

    def decide(self, state: State) -> Any:
        """Decide it then."""
        now, state.now = state.now, self.at
        try:
            return self.unit.decide(state)
        finally:
            state.now = now

    def run(self, state: State) -> Query[Any]:
        """Run it then."""
        now, state.now = state.now, self.at
        try:
            return (yield from self.unit.run(state))
        finally:
            state.now = now


class Moved(Writer):
    """The service's writer, for whoever is to write at an instant of the past. `landings` learns of what comes in."""

    def __init__(self, writer: Writer, at: int, landings: Landings) -> None:
        self._through = writer
        self.at = at
        self.landings = landings

    async def submit(self, unit: Unit) -> Any:
        """Have the unit decided at that instant and committed."""
        if isinstance(unit, DeliveryUnit):
            unit = _Landing(unit, self.landings)
        return await self._through.submit(At(unit, self.at))


class _Landing(Unit):
    """A delivery that tells where it landed."""

    def __init__(self, unit: DeliveryUnit, landings: Landings) -> None:
        self.unit = unit
        self.landings = landings
        self.weight = unit.weight

    def needs(self, needs: Needs) -> None:
        self.unit.needs(needs)

    def decide(self, state: State) -> list[str]:
        outcomes = self.unit.decide(state)
        channel_id = self.unit.arrived.channel.id
        for item in self.unit.items:
            message = state.message_by_key.get((channel_id, getattr(item.inbound, "external_id", "")))
            thread = state.threads.get(message.thread_id or 0) if message is not None else None
            if message is not None and thread is not None and message.external_id:
                self.landings.items[channel_id, message.external_id] = message.id
                self.landings.conversations[channel_id, thread.external_id] = thread.conversation_id
        return outcomes


class HeldBack(Unit):
    """A command whose parts the service's own holder must not send: it would send them today. The result are the parts
    that have to be sent.
    """

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.alone = unit.alone

    def needs(self, needs: Needs) -> None:
        """What the command needs."""
        self.unit.needs(needs)

    def decide(self, state: State) -> list[OutboxPart]:
        """Decide, then put off what it wants to have sent."""
        before = len(state.new.get(OutboxPart, ()))
        self.unit.decide(state)
        parts: list[OutboxPart] = state.new.get(OutboxPart, [])[before:]  # type: ignore[assignment]
        for part in parts:
            part.next_at = FAR
        return [part for part in parts if part.state == "waiting"]


class Sent(Unit):
    """A part went out in the past: the attempt, and each answer of the network at its instant, the last one final.
    `there`: the channel on which a private answer landed, when its thread is to join the comment's conversation.
    """

    priority = Priority.BULK

    def __init__(
        self, part: OutboxPart, at: int, receipts: Sequence[tuple[int, Receipt]], there: ChannelFacts | None = None
    ) -> None:
        self.part = part
        self.at = at
        self.receipts = receipts
        self.there = there
        self.alone = there is not None

    @property
    def final(self) -> Receipt:
        """The network's last word."""
        return self.receipts[-1][1]

    def needs(self, needs: Needs) -> None:
        """The part with its message, thread and waits, and what the network's ids may belong to."""
        needs.outbox.add(self.part.id)
        needs.threads_by_id.add(self.part.thread_id)
        if self.part.purpose == "action":
            moderating.needs_of(needs, self.part)
        ids = siblings.ids_of(self.final)
        needs.items |= {(self.part.channel_id, external_id) for external_id in ids}
        if self.there is not None and self.final.sibling is not None:
            needs_of_sibling(needs, self.there, self.final.sibling, ids)

    def decide(self, state: State) -> None:
        """Begin, then take each answer in."""
        part, now = state.outbox.get(self.part.id), state.now
        if part is None:
            return
        state.now = self.at
        delivering.attempt_began(state, part, 0)
        for state.now, receipt in self.receipts:
            delivering.accepted(state, part, receipt)
            if part.purpose == "action" and part.state == "accepted":
                moderating.action_accepted(state, part, receipt)
        state.now = now

    def run(self, state: State) -> Query[None]:
        """Alone, where a private answer binds a thread."""
        self.decide(state)
        now, state.now = state.now, self.receipts[-1][0]
        if self.there is not None and self.final.sibling is not None:
            message = state.messages[self.part.message_id]
            yield from siblings.bound(state, message, self.there, self.final.sibling, siblings.ids_of(self.final))
        state.now = now


class NotSent(Unit):
    """A part that the network refused in the past."""

    priority = Priority.BULK

    def __init__(self, part: OutboxPart, refused: SendError) -> None:
        self.part = part
        self.refused = refused

    def needs(self, needs: Needs) -> None:
        """The part with its message, thread and waits."""
        needs.outbox.add(self.part.id)
        needs.threads_by_id.add(self.part.thread_id)

    def decide(self, state: State) -> None:
        """It ends refused."""
        part = state.outbox.get(self.part.id)
        if part is not None:
            delivering.failed(state, part, self.refused.kind, self.refused.reason, retry_at=None)
