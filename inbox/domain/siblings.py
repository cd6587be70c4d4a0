"""A private reply opens, or lands in, a private thread on a sibling channel: that thread belongs to the comment's
conversation. One person, one conversation, one owner; every item names its audience.

Nobody knows the order in which the network tells: our request's answer, the echo of what we sent, and the customer's
next words may each come first. `inbox.commands.siblings` brings the statements that this needs.
"""

from __future__ import annotations

from connectors import inbound as net
from connectors.outbound import Sibling
from inbox.domain import conversation as conversations
from inbox.domain import delivering, people, threads
from inbox.domain import events as e
from inbox.domain.records import Conversation, Identity, Message, Thread
from inbox.domain.state import ChannelFacts, Needs, State

REASON = "private_reply"


def needs_of(needs: Needs, there: ChannelFacts, sibling: Sibling, external_ids: tuple[str, ...]) -> None:
    """Name what binding looks at on the sibling channel. `external_ids`: what the network calls the item there."""
    needs.threads.add((there.id, sibling.thread_id))
    needs.identities.add((there.network, people.scope_of(there), sibling.author_id))
    needs.items |= {(there.id, external_id) for external_id in external_ids if external_id}


def person(state: State, message: Message, there: ChannelFacts, sibling: Sibling) -> Identity:
    """The recipient's account on the sibling channel. The network vouches that it is the author of the comment: it is
    his contact's from now on.
    """
    author = state.identities.get(message.identity_id or 0)
    conversation = state.conversations[message.conversation_id]
    contact_id = author.contact_id if author is not None else conversation.contact_id
    scope = people.scope_of(there)
    found = state.identity_by_key.get((there.network, scope, sibling.author_id))
    if found is None:
        same = net.Author(external_id=sibling.author_id, name=author.name if author is not None else "")
        return people.added(state, there, same, scope, contact_id, state.now)
    people.moved(state, there, found, contact_id, REASON)
    return found


def thread_there(state: State, there: ChannelFacts, sibling: Sibling, identity: Identity) -> Thread:
    """The private thread, made if neither the echo nor the customer came before."""
    seen = net.Thread(external_id=sibling.thread_id, kind="direct", audience="private")
    return threads.thread_of(state, there, seen, identity, state.now)


def left_behind(state: State, source: Conversation, there: ChannelFacts) -> bool:
    """Whether a message in the thread would begin a new conversation: what was said before stays in the old one."""
    if source.status != "closed" or source.closed_at is None:
        return False
    return state.now - source.closed_at > there.reopen_seconds * 1_000_000


def taken(state: State, thread: Thread, source: Conversation | None, target: Conversation) -> None:
    """The thread belongs to the target from now on; items and waits of before stay where they are."""
    state.emit(e.ThreadBound(conversation_id=target.id, thread_id=thread.id))
    if source is not None:
        state.emit(e.ThreadsLeft(conversation_id=source.id, to_id=target.id, thread_ids=(thread.id,)))


def moved(state: State, thread: Thread, source: Conversation, target: Conversation) -> None:
    """The thread moved with its items and waits out of a conversation that goes on without it."""
    state.emit(e.ThreadBound(conversation_id=target.id, thread_id=thread.id, from_id=source.id))
    state.emit(e.ThreadsLeft(conversation_id=source.id, to_id=target.id, thread_ids=(thread.id,)))


def received(state: State, source: Conversation, target: Conversation) -> None:
    """What follows for the conversation that got the thread: its owner stays, and somebody who waits in it is seen."""
    target.last_activity_at = max(target.last_activity_at, source.last_activity_at)
    if target.waiting_since is None or target.spam:
        return
    if target.status == "closed":
        conversations.reopened(state, target, "customer")
    elif target.status == "snoozed":
        conversations.woken(state, target, "customer")


def echo_of(state: State, message: Message, there: ChannelFacts, external_ids: tuple[str, ...]) -> Message | None:
    """The item that the echo of this message became, because it came before the network's answer."""
    for external_id in external_ids:
        found = state.message_by_key.get((there.id, external_id))
        if found is not None and found is not message and found.author_kind == "outside":
            return found
    return None


def joined(state: State, message: Message, echo: Message) -> None:
    """The echo and what we sent are one item, ours. The echo's row is deleted by a statement."""
    message.reactions = message.reactions or echo.reactions
    message.external_id = message.external_id or echo.external_id
    for wait in [w for w in state.waits.values() if w.answer_id == echo.id]:
        wait.answer_id = message.id
        state.touch(wait)
    state.forget(echo)
    state.emit(e.MessageJoined(conversation_id=message.conversation_id, message_id=message.id, absorbed_id=echo.id))
    if echo.delivery_state in ("delivered", "read"):
        delivering.changed(state, message, echo.delivery_state)


def landed(state: State, message: Message, thread: Thread, external_ids: tuple[str, ...]) -> None:
    """The message stands in the thread it went to: receipts and echoes that come there find it."""
    message.thread_id, message.channel_id = thread.id, thread.channel_id
    for external_id in external_ids:
        state.message_by_key[thread.channel_id, external_id] = message
        if external_id != message.external_id:
            state.aliases.append((thread.channel_id, external_id, message.id))
    state.touch(message)
    delivering.apply_watermark(state, message)
