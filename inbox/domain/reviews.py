"""Reviews: stars and words with versions; a new version waits again when an answer exists, unless the stars only rose
to the top.
"""

from __future__ import annotations

from connectors import inbound as net
from inbox.domain import conversation as conversations
from inbox.domain import events as e
from inbox.domain import items, people, threads, wait
from inbox.domain.outcome import Outcome, mark_of
from inbox.domain.records import Content, Message
from inbox.domain.state import ChannelFacts, Prepared, State


def receive(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.ReviewReceived)
    message = items.find(state, channel, inbound.external_id)
    if message is None:
        return "ignored" if inbound.removed else _new_review(state, channel, item, inbound, received_at)
    if inbound.removed:
        if message.deleted_at is None:
            items.gone(state, message, by="network", erase=False)
        return "done"
    outcome: Outcome = "duplicate"
    if message.deleted_at is not None:
        message.deleted_at = None
        state.emit(e.MessageShown(conversation_id=message.conversation_id, message_id=message.id))
        outcome = "done"
    newest = state.contents.get(message.id)
    if newest is None or (newest.text, newest.title, newest.rating) != (inbound.text, inbound.title, inbound.rating):
        _review_changed(state, channel, item, inbound, message, newest, received_at)
        outcome = "done"
    return outcome


def _new_review(
    state: State, channel: ChannelFacts, item: Prepared, inbound: net.ReviewReceived, received_at: int
) -> Outcome:
    identity = people.known(state, channel, inbound.author, at=received_at, item_id=inbound.external_id)
    mark = mark_of(channel, inbound.occurred_at, received_at)
    thread = threads.thread_of(state, channel, inbound.thread, identity, received_at)
    contact = state.contacts[identity.contact_id]
    conversation = conversations.start(
        state, channel, thread, contact, at=received_at if mark != "history" else inbound.occurred_at,
        subject=inbound.item, language=item.language,
    )  # fmt: skip
    message = items.add_item(
        state, channel, item, thread, conversation, received_at, mark, identity=identity, rating=inbound.rating
    )
    message.needs_answer = int(bool(inbound.text) or inbound.rating <= 3) if not inbound.reply_text else 0
    if mark == "history":
        state.emit(e.ConversationClosed(conversation_id=conversation.id, episode=1, automatic=True))
    items.arrived(state, item, thread, conversation, message, e.Actor("contact", contact.id))
    return "done"


def _review_changed(
    state: State, channel: ChannelFacts, item: Prepared, inbound: net.ReviewReceived, message: Message,
    newest: Content | None, received_at: int,
) -> None:  # fmt: skip
    """A new version waits when an answer exists or the conversation is closed, unless stars only rose to the top."""
    only_rose = newest is not None and newest.text == inbound.text and inbound.rating == inbound.best_rating
    message.edited_at = min(inbound.occurred_at, received_at)
    message.rating = inbound.rating
    conversation = state.conversations[message.conversation_id]
    conversation.rating = inbound.rating
    items.add_version(state, message, item, text=inbound.text, title=inbound.title, rating=inbound.rating)
    items.versioned(state, message, item, e.Actor("contact", message.author_id))
    thread = state.threads.get(message.thread_id or 0)
    if only_rose or thread is None or mark_of(channel, inbound.occurred_at, received_at) == "history":
        return
    if conversation.status == "closed":
        conversations.reopened(state, conversation, "customer")
    if state.open_wait(thread.id, 0) is None:
        wait.opened(state, thread, 0, message.id, received_at, wait.customer_time(inbound.occurred_at, received_at))
