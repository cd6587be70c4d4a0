"""Timers that have come due: holds, snoozes and targets end. A timer that is gone fires nothing."""

from __future__ import annotations

from collections.abc import Callable

from inbox.commands.notifications import DigestDue
from inbox.commands.posts import CarryOn
from inbox.commands.report_mails import ReportMailDue
from inbox.commands.routing import ReturnWork
from inbox.domain import clocks, escalating, public_lines, releasing, resolution, targets
from inbox.domain import conversation as conversations
from inbox.domain.chains import Chain
from inbox.domain.desk_records import Line
from inbox.domain.notifying import DIGEST
from inbox.domain.posts import CARRY
from inbox.domain.records import Timer
from inbox.domain.report_mails import REPORT_MAIL
from inbox.domain.sla import Terms
from inbox.domain.sla_records import Calendar, Policy
from inbox.domain.state import Needs, State
from inbox.domain.triage import SNOOZE
from inbox.eventlog.load import rows_of
from inbox.eventlog.unit import Priority, Unit
from inbox.storage import messages, rows
from inbox.storage import targets as stored
from inbox.storage.database import Query
from inbox.storage.routing import RETURN

SLICE = 200
"""Conversations whose targets are worked out anew in one transaction."""


def unit_of(timer: Timer) -> Unit:
    """What fires a timer."""
    if timer.kind == public_lines.LINE:
        return FireLine(timer)
    if timer.kind == RETURN:
        return ReturnWork(timer.ref)
    if timer.kind == CARRY:
        return CarryOn(timer.ref)
    if timer.kind == DIGEST:
        return DigestDue(timer)
    if timer.kind == REPORT_MAIL:
        return ReportMailDue(timer)
    return Recount(timer) if timer.kind in (clocks.RECOUNT, clocks.RECOUNT_CONTACT) else Fire(timer)


class Fire(Unit):
    """Fire one timer. True when something happened; False when it is gone, was set anew, or means nothing any more."""

    priority = Priority.NETWORK

    def __init__(self, timer: Timer) -> None:
        self.kind = timer.kind
        self.ref = timer.ref

    def needs(self, needs: Needs) -> None:
        """The timer and what it is about."""
        needs.due.add((self.kind, self.ref))
        if self.kind == releasing.RELEASE:
            needs.messages.add(self.ref)
            needs.outbox_of.add(self.ref)
        elif self.kind in (SNOOZE, resolution.RESOLUTION, escalating.CHAIN):
            needs.conversations.add(self.ref)
        elif self.kind == targets.TARGET:
            needs.waits.add(self.ref)

    def decide(self, state: State) -> bool:
        """Look again under the lock, then fire."""
        timer = state.timer(self.kind, self.ref)
        if timer is None or timer.due_at > state.now:
            return False
        state.drop_timer(self.kind, self.ref)
        return FIRES[self.kind](state, self.ref)


def _release(state: State, message_id: int) -> bool:
    message = state.messages.get(message_id)
    return message is not None and releasing.released(state, message)


def _wake(state: State, conversation_id: int) -> bool:
    conversation = state.conversations.get(conversation_id)
    if conversation is None or conversation.status != "snoozed":
        return False
    conversations.woken(state, conversation, "time")
    return True


FIRES: dict[str, Callable[[State, int], bool]] = {
    releasing.RELEASE: _release,
    SNOOZE: _wake,
    targets.TARGET: targets.fell_due,
    resolution.RESOLUTION: resolution.fell_due,
    escalating.CHAIN: escalating.fell_due,
}
"""Kind of timer → what its firing decides."""


class FireLine(Unit):
    """See whether the private answer was taken, and let its public line go, or hold it back. True once settled."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, timer: Timer) -> None:
        self.ref = timer.ref

    def needs(self, needs: Needs) -> None:
        """The line with its parts."""
        needs.due.add((public_lines.LINE, self.ref))
        needs.messages.add(self.ref)
        needs.outbox_of.add(self.ref)
        needs.answered_by.add(self.ref)

    def run(self, state: State) -> Query[bool]:
        """Look at the answer under the lock."""
        timer = state.timer(public_lines.LINE, self.ref)
        if timer is None or timer.due_at > state.now:
            return False
        state.drop_timer(public_lines.LINE, self.ref)
        line = yield from rows.one(Line, self.ref)
        message = state.messages.get(self.ref)
        if line is None or message is None:
            return False
        answer = yield from messages.one(line.after_id)
        if not public_lines.settled(state, message, answer):
            return False
        yield from rows.remove(Line, line.id)
        return True


class Recount(Unit):
    """Calendars changed, or a field of a contact: the targets that run are worked out anew, a slice at a time. The
    timer itself says how far it came, so that a stop in between forgets none. True while there may be more.
    """

    priority = Priority.BULK
    alone = True
    weight = SLICE

    def __init__(self, timer: Timer) -> None:
        self.kind = timer.kind
        self.ref = timer.ref

    def needs(self, needs: Needs) -> None:
        """The timer."""
        needs.due.add((self.kind, self.ref))

    def run(self, state: State) -> Query[bool]:
        """The next slice."""
        if state.timer(self.kind, self.ref) is None:
            return False
        state.drop_timer(self.kind, self.ref)
        # Read here: what this process holds may be a moment old.
        policies, calendars = (yield from rows.every(Policy)), (yield from rows.every(Calendar))
        state.terms = Terms(policies, calendars, (yield from rows.every(Chain)))
        if self.kind == clocks.RECOUNT_CONTACT:
            found = yield from stored.of_contact(self.ref, SLICE)
            yield from rows_of(state, found)
            for conversation_id in found:
                clocks.rematch(state, state.conversations[conversation_id], "contact")
            return False
        found = yield from stored.running(self.ref, SLICE)
        yield from rows_of(state, found)
        for conversation_id in found:
            clocks.recount(state, state.conversations[conversation_id])
        if len(found) == SLICE:
            state.set_timer(clocks.RECOUNT, found[-1], state.now)
        return len(found) == SLICE
