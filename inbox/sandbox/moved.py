"""Units of the past: decided like any other, at an instant of their own.

Every decision reads the time from its batch (`State.now`), so a unit is moved by moving that for as long as it decides.
The service's one writer writes it, behind everything that people and networks do now.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from msgspec.structs import replace

from connectors.errors import SendError
from connectors.outbound import Receipt
from inbox.commands import siblings
from inbox.commands.due import FIRES, Fire
from inbox.domain import delivering, moderating
from inbox.domain.escalating import CHAIN
from inbox.domain.records import ASIDE, OutboxPart, Timer
from inbox.domain.resolution import RESOLUTION
from inbox.domain.siblings import needs_of as needs_of_sibling
from inbox.domain.state import ChannelFacts, Needs, State
from inbox.domain.targets import TARGET
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.intake.receive import DeliveryUnit
from inbox.storage import sandbox as stored
from inbox.storage.database import Query

FAR = 9_000_000_000_000_000
"""An instant at which nothing fires any more, µs."""
Place = tuple[int, str]
"""(channel, the network's id of a thread or an item)."""
ClockKey: TypeAlias = tuple[str, int]
"""Kind and ref of a timer."""
_DEADLINES = frozenset({TARGET, RESOLUTION, CHAIN})


class Clocks:
    """Deadlines that run in the past. The service's clockwork would fire them at once, before it is told what came of
    them: they are put off in the store, and each is fired in its turn.
    """

    def __init__(self) -> None:
        self._due: dict[int, dict[ClockKey, int]] = {}

    def due(self, conversation_id: int, until: int) -> tuple[ClockKey, int] | None:
        """The first deadline of a conversation up to an instant, with its own."""
        running = self._due.get(conversation_id, {})
        first = min(running.items(), key=lambda one: (one[1], one[0]), default=None)
        return first if first is not None and first[1] <= until else None

    def left(self, conversation_id: int) -> dict[ClockKey, int]:
        """Those of a conversation that are still to come; they are forgotten here."""
        return self._due.pop(conversation_id, {})

    @contextlib.contextmanager
    def held(self, state: State) -> Iterator[None]:
        """Put off the deadlines that are set meanwhile, and forget those that end."""
        before = dict(state.timers)
        try:
            yield
        finally:
            for key, timer in state.timers.items():
                if key[0] in _DEADLINES and timer is not before.get(key, key):
                    self._note(state, key, timer)

    def _note(self, state: State, key: ClockKey, timer: Timer | None) -> None:
        kind, ref = key
        conversation_id = state.waits[ref].conversation_id if kind == TARGET else ref
        running = self._due.setdefault(conversation_id, {})
        if timer is None:
            running.pop(key, None)
        elif timer.due_at != FAR:
            running[key] = timer.due_at
            state.timers[key] = replace(timer, due_at=FAR)


class Landed(NamedTuple):
    """An item of a customer that came in: its conversation, its own id, its place in the log, and when it came."""

    conversation_id: int
    item_id: int
    position: int
    at: int


class Landings:
    """Where what came in has landed, by the network's ids."""

    def __init__(self) -> None:
        self.conversations: dict[Place, int] = {}
        """Of threads."""
        self.items: dict[Place, int] = {}
        """Of customers' items, our id."""
        self.fresh: list[Landed] = []
        """Customers' items that nobody has asked for yet, in the order they came."""
        self.clocks = Clocks()


class At(Unit):
    """A unit at an instant, in the rank of bulk work. `clocks` holds the deadlines that it sets; None: they are left to
    the service.
    """

    priority = Priority.BULK

    def __init__(self, unit: Unit, at: int, clocks: Clocks | None = None) -> None:
        self.unit = unit
        self.at = at
        self.clocks = clocks
        self.alone = unit.alone
        self.weight = unit.weight

    def needs(self, needs: Needs) -> None:
        """What the unit needs."""
        self.unit.needs(needs)

    def decide(self, state: State) -> Any:
        """Decide it then."""
        with self._then(state):
            return self.unit.decide(state)

    def run(self, state: State) -> Query[Any]:
        """Run it then."""
        with self._then(state):
            return (yield from self.unit.run(state))

    @contextlib.contextmanager
    def _then(self, state: State) -> Iterator[None]:
        now, state.now = state.now, self.at
        try:
            with self.clocks.held(state) if self.clocks is not None else contextlib.nullcontext():
                yield
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
        return await self._through.submit(At(unit, self.at, self.landings.clocks))


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
                new = self.landings.items.get((channel_id, message.external_id)) != message.id
                if new and message.author_kind == "contact":
                    self.landings.fresh.append(Landed(thread.conversation_id, message.id, message.position, state.now))
                self.landings.items[channel_id, message.external_id] = message.id
                self.landings.conversations[channel_id, thread.external_id] = thread.conversation_id
        return outcomes


class HeldBack(Unit):
    """A command, or what a rule does, whose parts the service's own holder must not send: it would send them today. The
    result are the parts that have to be sent.
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
        return _put_off(state, before)

    def run(self, state: State) -> Query[list[OutboxPart]]:
        """The same for what runs alone."""
        before = len(state.new.get(OutboxPart, ()))
        yield from self.unit.run(state)
        return _put_off(state, before)


def _put_off(state: State, before: int) -> list[OutboxPart]:
    parts: list[OutboxPart] = state.new.get(OutboxPart, [])[before:]  # type: ignore[assignment]
    for part in parts:
        part.next_at = ASIDE
    return [part for part in parts if part.state == "waiting"]


class Rang(Fire):
    """A deadline of the past was reached: what its timer would have decided then."""

    priority = Priority.BULK

    def __init__(self, key: ClockKey) -> None:
        self.kind, self.ref = key

    def decide(self, state: State) -> bool:
        """Fire it, though the store has it put off."""
        state.drop_timer(self.kind, self.ref)
        return FIRES[self.kind](state, self.ref)


class TakeUp(Unit):
    """Deadlines that were put off when a telling was cut off are the service's own."""

    priority = Priority.BULK
    alone = True

    def run(self, state: State) -> Query[None]:
        """They are due now: what fires them looks when they were."""
        yield from stored.due_again(FAR, state.now)


class Handover(Unit):
    """The deadlines that are still to come are the service's own from now on."""

    priority = Priority.BULK

    def __init__(self, running: Mapping[ClockKey, int]) -> None:
        self.running = running

    def decide(self, state: State) -> None:
        """Set them to their instants."""
        for (kind, ref), due_at in self.running.items():
            state.set_timer(kind, ref, due_at)


class Sent(Unit):
    """A part went out in the past: the attempt, and each answer of the network at its instant, the last one final.
    `there`: the channel on which a private answer landed, when its thread is to join the comment's conversation.
    """

    priority = Priority.BULK

    def __init__(
        self, part: OutboxPart, at: int, receipts: Sequence[tuple[int, Receipt]], clocks: Clocks,
        there: ChannelFacts | None = None,
    ) -> None:  # fmt: skip
        self.part = part
        self.at = at
        self.clocks = clocks
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
        with self.clocks.held(state):
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
