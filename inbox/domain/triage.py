"""What is decided about a conversation: owner, team, status, priority, tags, whether anybody still has to answer.

Every function emits what changed and nothing else: asked for what is so already, it does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from inbox.domain import conversation as conversations
from inbox.domain import escalating, notes, survey_answers, wait
from inbox.domain import events as e
from inbox.domain.records import Conversation, Wait
from inbox.domain.routing_events import OwnerReason
from inbox.domain.state import State
from inbox.errors import Invalid

SNOOZE = "snooze"
"""Kind of the timer that ends a snooze; its ref is the conversation."""


# --- who


def assign(
    state: State, conversation: Conversation, to: int | None, actor: e.Actor, note_id: int | None = None,
    reason: OwnerReason = "",
) -> bool:  # fmt: skip
    """Give it to an agent, or to nobody."""
    before = conversation.assignee_id
    if before == to:
        return False
    state.emit(
        e.AssigneeChanged(conversation_id=conversation.id, before=before, after=to, note_id=note_id, reason=reason),
        actor,
    )
    if to is not None:
        notes.notify(state, to, "assigned", conversation, actor, "")
    return True


def give_to_team(state: State, conversation: Conversation, to: int | None, actor: e.Actor) -> None:
    """Give it to a team, or to none."""
    before = conversation.team_id
    if before != to:
        state.emit(e.TeamChanged(conversation_id=conversation.id, before=before, after=to), actor)


# --- status


def close(state: State, conversation: Conversation, actor: e.Actor, *, automatic: bool = False) -> None:
    """The episode is over. Who still waits was not answered: the wait ends dismissed with the reason `closed`, which
    the response rate counts as unanswered; one with an answer on its way is left to that answer.
    """
    if conversation.status == "closed":
        return
    state.drop_timer(SNOOZE, conversation.id)
    left = [w for w in state.open_waits(conversation.id) if w.answer_id is None]
    wait.dismissed(state, left, "closed", actor)
    state.emit(
        e.ConversationClosed(conversation_id=conversation.id, episode=conversation.episode, automatic=automatic), actor
    )
    survey_answers.closed(state, conversation, by_person=not automatic and actor.kind in ("agent", "token"))


def reopen(state: State, conversation: Conversation, actor: e.Actor) -> None:
    """Open again by a person: from closed with the waits that closing ended, from snoozed, or from spam."""
    if conversation.spam:
        clear_spam(state, conversation, actor)
    if conversation.status == "snoozed":
        conversations.woken(state, conversation, "person", actor)
    if conversation.status == "closed":
        closed_at = conversation.closed_at
        conversations.reopened(state, conversation, "person", actor)
        ended = [w for w in ended_waits(state, conversation, "closed") if w.ended_at == closed_at]
        wait.taken_back(state, ended, actor)


def snooze(state: State, conversation: Conversation, until: int | None, until_reply: bool, actor: e.Actor) -> None:
    """Put aside until an instant (µs), until the contact writes, or whichever comes first. A wait is never paused."""
    if until is None and not until_reply:
        raise Invalid("say until when: snoozed_until, or snooze_until_reply", code="snooze_until")
    if until is not None and until <= state.now:
        raise Invalid("snoozed_until lies in the past: take a later time", code="snooze_until")
    if conversation.status == "closed":
        raise Invalid(f"conversation {conversation.id} is closed: open it before it is snoozed", code="closed")
    if until is None:
        state.drop_timer(SNOOZE, conversation.id)
    else:
        state.set_timer(SNOOZE, conversation.id, until)
    state.emit(e.ConversationSnoozed(conversation_id=conversation.id, until=until, until_reply=until_reply), actor)


def mark_spam(state: State, conversation: Conversation, actor: e.Actor, reason: Literal["", "blocked"] = "") -> None:
    """No customer's concern, or of somebody who is blocked: nobody waits."""
    if conversation.spam:
        return
    wait.voided(state, state.open_waits(conversation.id), "spam", actor)
    state.emit(e.SpamMarked(conversation_id=conversation.id, reason=reason), actor)


def clear_spam(state: State, conversation: Conversation, actor: e.Actor) -> None:
    """It was no spam: the waits go on from their start, and who wrote meanwhile waits too."""
    if not conversation.spam:
        return
    state.emit(e.SpamCleared(conversation_id=conversation.id), actor)
    wait.taken_back(state, ended_waits(state, conversation, "spam"), actor)
    for thread in state.threads_of(conversation.id):
        newest = state.messages.get(thread.last_in_id or 0)
        if newest is None or not newest.needs_answer or newest.deleted_at or newest.mark == "history":
            continue
        author = wait.waiting_author(thread, newest.identity_id)
        if conversation.preview_direction == "in" and state.open_wait(thread.id, author) is None:
            wait.opened(
                state, thread, author, newest.id, newest.received_at,
                wait.customer_time(newest.occurred_at, newest.received_at),
            )  # fmt: skip


# --- waits


def ended_waits(state: State, conversation: Conversation, *reasons: str) -> list[Wait]:
    """Waits of the conversation that were dismissed or voided, for these reasons if any are named."""
    return [
        w
        for w in state.waits.values()
        if w.conversation_id == conversation.id
        and w.end in ("dismissed", "voided")
        and (not reasons or w.reason in reasons)
    ]


def dismiss(state: State, conversation: Conversation, wait_ids: Iterable[int], reason: str, actor: e.Actor) -> None:
    """No answer needed: for the waits named, or all that are open."""
    wanted = set(wait_ids)
    unknown = wanted - {w.id for w in state.waits.values() if w.conversation_id == conversation.id}
    if unknown:
        raise Invalid(f"no such waits in conversation {conversation.id}: {sorted(unknown)}", code="wait_ids")
    running = state.open_waits(conversation.id)
    wait.dismissed(state, [w for w in running if not wanted or w.id in wanted], reason, actor)


def undo_dismissal(state: State, conversation: Conversation, actor: e.Actor) -> None:
    """The newest dismissal is taken back: the waits go on from their original start."""
    dismissed = [w for w in ended_waits(state, conversation) if w.end == "dismissed"]
    newest = max((w.ended_at or 0 for w in dismissed), default=0)
    wait.taken_back(state, [w for w in dismissed if w.ended_at == newest], actor)


# --- labels


def set_priority(state: State, conversation: Conversation, to: str, actor: e.Actor) -> None:
    """Low, normal, high or urgent."""
    if conversation.priority != to:
        before = conversation.priority
        state.emit(e.PriorityChanged(conversation_id=conversation.id, before=before, after=to), actor)


def set_subject(state: State, conversation: Conversation, to: str, actor: e.Actor) -> None:
    """The line above the conversation."""
    if conversation.subject != to:
        conversation.subject = to
        state.emit(e.SubjectChanged(conversation_id=conversation.id), actor)


def tag(state: State, conversation: Conversation, tag_id: int, on: bool, actor: e.Actor) -> None:
    """Put a tag on or take it off."""
    has = str(tag_id) in conversation.tags.split(",")
    if on != has:
        kind = e.TagAdded if on else e.TagRemoved
        state.emit(kind(conversation_id=conversation.id, tag_id=tag_id), actor)


# --- escalation


def escalate(
    state: State, conversation: Conversation, reason: str, agent_id: int | None, team_id: int | None,
    tell: Iterable[int], actor: e.Actor, *, chain_id: int | None = None,
) -> None:  # fmt: skip
    """Ask for somebody with more say; `tell` are the agents to notify, beside those whom the chain asks in turn. A
    closed conversation opens again.
    """
    if conversation.status == "closed":
        conversations.reopened(state, conversation, "escalated", actor)
    elif conversation.status == "snoozed":
        conversations.woken(state, conversation, "person", actor)
    standing = escalating.Standing(
        reason=reason,
        by=actor.id if actor.kind == "agent" else None,
        to_agent=agent_id,
        to_team=team_id,
        at=state.now,
        cause="rule" if actor.kind == "rule" else "",
        chain_id=chain_id,
    )
    escalating.begin(state, conversation, standing, actor)
    for one in tell:
        notes.notify(state, one, "escalated", conversation, actor, reason)


def acknowledge(state: State, conversation: Conversation, actor: e.Actor) -> None:
    """The one asked for has seen it."""
    standing = escalating.standing_of(conversation)
    if standing is None:
        raise Invalid(f"conversation {conversation.id} is not escalated", code="not_escalated")
    if standing.acknowledged_at is None:
        state.emit(e.EscalationAcknowledged(conversation_id=conversation.id), actor)


def de_escalate(state: State, conversation: Conversation, actor: e.Actor) -> None:
    """No longer escalated."""
    if conversation.escalation:
        state.emit(e.EscalationEnded(conversation_id=conversation.id), actor)
