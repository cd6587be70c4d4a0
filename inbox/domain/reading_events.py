"""What happens to readings of items."""

from __future__ import annotations

from typing import Literal

from inbox.domain.event import ConversationEvent

# --- readings


class ReadingCorrected(ConversationEvent, tag="reading_corrected", frozen=True, kw_only=True):
    """A person said how an item reads; from such corrections it is learnt. `sentiment_before` and `urgency_before`:
    what it read as until then. `undone`: he took that back, and it reads as the machine read it.
    """

    message_id: int
    sentiment: Literal["negative", "neutral", "positive", "mixed"]
    urgency: Literal["normal", "urgent"]
    sentiment_before: Literal["negative", "neutral", "positive", "mixed"]
    urgency_before: Literal["normal", "urgent"]
    undone: bool = False
