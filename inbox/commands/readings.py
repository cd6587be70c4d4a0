"""A person says how an item reads, or takes that back."""

from __future__ import annotations

from typing import Any, ClassVar

from inbox.commands.own_item import OnItem
from inbox.domain import events as e
from inbox.domain.permissions import Action, Principal
from inbox.domain.reading import stored
from inbox.domain.reading.result import Sentiment, Urgency, reading_of
from inbox.domain.records import Conversation, Message
from inbox.domain.state import State
from inbox.errors import Conflict, Invalid
from inbox.storage import readings
from inbox.storage.database import Query


class CorrectReading(OnItem):
    """Correct, or confirm, how a customer's item reads; None leaves that half as it is. With neither: take the
    correction back. From what stands it is learnt. Raises Invalid (`not_read`) for what is not a customer's.
    """

    action: ClassVar[Action] = "triage"
    alone = True

    def __init__(
        self, principal: Principal, message_id: int, *, sentiment: Sentiment | None = None,
        urgency: Urgency | None = None,
    ) -> None:  # fmt: skip
        super().__init__(principal, message_id)
        self.sentiment = sentiment
        self.urgency = urgency

    def act(self, state: State, conversation: Conversation, message: Message) -> None:
        """Say it, if that is news."""
        if message.direction != "in":
            raise Invalid(f"message {message.id} is not a customer's: only those are read", code="not_read")
        if message.erased:
            raise Conflict(f"the words of message {message.id} were erased: nothing is left to read", code="erased")
        undone = self.sentiment is None and self.urgency is None
        now = reading_of(message.reading)
        after = stored.machine(message) if undone else stored.corrected(message, self.sentiment, self.urgency)
        if now == after:
            return
        event = e.ReadingCorrected(
            conversation_id=conversation.id, message_id=message.id, sentiment=after.sentiment, urgency=after.urgency,
            sentiment_before=now.sentiment, urgency_before=now.urgency, undone=undone,
        )  # fmt: skip
        state.emit(event, self.principal.actor)

    def run(self, state: State) -> Query[Any]:
        """The correction is kept beside the item: its words are learnt from where they stand."""
        result = self.decide(state)
        message = state.messages[self.message_id]
        if not state.events:
            return result
        if reading_of(message.reading).by == "agent":
            yield from readings.put(
                message.id, message.version, message.sentiment, message.urgency,
                agent_id=self.principal.agent_id, position=state.workspace.position, at=state.now,
            )  # fmt: skip
        else:
            yield from readings.drop(message.id)
        return result
