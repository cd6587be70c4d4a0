"""How an item reads, as the outside sees it: with the words that say so, joined here."""

from __future__ import annotations

from inbox.domain.reading.result import Reason, reading_of, spoken
from inbox.domain.reading_shapes import ReadingShape, ReasonShape
from inbox.domain.records import Content, Message


def reading_shape(message: Message, words: Content | None) -> ReadingShape | None:
    """The reading of a customer's item; None for what is not a customer's. Where its words are gone, so are those of
    its reasons.
    """
    if message.direction != "in":
        return None
    found = reading_of(message.reading)
    text, title = (words.text, words.title) if words is not None else ("", "")
    return ReadingShape(
        sentiment=found.sentiment,
        urgency=found.urgency,
        score=found.score,
        by=found.by,
        reasons=[_reason(one, text, title) for one in found.reasons],
        said=[found.said.sentiment, found.said.urgency] if found.said is not None else [],
    )


def _reason(reason: Reason, text: str, title: str) -> ReasonShape:
    said = spoken(text, title)[reason.start : reason.end]
    ahead = len(title) + 1 if title else 0
    if not said or reason.start < ahead:
        return ReasonShape(what=reason.what, words=said, start=None, end=None)
    start = _utf16(text[: reason.start - ahead])
    return ReasonShape(what=reason.what, words=said, start=start, end=start + _utf16(said))


def _utf16(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
