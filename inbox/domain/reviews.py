"""Reviews: stars and words with versions; a new version waits again, unless the stars only rose to the top."""

from __future__ import annotations

from connectors import inbound as net
from connectors.outbound import Receipt
from inbox.clock import MINUTE
from inbox.domain import conversation as conversations
from inbox.domain import delivering, items, people, threads, wait, words
from inbox.domain import events as e
from inbox.domain.outcome import Outcome, mark_of
from inbox.domain.records import Content, Message, Thread
from inbox.domain.state import ChannelFacts, Prepared, State

_STANDS = frozenset({"accepted", "delivered", "read"})
_OPEN = frozenset({"queued", "sending", "pending", "unknown"})
_SETTLING = 2 * MINUTE
"""How long after our answer was published the network may still be read as if there were none."""
_STARS = 5


def receive(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    """A review, whole, as it stands at the network now: new, changed, removed, restored, answered elsewhere."""
    inbound = item.inbound
    assert isinstance(inbound, net.ReviewReceived)
    message = items.find(state, channel, inbound.external_id)
    if message is None:
        return "ignored" if inbound.removed else _new_review(state, channel, item, inbound, received_at)
    if message.erased:
        return "duplicate"
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
    if newest is None or (newest.text, newest.title, newest.rating) != (inbound.text, inbound.title, _stars(inbound)):
        _review_changed(state, channel, item, inbound, message, newest, received_at)
        outcome = "done"
    elif len(inbound.attachments) > items.count_of_files(newest.attachments):
        # Photos ask for nothing that the words do not.
        _new_version(state, item, inbound, message, received_at)
        outcome = "done"
    if _our_answer(state, channel, inbound, message, received_at):
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
        state, channel, item, thread, conversation, received_at, mark, identity=identity, rating=_stars(inbound)
    )
    message.needs_answer = int(_asks(message.rating, inbound.text)) if not inbound.reply_text else 0
    if mark == "history":
        state.emit(e.ConversationClosed(conversation_id=conversation.id, episode=1, automatic=True))
    items.arrived(state, item, thread, conversation, message, e.Actor("contact", contact.id))
    if inbound.reply_text:
        at = inbound.reply_at or received_at
        _outside_answer(state, channel, inbound, message, thread, min(at, received_at), received_at)
    return "done"


def _review_changed(
    state: State, channel: ChannelFacts, item: Prepared, inbound: net.ReviewReceived, message: Message,
    newest: Content | None, received_at: int,
) -> None:  # fmt: skip
    """A new version waits again, unless stars only rose to the top."""
    conversation = state.conversations[message.conversation_id]
    message.rating = conversation.rating = _stars(inbound)
    _new_version(state, item, inbound, message, received_at)
    if mark_of(channel, inbound.occurred_at, received_at) != "history":
        conversations.show_newest(state, conversation, message, item.preview)
    thread = state.threads.get(message.thread_id or 0)
    if thread is None or _only_rose(newest, inbound) or conversation.spam:
        return
    if mark_of(channel, inbound.occurred_at, received_at) == "history":
        return
    _waits_again(state, thread, message, received_at, inbound.occurred_at)


def _new_version(state: State, item: Prepared, inbound: net.ReviewReceived, message: Message, received_at: int) -> None:
    message.edited_at = min(inbound.occurred_at, received_at)
    items.add_version(state, message, item, text=inbound.text, title=inbound.title, rating=_stars(inbound))
    items.versioned(state, message, item, e.Actor("contact", message.author_id))


def _only_rose(before: Content | None, now: net.ReviewReceived) -> bool:
    """The same words with more stars, and no more are possible: nothing is left to answer."""
    return (
        before is not None
        and (before.text, before.title) == (now.text, now.title)
        and (before.rating or 0) < _stars(now) == _STARS
    )


def _stars(inbound: net.ReviewReceived) -> int:
    """The rating in one to five stars, halves up: asked for, counted and shown so, whatever a network counts to."""
    stars = (2 * _STARS * inbound.rating + inbound.best_rating) // (2 * inbound.best_rating)
    return min(max(stars, 1), _STARS)


def _our_answer(
    state: State, channel: ChannelFacts, inbound: net.ReviewReceived, message: Message, received_at: int
) -> bool:
    """What the network shows as our answer, against what we know of it. True when that was news."""
    thread = state.threads.get(message.thread_id or 0)
    if thread is None or not inbound.reply_known:
        return False
    standing = _standing(state, thread)
    if not inbound.reply_text:
        return standing is not None and _taken_away(state, standing, message, thread, received_at)
    if _published(state, inbound, thread):
        return True
    if standing is not None and _same(_words_of(state, standing), inbound.reply_text):
        _known_as(state, standing, inbound.reply_id)
        return False
    if _answered_elsewhere(state, channel, inbound, message, thread, received_at):
        return True
    return standing is not None and _rewritten(state, inbound, standing, received_at)


def _ours(state: State, thread: Thread, delivery_states: frozenset[str]) -> list[Message]:
    """Our answers in these states, oldest first."""
    found = [
        m
        for m in state.messages.values()
        if (m.thread_id, m.direction, m.deleted_at) == (thread.id, "out", None) and m.delivery_state in delivery_states
    ]
    return sorted(found, key=lambda m: (m.accepted_at or 0, m.id))


def _standing(state: State, thread: Thread) -> Message | None:
    """The answer that customers read, as far as we know."""
    return next(reversed(_ours(state, thread, _STANDS)), None)


def _words_of(state: State, message: Message) -> str:
    content = state.contents.get(message.id)
    return content.text if content is not None else ""


def _same(one: str, other: str) -> bool:
    """Networks trim answers and change their line breaks."""
    return one.split() == other.split()


def _known_as(state: State, answer: Message, reply_id: str | None) -> None:
    """Learn what the network calls the answer; each time it is written anew it has another id."""
    key = (answer.channel_id, reply_id or "")
    if not reply_id or key in state.message_by_key:
        return
    if answer.external_id is None:
        answer.external_id = reply_id
    else:
        state.aliases.append((*key, answer.id))
    state.message_by_key[key] = answer
    state.touch(answer)


def _published(state: State, inbound: net.ReviewReceived, thread: Thread) -> bool:
    """An answer of ours whose fate was open, matched by its words: everybody can read it."""
    for answer in _ours(state, thread, _OPEN):
        parts = [p for p in delivering.parts_of(state, answer.id) if p.state in ("sending", "pending", "unknown")]
        if parts and _same(_words_of(state, answer), inbound.reply_text or ""):
            published = Receipt(external_id=inbound.reply_id or "", accepted_at=inbound.reply_at)
            delivering.accepted(state, parts[0], published)
            return True
    return False


def _busy(state: State, answer: Message) -> bool:
    """Whether we are changing the answer ourselves: what becomes of it is told by the network's reply to that."""
    settled = ("accepted", "refused", "cancelled")
    return any(p.message_id == answer.id and p.state not in settled for p in state.outbox.values())


def _rewritten(state: State, inbound: net.ReviewReceived, standing: Message, received_at: int) -> bool:
    """Somebody of ours changed the answer at the network itself."""
    since = max(standing.accepted_at or 0, standing.edited_at or 0)
    if inbound.reply_at is None or inbound.reply_at <= since or _busy(state, standing):
        return False
    at = min(inbound.reply_at, received_at)
    items.rewritten(state, standing, inbound.reply_text or "", None, e.Actor("outside"), at=at)
    _known_as(state, standing, inbound.reply_id)
    return True


def _taken_away(state: State, standing: Message, review: Message, thread: Thread, received_at: int) -> bool:
    """Somebody of ours deleted the answer at the network itself: the review waits again, from now on."""
    since = max(standing.accepted_at or 0, standing.edited_at or 0)
    if received_at - since < _SETTLING or _busy(state, standing):
        return False
    items.gone(state, standing, by="us", erase=False, actor=e.Actor("outside"))
    newest = state.contents.get(review.id)
    conversation = state.conversations[review.conversation_id]
    if review.deleted_at is None and not conversation.spam and _asks(review.rating, newest.text if newest else ""):
        _waits_again(state, thread, review, received_at, received_at)
    return True


def _asks(rating: int | None, text: str) -> bool:
    """Stars alone ask for an answer where they are few."""
    return bool(text) or (rating or 0) <= 3


def _waits_again(state: State, thread: Thread, review: Message, received_at: int, occurred_at: int) -> None:
    conversation = state.conversations[review.conversation_id]
    if conversation.status == "closed":
        conversations.reopened(state, conversation, "customer")
    elif conversation.status == "snoozed":
        conversations.woken(state, conversation, "customer")
    wait.changed(state, thread, review, received_at, occurred_at)


def _answered_elsewhere(
    state: State, channel: ChannelFacts, inbound: net.ReviewReceived, message: Message, thread: Thread,
    received_at: int,
) -> bool:  # fmt: skip
    """An answer that somebody of ours published at the network itself, after the author began to wait. One of ours on
    its way is told by its receipt.
    """
    running = state.open_wait(thread.id, 0)
    if running is None or running.answer_id is not None:
        return False
    if inbound.reply_at is None or inbound.reply_at < running.customer_opened_at:
        return False
    at = min(inbound.reply_at, received_at)
    answer = _outside_answer(state, channel, inbound, message, thread, at, received_at)
    wait.answered(state, running, answer, e.Actor("outside"), desk_at=received_at, customer_at=at)
    return True


def _outside_answer(
    state: State, channel: ChannelFacts, inbound: net.ReviewReceived, review: Message, thread: Thread, at: int,
    received_at: int,
) -> Message:  # fmt: skip
    """Our published answer as an item. The network shows it as part of the review; few give it an id of its own."""
    text = inbound.reply_text or ""
    conversation = state.conversations[review.conversation_id]
    mark = mark_of(channel, at, received_at)
    answer = state.add(
        items.new_message(state, channel, thread, conversation, None, "review", received_at, mark, None, None)
    )
    answer.occurred_at = answer.accepted_at = at
    answer.in_reply_to, answer.identity_id = review.id, review.identity_id
    state.add(
        Content(
            message_id=answer.id, version=1, text=text, html=None, quoted_html=None, title="", rating=None,
            attachments="", mentions="", recipients="", at=at,
        )
    )  # fmt: skip
    if folded := words.searchable(text):
        state.search[answer.id] = folded
    _known_as(state, answer, inbound.reply_id)
    items.announced(state, thread, conversation, answer, words.preview(text), e.Actor("outside"))
    return answer
