"""How an item reads, as the outside sees it (`domain.shapes` says what a shape is)."""

from __future__ import annotations

import msgspec

from inbox.domain.reading.result import By, Sentiment, Urgency, What


class ReasonShape(msgspec.Struct, kw_only=True):
    """Why an item reads as it does. `words`: what stands there; `start` and `end`: where in `text`, in UTF-16 units as
    browsers count; null where it stands in the title or in no words (`stars`, `learnt`).
    """

    what: What
    words: str
    start: int | None
    end: int | None


class ReadingShape(msgspec.Struct, kw_only=True):
    """How a customer's item reads. `score` from -100 to 100. `by`: word lists, what was learnt from corrections, or an
    agent who corrected it; `said`: what it read as before he did.
    """

    sentiment: Sentiment
    urgency: Urgency
    score: int
    by: By
    reasons: list[ReasonShape]
    said: list[str]
    """Sentiment and urgency; empty where nobody corrected it."""
