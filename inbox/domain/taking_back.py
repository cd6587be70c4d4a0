"""What an action changed, kept so that it can be taken back whole: on one conversation, or on many at once.

Only what is still as the action left it is put back: what somebody changed since stays.
"""

from __future__ import annotations

import msgspec

from inbox.domain import conversation as conversations
from inbox.domain import events as e
from inbox.domain import releasing, triage, wait
from inbox.domain.people_back import TakenIn
from inbox.domain.records import Conversation
from inbox.domain.state import State
from inbox.errors import Conflict

KEPT_SECONDS = 3600


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """What actions change of a conversation."""

    status: str
    spam: int
    snoozed_until: int | None
    snooze_until_reply: int
    assignee_id: int | None
    team_id: int | None
    priority: str
    subject: str
    tags: str


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One conversation before and after."""

    conversation_id: int
    before: Fields
    after: Fields
    dismissed_at: int | None = None
    """When its waits were dismissed by the action itself, not by closing."""
    message_ids: tuple[int, ...] = ()
    """Answers that went with it: they are taken back while they are held."""


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(list[Step] | TakenIn).decode
"""What was kept of an action: a step for each conversation, or the people of a file."""


def fields_of(conversation: Conversation) -> Fields:
    """The conversation as it is."""
    return Fields(**{name: getattr(conversation, name) for name in Fields.__struct_fields__})


def take_back(state: State, conversation: Conversation, step: Step, actor: e.Actor) -> None:
    """Put back what the step changed. Raises Conflict (`left`) when an answer of it has left already: then nothing
    is put back.
    """
    for message_id in step.message_ids:
        message = state.messages.get(message_id)
        if message is not None and message.delivery_state not in ("held", "cancelled"):
            raise Conflict(
                f"the answer in conversation {conversation.id} has left already: it cannot be taken back", code="left"
            )
    for message_id in step.message_ids:
        if message_id in state.messages:
            releasing.cancelled(state, state.messages[message_id], actor)
    before, after = step.before, step.after
    _status(state, conversation, before, after, actor)
    if _stands(conversation, before, after, "team_id"):
        triage.give_to_team(state, conversation, before.team_id, actor)
    if _stands(conversation, before, after, "assignee_id"):
        triage.assign(state, conversation, before.assignee_id, actor)
    if _stands(conversation, before, after, "priority"):
        triage.set_priority(state, conversation, before.priority, actor)
    if _stands(conversation, before, after, "subject"):
        triage.set_subject(state, conversation, before.subject, actor)
    _tags(state, conversation, before, after, actor)
    if step.dismissed_at is not None:
        dismissed = [w for w in triage.ended_waits(state, conversation) if w.ended_at == step.dismissed_at]
        wait.taken_back(state, [w for w in dismissed if w.end == "dismissed"], actor)


def _stands(conversation: Conversation, before: Fields, after: Fields, name: str) -> bool:
    """Whether the action changed the field, and nobody has since."""
    left = getattr(after, name)
    return bool(getattr(before, name) != left and getattr(conversation, name) == left)


def _tags(state: State, conversation: Conversation, before: Fields, after: Fields, actor: e.Actor) -> None:
    was, left = ({int(tag) for tag in fields.tags.split(",") if tag} for fields in (before, after))
    for tag_id in sorted(left - was):
        triage.tag(state, conversation, tag_id, False, actor)
    for tag_id in sorted(was - left):
        triage.tag(state, conversation, tag_id, True, actor)


def _status(state: State, conversation: Conversation, before: Fields, after: Fields, actor: e.Actor) -> None:
    same = (before.status, before.spam, before.snoozed_until) == (after.status, after.spam, after.snoozed_until)
    if same or (conversation.status, conversation.spam) != (after.status, after.spam):
        return
    if after.spam and not before.spam:
        triage.clear_spam(state, conversation, actor)
    if before.status == "closed":
        triage.close(state, conversation, actor)
        return
    if after.status == "closed" or (after.status == "snoozed" and before.status == "open"):
        triage.reopen(state, conversation, actor)
    if before.status == "snoozed":
        _sleep_on(state, conversation, before, actor)
    if before.spam and not after.spam:
        triage.mark_spam(state, conversation, actor)


def _sleep_on(state: State, conversation: Conversation, before: Fields, actor: e.Actor) -> None:
    """Snoozed again, unless the time is over."""
    until = before.snoozed_until
    if (until is None and before.snooze_until_reply) or (until is not None and until > state.now):
        triage.snooze(state, conversation, until, bool(before.snooze_until_reply), actor)
    elif conversation.status == "snoozed":
        conversations.woken(state, conversation, "person", actor)
