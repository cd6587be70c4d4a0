"""What is said among colleagues: notes in the timeline, and the word that one agent gets of a conversation."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from inbox.domain import conversation as conversations
from inbox.domain import events as e
from inbox.domain import items, words
from inbox.domain.records import Content, Conversation, Media, Message, Notification
from inbox.domain.state import State

_json = msgspec.json.Encoder().encode


def write(
    state: State, conversation: Conversation, text: str, actor: e.Actor, *, mentions: tuple[int, ...] = (),
    files: Iterable[tuple[Media, str]] = (),
) -> Message:  # fmt: skip
    """A note, only for colleagues. Those mentioned follow the conversation from now on."""
    message = state.add(_note(state, conversation, actor))
    listed = [items.attach(state, message, media, kind) for media, kind in files]
    state.add(
        Content(
            message_id=message.id,
            version=1,
            text=text,
            html=None,
            quoted_html=None,
            title="",
            rating=None,
            attachments=_json(listed).decode() if listed else "",
            mentions=_json([str(m) for m in mentions]).decode() if mentions else "",
            recipients="",
            at=state.now,
        )
    )
    state.search[message.id] = words.searchable(text)
    state.emit(e.NoteWritten(conversation_id=conversation.id, message_id=message.id, mentions=mentions), actor)
    conversations.show_newest(state, conversation, message, words.preview(text))
    for agent_id in mentions:
        notify(state, agent_id, "mentioned", conversation, actor, words.preview(text), message.id)
    return message


def notify(
    state: State, agent_id: int, kind: str, conversation: Conversation, actor: e.Actor, words_: str,
    message_id: int | None = None,
) -> None:  # fmt: skip
    """Tell an agent something, unless he did it himself. Only he sees the event."""
    if actor.kind == "agent" and actor.id == agent_id:
        return
    notification = state.add(
        Notification(
            id=state.next_id(),
            agent_id=agent_id,
            kind=kind,
            conversation_id=conversation.id,
            message_id=message_id,
            detail=words_,
            at=state.now,
            read_at=None,
            data=by(actor),
        )
    )
    state.emit(
        e.Notified(agent_id=agent_id, notification_id=notification.id),
        actor,
        audience=e.Audience(agent_id=agent_id),
    )


def by(actor: e.Actor) -> str:
    """`Notification.data` of something that an agent did; empty for what nobody did."""
    return _json({"by_id": str(actor.id)}).decode() if actor.kind == "agent" and actor.id is not None else ""


def _note(state: State, conversation: Conversation, actor: e.Actor) -> Message:
    return Message(
        id=state.next_id(),
        conversation_id=conversation.id,
        thread_id=None,
        channel_id=conversation.channel_id,
        external_id=None,
        kind="note",
        direction="note",
        author_kind=actor.kind,
        author_id=actor.id,
        identity_id=None,
        in_reply_to=None,
        rating=None,
        version=1,
        edited_at=None,
        deleted_at=None,
        erased=0,
        hidden_at=None,
        automatic="",
        mark="live",
        needs_answer=0,
        occurred_at=state.now,
        received_at=state.now,
        position=0,
        as_of=0,
        delivery_state="",
        delivery_reason="",
        delivery_at=None,
        delivery_until=None,
        parts=0,
        refused_recipients="",
        released_at=None,
        accepted_at=None,
        ends_wait=0,
        client_key=None,
        reactions="",
    )
