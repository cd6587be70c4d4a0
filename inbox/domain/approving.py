"""Answers that need somebody's yes: asked for, given with or without a change, or sent back with a note.

Until then the answer is held; the desk clock of the wait it answers ends when the approver lets it go.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from connectors.outbound import Part
from inbox.clock import SECOND
from inbox.domain import delivering, notes, releasing, words
from inbox.domain import events as e
from inbox.domain.desk_records import Approval
from inbox.domain.records import Content, Conversation, Message
from inbox.domain.state import State

REASON = delivering.APPROVAL
SENT_BACK = "sent_back"
"""What it says of one that an approver sent back."""
HOLD_SECONDS = 10
_json = msgspec.json.Encoder().encode


def waits(message: Message) -> bool:
    """Whether it waits for somebody's yes."""
    return message.delivery_state == "held" and message.delivery_reason == REASON


def asked(state: State, conversation: Conversation, message: Message, hold_seconds: int | None, actor: e.Actor) -> None:
    """Note that it waits, and how long it is held once it may go."""
    seconds = HOLD_SECONDS if hold_seconds is None else hold_seconds
    answers = tuple(sorted(w.id for w in state.waits.values() if w.answer_id == message.id and not w.end))
    state.emit(e.ApprovalAsked(conversation_id=conversation.id, message_id=message.id, answers=answers), actor)
    state.add(
        Approval(id=message.id, conversation_id=conversation.id, by_id=actor.id or 0, at=state.now, seconds=seconds)
    )


def ask(state: State, conversation: Conversation, message: Message, approvers: Iterable[int], actor: e.Actor) -> None:
    """Tell those who may say yes."""
    for agent_id in approvers:
        notes.notify(state, agent_id, "approval", conversation, actor, "has an answer to be approved", message.id)


def reworded(state: State, message: Message, text: str, parts: Iterable[Part], actor: e.Actor) -> None:
    """The approver changed the words: a new version, with his name, and parts that say it. As many parts as before."""
    before = state.contents[message.id]
    for held, part in zip(delivering.parts_of(state, message.id), parts, strict=True):
        held.part, held.key = _json(part).decode(), part.key
        state.touch(held)
    version = message.version + 1
    state.add(
        Content(**{**msgspec.structs.asdict(before), "version": version, "text": text, "html": None, "at": state.now})
    )
    message.client_key = delivering.parts_of(state, message.id)[0].key
    state.search[message.id] = words.searchable(text)
    state.emit(
        e.MessageEdited(conversation_id=message.conversation_id, message_id=message.id, version=version, by="us"), actor
    )


def approved(state: State, message: Message, seconds: int, actor: e.Actor) -> None:
    """It may go: after a moment in which it can be taken back, or at the time it was written for."""
    planned = message.delivery_until is not None and message.delivery_until > state.now
    if not planned:
        message.released_at = state.now
        message.delivery_until = state.now + seconds * SECOND if seconds > 0 else None
    delivering.changed(state, message, "held", actor=actor)
    if message.delivery_until is None:
        releasing.released(state, message, actor)
    else:
        state.set_timer(releasing.RELEASE, message.id, message.delivery_until)


def sent_back(state: State, conversation: Conversation, message: Message, note: str, actor: e.Actor) -> None:
    """It does not go: cancelled, its waits go on, and its author is told what should be different."""
    releasing.cancelled(state, message, actor)
    message.delivery_reason = SENT_BACK
    state.touch(message)
    author = message.author_id if message.author_kind == "agent" else None
    if note.strip():
        mentions = (author,) if author is not None else ()
        notes.write(state, conversation, note, actor, mentions=mentions)
    elif author is not None:
        notes.notify(state, author, "sent_back", conversation, actor, "sent your answer back", message.id)
