"""When someone waits for an answer, and when that ends (docs/metrics.md).

A wait belongs to a thread, in threads of many authors to a thread and an author. These decisions emit the events;
`apply` keeps the books.
"""

from __future__ import annotations

from collections.abc import Iterable

from inbox.clock import DAY
from inbox.domain import events as e
from inbox.domain import targets
from inbox.domain.events import SYSTEM
from inbox.domain.records import Message, Thread, Wait
from inbox.domain.sla import Kind
from inbox.domain.state import State

MANY_AUTHORS = frozenset({"comment", "mention", "group"})
_TRUSTED = 7 * DAY


def waiting_author(thread: Thread, identity_id: int | None) -> int:
    """Whose wait an item is part of: the author in threads of many, else the thread's (0)."""
    return (identity_id or 0) if thread.kind in MANY_AUTHORS else 0


def customer_time(occurred_at: int, received_at: int) -> int:
    """The network's time where it is believed: inside the seven days before our receipt."""
    return min(max(occurred_at, received_at - _TRUSTED), received_at)


def item_arrived(state: State, thread: Thread, message: Message) -> None:
    """A customer item that needs an answer arrived: a wait opens, goes on, or comes back."""
    at = customer_time(message.occurred_at, message.received_at)
    _needs_answer(state, thread, message, message.received_at, at)


def _needs_answer(state: State, thread: Thread, message: Message, received_at: int, at: int) -> None:
    author = waiting_author(thread, message.identity_id)
    running = state.open_wait(thread.id, author)
    if running is not None:
        # What came before the newest answer was given is covered by that one. Of a review, whose id stays, the newest
        # change counts.
        if running.answer_id is not None and (running.next_by or 0) < running.answer_id:
            running.next_by, running.next_at, running.next_customer_at = message.id, received_at, at
            state.touch(running)
        return
    dismissed = _dismissed_lately(state, thread, author)
    if dismissed is not None:
        state.emit(e.WaitReopened(conversation_id=thread.conversation_id, wait_id=dismissed.id, reason="wrote_again"))
        return
    opened(state, thread, author, message.id, received_at, at)


def unasked(state: State, thread: Thread, message: Message) -> None:
    """An item came in which nothing is asked: only mentions, emoji, stickers or a link. It is dismissed at once, unless
    its author waits already; it does not bring back what was dismissed before.
    """
    author = waiting_author(thread, message.identity_id)
    if state.open_wait(thread.id, author) is not None:
        return
    at = customer_time(message.occurred_at, message.received_at)
    gone = opened(state, thread, author, message.id, message.received_at, at, promised=False)
    dismissed(state, [gone], "no_question", SYSTEM)


def opened(
    state: State, thread: Thread, author: int, message_id: int, received_at: int, customer_at: int, *,
    promised: bool = True,
) -> Wait:  # fmt: skip
    """Open a wait, with the target that a policy sets it; without one where nothing is `promised`."""
    conversation = state.conversations.get(thread.conversation_id)
    first = conversation is not None and not conversation.responded and conversation.episode == 1
    kind: Kind = "first" if first else "next"
    wait_id = state.next_id()
    state.emit(
        e.WaitOpened(
            conversation_id=thread.conversation_id,
            wait_id=wait_id,
            thread_id=thread.id,
            identity_id=author,
            message_id=message_id,
            opened_at=received_at,
            customer_opened_at=customer_at,
            first=first,
            target=targets.promised(state, conversation, kind, received_at, customer_at) if promised else None,
        )
    )
    return state.waits[wait_id]


def changed(state: State, thread: Thread, message: Message, received_at: int, occurred_at: int) -> None:
    """A customer's item changed so that it needs an answer again: a wait opens, goes on, or comes back. `received_at`
    and `occurred_at` are the change's.
    """
    _needs_answer(state, thread, message, received_at, customer_time(occurred_at, received_at))


def _dismissed_lately(state: State, thread: Thread, author: int) -> Wait | None:
    for wait in state.waits.values():
        if (
            wait.thread_id == thread.id
            # What was dismissed in the conversation before stays there: a new one begins with a wait of its own.
            and wait.conversation_id == thread.conversation_id
            and wait.identity_id == author
            and wait.end == "dismissed"
            and wait.reason != "no_question"
            and wait.ended_at is not None
            and state.now - wait.ended_at < DAY
        ):
            return wait
    return None


def covered(state: State, thread: Thread, answers: int | None, also: Iterable[int] = ()) -> tuple[int, ...]:
    """Ids of the open waits that an answer in this thread ends: that of the identity answered, those of `also` (message
    ids), and, of a private answer, what the same person asks in public in the same conversation.
    """
    authors = {waiting_author(thread, answers)}
    authors |= {
        waiting_author(thread, m.identity_id)
        for m in (state.messages.get(i) for i in also)
        if m and m.thread_id == thread.id
    }
    private = thread.identity_id if thread.audience == "private" else None
    return tuple(
        w.id
        for w in state.open_waits(thread.conversation_id)
        if (w.thread_id == thread.id and w.identity_id in authors) or _asked_in_public(state, w, private)
    )


def _asked_in_public(state: State, wait: Wait, identity_id: int | None) -> bool:
    """Whether a wait is a public one of the person who has this identity in private."""
    person, author = state.identities.get(identity_id or 0), state.identities.get(wait.identity_id)
    thread = state.threads.get(wait.thread_id)
    if person is None or author is None or thread is None or thread.audience != "public":
        return False
    return person.contact_id == author.contact_id


def answered(state: State, wait: Wait, message: Message, actor: e.Actor, *, desk_at: int, customer_at: int) -> None:
    """The network accepted a person's answer. What came after the answer was given opens the next wait; ids are given
    out in the order of decisions, so they tell what came after.
    """
    next_by, next_at, next_customer_at = wait.next_by, wait.next_at, wait.next_customer_at
    # A review keeps its id when it changes: of it, the time tells.
    if next_by is not None and next_by < message.id and (next_at or 0) <= message.received_at:
        next_by = None
    since = _written_since(state, wait, message) if next_by is None and wait.answer_id != message.id else None
    if since is not None:
        next_by, next_at = since.id, since.received_at
        next_customer_at = customer_time(since.occurred_at, since.received_at)
    state.emit(
        e.WaitAnswered(
            conversation_id=wait.conversation_id,
            wait_id=wait.id,
            message_id=message.id,
            ended_at=max(desk_at, wait.opened_at),
            customer_ended_at=max(customer_at, wait.customer_opened_at),
        ),
        actor,
    )
    thread = state.threads.get(wait.thread_id)
    if next_by is not None and next_at is not None and thread is not None:
        opened(state, thread, wait.identity_id, next_by, next_at, next_customer_at or next_at)


def _written_since(state: State, wait: Wait, message: Message) -> Message | None:
    """The newest item of who waits, if it came after this answer was given. Of an answer that was given for another
    wait, or for one that went on since, nobody noted what came first after it. In a thread of many it is found only
    where nobody else has written since.
    """
    thread = state.threads.get(wait.thread_id)
    newest = state.messages.get(thread.last_in_id or 0) if thread is not None else None
    if thread is None or newest is None or newest.id < message.id:
        return None
    asks = newest.needs_answer and not newest.deleted_at and newest.mark != "history"
    return newest if asks and waiting_author(thread, newest.identity_id) == wait.identity_id else None


def acknowledged(state: State, wait: Wait, message: Message, actor: e.Actor, at: int) -> None:
    """A holding answer was accepted."""
    state.emit(
        e.WaitAcknowledged(conversation_id=wait.conversation_id, wait_id=wait.id, message_id=message.id, at=at), actor
    )


def answer_failed(state: State, message: Message) -> None:
    """An answer will not arrive: its waits go on, or reopen from their original start when they had ended."""
    for wait in [w for w in state.waits.values() if w.answer_id == message.id]:
        if not wait.end:
            wait.answer_id = wait.next_by = wait.next_at = wait.next_customer_at = None
            state.touch(wait)
            targets.arm(state, wait)
        elif wait.end == "answered":
            later = state.open_wait(wait.thread_id, wait.identity_id)
            if later is not None:
                voided(state, [later], "merged")
            state.emit(e.WaitReopened(conversation_id=wait.conversation_id, wait_id=wait.id, reason="refused"))


def dismissed(state: State, waits: Iterable[Wait], reason: str, actor: e.Actor) -> None:
    """No answer needed."""
    for wait in list(waits):
        state.emit(
            e.WaitDismissed(conversation_id=wait.conversation_id, wait_id=wait.id, ended_at=state.now, reason=reason),
            actor,
        )


def taken_back(state: State, waits: Iterable[Wait], actor: e.Actor) -> None:
    """That a wait was dismissed or voided is taken back, unless the author waits anew already."""
    for wait in list(waits):
        if wait.end in ("dismissed", "voided") and state.open_wait(wait.thread_id, wait.identity_id) is None:
            state.emit(e.WaitReopened(conversation_id=wait.conversation_id, wait_id=wait.id, reason="undone"), actor)


def voided(state: State, waits: Iterable[Wait], reason: str, actor: e.Actor = e.SYSTEM) -> None:
    """Nothing to answer any more."""
    for wait in list(waits):
        state.emit(
            e.WaitVoided(conversation_id=wait.conversation_id, wait_id=wait.id, ended_at=state.now, reason=reason),
            actor,
        )


def item_gone(state: State, message: Message) -> None:
    """A customer item was deleted, hidden or erased: its wait is void unless the author has another unanswered item."""
    thread = state.threads.get(message.thread_id or 0)
    if thread is None or message.direction != "in":
        return
    wait = state.open_wait(thread.id, waiting_author(thread, message.identity_id))
    if wait is None:
        return
    if wait.opened_by != message.id:
        return
    rest = [
        m
        for m in state.messages.values()
        if m.thread_id == thread.id
        and m.id != message.id
        and m.direction == "in"
        and m.needs_answer
        and m.deleted_at is None
        and m.hidden_at is None
        and m.mark != "history"
        and m.position > wait.position
        and waiting_author(thread, m.identity_id) == wait.identity_id
    ]
    if not rest:
        voided(state, [wait], "deleted")
        return
    # Others of the same author still wait: the wait keeps its start, only the item it points to changes.
    wait.opened_by = min(rest, key=lambda m: m.position).id
    state.touch(wait)


def item_back(state: State, message: Message, actor: e.Actor = SYSTEM) -> None:
    """A customer item is there again: the wait that its going made void goes on from its original start."""
    _goes_on(state, message, "voided", "deleted", actor)


def liked(state: State, message: Message, actor: e.Actor) -> None:
    """We reacted to a customer's item. That is an action, never an answer: its author waits no more, but dismissed."""
    thread = state.threads.get(message.thread_id or 0)
    if thread is None or message.direction != "in":
        return
    running = state.open_wait(thread.id, waiting_author(thread, message.identity_id))
    if running is not None and running.answer_id is None and message.id >= running.opened_by:
        dismissed(state, [running], "liked", actor)


def like_taken_back(state: State, message: Message, actor: e.Actor) -> None:
    """Our reaction is gone: the wait that it ended goes on."""
    _goes_on(state, message, "dismissed", "liked", actor)


def _goes_on(state: State, message: Message, end: str, reason: str, actor: e.Actor) -> None:
    thread = state.threads.get(message.thread_id or 0)
    conversation = state.conversations.get(message.conversation_id)
    if thread is None or conversation is None or conversation.status == "closed" or conversation.spam:
        return
    author = waiting_author(thread, message.identity_id)
    ended = [
        w
        for w in state.waits.values()
        if (w.thread_id, w.identity_id, w.end, w.reason) == (thread.id, author, end, reason)
        and w.opened_by <= message.id
        and (end == "dismissed" or w.opened_by == message.id)
    ]
    taken_back(state, sorted(ended, key=lambda w: w.ended_at or 0)[-1:], actor)
