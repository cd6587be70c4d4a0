"""What events do to waits and to what was promised, for them or for the conversation (`domain.apply` asks here)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from inbox.domain import escalating
from inbox.domain import events as e
from inbox.domain.records import Conversation, Episode, Wait
from inbox.domain.resolution import Running, running_of
from inbox.domain.targets import encode, target_of

if TYPE_CHECKING:
    from inbox.domain.state import State


def _wait_opened(state: State, event: e.WaitOpened, position: int, actor: e.Actor) -> None:
    conversation = state.conversations.get(event.conversation_id)
    thread = state.threads.get(event.thread_id)
    state.add(
        Wait(
            id=event.wait_id,
            thread_id=event.thread_id,
            conversation_id=event.conversation_id,
            identity_id=event.identity_id,
            opened_at=event.opened_at,
            customer_opened_at=event.customer_opened_at,
            opened_by=event.message_id,
            position=position,
            ended_at=None,
            customer_ended_at=None,
            end="",
            reason="",
            ended_by_kind="",
            ended_by_id=None,
            answer_id=None,
            next_by=None,
            next_at=None,
            next_customer_at=None,
            acknowledged_at=None,
            deadline_at=None,
            breached_at=None,
            team_id=conversation.team_id if conversation else None,
            assignee_id=conversation.assignee_id if conversation else None,
            reopened=0,
            post_id=thread.post_id if thread is not None else None,
            first=int(event.first),
        )
    )
    if event.target is not None:
        _promise(state.waits[event.wait_id], event.target)
    if conversation is not None:
        since = conversation.waiting_since
        conversation.waiting_since = event.opened_at if since is None else min(since, event.opened_at)
        due = event.target.deadline_at if event.target is not None else None
        if due is not None:
            conversation.deadline_at = min(conversation.deadline_at or due, due)


def _end_wait(state: State, event: Any, end: str, actor: e.Actor) -> Wait:
    wait = state.waits[event.wait_id]
    wait.end = end
    wait.ended_at = event.ended_at
    wait.ended_by_kind = actor.kind
    wait.ended_by_id = actor.id
    state.touch(wait)
    refresh_waiting(state, wait.conversation_id)
    return wait


def _wait_answered(state: State, event: e.WaitAnswered, position: int, actor: e.Actor) -> None:
    wait = _end_wait(state, event, "answered", actor)
    wait.customer_ended_at = event.customer_ended_at
    wait.answer_id = event.message_id
    conversation = state.conversations.get(wait.conversation_id)
    if conversation is not None:
        conversation.responded = 1
    _count_end(state, wait, 1)
    escalating.changed_by(state, event)


def _wait_dismissed(state: State, event: e.WaitDismissed, position: int, actor: e.Actor) -> None:
    wait = _end_wait(state, event, "dismissed", actor)
    wait.reason = event.reason
    _count_end(state, wait, 1)


def _count_end(state: State, wait: Wait, by: int) -> None:
    """Answered waits, and apart from them those in which nothing was asked, are counted on the post."""
    post = state.posts.get(wait.post_id or 0)
    if post is not None and wait.end == "answered":
        post.answered_count += by
        state.touch(post)
    elif post is not None and wait.reason == "no_question" and wait.ended_by_kind == "system":
        post.unasked_count += by
        state.touch(post)


def _wait_voided(state: State, event: e.WaitVoided, position: int, actor: e.Actor) -> None:
    _end_wait(state, event, "voided", actor).reason = event.reason


def _wait_acknowledged(state: State, event: e.WaitAcknowledged, position: int, actor: e.Actor) -> None:
    wait = state.waits[event.wait_id]
    wait.acknowledged_at = event.at
    wait.answer_id = None
    state.touch(wait)


def _wait_reopened(state: State, event: e.WaitReopened, position: int, actor: e.Actor) -> None:
    wait = state.waits[event.wait_id]
    _count_end(state, wait, -1)
    wait.end = wait.reason = wait.ended_by_kind = ""
    wait.ended_at = wait.customer_ended_at = wait.ended_by_id = wait.answer_id = None
    wait.next_by = wait.next_at = wait.next_customer_at = None
    wait.reopened += 1
    state.touch(wait)
    refresh_waiting(state, wait.conversation_id)


def refresh_waiting(state: State, conversation_id: int) -> None:
    """The oldest open wait of the conversation, and the first deadline."""
    conversation = state.conversations.get(conversation_id)
    if conversation is None:
        return
    waits = [(w.opened_at, w.deadline_at) for w in state.open_waits(conversation_id)]
    if conversation_id in state.besides:
        waits.append(state.besides[conversation_id])
    conversation.waiting_since = min((since for since, _ in waits), default=None)
    conversation.deadline_at = min((due for _, due in waits if due is not None), default=None)
    state.touch(conversation)


# --- targets


def _promise(wait: Wait, target: e.Target | None) -> None:
    wait.policy_id = target.policy_id if target is not None else None
    wait.target = encode(target).decode() if target is not None else ""
    wait.deadline_at = target.deadline_at if target is not None else None
    wait.warned_at = None


def _of_wait(state: State, wait_id: int) -> Wait:
    wait = state.waits[wait_id]
    state.touch(wait)
    return wait


def _target_changed(state: State, event: e.TargetChanged, position: int, actor: e.Actor) -> None:
    if event.wait_id is not None:
        _promise(_of_wait(state, event.wait_id), event.target)
        refresh_waiting(state, event.conversation_id)
        return
    conversation = state.conversations[event.conversation_id]
    conversation.resolution = encode(Running(target=event.target)).decode() if event.target is not None else ""
    state.put_episode(episode_of(conversation))


def _target_warned(state: State, event: e.TargetWarned, position: int, actor: e.Actor) -> None:
    if event.wait_id is not None:
        wait = _of_wait(state, event.wait_id)
        wait.warned_at = target_of(wait.target).warn_at
        return
    conversation = state.conversations[event.conversation_id]
    running = running_of(conversation.resolution)
    conversation.resolution = encode(replace(running, warned_at=running.target.warn_at)).decode()


def _target_breached(state: State, event: e.TargetBreached, position: int, actor: e.Actor) -> None:
    if event.wait_id is not None:
        _of_wait(state, event.wait_id).breached_at = event.deadline_at
        return
    conversation = state.conversations[event.conversation_id]
    running = running_of(conversation.resolution)
    conversation.resolution = encode(replace(running, breached_at=event.deadline_at)).decode()
    state.put_episode(episode_of(conversation))


def _breach_withdrawn(state: State, event: e.BreachWithdrawn, position: int, actor: e.Actor) -> None:
    wait = _of_wait(state, event.wait_id)
    wait.breached_at = None
    if event.reason == "supervisor":
        # What was promised is no longer asked for; by which policy it was stays to be seen.
        wait.deadline_at = None
    refresh_waiting(state, wait.conversation_id)


def episode_of(conversation: Conversation, closed_at: int | None = None, actor: e.Actor | None = None) -> Episode:
    """The episode that runs, or ends now, with the resolution that was promised for it."""
    running = running_of(conversation.resolution) if conversation.resolution else None
    return Episode(
        conversation_id=conversation.id,
        number=conversation.episode,
        opened_at=conversation.opened_at,
        closed_at=closed_at,
        closed_by_kind=actor.kind if actor is not None else "",
        closed_by_id=actor.id if actor is not None else None,
        policy_id=running.target.policy_id if running is not None else None,
        target=encode(running.target).decode() if running is not None else "",
        deadline_at=running.target.deadline_at if running is not None else None,
        breached_at=running.breached_at if running is not None else None,
    )


PROJECTIONS: dict[type[e.Event], Callable[[State, Any, int, e.Actor], None]] = {
    e.WaitOpened: _wait_opened,
    e.WaitAnswered: _wait_answered,
    e.WaitDismissed: _wait_dismissed,
    e.WaitVoided: _wait_voided,
    e.WaitAcknowledged: _wait_acknowledged,
    e.WaitReopened: _wait_reopened,
    e.TargetChanged: _target_changed,
    e.TargetWarned: _target_warned,
    e.TargetBreached: _target_breached,
    e.BreachWithdrawn: _breach_withdrawn,
}
