"""The thread of a private reply joins the comment's conversation, in the transaction that accepts the reply."""

from __future__ import annotations

from connectors.outbound import Receipt, Sibling
from inbox.commands.merge import move_all, recount
from inbox.domain import events as e
from inbox.domain import siblings, words
from inbox.domain.records import Conversation, Message, Thread
from inbox.domain.state import ChannelFacts, State
from inbox.storage import merging, messages
from inbox.storage.database import Query


def ids_of(receipt: Receipt) -> tuple[str, ...]:
    """What the network calls the item that was taken."""
    return tuple(i for i in (receipt.external_id, *receipt.alternate_ids) if i)


def bound(
    state: State, message: Message, there: ChannelFacts, sibling: Sibling, external_ids: tuple[str, ...]
) -> Query[None]:
    """Bind the thread and put the message into it. Doing it again, for the next part of the message, changes nothing.

    The thread may be new; or the echo, or the customer, came first and began a conversation of its own; or the two have
    talked for long.
    """
    identity = siblings.person(state, message, there, sibling)
    thread = siblings.thread_there(state, there, sibling, identity)
    target = state.conversations[message.conversation_id]
    source = state.conversations.get(thread.conversation_id)
    echo = siblings.echo_of(state, message, there, external_ids)
    if source is not target:
        yield from _bring(state, thread, source, target, there)
    if echo is not None:
        yield from merging.absorb(target.id, echo.id, message.id)
        siblings.joined(state, message, echo)
        # Whoever looks at the thread holds two items and has to fetch it again.
        state.emit(e.ThreadBound(conversation_id=target.id, thread_id=thread.id))
    siblings.landed(state, message, thread, external_ids)
    if source is not None or echo is not None:
        yield from _counted_again(target, source)


def _bring(
    state: State, thread: Thread, source: Conversation | None, target: Conversation, there: ChannelFacts
) -> Query[None]:
    if source is None or siblings.left_behind(state, source, there):
        siblings.taken(state, thread, source, target)
        return
    if [th.id for th in state.threads_of(source.id)] == [thread.id]:
        yield from move_all(state, source, target, e.SYSTEM)
    else:
        yield from merging.move(source.id, target.id, (thread.id,), ())
        siblings.moved(state, thread, source, target)
    siblings.received(state, source, target)


def _counted_again(target: Conversation, source: Conversation | None) -> Query[None]:
    for conversation in {c.id: c for c in (target, source) if c is not None}.values():
        yield from recount(conversation)
    shown = yield from messages.newest_words(target.id)
    if shown is not None:
        target.preview_direction, text = shown
        target.preview = words.preview(text)
