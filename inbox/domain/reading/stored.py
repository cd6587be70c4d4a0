"""What readings do to the state: an item keeps its own, and a row shows that of its newest customer's item.

`domain.apply` asks here; nothing else changes what is stored of a reading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from inbox.domain.event import Actor, Event
from inbox.domain.reading.result import Reading, Sentiment, Urgency, reading_of, stored
from inbox.domain.reading_events import ReadingCorrected

if TYPE_CHECKING:
    from inbox.domain.records import Message
    from inbox.domain.state import Prepared, State


def take(message: Message, item: Prepared) -> None:
    """A customer's item, or a new version of it, keeps its language and how it reads. What an agent said of the words
    before goes with them.
    """
    if message.direction == "in":
        message.language = item.language
        put(message, item.reading)


def put(message: Message, reading: Reading) -> None:
    """Keep a reading."""
    message.sentiment = reading.sentiment
    message.urgency = reading.urgency
    message.reading = stored(reading)


def machine(message: Message) -> Reading:
    """What was read by rules or learnt, whatever an agent said since."""
    now = reading_of(message.reading)
    return now.said or now


def corrected(message: Message, sentiment: Sentiment | None, urgency: Urgency | None) -> Reading:
    """The reading with what an agent says of it; None: as it was."""
    now = reading_of(message.reading)
    said = machine(message)
    return replace(said, sentiment=sentiment or now.sentiment, urgency=urgency or now.urgency, by="agent", said=said)


def shown(state: State, message: Message) -> None:
    """The row shows how the newest item of a customer reads."""
    thread = state.threads.get(message.thread_id or 0)
    conversation = state.conversations.get(message.conversation_id)
    if thread is None or conversation is None or thread.last_in_id != message.id:
        return
    if (conversation.sentiment, conversation.urgency) != (message.sentiment, message.urgency):
        conversation.sentiment, conversation.urgency = message.sentiment, message.urgency
        state.touch(conversation)


def _corrected(state: State, event: ReadingCorrected, position: int, actor: Actor) -> None:
    message = state.messages[event.message_id]
    put(message, machine(message) if event.undone else corrected(message, event.sentiment, event.urgency))
    message.as_of = position
    state.touch(message)
    shown(state, message)


PROJECTIONS: dict[type[Event], Callable[[State, Any, int, Actor], None]] = {ReadingCorrected: _corrected}
