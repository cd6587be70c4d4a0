"""Reads that the API, the live snapshot and exports share: ids from `storage`, the records that are shown of them, the
log.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inbox import clock
from inbox.domain import events as e
from inbox.domain.listing import Filter, Order
from inbox.domain.permissions import Scope
from inbox.domain.records import Conversation, Message
from inbox.domain.state import State, Workspace
from inbox.eventlog import load, log
from inbox.storage import conversations, messages
from inbox.storage.database import Query


def fresh_state() -> State:
    """An empty state to read into; nothing is decided on it."""
    return State(Workspace(0, 0, 0, 1), clock.now())


class Listed(msgspec.Struct):
    """A page of conversations with all that their rows show. `after`: where the next page goes on."""

    state: State
    rows: list[Conversation]
    unread: set[int]
    after: list[int] | None
    position: int


class Timeline(msgspec.Struct):
    """Items of a conversation, oldest first, with what is shown of them, and the events between them."""

    state: State
    items: list[Message]
    events: list[e.Logged]
    older: bool
    """Whether there are older items than these."""
    position: int


def listed(
    wanted: Filter, order: Order, scope: Scope, agent_id: int | None, *, limit: int, after: Sequence[int] | None = None
) -> Query[Listed]:
    """A page of a list as one agent sees it."""
    page = yield from conversations.page(wanted, order, scope, now=clock.now(), limit=limit, after=after)
    return (yield from rows(page.ids, agent_id, page.after))


def of_person(
    contact_id: int, scope: Scope, agent_id: int | None, *, limit: int, after: Sequence[int] | None = None
) -> Query[Listed]:
    """A person's conversations, newest first."""
    page = yield from conversations.of_person(contact_id, scope, limit=limit, after=after)
    return (yield from rows(page.ids, agent_id, page.after))


def rows(ids: Sequence[int], agent_id: int | None, after: list[int] | None = None) -> Query[Listed]:
    """Conversations by id, in that order, with what their rows show."""
    state = fresh_state()
    position, _ = yield from log.head()
    yield from load.rows_of(state, list(ids), waits=False)
    unread: set[int] = set()
    if agent_id is not None:
        unread = yield from conversations.unread(agent_id, ids)
    found = [state.conversations[i] for i in ids if i in state.conversations]
    return Listed(state, found, unread, after, position)


def timeline(
    conversation_id: int, *, before: int | None = None, after: int | None = None, limit: int = 50
) -> Query[Timeline]:
    """A page of the timeline: the newest items, those before a position, or those after one."""
    state = fresh_state()
    position, _ = yield from log.head()
    if after is not None:
        found = yield from messages.after(conversation_id, after, limit + 1)
        ids, older, more = found[:limit], True, len(found) > limit
    else:
        found = yield from messages.before(conversation_id, before, limit + 1)
        ids, older, more = list(reversed(found[:limit])), len(found) > limit, before is not None
    yield from load.items_of(state, ids)
    items = [state.messages[i] for i in ids]
    if after is not None:
        span = (after + 1, items[-1].position if more and items else position)
    else:
        span = (items[0].position if older and items else 0, before - 1 if before is not None else position)
    events = yield from log.of_conversation(conversation_id, *span)
    return Timeline(state, items, events, older, position)


def item(message_id: int) -> Query[tuple[State, Message] | None]:
    """One item with what is shown of it and its conversation's row; None when there is none."""
    state = fresh_state()
    yield from load.items_of(state, [message_id])
    found = state.messages.get(message_id)
    if found is None:
        return None
    yield from load.rows_of(state, [found.conversation_id], waits=False)
    return state, found


def items(message_ids: Sequence[int]) -> Query[tuple[State, list[Message]]]:
    """Several items with what is shown of them, in the order asked for."""
    state = fresh_state()
    yield from load.items_of(state, list(message_ids))
    return state, [state.messages[i] for i in message_ids if i in state.messages]
