"""Conversations that have to do with one another: linked by kind, unlinked; and threads that become a conversation of
their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inbox.commands.merge import recount
from inbox.commands.on_conversation import OnConversation
from inbox.domain import conversation as conversations
from inbox.domain import events as e
from inbox.domain import words
from inbox.domain.desk_events import LinkKind
from inbox.domain.permissions import Principal, require_conversation
from inbox.domain.records import Conversation, Thread
from inbox.domain.state import Needs, State
from inbox.errors import Invalid, NotFound
from inbox.eventlog import load
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import links, merging, messages
from inbox.storage.database import Query


class Link(Unit):
    """Say what a conversation has to do with another: `related`, `duplicate` (of the other), `cause` (caused by the
    other). Said anew, the kind changes. Two conversations have one link at most, whichever way it was said.
    """

    alone = True

    def __init__(self, principal: Principal, conversation_id: int, other_id: int, kind: LinkKind) -> None:
        if conversation_id == other_id:
            raise Invalid("a conversation cannot be linked with itself", code="other_id")
        self.principal = principal
        self.conversation_id = conversation_id
        self.other_id = other_id
        self.kind = kind

    def needs(self, needs: Needs) -> None:
        """Both conversations."""
        needs.conversations |= {self.conversation_id, self.other_id}

    def run(self, state: State) -> Query[None]:
        """Write it, in place of the link there was."""
        for one in (self.conversation_id, self.other_id):
            require_conversation(self.principal, state.conversations.get(one), one, "triage")
        there = yield from links.between(self.conversation_id, self.other_id)
        if there == (self.conversation_id, self.other_id, self.kind):
            return
        if there is not None and there[0] == self.other_id:
            state.links[self.other_id, self.conversation_id] = None
        for one, other, reverse in (
            (self.conversation_id, self.other_id, False), (self.other_id, self.conversation_id, True),
        ):  # fmt: skip
            state.emit(
                e.ConversationLinked(conversation_id=one, other_id=other, kind=self.kind, reverse=reverse),
                self.principal.actor,
            )


class Unlink(Unit):
    """They have nothing to do with one another. Raises NotFound when they are not linked."""

    alone = True

    def __init__(self, principal: Principal, conversation_id: int, other_id: int) -> None:
        self.principal = principal
        self.conversation_id = conversation_id
        self.other_id = other_id

    def needs(self, needs: Needs) -> None:
        """Both conversations."""
        needs.conversations |= {self.conversation_id, self.other_id}

    def run(self, state: State) -> Query[None]:
        """Delete it, whichever way it was said."""
        found = state.conversations.get(self.conversation_id)
        require_conversation(self.principal, found, self.conversation_id, "triage")
        there = yield from links.between(self.conversation_id, self.other_id)
        if there is None:
            raise NotFound(f"conversations {self.conversation_id} and {self.other_id} are not linked")
        for one, other in ((self.conversation_id, self.other_id), (self.other_id, self.conversation_id)):
            if one in state.conversations:
                state.emit(e.ConversationUnlinked(conversation_id=one, other_id=other), self.principal.actor)


class Split(OnConversation):
    """Some threads become a conversation of their own, with their items and waits; the result is its id. `message_ids`
    name threads by their items.

    Raises Invalid: `one_thread` (nothing would be left), `inside_thread` (items of a thread without the rest of it: the
    network knows the thread only whole, and what is written next comes into it).
    """

    alone = True

    def __init__(
        self, principal: Principal, conversation_id: int, thread_ids: Sequence[int], message_ids: Sequence[int], *,
        directory: Directory,
    ) -> None:  # fmt: skip
        super().__init__(principal, conversation_id)
        self.thread_ids = set(thread_ids)
        self.message_ids = set(message_ids)
        self.directory = directory

    def needs(self, needs: Needs) -> None:
        """The conversation, the items named, and who wrote them."""
        super().needs(needs)
        needs.messages.update(self.message_ids)
        needs.authors_of.update(self.message_ids)
        needs.answering.setdefault(self.conversation_id, None)

    def run(self, state: State) -> Query[Any]:
        """Begin the conversation, move the threads, count both again."""
        self.decide(state)
        source = state.conversations[self.conversation_id]
        moving = yield from self._moving(state, source)
        first = min(moving, key=lambda th: th.id)
        yield from self._people(state, moving)
        new = self._begin(state, source, first)
        ids = tuple(th.id for th in moving)
        yield from merging.move(source.id, new.id, ids, ())
        for thread_id in ids:
            state.emit(
                e.ThreadBound(conversation_id=new.id, thread_id=thread_id, from_id=source.id), self.principal.actor
            )
        state.emit(e.ThreadsLeft(conversation_id=source.id, to_id=new.id, thread_ids=ids), self.principal.actor)
        for one in (source, new):
            yield from recount(one)
            yield from self._show_newest(state, one)
        return new.id

    def act(self, state: State, conversation: Conversation) -> None:
        """It may be done: the rest needs statements."""

    def _moving(self, state: State, source: Conversation) -> Query[list[Thread]]:
        threads = state.threads_of(source.id)
        wanted = set(self.thread_ids)
        for message_id in sorted(self.message_ids):
            message = state.messages.get(message_id)
            if message is None or message.conversation_id != source.id or message.thread_id is None:
                raise Invalid(f"{message_id} is not an item of a thread in conversation {source.id}", code="items")
            wanted.add(message.thread_id)
        unknown = wanted - {th.id for th in threads}
        if unknown or not wanted:
            raise Invalid(f"name threads of conversation {source.id} to split off", code="thread_ids")
        yield from self._require_whole(state, wanted)
        if len(wanted) == len(threads):
            raise Invalid(
                f"conversation {source.id} would be left without a thread: split off some of several threads",
                code="one_thread",
            )
        return [th for th in threads if th.id in wanted]

    def _require_whole(self, state: State, wanted: set[int]) -> Query[None]:
        if not self.message_ids:
            return
        by_thread: dict[int, int] = {}
        for message_id in self.message_ids:
            thread_id = state.messages[message_id].thread_id or 0
            by_thread[thread_id] = by_thread.get(thread_id, 0) + 1
        for thread_id in sorted(wanted - self.thread_ids):
            there = yield from links.items_in(thread_id)
            if there > by_thread[thread_id]:
                raise Invalid(
                    f"thread {thread_id} has {there} items and {by_thread[thread_id]} were chosen: the network knows "
                    "the thread only whole, and the next item comes into it; split off all of it",
                    code="inside_thread",
                    thread_id=str(thread_id),
                    items=there,
                )

    def _people(self, state: State, moving: Sequence[Thread]) -> Query[None]:
        found = yield from links.authors_of([th.id for th in moving])
        state.load(found)
        yield from load.contacts_of(state, [identity.contact_id for identity in found])

    def _begin(self, state: State, source: Conversation, first: Thread) -> Conversation:
        author = state.identities.get(first.identity_id or 0)
        contact = state.contacts.get(author.contact_id if author is not None else source.contact_id)
        contact = contact or state.contacts[source.contact_id]
        new = conversations.start(
            state, self.directory.facts(first.channel_id), first, contact, at=state.now, subject=first.title,
            language=source.language, linked_from=None, actor=self.principal.actor,
        )  # fmt: skip
        # It goes on where it was: with the same people, as urgent, and counted as answered if it was.
        first.conversation_id = source.id
        new.priority, new.responded = source.priority, source.responded
        if source.team_id != new.team_id:
            state.emit(
                e.TeamChanged(conversation_id=new.id, before=new.team_id, after=source.team_id), self.principal.actor
            )
        if source.assignee_id is not None:
            state.emit(e.AssigneeChanged(conversation_id=new.id, after=source.assignee_id), self.principal.actor)
        return new

    def _show_newest(self, state: State, conversation: Conversation) -> Query[None]:
        shown = yield from messages.newest_words(conversation.id)
        if shown is not None:
            conversation.preview_direction, text = shown
            conversation.preview = words.preview(text)
            state.touch(conversation)
