"""What a visitor of a website chat is shown, and what woke him."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from inbox.domain.records import Contact, Content, Conversation, Media, Message, Thread
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Row, Statement

_MESSAGE = [column for column in t.message.c if column.name != "workspace_id"]
_NEWEST = "t.version = (SELECT m.version FROM message m WHERE m.id = t.message_id)"

_CHANGES = Statement(
    select(*_MESSAGE)
    .where(t.message.c.thread_id == bindparam("thread"), t.message.c.chat_change > bindparam("after"))
    .order_by(t.message.c.chat_change)
    .limit(bindparam("limit"))
)
_LATEST = Statement(
    select(*_MESSAGE)
    .where(t.message.c.thread_id == bindparam("thread"), t.message.c.chat_change > 0)
    .where(t.message.c.chat_seq < bindparam("before"))
    .order_by(t.message.c.chat_seq.desc())
    .limit(bindparam("limit"))
)
_ACCEPTED = Statement(
    select(func.max(t.message.c.accepted_at)).where(
        t.message.c.thread_id == bindparam("thread"),
        t.message.c.chat_change > 0,
        t.message.c.chat_seq <= bindparam("up_to"),
        t.message.c.direction == "out",
    )
)
_READ = Statement(
    select(func.max(t.message.c.chat_seq)).where(
        t.message.c.thread_id == bindparam("thread"),
        t.message.c.chat_change > 0,
        t.message.c.direction == "in",
        t.message.c.position
        <= select(func.max(t.read_mark.c.position))
        .where(t.read_mark.c.workspace_id == 1, t.read_mark.c.conversation_id == bindparam("conversation"))
        .scalar_subquery(),
    )
)
_TOUCHED = Statement(
    select(t.event.c.position, t.event.c.conversation_id)
    .where(t.event.c.workspace_id == 1, t.event.c.position > bindparam("after"))
    .order_by(t.event.c.position)
    .limit(bindparam("limit"))
)


class Item(NamedTuple):
    """A message with what is shown of it."""

    message: Message
    words: Content | None
    media: list[Media]


class Standing(NamedTuple):
    """A visitor's thread as it stands: whose it is, who answers, and how far the desk has read."""

    thread: Thread
    conversation: Conversation
    contact: Contact
    read_seq: int


def standing(channel_id: int, visitor_id: str) -> Query[Standing | None]:
    """The thread of a visitor; None before his first message."""
    threads = yield ByKeys(t.thread, [(channel_id, visitor_id)], ("channel_id", "external_id"))
    if not threads:
        return None
    thread = Thread(*threads[0])
    found = yield ByKeys(t.conversation, [thread.conversation_id])
    conversation = Conversation(*found[0])
    contacts = yield ByKeys(t.contact, [conversation.contact_id])
    read = yield _READ(thread=thread.id, conversation=conversation.id)
    return Standing(thread, conversation, Contact(*contacts[0]), int(read[0][0] or 0))


def changes(thread_id: int, after: int, limit: int) -> Query[list[Item]]:
    """What changed for the visitor after a number of his count, in its order."""
    rows = yield _CHANGES(thread=thread_id, after=after, limit=limit)
    return (yield from _items(rows))


def latest(thread_id: int, before: int, limit: int) -> Query[list[Item]]:
    """The newest items below a place, oldest first."""
    rows = yield _LATEST(thread=thread_id, before=before, limit=limit)
    return (yield from _items(list(reversed(rows))))


def accepted_up_to(thread_id: int, seq: int) -> Query[int | None]:
    """When the newest answer up to a place was accepted; None where there is none."""
    rows = yield _ACCEPTED(thread=thread_id, up_to=seq)
    return rows[0][0] if rows else None


def touched(after: int, limit: int) -> Query[list[tuple[int, int | None]]]:
    """(position, conversation) of the events after a position, in order."""
    rows = yield _TOUCHED(after=after, limit=limit)
    return [(row[0], row[1]) for row in rows]


def _items(rows: list[Row]) -> Query[list[Item]]:
    messages = [Message(*row) for row in rows]
    ids = [message.id for message in messages]
    words = {row[0]: Content(*row) for row in (yield ByKeys(t.content, ids, ("message_id",), _NEWEST))} if ids else {}
    media: dict[int, list[Media]] = {}
    for row in (yield ByKeys(t.media, ids, ("message_id",))) if ids else []:
        one = Media(*row)
        media.setdefault(one.message_id, []).append(one)
    return [Item(m, words.get(m.id), sorted(media.get(m.id, []), key=lambda one: one.id)) for m in messages]
