"""Letting an answer go: where it goes, whom it answers, whether somebody came in between, and the rows that carry it.

What the network makes of the text is its connector's `plan`, asked by `commands` between `action_of` and `send`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from connectors.outbound import (
    AnyOutbound,
    Blob,
    Option,
    Part,
    PrivateReply,
    ReplyToComment,
    ReplyToReview,
    SendMessage,
    Target,
)
from inbox.clock import SECOND
from inbox.domain import approving, delivering, public_lines, releasing, wait, words
from inbox.domain import conversation as conversations
from inbox.domain import events as e
from inbox.domain.items import attach
from inbox.domain.records import Content, Conversation, Media, Message, OutboxPart, Thread
from inbox.domain.state import State
from inbox.domain.threads import NEW_THREAD
from inbox.errors import Invalid

HOLD_SECONDS = 10
REVIEW_HOLD_SECONDS = 120
"""An answer to a review stands beside the stars for years: there is more time to take it back."""
_COMMENT_KINDS = frozenset({"comment", "mention"})
_NAMES_ITS_ITEM = frozenset({"mail", "group", "review", *_COMMENT_KINDS})
"""Kinds of thread in which every answer names the item it answers; elsewhere only one that quotes does."""
_json = msgspec.json.Encoder().encode
_address = msgspec.json.Decoder(dict[str, str]).decode


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to say. Ids are ours, times µs."""

    text: str = ""
    html: str | None = None
    """Sanitised."""
    subject: str | None = None
    thread_id: int | None = None
    in_reply_to: int | None = None
    covers: tuple[int, ...] = ()
    """Further items this answers."""
    attachments: tuple[int, ...] = ()
    template: str | None = None
    template_values: dict[str, str] = {}
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    quote: bool = True
    """Mail: the item answered stands below the answer."""
    forward: bool = False
    private: bool = False
    """Answer a public comment in private."""
    split: bool = False
    options: tuple[Option, ...] = ()
    options_title: str = ""
    asks_location: bool = False
    ends_wait: bool = True
    seen_position: int | None = None
    force: bool = False
    send_at: int | None = None
    hold_seconds: int | None = None
    """None: the kind's default; tokens have none."""
    approval: bool = False
    """It is held until somebody who may has said yes."""
    after: int | None = None
    """A message that must be taken first: a public line beside a private answer. Refused, this does not go."""


class Author(msgspec.Struct, frozen=True):
    """In whose name it is said."""

    actor: e.Actor
    name: str

    @property
    def is_person(self) -> bool:
        """Only a person's answer ends a wait."""
        return self.actor.kind == "agent"


# --- where it goes and whom it answers


def thread_for(state: State, conversation: Conversation, answer: Answer) -> Thread:
    """The thread an answer goes to. Raises Invalid (`thread_required`) where there are several and none is named."""
    threads = state.threads_of(conversation.id)
    wanted = answer.thread_id
    if wanted is None and answer.in_reply_to is not None and answer.in_reply_to in state.messages:
        wanted = state.messages[answer.in_reply_to].thread_id
    if wanted is None and len(threads) != 1:
        listed = ", ".join(f"{t.id} ({t.network} {t.kind}, {t.audience})" for t in threads)
        raise Invalid(
            f"conversation {conversation.id} has several threads: name one of {listed} as thread_id",
            code="thread_required",
            threads=[str(t.id) for t in threads],
        )
    for thread in threads:
        if wanted is None or thread.id == wanted:
            if thread.closed:
                raise Invalid(f"nothing more can be said in thread {thread.id}: it was closed", code="thread_closed")
            return thread
    raise Invalid(f"thread {wanted} is not in conversation {conversation.id}", code="thread_required")


def answered_item(state: State, thread: Thread, answer: Answer) -> Message | None:
    """The item an answer answers: the one named, else the thread's newest customer item that the agent saw."""
    if answer.in_reply_to is not None:
        named = state.messages.get(answer.in_reply_to)
        if named is None or named.thread_id != thread.id:
            raise Invalid(f"in_reply_to {answer.in_reply_to} is not an item of thread {thread.id}", code="in_reply_to")
        return named
    seen = answer.seen_position
    items = [
        m
        for m in state.messages.values()
        if m.thread_id == thread.id and m.direction == "in" and (seen is None or m.position <= seen)
    ]
    return max(items, key=lambda m: m.position, default=state.messages.get(thread.last_in_id or 0))


def newer_items(state: State, thread: Thread, answered: Message | None, seen_position: int) -> list[Message]:
    """What came in between: in the same thread, items of the person being answered that are new, edited or deleted
    since the agent looked, and anything said to that person. Notes, receipts, reactions and tags never count.
    """
    person = wait.waiting_author(thread, answered.identity_id if answered else None)
    found: dict[int, Message] = {}
    for logged in (*state.newer.get(thread.conversation_id, ()), *state.events):
        if logged.position <= seen_position or not isinstance(
            logged.event, (e.MessageReceived, e.MessageSent, e.MessageEdited, e.MessageDeleted)
        ):
            continue
        message = state.messages.get(logged.event.message_id)
        if message is None or message.thread_id != thread.id or message.delivery_state == "cancelled":
            continue
        changed_only = isinstance(logged.event, (e.MessageEdited, e.MessageDeleted))
        if changed_only and message.direction != "in":
            continue
        if wait.waiting_author(thread, message.identity_id) == person:
            found[message.id] = message
    return sorted(found.values(), key=lambda m: m.position)


def target_of(state: State, thread: Thread, item: Message | None) -> Target:
    """Where an action goes, in the network's own ids."""
    identity = state.identities.get((item.identity_id if item else None) or thread.identity_id or 0)
    return Target(
        thread_id="" if thread.external_id.startswith(NEW_THREAD) else thread.external_id,
        address=_address(thread.address) if thread.address else {},
        message_id=item.external_id if item else None,
        author_id=identity.external_id if identity else None,
        window_closes_at=thread.window_closes_at,
    )


def action_of(
    state: State, thread: Thread, answered: Message | None, answer: Answer, author: Author, blobs: tuple[Blob, ...]
) -> AnyOutbound:
    """What is asked of the network."""
    names_item = thread.kind in _NAMES_ITS_ITEM or answer.in_reply_to is not None
    target = target_of(state, thread, answered)
    if not names_item:
        target = msgspec.structs.replace(target, message_id=None)
    if answer.options or answer.asks_location:
        _require_message(thread, answer)
    if answer.private:
        return PrivateReply(target=target, text=answer.text)
    if thread.kind == "review":
        return ReplyToReview(target=target, text=answer.text)
    if thread.kind in _COMMENT_KINDS:
        return ReplyToComment(target=target, text=answer.text, attachments=blobs)
    is_mail = thread.kind == "mail"
    quoted = state.contents.get(answered.id) if is_mail and answer.quote and answered else None
    return SendMessage(
        target=target,
        text=answer.text,
        html=answer.html,
        attachments=blobs,
        subject=answer.subject,
        to=answer.to,
        cc=answer.cc,
        bcc=answer.bcc,
        template=answer.template,
        template_values=answer.template_values,
        sender_name=author.name if author.is_person else "",
        forward=answer.forward,
        quote=quoted.text if quoted is not None else None,
        references=_references(state, thread) if is_mail else (),
        automatic=not author.is_person,
        split=answer.split,
        options=answer.options,
        options_title=answer.options_title,
        asks_location=answer.asks_location,
    )


def _require_message(thread: Thread, answer: Answer) -> None:
    """Raise Invalid where what is said has no room for options: anything but a message."""
    if answer.private or answer.template or thread.kind in ("review", *_COMMENT_KINDS):
        what = "a template" if answer.template else "a private reply" if answer.private else f"a {thread.kind}"
        raise Invalid(f"options go with a message, not with {what}: write them into the text", code="not_supported")


def _references(state: State, thread: Thread) -> tuple[str, ...]:
    mails = [m for m in state.messages.values() if m.thread_id == thread.id and m.external_id]
    return tuple(m.external_id for m in sorted(mails, key=lambda m: m.position) if m.external_id)


# --- letting it go


def hold_until(answer: Answer, thread: Thread, author: Author, now: int) -> int | None:
    """Until when it is held (µs); None: it goes at once."""
    if answer.send_at is not None:
        return answer.send_at
    seconds = answer.hold_seconds
    if seconds is None:
        default = REVIEW_HOLD_SECONDS if thread.kind == "review" else HOLD_SECONDS
        seconds = default if author.is_person else 0
    return now + seconds * SECOND if seconds > 0 else None


def send(
    state: State, conversation: Conversation, thread: Thread, answered: Message | None, answer: Answer, author: Author,
    parts: Sequence[Part], files: Sequence[tuple[Media, str]],
) -> Message:  # fmt: skip
    """Write the message and its parts, held or ready to leave; `files` are the attached with their kind."""
    if answer.send_at is not None and answer.send_at <= state.now:
        # Its time came while it was on the way here: it is sent now, and can be taken back like any other.
        answer = msgspec.structs.replace(answer, send_at=None)
    until = hold_until(answer, thread, author, state.now)
    message = state.add(_message(state, conversation, thread, answered, answer, author, parts, until))
    state.add(_content(state, message, answer, files))
    said = answer.text or (files[0][0].name if files else answer.template or "")
    state.search[message.id] = words.searchable(f"{answer.subject or ''} {answer.text}")
    for part in parts:
        begins = "held" if until or answer.approval or answer.after else "waiting"
        state.add(_outbox_part(state, message, thread, part, author.actor, begins))
    answers: tuple[int, ...] = ()
    if author.is_person:
        answers = wait.covered(state, thread, message.identity_id, answer.covers)
    state.emit(
        e.MessageSent(
            conversation_id=conversation.id,
            message_id=message.id,
            thread_id=thread.id,
            state=message.delivery_state,
            answers=answers,
        ),
        author.actor,
    )
    if answer.approval:
        approving.asked(state, conversation, message, answer.hold_seconds, author.actor)
    elif answer.after is not None:
        public_lines.begun(state, message, answer.after, until or state.now)
    elif until is not None:
        state.set_timer(releasing.RELEASE, message.id, until)
    delivering.taken_here(state, message)
    conversations.show_newest(state, conversation, message, words.preview(said))
    return message


def _message(
    state: State, conversation: Conversation, thread: Thread, answered: Message | None, answer: Answer, author: Author,
    parts: Sequence[Part], until: int | None,
) -> Message:  # fmt: skip
    kind = thread.kind if thread.kind in ("comment", "mention", "review") and not answer.private else "message"
    return Message(
        id=state.next_id(),
        conversation_id=conversation.id,
        thread_id=thread.id,
        channel_id=thread.channel_id,
        external_id=None,
        kind=kind,
        direction="out",
        author_kind=author.actor.kind,
        author_id=author.actor.id,
        identity_id=answered.identity_id if answered else thread.identity_id,
        in_reply_to=answered.id if answered else None,
        rating=None,
        version=1,
        edited_at=None,
        deleted_at=None,
        erased=0,
        hidden_at=None,
        automatic="" if author.is_person else "service",
        mark="live",
        needs_answer=0,
        occurred_at=state.now,
        received_at=state.now,
        position=0,
        as_of=0,
        delivery_state="held" if until is not None or answer.approval or answer.after else "queued",
        delivery_reason=approving.REASON if answer.approval else "",
        delivery_at=state.now,
        delivery_until=until if not answer.approval or answer.send_at is not None else None,
        parts=len(parts),
        refused_recipients="",
        # The undo window is not counted: the person has let go. What is scheduled leaves his hands when it is due.
        # What needs a yes has left his hands when it is given.
        released_at=None if answer.approval or (answer.send_at is not None and until is not None) else state.now,
        accepted_at=None,
        ends_wait=int(answer.ends_wait),
        client_key=parts[0].key,
        reactions="",
    )


def _content(state: State, message: Message, answer: Answer, files: Sequence[tuple[Media, str]]) -> Content:
    listed = [attach(state, message, media, kind) for media, kind in files]
    recipients = {name: list(who) for name in ("to", "cc", "bcc") if (who := getattr(answer, name))}
    return Content(
        message_id=message.id,
        version=1,
        text=answer.text,
        html=answer.html,
        quoted_html=None,
        title=answer.subject or "",
        rating=None,
        attachments=_json(listed).decode() if listed else "",
        mentions="",
        recipients=_json(recipients).decode() if recipients else "",
        at=state.now,
        options=_json(_shown_options(answer)).decode() if answer.options or answer.asks_location else "",
    )


def _shown_options(answer: Answer) -> dict[str, Any]:
    """What the customer can pick, as the timeline shows it."""
    return {"title": answer.options_title, "location": answer.asks_location, "items": answer.options}


def _outbox_part(
    state: State, message: Message, thread: Thread, part: Part, actor: e.Actor, begins: str, purpose: str = "message"
) -> OutboxPart:
    return OutboxPart(
        id=state.next_id(),
        message_id=message.id,
        channel_id=thread.channel_id,
        thread_id=thread.id,
        purpose=purpose,
        part_index=part.index,
        of=part.of,
        key=part.key,
        part=_json(part).decode(),
        state=begins,
        attempts=0,
        next_at=None,
        fence=0,
        effect_at=None,
        external_id=None,
        token="",
        error_kind="",
        reason="",
        actor_kind=actor.kind,
        actor_id=actor.id,
        created_at=state.now,
        ended_at=None,
    )


def queue_action(
    state: State, message: Message, thread: Thread, parts: Sequence[Part], actor: e.Actor, reason: str = ""
) -> None:
    """Queue something to be done to an item. Nothing changes here before the network has done it."""
    for part in parts:
        queued = state.add(_outbox_part(state, message, thread, part, actor, "waiting", "action"))
        queued.note = reason


def started_with(to: str) -> str:
    """The address of a thread that we begin: what the agent typed."""
    return _json({"to": to}).decode()
