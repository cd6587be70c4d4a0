"""Load: from the keys that the units of a batch need to the records, one query per table and step.

Few steps, because each is a round trip on PostgreSQL: what the outside names, then what that leads to, then the
conversations with all that their rows show. A customer's message into a known thread takes the first and the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import TypeVar

from sqlalchemy import bindparam, select

from connectors.inbound import Author
from inbox.domain.people import named, needs_of
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
from inbox.domain.state import ChannelFacts, Needs, State
from inbox.domain.survey_records import SurveyAsk
from inbox.domain.wait import MANY_AUTHORS, waiting_author
from inbox.eventlog import log
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Row, Statement, Together
from inbox.storage.dialect import record_columns
from inbox.storage.threads import with_person

R = TypeVar("R", bound=Record)

_UNANSWERED = (
    "t.direction = 'in' AND t.needs_answer = 1 AND t.deleted_at IS NULL AND t.mark <> 'history' AND t.position > "
    "(SELECT MIN(w.position) FROM wait w WHERE w.workspace_id = 1 AND w.thread_id = t.thread_id AND w.\"end\" = '')"
)
_UNSETTLED = "t.delivery_state IN ('held', 'queued', 'sending', 'pending', 'unknown')"
_ON_ITS_WAY = "t.delivery_state IN ('accepted', 'delivered')"
# Open waits in the words of two indexes: by thread and author, which begins with the workspace, and by conversation.
_OPEN_OF = "t.workspace_id = 1 AND t.\"end\" = ''"
_OPEN_THERE = "t.ended_at IS NULL"
_TAKEN_BACK = "t.\"end\" IN ('dismissed', 'voided')"
# Said in the words of the partial index too, or SQLite would not use it.
_DISMISSED = f"{_TAKEN_BACK} AND t.\"end\" = 'dismissed'"
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


def load(state: State, needs: Needs, found: Sequence[Sequence[Row]] | None = None) -> Query[None]:
    """Fill the state with everything the needs name and what hangs on it. `found`: the rows of `named_by`, where they
    were asked for already.
    """
    if found is None:
        found = yield from _together(named_by(needs))
    yield from _named(state, needs, found)
    yield from _led_to(state, needs)
    yield from _around(state, needs)
    yield from _conversations(state, needs)
    yield from _surveys(state, needs)


def _surveys(state: State, needs: Needs) -> Query[None]:
    """What was asked in threads into which items come: they may be the answer."""
    arriving = (state.thread_by_key.get(key) for key, _ in needs.authors)
    asks = {th.survey_ask_id for th in arriving if th is not None and th.survey_ask_id is not None}
    yield from _records(state, SurveyAsk, ByKeys(t.survey_ask, sorted(asks)))


def _records(state: State, kind: type[R], step: ByKeys) -> Query[list[R]]:
    if not step.values:
        return []
    return state.take(kind, (yield step))


def _together(steps: Sequence[ByKeys]) -> Query[list[Sequence[Row]]]:
    """The rows of each step, asked for in one go; those without keys are not asked for."""
    asked = [step for step in steps if step.values]
    if len(asked) == 1:
        only = yield asked[0]
        return [only if step.values else () for step in steps]
    answers = iter((yield Together(asked)) if asked else ())
    return [next(answers) if step.values else () for step in steps]


def _kinds(state: State, *wanted: tuple[type[Record], ByKeys]) -> Query[None]:
    """Records of several tables that do not wait for one another."""
    found = yield from _together([step for _, step in wanted])
    for (kind, _), rows in zip(wanted, found, strict=True):
        state.take(kind, rows)


def named_by(needs: Needs) -> list[ByKeys]:
    """What the needs name by a key that the outside knows, to be asked for in one go: an arriving item needs little
    else.
    """
    by_external = ("channel_id", "external_id")
    items = sorted(needs.items | needs.refs)
    return [
        ByKeys(t.alias, items, by_external),
        ByKeys(t.identity_alias, sorted(needs.aliases), ("kind", "value")),
        ByKeys(t.seen_delivery, sorted(needs.seen), ("channel_id", "dedupe_key")),
        ByKeys(t.timer, sorted(needs.due), ("kind", "ref")),
        ByKeys(t.message, items, by_external),
        ByKeys(t.orphan, items, by_external),
        ByKeys(t.thread, sorted(needs.threads), by_external),
        ByKeys(t.identity, sorted(needs.identities), ("network", "scope", "external_id")),
        ByKeys(t.post, sorted(needs.posts), by_external),
        ByKeys(t.post, sorted(needs.posts_by_id)),
        ByKeys(t.outbox, sorted(needs.client_keys), ("key",)),
        ByKeys(t.outbox, sorted(needs.outbox)),
        ByKeys(t.media, sorted(needs.media)),
    ]


def _named(state: State, needs: Needs, rows_of_each: Sequence[Sequence[Row]]) -> Query[None]:
    """The records of `named_by`, and items found by another of their ids."""
    aliases, strong, seen, timers, *found = rows_of_each
    kinds: tuple[type[Record], ...] = (Message, Orphan, Thread, Identity, Post, Post, OutboxPart, OutboxPart, Media)
    for kind, rows in zip(kinds, found, strict=True):
        state.take(kind, rows)
    _own(state, strong)
    state.seen.update((row[0], row[1]) for row in seen)
    state.due.update({(row[0], row[1]): Timer(*row) for row in timers})
    parts = {part.message_id for part in state.outbox.values()}
    needs.outbox_of |= parts
    needs.answered_by |= {part.message_id for part in state.outbox.values() if part.id in needs.outbox}
    needs.messages |= parts | {m.message_id for m in state.media.values() if m.message_id}
    yield from _aliased(state, needs, aliases)


def _own(state: State, rows: Iterable[Row]) -> None:
    """Strong aliases, with the identities that have them."""
    for kind, value, owner in rows:
        state.alias_owners.setdefault((kind, value), set()).add(owner)


def _aliased(state: State, needs: Needs, aliases: Sequence[Row]) -> Query[None]:
    """Items found by another of their ids, and those named by ours."""
    other = [row for row in aliases if (row[0], row[1]) not in state.message_by_key]
    wanted = needs.messages | {row[2] for row in other}
    yield from _records(state, Message, ByKeys(t.message, sorted(wanted - state.messages.keys())))
    for channel_id, external_id, message_id in other:
        if message_id in state.messages:
            state.message_by_key[channel_id, external_id] = state.messages[message_id]


def _led_to(state: State, needs: Needs) -> Query[None]:
    """Threads and people that items and aliases lead to."""
    threads = needs.threads_by_id | {m.thread_id for m in state.messages.values() if m.thread_id is not None}
    people = {m.identity_id for m in state.messages.values() if m.id in needs.authors_of and m.identity_id is not None}
    people = people.union(*state.alias_owners.values())
    yield from _kinds(
        state,
        (Thread, ByKeys(t.thread, sorted(threads - state.threads.keys()))),
        (Identity, ByKeys(t.identity, sorted(people - state.identities.keys()))),
    )
    for who, names in needs.names.items():
        named(state, who, names)
    yield from _named_otherwise(state, needs)


def people_called(state: State, channel: ChannelFacts, author: Author) -> Query[None]:
    """The identity of an author, under whichever of his names, for a unit that learns late who is meant."""
    needs = Needs()
    needs_of(needs, channel, author)
    rows = yield ByKeys(t.identity_alias, sorted(needs.aliases), ("kind", "value"))
    _own(state, rows)
    keys = sorted(needs.identities - state.identity_by_key.keys())
    yield from _records(state, Identity, ByKeys(t.identity, keys, ("network", "scope", "external_id")))
    owners = sorted({row[2] for row in rows} - state.identities.keys())
    yield from _records(state, Identity, ByKeys(t.identity, owners))
    contacts = sorted({one.contact_id for one in state.identities.values()} - state.contacts.keys())
    yield from _records(state, Contact, ByKeys(t.contact, contacts))


def contacts_of(state: State, contact_ids: Sequence[int]) -> Query[None]:
    """Contacts by id, for a unit that learns late who is meant."""
    yield from _records(state, Contact, ByKeys(t.contact, sorted(set(contact_ids) - state.contacts.keys())))


def _named_otherwise(state: State, needs: Needs) -> Query[None]:
    """The private threads of people whom the network calls by another name than before."""
    wanted = {
        (thread[0], state.identity_by_key[who].id)
        for thread, who in needs.private
        if thread not in state.thread_by_key and who in state.identity_by_key
    }
    if not wanted:
        return
    people = sorted({identity_id for _, identity_id in wanted})
    _own(state, (yield ByKeys(t.identity_alias, people, ("identity_id",))))
    for channel_id, identity_id in sorted(wanted):
        thread = yield from with_person(channel_id, identity_id, "direct")
        if thread is not None and thread.id not in state.threads:
            state.load([thread])


def _around(state: State, needs: Needs) -> Query[None]:
    """What decisions look at beside the item itself: own unsettled items, unanswered items, parts, waits that an answer
    ended.
    """
    pending = needs.own_pending | _ids_of(state, needs.own_pending_keys)
    in_thread = ("conversation_id", "thread_id")  # items are found by their conversation
    yield from _records(state, Message, ByKeys(t.message, _places(state, pending), in_thread, _UNSETTLED))
    unplaced = [place for place in _places(state, _ids_of(state, (key[0] for key in needs.authors))) if not place[0]]
    yield from _records(state, Message, ByKeys(t.message, unplaced, in_thread))
    unanswered = needs.unanswered | {
        m.thread_id
        for m in state.messages.values()
        if m.thread_id is not None and m.external_id is not None and (m.channel_id, m.external_id) in needs.going
    }
    yield from _records(state, Message, ByKeys(t.message, _places(state, unanswered), in_thread, _UNANSWERED))
    returning = ByKeys(t.wait, _returning(state, needs), ("thread_id", "identity_id"), _TAKEN_BACK)
    yield from _records(state, Wait, returning)
    named = yield from _records(state, Wait, ByKeys(t.wait, sorted(needs.waits)))
    given = {w.answer_id for w in named if w.answer_id is not None} - state.messages.keys()
    yield from _records(state, Message, ByKeys(t.message, sorted(given)))
    undelivered = needs.undelivered | _ids_of(state, needs.watermarks)
    yield from _records(state, Message, ByKeys(t.message, sorted(undelivered), ("thread_id",), _ON_ITS_WAY))
    if pending or needs.threads_by_id or needs.conversations or needs.answered_by:
        newest_in = {th.last_in_id for th in state.threads.values() if th.last_in_id is not None}
        yield from _records(state, Message, ByKeys(t.message, sorted(newest_in - state.messages.keys())))
    unsettled = {m.id for m in state.messages.values() if m.thread_id in pending and m.direction == "out"}
    outs = {m.id for m in state.messages.values() if m.direction == "out"}
    parts_of = sorted(needs.outbox_of | unsettled | outs)
    yield from _records(state, OutboxPart, ByKeys(t.outbox, parts_of, ("message_id",)))
    answers = sorted(needs.answered_by | outs | unsettled)
    ended = yield from _records(state, Wait, ByKeys(t.wait, answers, ("answer_id",)))
    # One that goes on when its answer is refused takes the place of what its author waits for since, wherever that is.
    again = sorted({(w.thread_id, w.identity_id) for w in ended if w.end})
    yield from _records(state, Wait, ByKeys(t.wait, again, ("thread_id", "identity_id"), _OPEN_OF))
    yield from _shown_with(state, sorted(state.messages.keys() | needs.contents))


def _places(state: State, thread_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Threads with the conversations they are in."""
    return sorted((state.threads[i].conversation_id, i) for i in thread_ids if i in state.threads)


def _returning(state: State, needs: Needs) -> list[tuple[int, int]]:
    """(thread, author who may wait there) of items that are hidden or gone, and may be shown again, or are asked for:
    their waits may go on.
    """
    return sorted(
        (m.thread_id, waiting_author(state.threads[m.thread_id], m.identity_id))
        for m in state.messages.values()
        if m.thread_id in state.threads
        and m.direction == "in"
        and (m.id in needs.returning or m.hidden_at is not None or m.deleted_at is not None)
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
    yield from rows_of(state, sorted(wanted), needs, besides=_only_arrived_at(state, needs))
    if needs.ended_waits:
        ended = sorted(th.id for th in state.threads.values() if th.conversation_id in needs.ended_waits)
        yield from _records(state, Wait, ByKeys(t.wait, ended, ("thread_id",), _TAKEN_BACK))
    for conversation_id, position in sorted(needs.newer.items()):
        yield from _newer(state, conversation_id, position)
    for conversation_id, seen in sorted(needs.answering.items()):
        yield from _answered(state, conversation_id, seen)


def _only_arrived_at(state: State, needs: Needs) -> set[int]:
    """Conversations of many authors in which this batch only takes in what customers wrote: deciding that looks at the
    waits of those who wrote, however many others wait there.
    """
    if state.orphans or needs.items & needs.refs:
        return set()  # what is done to an item in the batch that brings it may end any wait of its author
    arrived = {key for key, _ in needs.authors} - needs.own_pending_keys
    threads = [state.thread_by_key[key] for key in arrived if key in state.thread_by_key]
    # Until a thread has its post, all its waits may be about to get it.
    plain = {th.id for th in threads if th.kind in MANY_AUTHORS and (th.post_id is not None or not needs.posts)}
    referred = {state.message_by_key[key].id for key in needs.refs - needs.items if key in state.message_by_key}
    looked_into = (
        needs.conversations
        | needs.newer.keys()
        | needs.answering.keys()
        | needs.ended_waits
        | {c.id for c in state.conversations.values()}
        | {m.conversation_id for m in state.messages.values() if m.id not in referred}
        | {state.waits[i].conversation_id for i in needs.waits if i in state.waits}
        | {th.conversation_id for th in threads if th.id not in plain}
        | {state.threads[i].conversation_id for i in needs.threads_by_id if i in state.threads}
        | {state.threads[i].conversation_id for i in _ids_of(state, needs.own_pending_keys)}
    )
    return {th.conversation_id for th in threads if th.id in plain} - looked_into


def _newer(state: State, conversation_id: int, position: int) -> Query[None]:
    """What items came or changed since an agent looked."""
    logged = yield from log.of_conversation(conversation_id, position + 1, state.workspace.position, _NEWER_ITEMS)
    state.newer[conversation_id] = logged
    ids = {one.event.message_id for one in logged}  # type: ignore[union-attr]
    yield from _records(state, Message, ByKeys(t.message, sorted(ids - state.messages.keys())))


def _answered(state: State, conversation_id: int, seen: int | None) -> Query[None]:
    """Whom an answer can be meant for: the newest items the agent saw, with their authors and words."""
    rows = yield _NEWEST_SEEN(conversation=conversation_id, position=_END_OF_TIME if seen is None else seen)
    state.take(Message, [row for row in rows if row[0] not in state.messages])
    threads = [th for th in state.threads.values() if th.conversation_id == conversation_id]
    newest = {th.last_in_id for th in threads if th.last_in_id is not None}
    yield from _records(state, Message, ByKeys(t.message, sorted(newest - state.messages.keys())))
    items = [m for m in state.messages.values() if m.conversation_id == conversation_id]
    people = {m.identity_id for m in items} | {th.identity_id for th in threads}
    wanted = sorted(i for i in people if i is not None and i not in state.identities)
    yield from _records(state, Identity, ByKeys(t.identity, wanted))
    mails = sorted(i for i in newest - state.contents.keys() if state.messages[i].kind == "message")
    yield from _records(state, Content, ByKeys(t.content, mails, ("message_id",), _NEWEST))


def rows_of(
    state: State, ids: list[int], needs: Needs | None = None, *, waits: bool = True, besides: Set[int] = frozenset()
) -> Query[None]:
    """Conversations with all that their list rows show: contact, threads with posts; and their open waits, which a
    decision needs and a row does not show (under a viral post there are thousands). Of conversations in `besides` only
    those of arriving authors are loaded.
    """
    contacts = {i.contact_id for i in state.identities.values()} | (needs.contacts if needs is not None else set())
    authors, people = _arriving(state, needs) if needs is not None else ([], [])
    pairs, dismissed, *found = yield from _together(
        [
            ByKeys(t.participant, people, ("conversation_id", "identity_id")),
            ByKeys(t.wait, authors, ("thread_id", "identity_id"), _DISMISSED),
            ByKeys(t.conversation, ids),
            ByKeys(t.thread, ids, ("conversation_id",)),
            ByKeys(t.wait, [i for i in ids if i not in besides] if waits else [], ("conversation_id",), _OPEN_THERE),
            ByKeys(t.wait, authors, ("thread_id", "identity_id"), _OPEN_OF),
            ByKeys(t.contact, sorted(contacts - state.contacts.keys())),
        ]
    )
    state.participants.update((row[0], row[1]) for row in pairs)
    kinds: tuple[type[Record], ...] = (Wait, Conversation, Thread, Wait, Wait, Contact)
    for kind, rows in zip(kinds, (dismissed, *found), strict=True):
        state.take(kind, rows)
    for conversation in (state.conversations[i] for i in besides if i in state.conversations):
        if conversation.waiting_since is not None:
            state.besides[conversation.id] = (conversation.waiting_since, conversation.deadline_at)
    others = {c.contact_id for c in state.conversations.values()} - state.contacts.keys()
    posts = {th.post_id for th in state.threads.values() if th.post_id is not None} - state.posts.keys()
    yield from _kinds(state, (Contact, ByKeys(t.contact, sorted(others))), (Post, ByKeys(t.post, sorted(posts))))


def _arriving(state: State, needs: Needs) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Of arriving items: (thread, author who may wait there) and (conversation, identity), where both are known."""
    authors, people = set(), set()
    for key in needs.authors:
        thread, identity = state.thread_by_key.get(key[0]), state.identity_by_key.get(key[1])
        if thread is not None:
            authors.add((thread.id, _author_of(state, thread, key)))
        if thread is not None and identity is not None:
            people.add((thread.conversation_id, identity.id))
    return sorted(authors), sorted(people)


def items_of(state: State, message_ids: list[int]) -> Query[None]:
    """Items with what a frame shows of them: words, files, identities, threads."""
    found = yield from _records(state, Message, ByKeys(t.message, message_ids))
    threads = {m.thread_id for m in found if m.thread_id is not None} - state.threads.keys()
    yield from _records(state, Thread, ByKeys(t.thread, sorted(threads)))
    yield from _shown_with(state, message_ids)


def _shown_with(state: State, message_ids: list[int]) -> Query[None]:
    """Words, files and identities of items: an event about an item shows it whole."""
    contents = yield from _records(state, Content, ByKeys(t.content, message_ids, ("message_id",), _NEWEST))
    with_files = sorted({c.message_id for c in contents if c.attachments})
    yield from _records(state, Media, ByKeys(t.media, with_files, ("message_id",)))
    wanted = {state.messages[i].identity_id for i in message_ids if i in state.messages}
    people = sorted({i for i in wanted if i is not None} - state.identities.keys())
    yield from _records(state, Identity, ByKeys(t.identity, people))
