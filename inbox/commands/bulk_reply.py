"""One prepared answer to many people: how it reads to each, who is left out and why, and the sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import msgspec
from msgspec import structs

from connectors.contract import Context
from inbox.commands.bulk import Done
from inbox.commands.on_conversation import OnConversation
from inbox.commands.prepared import in_a_thread, words_for
from inbox.commands.reply import ContextOf, Reply, parts_for
from inbox.domain import sending, taking_back
from inbox.domain.permissions import Action, Principal, require_conversation
from inbox.domain.records import Canned, Conversation, Message, Thread
from inbox.domain.sending import Answer
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, InboxError, Invalid
from inbox.eventlog import load, reading
from inbox.eventlog.directory import Directory
from inbox.storage import threads
from inbox.storage.database import Database, Query

HOLD_SECONDS = 30
"""Long enough to stop and take back what a slice has let go."""


class Recipient(msgspec.Struct, frozen=True):
    """One conversation of a bulk answer as it would go, or why it is left out."""

    conversation: Conversation | None
    conversation_id: int
    name: str
    thread: Thread | None
    text: str
    problem: InboxError | None


class BulkReply(OnConversation):
    """The answer to one of many. Raises what a reply raises, and Invalid for who is left out: `blocked`, `spam`."""

    action: ClassVar[Action] = "reply"

    def __init__(
        self, principal: Principal, conversation_id: int, text: str, canned: Canned | None, *, directory: Directory,
        contexts: Mapping[int, Context],
    ) -> None:  # fmt: skip
        super().__init__(principal, conversation_id, bulk=True)
        ends_wait = bool(canned.ends_wait) if canned is not None else True
        answer = Answer(text=text, ends_wait=ends_wait, hold_seconds=HOLD_SECONDS)
        self.text = text
        self.canned = canned
        self.directory = directory
        self.contexts = contexts
        self.reply = Reply(principal, conversation_id, answer, directory=directory, contexts=contexts)

    def needs(self, needs: Needs) -> None:
        """What any answer needs."""
        self.reply.needs(needs)

    def act(self, state: State, conversation: Conversation) -> Done:
        """Send it, held for a moment."""
        before = taking_back.fields_of(conversation)
        self.reply.answer, _, _ = self._planned(state, conversation)
        message_id = self.reply.act(state, conversation)
        step = taking_back.Step(
            conversation_id=conversation.id, before=before, after=taking_back.fields_of(conversation),
            message_ids=(message_id,),
        )  # fmt: skip
        return Done(step, message_id, None)

    def look(self, state: State) -> Recipient:
        """How it reads here, or why it would not go. Nothing is written."""
        found = state.conversations.get(self.conversation_id)
        thread: Thread | None = None
        text = ""
        try:
            conversation = require_conversation(self.principal, found, self.conversation_id, self.action)
            answer, thread, answered = self._planned(state, conversation)
            text = answer.text
            parts_for(state, thread, answered, answer, self.reply.author, self.directory, self.contexts, ())
        except InboxError as problem:
            return Recipient(found, self.conversation_id, self._name(state, found), thread, text, problem)
        return Recipient(found, self.conversation_id, self._name(state, found), thread, text, None)

    def _name(self, state: State, conversation: Conversation | None) -> str:
        if conversation is None or not self.principal.scope.covers(conversation.channel_id, conversation.team_id):
            return ""
        contact = state.contacts.get(conversation.contact_id)
        return contact.name if contact is not None else ""

    def _planned(self, state: State, conversation: Conversation) -> tuple[Answer, Thread, Message | None]:
        _require_reachable(state, conversation)
        answer = in_a_thread(state, conversation, self.reply.answer)
        thread = sending.thread_for(state, conversation, answer)
        answered = sending.answered_item(state, thread, answer)
        words = words_for(
            state, conversation, thread, False, self.text, self.canned,
            directory=self.directory, author=self.reply.author.name,
        )  # fmt: skip
        return structs.replace(answer, text=words), thread, answered


def _require_reachable(state: State, conversation: Conversation) -> None:
    if conversation.merged_into is not None:
        into = conversation.merged_into
        raise Conflict(f"conversation {conversation.id} was merged into {into}", code="merged", into_id=str(into))
    contact = state.contacts.get(conversation.contact_id)
    people = [state.identities[th.identity_id] for th in state.threads_of(conversation.id) if th.identity_id
              in state.identities]  # fmt: skip
    if contact is not None and contact.blocked:
        raise Invalid(f"{contact.name or 'this person'} is blocked here", code="blocked")
    if people and not any(identity.reachable for identity in people):
        raise Invalid(f"{people[0].name or 'this person'} has blocked us, or is gone", code="blocked")
    if conversation.spam:
        raise Invalid(f"conversation {conversation.id} is marked as spam", code="spam")


def look_at(units: Sequence[BulkReply]) -> Query[list[Recipient]]:
    """How the answer comes out for each; a person who is in the list twice is answered in the first place only."""
    state = reading.fresh_state()
    needs = Needs()
    for unit in units:
        unit.needs(needs)
    yield from load.load(state, needs)
    seen: dict[int, int] = {}
    found: list[Recipient] = []
    for unit in units:
        recipient = unit.look(state)
        contact_id = recipient.conversation.contact_id if recipient.conversation is not None else None
        if recipient.problem is None and contact_id is not None:
            first = seen.setdefault(contact_id, recipient.conversation_id)
            if first != recipient.conversation_id:
                number = state.conversations[first].number
                twice = Invalid(f"the same person is answered in #{number}", code="duplicate")
                recipient = structs.replace(recipient, problem=twice)
        found.append(recipient)
    return found


async def contexts_for(database: Database, context_of: ContextOf, ids: Sequence[int]) -> dict[int, Context]:
    """What the connectors of these conversations' channels need in order to plan."""
    channels = await database.read(threads.channels_of_all, list(ids))
    return {channel: await context_of(channel) for channel in channels}
