"""What a reading is, and the short text in which an item keeps it.

A reading is a remark beside an item. Nothing acts on it by itself: a rule that names it may, and a person.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Sentiment = Literal["negative", "neutral", "positive", "mixed"]
Urgency = Literal["normal", "urgent"]
By = Literal["rules", "learnt", "agent"]
SENTIMENTS: tuple[Sentiment, ...] = ("negative", "neutral", "positive", "mixed")
URGENCIES: tuple[Urgency, ...] = ("normal", "urgent")
What = Literal[
    "good", "bad", "denied", "emoji", "stars", "learnt",
    "deadline", "safety", "health", "legal", "money", "access",
]  # fmt: skip
"""Kinds of reason. `denied`: a word with its negation ("not happy", "does not work"); `learnt`: agents' corrections of
other messages outweigh the words; the last row are the topics that make a message urgent.
"""
MAX_REASONS = 6


class Reason(msgspec.Struct, frozen=True, array_like=True):
    """Why: what was found, and where in `spoken` (characters). Start and end are equal where it stands in no words
    (`stars`, `learnt`).
    """

    what: What
    start: int = 0
    end: int = 0


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an item reads. `score` goes from -100 (bad) to 100 (good)."""

    sentiment: Sentiment = "neutral"
    urgency: Urgency = "normal"
    score: int = 0
    by: By = "rules"
    reasons: tuple[Reason, ...] = ()
    said: Reading | None = None
    """What the machine said, where an agent corrected it."""


PLAIN = Reading()
"""An item of which there is nothing to say; it is stored as an empty text."""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Reading).decode


def stored(reading: Reading) -> str:
    """The text an item keeps. It holds no words of the item, only where they stand."""
    return "" if reading == PLAIN else _encode(reading).decode()


def reading_of(text: str) -> Reading:
    """The reading that `stored` wrote."""
    return _decode(text) if text else PLAIN


def spoken(text: str, title: str = "") -> str:
    """What of an item is read, and what reasons point into: its title on a line of its own, then its text."""
    return f"{title}\n{text}" if title else text
