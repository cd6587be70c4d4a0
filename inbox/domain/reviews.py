"""Reviews: stars and words with versions; a new version waits again, unless the stars only rose to the top."""

from __future__ import annotations

from connectors import inbound as net
from inbox.domain import conversation as conversations
from inbox.domain import events as e
from inbox.domain import items, people, threads, wait, words
from inbox.domain.outcome import Outcome, mark_of
from inbox.domain.records import Content, Message, Thread
from inbox.domain.state import ChannelFacts, Prepared, State


def receive(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    """A review, whole, as it stands at the network now: new, changed, removed, restored, answered elsewhere."""
    inbound = item.inbound
    assert isinstance(inbound, net.ReviewReceived)
    message = items.find(state, channel, inbound.external_id)
    if message is None:
        return "ignored" if inbound.removed else _new_review(state, channel, item, inbound, received_at)
    if inbound.removed:
        if message.deleted_at is not None:
            return "duplicate"
        items.gone(state, message, by="network", erase=False)
        return "done"
    outcome: Outcome = "duplicate"
    if message.deleted_at is not None:
        _restored(state, message)
        outcome = "done"
    newest = state.contents.get(message.id)
    if newest is None or (newest.text, newest.title, newest.rating) != (inbound.text, inbound.title, inbound.rating):
        _review_changed(state, channel, item, inbound, message, newest, received_at)
        outcome = "done"
    if _answered_elsewhere(state, channel, inbound, message, received_at):
        outcome = "done"
    return outcome


def _restored(state: State, message: Message) -> None:
    """It is there again: who waited for an answer to it waits on."""
    message.deleted_at = None
    state.emit(e.MessageShown(conversation_id=message.conversation_id, message_id=message.id))
    wait.item_back(state, message)


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
    if inbound.reply_text:
        at = inbound.reply_at or received_at
        _outside_answer(state, channel, inbound.reply_text, message, thread, min(at, received_at), received_at)
    return "done"


def _review_changed(
    state: State, channel: ChannelFacts, item: Prepared, inbound: net.ReviewReceived, message: Message,
    newest: Content | None, received_at: int,
) -> None:  # fmt: skip
    """A new version waits again, unless stars only rose to the top."""
    message.edited_at = min(inbound.occurred_at, received_at)
    message.rating = inbound.rating
    conversation = state.conversations[message.conversation_id]
    conversation.rating = inbound.rating
    items.add_version(state, message, item, text=inbound.text, title=inbound.title, rating=inbound.rating)
    items.versioned(state, message, item, e.Actor("contact", message.author_id))
    thread = state.threads.get(message.thread_id or 0)
    if thread is None or _only_rose(newest, inbound) or conversation.spam:
        return
    if mark_of(channel, inbound.occurred_at, received_at) == "history":
        return
    if conversation.status == "closed":
        conversations.reopened(state, conversation, "customer")
    elif conversation.status == "snoozed":
        conversations.woken(state, conversation, "customer")
    wait.changed(state, thread, message, received_at, inbound.occurred_at)


def _only_rose(before: Content | None, now: net.ReviewReceived) -> bool:
    """The same words with more stars, and no more are possible: nothing is left to answer."""
    return (
        before is not None
        and (before.text, before.title) == (now.text, now.title)
        and now.rating == now.best_rating
        and (before.rating or 0) < now.rating
    )


def _answered_elsewhere(
    state: State, channel: ChannelFacts, inbound: net.ReviewReceived, message: Message, received_at: int
) -> bool:
    """An answer that somebody of ours published at the network itself, after the author began to wait. One of ours on
    its way is told by its receipt.
    """
    thread = state.threads.get(message.thread_id or 0)
    running = state.open_wait(thread.id, 0) if thread is not None else None
    if thread is None or running is None or running.answer_id is not None:
        return False
    if not inbound.reply_text or inbound.reply_at is None or inbound.reply_at < running.customer_opened_at:
        return False
    at = min(inbound.reply_at, received_at)
    answer = _outside_answer(state, channel, inbound.reply_text, message, thread, at, received_at)
    wait.answered(state, running, answer, e.Actor("outside"), desk_at=received_at, customer_at=at)
    return True


def _outside_answer(
    state: State, channel: ChannelFacts, text: str, review: Message, thread: Thread, at: int, received_at: int
) -> Message:
    """Our published answer as an item. The network shows it as part of the review: it has no id of its own."""
    conversation = state.conversations[review.conversation_id]
    mark = mark_of(channel, at, received_at)
    answer = state.add(
        items.new_message(state, channel, thread, conversation, None, "review", received_at, mark, None, None)
    )
    answer.occurred_at = at
    answer.in_reply_to, answer.identity_id = review.id, review.identity_id
    state.add(
        Content(
            message_id=answer.id, version=1, text=text, html=None, quoted_html=None, title="", rating=None,
            attachments="", mentions="", recipients="", at=at,
        )
    )  # fmt: skip
    if folded := words.searchable(text):
        state.search[answer.id] = folded
    items.announced(state, thread, conversation, answer, words.preview(text), e.Actor("outside"))
    return answer
