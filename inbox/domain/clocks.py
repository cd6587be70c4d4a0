"""Which events set, move, end or miss a target. What fell due before something else happened is recorded before it,
with the deadline as its time, so that a worker that was stopped changes no result.

`State.emit` calls `settle` before and `follow` after each event of `DECIDE`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from inbox.domain import events as e
from inbox.domain import resolution
from inbox.domain.records import Conversation, Wait
from inbox.domain.resolution import RESOLUTION, running_of
from inbox.domain.sla import Kind
from inbox.domain.targets import (
    TARGET,
    answered_in_time,
    arm,
    breach,
    move,
    not_before,
    on_other_hours,
    overdue,
    promise_for,
    target_for,
    target_of,
    worked_out,
)

if TYPE_CHECKING:
    from inbox.domain.state import State

RECOUNT = "recount_targets"
"""Kind of the timer that works out all running targets anew; its ref is the conversation it goes on after."""
RECOUNT_CONTACT = "recount_contact"
"""The same for the conversations of one contact, its ref."""
_ENDS = (e.WaitAnswered, e.WaitDismissed, e.WaitVoided)
_LABELS = (e.PriorityChanged, e.TagAdded, e.TagRemoved)
_PACE = (e.ConversationReopened, e.ConversationSnoozed, e.ConversationWoken)
DECIDE = frozenset(
    {
        e.WaitOpened, e.WaitReopened, *_ENDS, *_LABELS, *_PACE, e.TeamChanged, e.AssigneeChanged, e.ConversationClosed,
        e.SpamMarked, e.ConversationsMerged, e.ConversationsUnmerged,
    }
)  # fmt: skip
"""Events that can set, move, end or miss a target."""


def settle(state: State, event: e.AnyEvent) -> None:
    """Record what fell due in the conversation before this event happens to it."""
    conversation = state.conversations.get(e.conversation_of(event) or 0)
    if conversation is None:
        return
    if conversation.deadline_at is not None and conversation.deadline_at <= state.now:
        for wait in state.open_waits(conversation.id):
            if overdue(state, wait) and not answered_in_time(state, wait, event):
                breach(state, conversation, wait)
    if conversation.resolution:
        resolution.settle(state, conversation)
        if isinstance(event, e.ConversationClosed):
            resolution.close(state, conversation)
        if isinstance(event, (e.ConversationClosed, e.ConversationsMerged)):
            state.drop_timer(RESOLUTION, conversation.id)


def follow(state: State, event: e.AnyEvent) -> None:
    """Set, move or end targets as an event wants it."""
    conversation = state.conversations.get(e.conversation_of(event) or 0)
    if conversation is None:
        return
    if isinstance(event, (e.WaitOpened, e.WaitReopened)):
        wait = state.waits[event.wait_id]
        arm(state, wait)
        resolution.run(state, conversation, wait.opened_at if isinstance(event, e.WaitOpened) else state.now)
    elif isinstance(event, _ENDS):
        _ended(state, state.waits[event.wait_id], event)
        resolution.run(state, conversation, None)
    elif isinstance(event, _LABELS):
        rematch(state, conversation, "priority" if isinstance(event, e.PriorityChanged) else "tag")
    elif isinstance(event, _PACE):
        resolution.run(state, conversation, state.now)
    elif isinstance(event, e.TeamChanged):
        _rebase(state, conversation, event.before)
    elif isinstance(event, e.SpamMarked) and conversation.resolution:
        state.emit(e.TargetChanged(conversation_id=conversation.id, reason="spam"))
        state.drop_timer(RESOLUTION, conversation.id)
    elif isinstance(event, e.ConversationsUnmerged):
        resolution.arm(state, conversation)


def _ended(state: State, wait: Wait, event: e.WaitAnswered | e.WaitDismissed | e.WaitVoided) -> None:
    if not wait.target:
        return
    state.drop_timer(TARGET, wait.id)
    if wait.breached_at is not None and isinstance(event, e.WaitAnswered) and answered_in_time(state, wait, event):
        state.emit(e.BreachWithdrawn(conversation_id=wait.conversation_id, wait_id=wait.id, reason="answered_in_time"))


def rematch(state: State, conversation: Conversation, reason: str) -> None:
    """Something that conditions ask for changed. A target whose policy still applies keeps the version it was set by;
    what was missed stays missed; nothing falls due before the change that made it so.
    """
    if not state.terms.promises and conversation.deadline_at is None and not conversation.resolution:
        return
    promise = promise_for(state, conversation)
    policy_id = promise.policy_id if promise is not None else None
    for wait in state.open_waits(conversation.id):
        if wait.breached_at is not None or policy_id == wait.policy_id:
            continue
        kind: Kind = "first" if wait.first else "next"
        new = None
        if promise is not None:
            new = target_for(state, conversation, promise, kind, wait.opened_at, wait.customer_opened_at)
        if new is not None or wait.target:
            move(state, wait, not_before(new, state.now), reason)
    if conversation.resolution:
        resolution.rematch(state, conversation, promise, reason)
    else:
        resolution.run(state, conversation, state.now)


def _rebase(state: State, conversation: Conversation, team_before: int | None) -> None:
    """Another team holds it: from now on its calendar counts, for what is left."""
    _rework(state, conversation, "team", lambda target: on_other_hours(state, conversation, target, team_before))


def recount(state: State, conversation: Conversation) -> None:
    """Calendars changed: work out when the targets of a conversation are due by the hours in force now."""
    _rework(state, conversation, "calendar", lambda target: worked_out(state, conversation, target))


def _rework(state: State, conversation: Conversation, reason: str, work: Callable[[e.Target], e.Target | None]) -> None:
    """Move the targets that run and are not missed yet to where `work` puts them; None: they stay."""
    for wait in state.open_waits(conversation.id):
        if wait.target and wait.breached_at is None and wait.deadline_at is not None:
            new = work(target_of(wait.target))
            if new is not None:
                move(state, wait, new, reason)
    running = running_of(conversation.resolution) if conversation.resolution else None
    if running is not None and running.breached_at is None and running.target.deadline_at is not None:
        new = work(running.target)
        if new is not None:
            resolution.move(state, conversation, new, reason)
