"""Targets of resolutions: by when an episode is to be closed, counted from its first item that needs an answer.

The clock may stand still, if the policy says so: while nobody waits for us, or while the conversation is snoozed until
the customer writes. A wait's clock never does (docs/metrics.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inbox.clock import SECOND
from inbox.domain import events as e
from inbox.domain.calendar import open_time
from inbox.domain.records import Conversation
from inbox.domain.sla import Due, Promise, due
from inbox.domain.targets import dated, hours_for, next_at, promise_for, target_for, terms_of

if TYPE_CHECKING:
    from inbox.domain.state import State

RESOLUTION = "resolution"
"""Kind of the timer of a resolution target; its ref is the conversation."""


class Running(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A conversation's resolution target as it stands."""

    target: e.Target
    warned_at: int | None = None
    breached_at: int | None = None


running_of = msgspec.json.Decoder(Running).decode


def run(state: State, conversation: Conversation, since: int | None) -> None:
    """Have the clock of the resolution run or stand as it should now. `since`: when it begins, if it does."""
    if conversation.merged_into is not None or conversation.spam or conversation.status == "closed":
        return
    if conversation.resolution:
        _run_or_stand(state, conversation, running_of(conversation.resolution))
        return
    if since is None or not state.terms.resolves or not state.anybody_waits(conversation.id):
        return
    promise = promise_for(state, conversation)
    target = promise and target_for(state, conversation, promise, "resolution", since, since)
    if target:
        move(state, conversation, target, "opened")


def _run_or_stand(state: State, conversation: Conversation, running: Running) -> None:
    target = running.target
    terms = terms_of(state, target)
    if running.breached_at is not None or not terms.pauses:
        return
    stands = ("waiting_on_customer" in terms.pauses and not state.anybody_waits(conversation.id)) or (
        "snoozed_until_reply" in terms.pauses
        and conversation.status == "snoozed"
        and bool(conversation.snooze_until_reply)
    )
    calendar = hours_for(state, conversation, terms)
    if stands and target.deadline_at is not None:
        left = max(target.left - open_time(calendar, target.since_at, state.now), 0)
        move(state, conversation, dated(target, state.now, left, Due(None, None)), "paused")
    elif not stands and target.deadline_at is None:
        found = due(calendar, state.now, target.left, terms.warning_seconds)
        if found.deadline_at is not None:
            move(state, conversation, dated(target, state.now, target.left, found), "resumed")


def close(state: State, conversation: Conversation) -> None:
    """The episode ends. A clock that stands goes on before, so that what was kept has a deadline and is counted: the
    usual end is a close after the answer, while nobody waits for us.
    """
    running = running_of(conversation.resolution)
    target = running.target
    if running.breached_at is not None or target.deadline_at is not None:
        return
    found = due(hours_for(state, conversation, terms_of(state, target)), state.now, target.left, None)
    if found.deadline_at is not None:
        move(state, conversation, dated(target, state.now, target.left, found), "resumed")


def rematch(state: State, conversation: Conversation, promise: Promise | None, reason: str) -> None:
    """Another policy promises the resolution: what has passed of the old target has passed of the new one."""
    running = running_of(conversation.resolution)
    old = running.target
    if running.breached_at is not None or (promise is not None and promise.policy_id == old.policy_id):
        return
    seconds = promise.terms.resolution_seconds if promise is not None else None
    if promise is None or seconds is None:
        move(state, conversation, None, reason)
        return
    stood = old.deadline_at is None
    hours = hours_for(state, conversation, terms_of(state, old))
    passed = old.seconds * SECOND - old.left + (0 if stood else open_time(hours, old.since_at, state.now))
    left = max(seconds * SECOND - passed, 0)
    found = due(hours_for(state, conversation, promise.terms), state.now, left, promise.terms.warning_seconds)
    new = e.Target(
        kind="resolution", policy_id=promise.policy_id, policy_version=promise.terms.version, seconds=seconds,
        since_at=state.now, left=left,
    )  # fmt: skip
    move(state, conversation, new if stood else dated(new, state.now, left, found), reason)


def move(state: State, conversation: Conversation, target: e.Target | None, reason: str) -> None:
    state.emit(
        e.TargetChanged(conversation_id=conversation.id, target=target, reason=reason)  # type: ignore[arg-type]
    )
    arm(state, conversation)


def arm(state: State, conversation: Conversation) -> None:
    running = running_of(conversation.resolution) if conversation.resolution else None
    at = None
    if running is not None:
        at = next_at(running.target, running.target.deadline_at, running.warned_at, running.breached_at)
    if at is None:
        state.drop_timer(RESOLUTION, conversation.id)
    else:
        state.set_timer(RESOLUTION, conversation.id, at)


def fell_due(state: State, conversation_id: int) -> bool:
    """The timer of a resolution target fired. False when it means nothing any more."""
    conversation = state.conversations.get(conversation_id)
    if conversation is None or not conversation.resolution or conversation.merged_into is not None:
        return False
    before = state.workspace.position
    running = running_of(conversation.resolution)
    target = running.target
    warns = target.deadline_at is not None and running.warned_at is None and running.breached_at is None
    if warns and target.deadline_at is not None and target.warn_at is not None and target.warn_at <= state.now:
        warned = e.TargetWarned(
            conversation_id=conversation.id, kind=target.kind, policy_id=target.policy_id,
            deadline_at=target.deadline_at,
        )  # fmt: skip
        state.emit(warned, at=target.warn_at)
    settle(state, conversation)
    arm(state, conversation)
    return state.workspace.position > before


def settle(state: State, conversation: Conversation) -> None:
    running = running_of(conversation.resolution)
    target = running.target
    if running.breached_at is not None or target.deadline_at is None or target.deadline_at > state.now:
        return
    state.emit(
        e.TargetBreached(
            conversation_id=conversation.id,
            kind=target.kind,
            policy_id=target.policy_id,
            policy_version=target.policy_version,
            deadline_at=target.deadline_at,
            team_id=conversation.team_id,
            assignee_id=conversation.assignee_id,
        ),
        at=target.deadline_at,
    )
