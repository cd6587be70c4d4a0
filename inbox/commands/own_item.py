"""What a person does with something we sent: take it back, send it now, try again, say what became of it."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from inbox import ids
from inbox.domain import approving, releasing, words
from inbox.domain import conversation as conversations
from inbox.domain.desk_records import Approval
from inbox.domain.permissions import Action, Principal, require_conversation
from inbox.domain.records import Conversation, Message
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, NotFound
from inbox.eventlog.unit import Unit
from inbox.storage import messages, rows
from inbox.storage.database import Query

OwnWord = Literal["undo", "send_now", "retry", "resolve_sent", "resolve_not_sent"]


class OnItem(Unit):
    """A command on one item of a conversation. Subclasses override `act`."""

    action: ClassVar[Action] = "reply"

    def __init__(self, principal: Principal, message_id: int) -> None:
        self.principal = principal
        self.message_id = message_id

    def needs(self, needs: Needs) -> None:
        """The item and its conversation."""
        needs.messages.add(self.message_id)

    def decide(self, state: State) -> int:
        """Ask, then act. The result is the item's id."""
        message = state.messages.get(self.message_id)
        if message is None:
            raise NotFound(f"there is no message {self.message_id}, or it is not in your channels and teams")
        found = state.conversations.get(message.conversation_id)
        conversation = require_conversation(self.principal, found, message.conversation_id, self.action)
        self.act(state, conversation, message)
        return message.id

    def act(self, state: State, conversation: Conversation, message: Message) -> None:
        """Decide."""
        raise TypeError(f"{type(self).__name__} does not override act")


class OwnItem(OnItem):
    """Undo or send now what is held, retry what was refused, resolve what nobody knows. Raises Conflict (`state`) when
    the item is not in a state for that (any more).
    """

    def __init__(self, principal: Principal, message_id: int, word: OwnWord) -> None:
        super().__init__(principal, message_id)
        self.word = word
        self.alone = word == "undo"

    def needs(self, needs: Needs) -> None:
        """The item with its parts and the waits it was to end."""
        super().needs(needs)
        needs.outbox_of.add(self.message_id)
        needs.answered_by.add(self.message_id)

    def act(self, state: State, conversation: Conversation, message: Message) -> None:
        """Do it, or say why it cannot be done."""
        actor = self.principal.actor
        if self.word == "send_now" and approving.waits(message):
            raise Conflict(f"message {message.id} waits for approval: approve it", code="approval")
        match self.word:
            case "undo":
                done = releasing.cancelled(state, message, actor)
                if done and conversation.status == "closed":
                    conversations.reopened(state, conversation, "person", actor)
            case "send_now":
                done = releasing.released(state, message, actor)
            case "retry":
                done = releasing.tried_again(state, message, ids.nonce, actor)
            case "resolve_sent" | "resolve_not_sent":
                done = message.delivery_state == "unknown"
                if done:
                    releasing.settled(state, message, arrived=self.word == "resolve_sent", actor=actor)
        if not done:
            raise Conflict(
                f"message {message.id} is {message.delivery_state or 'not ours to send'}: {self.word} is not possible",
                code="state",
                state=message.delivery_state,
            )

    def run(self, state: State) -> Query[Any]:
        """After an undo the list row shows what stood there before."""
        result = self.decide(state)
        yield from rows.remove(Approval, self.message_id)
        message = state.messages[self.message_id]
        conversation = state.conversations[message.conversation_id]
        shown = yield from messages.newest_words(conversation.id)
        if shown is not None:
            conversation.preview_direction, text = shown
            conversation.preview = words.preview(text)
        return result
