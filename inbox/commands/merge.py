"""Two conversations become one, and apart again. Threads move with their waits, notes with them; no number changes."""

from __future__ import annotations

from typing import Any

from inbox.domain import events as e
from inbox.domain.permissions import Principal, require_conversation
from inbox.domain.records import Conversation
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, Invalid
from inbox.eventlog import load, log
from inbox.eventlog.unit import Unit
from inbox.storage import merging
from inbox.storage.database import Query


class Merge(Unit):
    """Move everything of a conversation into another. The result is the other's id."""

    alone = True

    def __init__(self, principal: Principal, conversation_id: int, into_id: int) -> None:
        if conversation_id == into_id:
            raise Invalid("a conversation cannot be merged into itself", code="into_id")
        self.principal = principal
        self.conversation_id = conversation_id
        self.into_id = into_id

    def needs(self, needs: Needs) -> None:
        """Both conversations."""
        needs.conversations |= {self.conversation_id, self.into_id}

    def run(self, state: State) -> Query[Any]:
        """Move, then count again. Raises Conflict (`merged`) when one of them is merged already."""
        source = self._open(state, self.conversation_id)
        target = self._open(state, self.into_id)
        yield from move_all(state, source, target, self.principal.actor)
        yield from recount(source)
        yield from recount(target)
        return target.id

    def _open(self, state: State, conversation_id: int) -> Conversation:
        found = state.conversations.get(conversation_id)
        conversation = require_conversation(self.principal, found, conversation_id, "triage")
        if conversation.merged_into is not None:
            raise Conflict(
                f"conversation {conversation_id} was merged into {conversation.merged_into} already",
                code="merged",
                into_id=str(conversation.merged_into),
            )
        return conversation


class Unmerge(Unit):
    """Move back what is still there. Raises Conflict (`not_merged`) when there is nothing to take apart."""

    alone = True

    def __init__(self, principal: Principal, conversation_id: int) -> None:
        self.principal = principal
        self.conversation_id = conversation_id

    def needs(self, needs: Needs) -> None:
        """The conversation that was merged away."""
        needs.conversations.add(self.conversation_id)

    def run(self, state: State) -> Query[Any]:
        """Look up what was moved, move back what has not moved on since."""
        found = state.conversations.get(self.conversation_id)
        back = require_conversation(self.principal, found, self.conversation_id, "triage")
        if back.merged_into is None:
            raise Conflict(f"conversation {back.id} is not merged into another", code="not_merged")
        yield from load.rows_of(state, [back.merged_into])
        source = require_conversation(
            self.principal, state.conversations.get(back.merged_into), back.merged_into, "triage"
        )
        merged = yield from log.of_conversation(back.id, 0, state.workspace.position, ("conversations_merged",))
        event = merged[-1].event
        assert isinstance(event, e.ConversationsMerged)
        there = {th.id for th in state.threads_of(source.id)}
        threads = tuple(i for i in event.thread_ids if i in there)
        if not threads:
            raise Conflict(
                f"the threads of conversation {back.id} have moved on from {source.id}: nothing can be moved back",
                code="not_merged",
            )
        yield from merging.move(source.id, back.id, threads, event.note_ids)
        state.emit(
            e.ConversationsUnmerged(conversation_id=back.id, from_id=source.id, thread_ids=threads),
            self.principal.actor,
        )
        state.emit(e.ThreadsLeft(conversation_id=source.id, to_id=back.id, thread_ids=threads), self.principal.actor)
        yield from recount(source)
        yield from recount(back)
        return back.id


def move_all(state: State, source: Conversation, target: Conversation, actor: e.Actor) -> Query[None]:
    """Every thread of a conversation goes into another, with its notes; the first is merged away."""
    threads = tuple(th.id for th in state.threads_of(source.id))
    notes = yield from merging.notes_of(source.id)
    yield from merging.move(source.id, target.id, threads, notes)
    state.drop_timer("snooze", source.id)
    merged = e.ConversationsMerged(
        conversation_id=source.id, into_id=target.id, thread_ids=threads, note_ids=tuple(notes)
    )
    state.emit(merged, actor)
    for thread_id in threads:
        state.emit(e.ThreadBound(conversation_id=target.id, thread_id=thread_id, from_id=source.id), actor)


def recount(conversation: Conversation) -> Query[None]:
    """Count items and people of a conversation that threads were moved into or out of."""
    items, people = yield from merging.recount(conversation.id)
    conversation.message_count, conversation.participants_count = items, people
