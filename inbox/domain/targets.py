"""Targets of waits: what a policy promises, when that is due, when that moves, and what happens when it is missed
(docs/metrics.md).

A wait has at most one target, set in the unit that opens it, and keeps one timer for it: for the warning, then for the
deadline. `domain.clocks` says which events set, move and end targets; `domain.resolution` has those of conversations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from inbox.clock import MINUTE, SECOND
from inbox.domain import events as e
from inbox.domain.calendar import OpenHours, open_time
from inbox.domain.records import Conversation, Wait
from inbox.domain.sla import Due, Kind, PolicyVersion, Promise, asked_of, due

if TYPE_CHECKING:
    from inbox.domain.state import State

TARGET = "target"
"""Kind of the timer of a wait's target; its ref is the wait."""
_ON_ITS_WAY = frozenset({"queued", "sending", "pending", "accepted", "delivered", "read"})
_LOOK_AGAIN = MINUTE

encode = msgspec.json.Encoder().encode
target_of = msgspec.json.Decoder(e.Target).decode


# --- what is promised


def promised(
    state: State, conversation: Conversation | None, kind: Kind, desk_at: int, customer_at: int
) -> e.Target | None:
    """What is promised to somebody who begins to wait; None: nothing."""
    promise = promise_for(state, conversation)
    if promise is None or conversation is None:
        return None
    return target_for(state, conversation, promise, kind, desk_at, customer_at)


def promise_for(state: State, conversation: Conversation | None) -> Promise | None:
    if conversation is None or not state.terms.promises:
        return None
    contact = state.contacts.get(conversation.contact_id) if state.terms.asks_contacts else None
    return state.terms.promised(asked_of(conversation, contact))


def target_for(
    state: State, conversation: Conversation, promise: Promise, kind: Kind, desk_at: int, customer_at: int
) -> e.Target | None:
    terms = promise.terms
    seconds = terms.seconds(kind)
    if seconds is None:
        return None
    since, left = (customer_at if terms.clock == "customer" else desk_at), seconds * SECOND
    found = due(hours_for(state, conversation, terms), since, left, terms.warning_seconds)
    if found.deadline_at is None:
        return None
    return e.Target(
        kind=kind, policy_id=promise.policy_id, policy_version=terms.version, seconds=seconds, since_at=since,
        left=left, deadline_at=found.deadline_at, warn_at=found.warn_at,
    )  # fmt: skip


def hours_for(state: State, conversation: Conversation, terms: PolicyVersion) -> OpenHours | None:
    return state.terms.calendar(terms, conversation.team_id, conversation.channel_id)


def terms_of(state: State, target: e.Target) -> PolicyVersion:
    """The version a target was set by."""
    known = state.terms.version(target.policy_id, target.policy_version)
    return known or PolicyVersion(version=target.policy_version, time="calendar")


# --- when it moves


def on_other_hours(
    state: State, conversation: Conversation, target: e.Target, team_before: int | None
) -> e.Target | None:
    terms = terms_of(state, target)
    before = state.terms.calendar(terms, team_before, conversation.channel_id)
    now = hours_for(state, conversation, terms)
    if before is now:
        return None
    left = max(target.left - open_time(before, target.since_at, state.now), 0)
    since = max(target.since_at, state.now)
    moved = dated(target, since, left, due(now, since, left, terms.warning_seconds))
    return None if moved.deadline_at == target.deadline_at else moved


def worked_out(state: State, conversation: Conversation, target: e.Target) -> e.Target | None:
    terms = terms_of(state, target)
    found = due(hours_for(state, conversation, terms), target.since_at, target.left, terms.warning_seconds)
    if found.deadline_at in (None, target.deadline_at):
        return None
    return not_before(dated(target, target.since_at, target.left, found), state.now)


def dated(target: e.Target, since: int, left: int, found: Due) -> e.Target:
    return replace(target, since_at=since, left=left, deadline_at=found.deadline_at, warn_at=found.warn_at)


def not_before(target: e.Target | None, now: int) -> e.Target | None:
    """A target is never missed before it was set: days that are over stay as they were."""
    if target is None or target.deadline_at is None or (target.warn_at or target.deadline_at) >= now:
        return target
    warn_at = None if target.warn_at is None or target.deadline_at <= now else max(target.warn_at, now)
    return replace(target, deadline_at=max(target.deadline_at, now), warn_at=warn_at)


# --- waits


def arm(state: State, wait: Wait) -> None:
    """Have the next instant of a wait's target noticed: its warning, or its deadline."""
    if not wait.target or wait.end:
        return
    at = next_at(target_of(wait.target), wait.deadline_at, wait.warned_at, wait.breached_at)
    if at is None:
        state.drop_timer(TARGET, wait.id)
    else:
        state.set_timer(TARGET, wait.id, at)


def next_at(target: e.Target, deadline_at: int | None, warned_at: int | None, breached_at: int | None) -> int | None:
    if deadline_at is None or breached_at is not None:
        return None
    return target.warn_at if target.warn_at is not None and warned_at is None else deadline_at


def fell_due(state: State, wait_id: int) -> bool:
    """The timer of a wait's target fired: it warns, or the deadline has passed. False when neither is so any more."""
    wait = state.waits.get(wait_id)
    conversation = state.conversations.get(wait.conversation_id) if wait is not None else None
    if wait is None or conversation is None or wait.end or not wait.target or wait.deadline_at is None:
        return False
    target = target_of(wait.target)
    before = state.workspace.position
    warns = target.warn_at is not None and wait.warned_at is None and wait.breached_at is None
    if warns and target.warn_at is not None and target.warn_at <= state.now:
        warned = e.TargetWarned(
            conversation_id=conversation.id, wait_id=wait.id, kind=target.kind, policy_id=target.policy_id,
            deadline_at=wait.deadline_at,
        )  # fmt: skip
        state.emit(warned, at=target.warn_at)
    if overdue(state, wait):
        if answered_in_time(state, wait, None):
            # Given in time, and on its way: whether it arrives will tell.
            state.set_timer(TARGET, wait.id, state.now + _LOOK_AGAIN)
            return state.workspace.position > before
        breach(state, conversation, wait)
    arm(state, wait)
    return state.workspace.position > before


def overdue(state: State, wait: Wait) -> bool:
    return wait.deadline_at is not None and wait.deadline_at <= state.now and wait.breached_at is None


def answered_in_time(state: State, wait: Wait, event: e.AnyEvent | None) -> bool:
    """Whether the answer that ends a wait, or is on its way, was given before its deadline, on the policy's clock."""
    assert wait.deadline_at is not None
    customer = terms_of(state, target_of(wait.target)).clock == "customer"
    if isinstance(event, e.WaitAnswered) and event.wait_id == wait.id:
        by_network = event.customer_ended_at <= wait.deadline_at
        outside = (answer := state.messages.get(event.message_id)) is not None and answer.author_kind == "outside"
        return by_network if customer or outside else event.ended_at <= wait.deadline_at
    if wait.answer_id is None or customer:
        return False
    answer = state.messages.get(wait.answer_id)
    if answer is None:
        # Not at hand here: the timer has it.
        return True
    return answer.delivery_state in _ON_ITS_WAY and (answer.released_at or state.now) <= wait.deadline_at


def breach(state: State, conversation: Conversation, wait: Wait) -> None:
    assert wait.deadline_at is not None
    target = target_of(wait.target)
    state.emit(
        e.TargetBreached(
            conversation_id=conversation.id,
            wait_id=wait.id,
            kind=target.kind,
            policy_id=target.policy_id,
            policy_version=target.policy_version,
            deadline_at=wait.deadline_at,
            team_id=conversation.team_id,
            assignee_id=conversation.assignee_id,
        ),
        at=wait.deadline_at,
    )


def withdraw(state: State, wait: Wait, note_id: int, actor: e.Actor) -> None:
    """A supervisor takes a breach back: the target counts no more."""
    event = e.BreachWithdrawn(
        conversation_id=wait.conversation_id, wait_id=wait.id, reason="supervisor", note_id=note_id
    )
    state.emit(event, actor)
    state.drop_timer(TARGET, wait.id)


def move(state: State, wait: Wait, target: e.Target | None, reason: str) -> None:
    state.emit(
        e.TargetChanged(
            conversation_id=wait.conversation_id, wait_id=wait.id, target=target, reason=reason  # type: ignore[arg-type]
        )
    )  # fmt: skip
    if target is None:
        state.drop_timer(TARGET, wait.id)
    else:
        arm(state, wait)
