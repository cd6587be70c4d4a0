"""Timers that have come due: holds end, snoozes end. A timer that is gone fires nothing."""

from __future__ import annotations

from collections.abc import Callable

from inbox.domain import conversation as conversations
from inbox.domain import delivering
from inbox.domain.records import Timer
from inbox.domain.state import Needs, State
from inbox.domain.triage import SNOOZE
from inbox.eventlog.unit import Priority, Unit


class Fire(Unit):
    """Fire one timer. True when something happened; False when it is gone, was set anew, or means nothing any more."""

    priority = Priority.NETWORK

    def __init__(self, timer: Timer) -> None:
        self.kind = timer.kind
        self.ref = timer.ref

    def needs(self, needs: Needs) -> None:
        """The timer and what it is about."""
        needs.due.add((self.kind, self.ref))
        if self.kind == delivering.RELEASE:
            needs.messages.add(self.ref)
            needs.outbox_of.add(self.ref)
        elif self.kind == SNOOZE:
            needs.conversations.add(self.ref)

    def decide(self, state: State) -> bool:
        """Look again under the lock, then fire."""
        timer = state.timer(self.kind, self.ref)
        if timer is None or timer.due_at > state.now:
            return False
        state.drop_timer(self.kind, self.ref)
        return FIRES[self.kind](state, self.ref)


def _release(state: State, message_id: int) -> bool:
    message = state.messages.get(message_id)
    return message is not None and delivering.released(state, message)


def _wake(state: State, conversation_id: int) -> bool:
    conversation = state.conversations.get(conversation_id)
    if conversation is None or conversation.status != "snoozed":
        return False
    conversations.woken(state, conversation, "time")
    return True


FIRES: dict[str, Callable[[State, int], bool]] = {delivering.RELEASE: _release, SNOOZE: _wake}
"""Kind of timer → what its firing decides."""
