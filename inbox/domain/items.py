"""Items of the timeline: how one is made, versioned, hidden, deleted, and what its arrival does."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from connectors import inbound as net
from inbox.domain import conversation as conversations
from inbox.domain import events as e
from inbox.domain import wait, words
from inbox.domain.reading import stored as reading
from inbox.domain.records import Content, Conversation, Identity, Media, Message, Thread
from inbox.domain.state import ChannelFacts, Prepared, State

_json = msgspec.json.Encoder().encode
ModerationWord = Literal["hide", "unhide", "delete", "react", "unreact", "ban"]
REVERTS: dict[str, ModerationWord] = {"hide": "unhide", "unhide": "hide", "react": "unreact", "unreact": "react"}
"""What was done → what takes it back. What is missing here cannot be taken back."""
_COMMENTED = frozenset({"comment", "mention"})
"""Kinds of thread that everybody reads."""
_WITHOUT_QUESTION = frozenset({"sticker", "link"})
"""Kinds of file that ask nothing by themselves; a picture may show what is broken."""


class Moderation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was last done to an item of a customer. Kept on the item: the reason is words, so it is not in the log."""

    action: ModerationWord
    by: e.Actor
    at: int
    reason: str = ""
    emoji: str = ""
    """Of a reaction set, or taken back."""


_moderation = msgspec.json.Decoder(Moderation).decode


def moderation_of(message: Message) -> Moderation:
    """What was last done to an item to which something was done."""
    return _moderation(message.moderation)


def noted(
    state: State, message: Message, action: ModerationWord, actor: e.Actor, reason: str = "", emoji: str = ""
) -> None:
    """Keep what was done to a customer's item, by whom and why."""
    if message.direction == "in":
        done = Moderation(action=action, by=actor, at=state.now, reason=reason, emoji=emoji)
        message.moderation = _json(done).decode()
        state.touch(message)


def find(state: State, channel: ChannelFacts, external_id: str) -> Message | None:
    return state.message_by_key.get((channel.id, external_id))


def placed(state: State, channel: ChannelFacts, external_id: str) -> Message | None:
    """An item that is in a conversation."""
    found = find(state, channel, external_id)
    return found if found is not None and found.conversation_id else None


def unplaced_in(state: State, thread: Thread) -> list[Message]:
    """What we said in a thread before it had a conversation, oldest first."""
    found = [m for m in state.messages.values() if m.thread_id == thread.id and not m.conversation_id]
    return sorted(found, key=lambda m: (m.occurred_at, m.id))


def place(state: State, thread: Thread, conversation: Conversation, message: Message) -> None:
    """What we said in the thread before a customer did is in its conversation from now on."""
    message.conversation_id = conversation.id
    state.touch(message)
    content = state.contents.get(message.id)
    text = content.text if content is not None else ""
    if folded := words.searchable(text):
        state.search[message.id] = folded
    announced(state, thread, conversation, message, words.preview(text), e.Actor("outside"))


def id_of(state: State, channel: ChannelFacts, external_id: str | None) -> int | None:
    found = find(state, channel, external_id) if external_id else None
    return found.id if found else None


def add_item(
    state: State, channel: ChannelFacts, item: Prepared, thread: Thread, conversation: Conversation | None,
    received_at: int, mark: str, *, identity: Identity | None, rating: int | None = None,
) -> Message:  # fmt: skip
    inbound = item.inbound
    assert isinstance(inbound, (net.MessageReceived, net.ReviewReceived))
    kind: str = inbound.kind if isinstance(inbound, net.MessageReceived) else "review"
    if kind == "message" and thread.kind in _COMMENTED and not inbound.author.is_self:
        kind = thread.kind  # only we say something in private there: his words are as public as the rest
    message = state.add(
        new_message(
            state, channel, thread, conversation, inbound.external_id, kind, received_at, mark, identity, rating
        )
    )
    message.occurred_at = min(inbound.occurred_at, received_at)
    reading.take(message, item)
    for other in getattr(inbound, "alternate_ids", ()):
        state.aliases.append((channel.id, other, message.id))
        state.message_by_key[channel.id, other] = message
    recipients = getattr(inbound, "recipients", {})
    if recipients:
        thread.recipients = _json(recipients).decode()
        state.touch(thread)
    attachments = _attachments(state, message, item)
    state.add(
        Content(
            message.id,
            1,
            inbound.text,
            item.html,
            item.quoted_html,
            inbound.title,
            rating,
            attachments,
            "",
            _json(recipients).decode() if recipients else "",
            message.occurred_at,
        )
    )
    if item.folded and conversation is not None:
        state.search[message.id] = item.folded
    return message


def new_message(
    state: State, channel: ChannelFacts, thread: Thread, conversation: Conversation | None, external_id: str | None,
    kind: str, received_at: int, mark: str, identity: Identity | None, rating: int | None,
) -> Message:  # fmt: skip
    """An item that the network told of: a customer's, or without identity one of ours, written outside. Without a
    conversation it waits for one (`place`).
    """
    inward = identity is not None
    return Message(
        id=state.next_id(),
        conversation_id=conversation.id if conversation is not None else 0,
        thread_id=thread.id,
        channel_id=channel.id,
        external_id=external_id,
        kind=kind,
        direction="in" if inward else "out",
        author_kind="contact" if inward else "outside",
        author_id=identity.contact_id if identity else None,
        identity_id=identity.id if identity else None,
        in_reply_to=None,
        rating=rating,
        version=1,
        edited_at=None,
        deleted_at=None,
        erased=0,
        hidden_at=None,
        automatic="",
        mark=mark,
        needs_answer=0,
        occurred_at=received_at,
        received_at=received_at,
        position=0,
        as_of=0,
        delivery_state="" if inward else "accepted",
        delivery_reason="",
        delivery_at=None if inward else received_at,
        delivery_until=None,
        parts=0 if inward else 1,
        refused_recipients="",
        released_at=None,
        accepted_at=None if inward else received_at,
        ends_wait=0 if inward else 1,
        client_key=None,
        reactions="",
    )


def _attachments(state: State, message: Message, item: Prepared) -> str:
    listed: list[dict[str, Any]] = []
    for found in item.attachments:
        media = state.add(
            Media(
                id=state.next_id(),
                message_id=message.id,
                channel_id=message.channel_id,
                state=found.state,
                sha256=found.sha256,
                mime=found.mime,
                name=found.name,
                size_bytes=found.size_bytes,
                source=found.source,
                attempts=0,
                reason="",
                created_at=state.now,
            )
        )
        listed.append(
            attachment_entry(media, kind=found.kind, title=found.title, meta=found.meta, cid=found.content_id)
        )
    return _json(listed).decode() if listed else ""


def attachment_entry(media: Media, *, kind: str, title: str, meta: dict[str, str], cid: str | None) -> dict[str, Any]:
    """How an attachment stands in an item's content: what does not change. Its bytes' state is the Media row's."""
    return {"id": media.id, "kind": kind, "title": title, "meta": meta, "cid": cid}


def attach(state: State, message: Message, media: Media, kind: str) -> dict[str, Any]:
    """Make a file the message's own and return its entry: an upload is taken, a file of another item is shared."""
    if media.state == "upload":
        media.state, media.message_id, media.channel_id = "ready", message.id, message.channel_id
        state.touch(media)
    else:
        media = state.add(
            msgspec.structs.replace(
                media, id=state.next_id(), message_id=message.id, channel_id=message.channel_id, created_at=state.now
            )
        )
    return attachment_entry(media, kind=kind, title="", meta={}, cid=None)


def announced(
    state: State, thread: Thread, conversation: Conversation, message: Message, preview: str, actor: e.Actor
) -> None:
    """An item is in the timeline, and the row shows it."""
    state.emit(
        e.MessageReceived(
            conversation_id=conversation.id,
            message_id=message.id,
            thread_id=thread.id,
            kind=message.kind,
            mark=message.mark,
            occurred_at=message.occurred_at,
            identity_id=message.identity_id,
        ),
        actor,
    )
    if message.identity_id is not None and message.direction == "in":
        conversations.joined(state, conversation, message.identity_id)
    if message.mark != "history" or not conversation.preview:
        conversations.show_newest(state, conversation, message, preview)


def arrived(
    state: State, item: Prepared, thread: Thread, conversation: Conversation, message: Message, actor: e.Actor
) -> None:
    """An item came in: it is shown, and its author waits if it needs an answer."""
    announced(state, thread, conversation, message, item.preview, actor)
    if message.direction != "in" or message.mark == "history" or conversation.spam:
        return
    author = state.contacts.get(message.author_id or 0)
    if author is not None and author.blocked:
        _keep_apart(state, conversation, author.id)
        return
    if not message.needs_answer:
        return
    asks_nothing = item.no_question and all(file.kind in _WITHOUT_QUESTION for file in item.attachments)
    if asks_nothing and thread.kind in wait.MANY_AUTHORS:
        wait.unasked(state, thread, message)
    else:
        wait.item_arrived(state, thread, message)


def _keep_apart(state: State, conversation: Conversation, blocked_id: int) -> None:
    """What a blocked person writes is kept and opens no wait; a conversation of his own leaves the queues."""
    if conversation.contact_id == blocked_id and conversation.status != "closed":
        wait.voided(state, state.open_waits(conversation.id), "spam", e.SYSTEM)
        state.emit(e.SpamMarked(conversation_id=conversation.id, reason="blocked"))


def add_version(
    state: State, message: Message, item: Prepared, *, text: str, title: str = "", rating: int | None = None
) -> None:
    """A further version of an item's words; the earlier ones stay. Its files are those that came along, or the
    earlier ones where the network told of none.
    """
    newest = state.contents.get(message.id)
    reading.take(message, item)
    kept = newest.attachments if newest else ""
    replaced = _brings_files(item.inbound, kept)
    state.add(
        Content(
            message.id,
            message.version + 1,
            text,
            item.html,
            item.quoted_html,
            title,
            rating,
            _attachments(state, message, item) if replaced else kept,
            newest.mentions if newest else "",
            newest.recipients if newest else "",
            message.edited_at or state.now,
        )
    )
    if item.folded:
        state.search[message.id] = item.folded


def _brings_files(inbound: net.Inbound, kept: str) -> bool:
    """Whether a version has other files than those kept. Of a review's photos the addresses change, so their number
    tells.
    """
    if isinstance(inbound, net.ReviewReceived):
        return len(inbound.attachments) > count_of_files(kept)
    return isinstance(inbound, net.MessageEdited) and inbound.attachments is not None


def count_of_files(attachments: str) -> int:
    """How many files an item's content has."""
    return len(msgspec.json.decode(attachments)) if attachments else 0


def rewritten(state: State, message: Message, text: str, html: str | None, actor: e.Actor, *, at: int) -> None:
    """An item of ours has other words at the network since `at`. Nothing happens where they are the same."""
    newest = state.contents.get(message.id)
    if newest is not None and newest.text == text and newest.html == html:
        return
    message.edited_at = at
    state.add(
        Content(
            message_id=message.id,
            version=message.version + 1,
            text=text,
            html=html,
            quoted_html=newest.quoted_html if newest else None,
            title=newest.title if newest else "",
            rating=None,
            attachments=newest.attachments if newest else "",
            mentions="",
            recipients=newest.recipients if newest else "",
            at=at,
        )
    )
    state.search[message.id] = words.searchable(text)
    state.emit(
        e.MessageEdited(
            conversation_id=message.conversation_id, message_id=message.id, version=message.version + 1, by="us"
        ),
        actor,
    )
    conversation = state.conversations[message.conversation_id]
    if newest is not None and conversation.preview == words.preview(newest.text):
        conversations.show_newest(state, conversation, message, words.preview(text))


def versioned(state: State, message: Message, item: Prepared, actor: e.Actor) -> None:
    state.emit(
        e.MessageEdited(
            conversation_id=message.conversation_id, message_id=message.id, version=message.version + 1,
            by="us" if message.direction == "out" else "author",
        ),
        actor,
    )  # fmt: skip
    conversation = state.conversations[message.conversation_id]
    thread = state.threads.get(message.thread_id or 0)
    if thread is not None and thread.last_in_id == message.id and conversation.preview_direction == "in":
        conversations.show_newest(state, conversation, message, item.preview)


def gone(
    state: State, message: Message, *, by: str, erase: bool, actor: e.Actor | None = None, reason: str = ""
) -> None:
    """An item was deleted at the network: shown as such, its wait is void when nothing else is unanswered."""
    who = actor or (e.Actor("contact", message.author_id) if by == "author" else e.SYSTEM)
    if by == "us":
        noted(state, message, "delete", who, reason)
    state.emit(
        e.MessageDeleted(conversation_id=message.conversation_id, message_id=message.id, by=by, erased=erase), who
    )
    wait.item_gone(state, message)
    conversation = state.conversations[message.conversation_id]
    thread = state.threads.get(message.thread_id or 0)
    if erase and thread is not None and thread.last_in_id == message.id:
        conversations.show_newest(state, conversation, message, "")


def moderated(state: State, message: Message, *, hidden: bool, actor: e.Actor, reason: str = "") -> None:
    """A public item is hidden, or shown again: whose wait its hiding ended waits on."""
    noted(state, message, "hide" if hidden else "unhide", actor, reason)
    kind = e.MessageHidden if hidden else e.MessageShown
    state.emit(kind(conversation_id=message.conversation_id, message_id=message.id), actor)
    if hidden:
        wait.item_gone(state, message)
    else:
        wait.item_back(state, message, actor)
