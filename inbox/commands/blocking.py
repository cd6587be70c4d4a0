"""A person is blocked everywhere, or let in again: what he writes is kept and stands in no queue."""

from __future__ import annotations

from inbox.domain import events as e
from inbox.domain import triage
from inbox.domain.events import Actor
from inbox.domain.state import Needs, State
from inbox.eventlog import load, log
from inbox.storage import people
from inbox.storage.database import Query


def put_away(state: State, contact_id: int, actor: Actor) -> Query[None]:
    """His conversations leave the queues, and nobody waits in them."""
    ids = yield from people.in_queues_of(contact_id, spam=False)
    yield from _load(state, ids)
    for conversation_id in ids:
        triage.mark_spam(state, state.conversations[conversation_id], actor, reason="blocked")


def bring_back(state: State, contact_id: int, actor: Actor) -> Query[None]:
    """Those that left because of the block come back, with their waits; what somebody called spam stays where it is."""
    ids = yield from people.in_queues_of(contact_id, spam=True)
    yield from _load(state, ids)
    for conversation_id in ids:
        marks = yield from log.of_conversation(conversation_id, 0, state.workspace.position, ("spam_marked",))
        newest = marks[-1].event if marks else None
        if isinstance(newest, e.SpamMarked) and newest.reason == "blocked":
            triage.clear_spam(state, state.conversations[conversation_id], actor)


def _load(state: State, ids: list[int]) -> Query[None]:
    needs = Needs()
    needs.conversations.update(ids)
    needs.ended_waits.update(ids)
    yield from load.load(state, needs)
