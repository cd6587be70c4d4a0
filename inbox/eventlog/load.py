"""Load: from the keys that the units of a batch need to the records, one query per table and step.

Three steps, because an item leads to its thread, a thread to its conversation, a conversation to its row's other parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import bindparam, select

from inbox.domain.records import (
    Contact,
    Content,
    Conversation,
    Identity,
    Media,
    Message,
    Orphan,
    OutboxPart,
    Post,
    Record,
    Thread,
    Timer,
    Wait,
)
from inbox.domain.state import Needs, State
from inbox.domain.wait import MANY_AUTHORS
from inbox.eventlog import log
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Statement
from inbox.storage.dialect import record_columns

R = TypeVar("R", bound=Record)

_UNANSWERED = (
    "t.direction = 'in' AND t.needs_answer = 1 AND t.deleted_at IS NULL AND t.mark <> 'history' AND t.position > "
    "(SELECT MIN(w.position) FROM wait w WHERE w.thread_id = t.thread_id AND w.\"end\" = '')"
)
_UNSETTLED = "t.delivery_state IN ('held', 'queued', 'sending', 'pending', 'unknown')"
_ON_ITS_WAY = "t.delivery_state IN ('accepted', 'delivered')"
_OPEN = "t.\"end\" = ''"
_TAKEN_BACK = "t.\"end\" IN ('dismissed', 'voided')"
_NEWEST = "t.version = (SELECT m.version FROM message m WHERE m.id = t.message_id)"


_NEWER_ITEMS = ("message_received", "message_sent", "message_edited", "message_deleted")
_NEWEST_SEEN = Statement(
    select(*record_columns(t.message))
    .where(
        t.message.c.conversation_id == bindparam("conversation"),
        t.message.c.position <= bindparam("position"),
        t.message.c.direction != "note",
    )
    .order_by(t.message.c.position.desc())
    .limit(50)
)
_END_OF_TIME = 2**62


def load(state: State, needs: Needs) -> Query[None]:
    """Fill the state with everything the needs name and what hangs on it."""
    yield from _items(state, needs)
    yield from _threads_and_people(state, needs)
    yield from _around(state, needs)
    yield from _conversations(state, needs)


def _records(state: State, kind: type[R], step: ByKeys) -> Query[list[R]]:
    if not step.values:
        return []
    rows = yield step
    found = [kind(*row) for row in rows]
    state.load(found)
    return found


def _items(state: State, needs: Needs) -> Query[None]:
    """Items by external id, alias, own key and id, with the orphans that wait for them."""
    keys = sorted(needs.items)
    by_external = ("channel_id", "external_id")
    if keys:
        yield from _records(state, Message, ByKeys(t.message, keys, by_external))
        yield from _records(state, Orphan, ByKeys(t.orphan, keys, by_external))
        missing = [key for key in keys if key not in state.message_by_key]
        aliases = (yield ByKeys(t.alias, missing, by_external)) if missing else []
        needs.messages |= {row[2] for row in aliases}
    else:
        aliases = []
    if needs.client_keys:
        parts = yield from _records(state, OutboxPart, ByKeys(t.outbox, sorted(needs.client_keys), ("key",)))
        needs.messages |= {p.message_id for p in parts}
        needs.outbox_of |= {p.message_id for p in parts}
    if needs.outbox:
        parts = yield from _records(state, OutboxPart, ByKeys(t.outbox, sorted(needs.outbox)))
        needs.messages |= {p.message_id for p in parts}
        needs.outbox_of |= {p.message_id for p in parts}
        needs.answered_by |= {p.message_id for p in parts}
    yield from _records(state, Media, ByKeys(t.media, sorted(needs.media)))
    needs.messages |= {m.message_id for m in state.media.values() if m.message_id}
    wanted = sorted(needs.messages - state.messages.keys())
    yield from _records(state, Message, ByKeys(t.message, wanted))
    if needs.due:
        timers = yield ByKeys(t.timer, sorted(needs.due), ("kind", "ref"))
        state.due.update({(row[0], row[1]): Timer(*row) for row in timers})
    for channel_id, external_id, message_id in aliases:
        if message_id in state.messages:
            state.message_by_key[channel_id, external_id] = state.messages[message_id]


def _threads_and_people(state: State, needs: Needs) -> Query[None]:
    yield from _records(state, Thread, ByKeys(t.thread, sorted(needs.threads), ("channel_id", "external_id")))
    by_id = needs.threads_by_id | {m.thread_id for m in state.messages.values() if m.thread_id is not None}
    yield from _records(state, Thread, ByKeys(t.thread, sorted(by_id - state.threads.keys())))
    yield from _records(
        state, Identity, ByKeys(t.identity, sorted(needs.identities), ("network", "scope", "external_id"))
    )
    yield from _records(state, Post, ByKeys(t.post, sorted(needs.posts), ("channel_id", "external_id")))
    if needs.aliases:
        rows = yield ByKeys(t.identity_alias, sorted(needs.aliases), ("kind", "value"))
        state.alias_owner.update({(kind, value): owner for kind, value, owner in rows})
        yield from _records(state, Identity, ByKeys(t.identity, sorted({row[2] for row in rows})))
    if needs.seen:
        rows = yield ByKeys(t.seen_delivery, sorted(needs.seen), ("channel_id", "dedupe_key"))
        state.seen.update((row[0], row[1]) for row in rows)


def _around(state: State, needs: Needs) -> Query[None]:
    """What decisions look at beside the item itself: own unsettled items, unanswered items, parts, waits that an answer
    ended.
    """
    pending = needs.own_pending | _ids_of(state, needs.own_pending_keys)
    yield from _records(state, Message, ByKeys(t.message, sorted(pending), ("thread_id",), _UNSETTLED))
    unanswered = needs.unanswered | {
        m.thread_id
        for m in state.messages.values()
        if m.thread_id is not None and m.external_id is not None and (m.channel_id, m.external_id) in needs.going
    }
    yield from _records(state, Message, ByKeys(t.message, sorted(unanswered), ("thread_id",), _UNANSWERED))
    undelivered = needs.undelivered | _ids_of(state, needs.watermarks)
    yield from _records(state, Message, ByKeys(t.message, sorted(undelivered), ("thread_id",), _ON_ITS_WAY))
    if pending or needs.threads_by_id or needs.conversations:
        newest_in = {th.last_in_id for th in state.threads.values() if th.last_in_id is not None}
        yield from _records(state, Message, ByKeys(t.message, sorted(newest_in - state.messages.keys())))
    unsettled = {m.id for m in state.messages.values() if m.thread_id in pending and m.direction == "out"}
    outs = {m.id for m in state.messages.values() if m.direction == "out"}
    parts_of = sorted(needs.outbox_of | unsettled | outs)
    yield from _records(state, OutboxPart, ByKeys(t.outbox, parts_of, ("message_id",)))
    answers = sorted(needs.answered_by | outs | unsettled)
    yield from _records(state, Wait, ByKeys(t.wait, answers, ("answer_id",)))
    yield from _shown_with(state, sorted(state.messages.keys() | needs.contents))
    authors = {
        (th.id, _author_of(state, th, key)) for key in needs.authors for th in [state.thread_by_key.get(key[0])] if th
    }
    yield from _records(
        state, Wait, ByKeys(t.wait, sorted(authors), ("thread_id", "identity_id"), "t.\"end\" = 'dismissed'")
    )


def _author_of(state: State, thread: Thread, key: tuple[tuple[int, str], tuple[str, str, str]]) -> int:
    identity = state.identity_by_key.get(key[1])
    return identity.id if identity is not None and thread.kind in MANY_AUTHORS else 0


def _ids_of(state: State, keys: Iterable[tuple[int, str]]) -> set[int]:
    return {state.thread_by_key[key].id for key in keys if key in state.thread_by_key}


def _conversations(state: State, needs: Needs) -> Query[None]:
    known = (state.identity_by_key.get(key) for key in needs.people)
    contacts = sorted({identity.contact_id for identity in known if identity is not None})
    yield from _records(state, Conversation, ByKeys(t.conversation, contacts, ("contact_id",)))
    wanted = (
        needs.conversations
        | state.conversations.keys()
        | (
            {th.conversation_id for th in state.threads.values()}
            | {m.conversation_id for m in state.messages.values()}
            | {w.conversation_id for w in state.waits.values()}
        )
    )
    yield from rows_of(state, sorted(wanted), needs)
    if needs.ended_waits:
        ended = sorted(th.id for th in state.threads.values() if th.conversation_id in needs.ended_waits)
        yield from _records(state, Wait, ByKeys(t.wait, ended, ("thread_id",), _TAKEN_BACK))
    for conversation_id, position in sorted(needs.newer.items()):
        yield from _newer(state, conversation_id, position)
    for conversation_id, seen in sorted(needs.answering.items()):
        yield from _answered(state, conversation_id, seen)


def _newer(state: State, conversation_id: int, position: int) -> Query[None]:
    """What items came or changed since an agent looked."""
    logged = yield from log.of_conversation(conversation_id, position + 1, state.workspace.position, _NEWER_ITEMS)
    state.newer[conversation_id] = logged
    ids = {one.event.message_id for one in logged}  # type: ignore[union-attr]
    yield from _records(state, Message, ByKeys(t.message, sorted(ids - state.messages.keys())))


def _answered(state: State, conversation_id: int, seen: int | None) -> Query[None]:
    """Whom an answer can be meant for: the newest items the agent saw, with their authors and words."""
    rows = yield _NEWEST_SEEN(conversation=conversation_id, position=_END_OF_TIME if seen is None else seen)
    state.load(Message(*row) for row in rows if row[0] not in state.messages)
    threads = [th for th in state.threads.values() if th.conversation_id == conversation_id]
    newest = {th.last_in_id for th in threads if th.last_in_id is not None}
    yield from _records(state, Message, ByKeys(t.message, sorted(newest - state.messages.keys())))
    items = [m for m in state.messages.values() if m.conversation_id == conversation_id]
    people = {m.identity_id for m in items} | {th.identity_id for th in threads}
    wanted = sorted(i for i in people if i is not None and i not in state.identities)
    yield from _records(state, Identity, ByKeys(t.identity, wanted))
    mails = sorted(i for i in newest - state.contents.keys() if state.messages[i].kind == "message")
    yield from _records(state, Content, ByKeys(t.content, mails, ("message_id",), _NEWEST))


def rows_of(state: State, ids: list[int], needs: Needs | None = None) -> Query[None]:
    """Conversations with all that their list rows show: contact, threads with posts, open waits."""
    found = yield from _records(state, Conversation, ByKeys(t.conversation, ids))
    known = sorted({c.id for c in found})
    threads = yield from _records(state, Thread, ByKeys(t.thread, known, ("conversation_id",)))
    yield from _records(state, Wait, ByKeys(t.wait, known, ("conversation_id",), _OPEN))
    contacts = {c.contact_id for c in found} | {i.contact_id for i in state.identities.values()}
    if needs is not None:
        contacts |= needs.contacts
    yield from _records(state, Contact, ByKeys(t.contact, sorted(contacts - state.contacts.keys())))
    posts = {th.post_id for th in threads if th.post_id is not None} - state.posts.keys()
    yield from _records(state, Post, ByKeys(t.post, sorted(posts)))
    if needs is not None:
        people = {
            (th.conversation_id, state.identity_by_key[key].id)
            for thread_key, key in needs.authors
            for th in [state.thread_by_key.get(thread_key)]
            if th is not None and key in state.identity_by_key
        }
        if people:
            pairs = yield ByKeys(t.participant, sorted(people), ("conversation_id", "identity_id"))
            state.participants.update((pair[0], pair[1]) for pair in pairs)


def items_of(state: State, message_ids: list[int]) -> Query[None]:
    """Items with what a frame shows of them: words, files, identities."""
    yield from _records(state, Message, ByKeys(t.message, message_ids))
    yield from _shown_with(state, message_ids)


def _shown_with(state: State, message_ids: list[int]) -> Query[None]:
    """Words, files and identities of items: an event about an item shows it whole."""
    contents = yield from _records(state, Content, ByKeys(t.content, message_ids, ("message_id",), _NEWEST))
    with_files = sorted({c.message_id for c in contents if c.attachments})
    yield from _records(state, Media, ByKeys(t.media, with_files, ("message_id",)))
    wanted = {state.messages[i].identity_id for i in message_ids if i in state.messages}
    people = sorted({i for i in wanted if i is not None} - state.identities.keys())
    yield from _records(state, Identity, ByKeys(t.identity, people))
