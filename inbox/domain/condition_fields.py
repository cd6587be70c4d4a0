"""The fields that conditions can ask about, each with what can be asked of it and how it is read from facts."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal, get_args

import msgspec

from connectors.inbound import AttachmentKind
from inbox.domain import words
from inbox.domain.condition_facts import Facts
from inbox.domain.surveys import SurveyResult

Kind = Literal["choice", "rank", "id", "ids", "name", "names", "number", "flag", "words", "text"]
Of = Literal["conversation", "message", "contact", "survey", "calendar"]
_EQUAL = ("is", "is_not", "any_of", "none_of")
_THERE = ("set", "not_set")
_RANGE = ("at_least", "at_most")
_WORDS = ("has_words", "has_not_words")
OPS: dict[Kind, tuple[str, ...]] = {
    "choice": (*_EQUAL, *_THERE),
    "rank": (*_EQUAL, *_RANGE, *_THERE),
    "id": (*_EQUAL, *_THERE),
    "ids": (*_EQUAL, *_THERE),
    "name": (*_EQUAL, *_THERE),
    "names": (*_EQUAL, *_THERE),
    "number": (*_EQUAL, *_RANGE, *_THERE),
    "flag": ("is", "is_not"),
    "words": (*_WORDS, *_THERE),
    "text": (*_EQUAL, *_RANGE, *_WORDS, *_THERE),
}
_MAX_ID = 2**63 - 1
_MAX_TEXT = 200


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """What can be asked about."""

    name: str
    of: Of
    kind: Kind
    means: str
    choices: tuple[str, ...] = ()
    """All values there are; of a `rank` from low to high."""
    get: Callable[[Facts], Any]

    @property
    def ops(self) -> tuple[str, ...]:
        """What can be asked of it."""
        return OPS[self.kind]

    @property
    def several(self) -> bool:
        """Whether it has several values at once."""
        return self.kind in ("ids", "names")

    def folded(self, facts: Facts) -> str:
        """Its words as they are compared."""
        return facts.folded if self.name == "text" else words.fold(str(self.get(facts) or ""))

    def rank(self, value: Any) -> Any:
        """What `at_least` and `at_most` compare; None: nothing that has an order."""
        if self.kind == "rank":
            return self.choices.index(value) if value in self.choices else None
        return _number(value) if self.kind == "text" else value

    def read(self, given: Any) -> Any:
        """A value from JSON. Raises ValueError with what is expected."""
        match self.kind:
            case "id" | "ids":
                if isinstance(given, bool) or not str(given).isdecimal() or int(given) > _MAX_ID:
                    raise ValueError("is not an id: ids are strings of digits")
                return int(given)
            case "number":
                if isinstance(given, bool) or not isinstance(given, (int, float)):
                    raise ValueError("is not a number")
                return given
            case "flag":
                if not isinstance(given, bool):
                    raise ValueError("is neither true nor false")
                return given
            case "text" if isinstance(given, (int, float)) and not isinstance(given, bool):
                return str(given)
        if not isinstance(given, str) or not 0 < len(given) <= _MAX_TEXT or "\x00" in given:
            raise ValueError(f"is not text of up to {_MAX_TEXT} characters, none of them NUL")
        if self.choices and given not in self.choices:
            raise ValueError(f"is not one of {', '.join(self.choices)}")
        return given.casefold() if self.kind == "text" else given


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _field(name: str, of: Of, kind: Kind, means: str, *choices: str) -> Field:
    return Field(name=name, of=of, kind=kind, means=means, choices=choices, get=attrgetter(name))


_KINDS = ("direct", "group", "comment", "mention", "review", "mail", "chat")
_ALL = (
    _field("status", "conversation", "choice", "status", "open", "snoozed", "closed"),
    _field("kind", "conversation", "choice", "kind of the conversation", *_KINDS),
    _field("audience", "conversation", "choice", "who sees what is said", "public", "private"),
    _field("network", "conversation", "name", "network, by its short name"),
    _field("channel", "conversation", "id", "channel"),
    _field("team", "conversation", "id", "team"),
    _field("assignee", "conversation", "id", "the agent who owns it"),
    _field("priority", "conversation", "rank", "priority", "low", "normal", "high", "urgent"),
    _field("tag", "conversation", "ids", "its tags"),
    _field("language", "conversation", "name", "language, by its ISO code"),
    _field("rating", "conversation", "number", "stars of a review"),
    _field("campaign", "conversation", "id", "campaign"),
    _field("post", "conversation", "ids", "the post it hangs on"),
    _field("is_ad", "conversation", "flag", "the post is an ad"),
    _field("spam", "conversation", "flag", "marked as spam"),
    _field("escalated", "conversation", "flag", "somebody with more say was asked for"),
    _field("waiting_since", "conversation", "number", "somebody waits (`set`), and since when, as µs"),
    _field("waiting_seconds", "conversation", "number", "for how long somebody waits"),
    _field("age_seconds", "conversation", "number", "how long ago it began"),
    _field("idle_seconds", "conversation", "number", "how long ago anything happened in it"),
    _field("origin", "conversation", "choice", "how the customer came", "organic", "ad", "post", "link", "qr", "page"),
    _field("contact", "conversation", "id", "contact"),
    _field("text", "message", "words", "what the item says"),
    _field("length", "message", "number", "characters"),
    _field("word_count", "message", "number", "words"),
    _field("has_link", "message", "flag", "an address of the web stands in it"),
    _field("only_emoji", "message", "flag", "nothing but emoji"),
    _field("only_mentions", "message", "flag", "nothing but names of others"),
    _field(
        "attachment", "message", "names", "kinds of its files",
        *get_args(AttachmentKind),
    ),
    _field("item_kind", "message", "choice", "kind of the item", "message", "comment", "mention", "review"),
    _field("sentiment", "message", "rank", "how it reads", "negative", "mixed", "neutral", "positive"),
    _field("urgency", "message", "rank", "how pressing it reads", "normal", "urgent"),
    _field("blocked", "contact", "flag", "blocked by us"),
    _field("previous_conversations", "contact", "number", "earlier conversations with us"),
    _field("verified", "contact", "flag", "verified by the network"),
    _field("followers", "contact", "number", "followers at the network, where it says"),
    _field("survey", "survey", "id", "the survey that was answered"),
    _field("csat", "survey", "number", "stars given to a survey of satisfaction, 1 to 5"),
    _field("nps", "survey", "number", "score given to a survey of recommendation, 0 to 10"),
    _field("survey_result", "survey", "choice", "the group that the score belongs to", *get_args(SurveyResult)),
    _field("survey_comment", "survey", "flag", "words were left beside the score"),
    _field("business_hours", "calendar", "choice", "business hours of the conversation", "inside", "outside"),
)  # fmt: skip
FIELDS: dict[str, Field] = {field.name: field for field in _ALL}
OF_SURVEYS = frozenset(field.name for field in _ALL if field.of == "survey")
"""Fields that need to know what was answered to a survey."""
OWN = "contact."
"""Begins the names of a contact's own fields, such as `contact.vip`."""


@lru_cache(maxsize=512)
def of_contact(name: str) -> Field | None:
    """A field of the contact's own; its values are compared without case, as numbers where they are ones."""
    own = name.removeprefix(OWN)
    if own == name or not 0 < len(own) <= 60 or "\x00" in own:
        return None
    return Field(
        name=name, of="contact", kind="text", means=f"the contact's field {own!r}",
        get=lambda facts: facts.contact_fields.get(own, "").casefold() or None,
    )  # fmt: skip


OF_CONVERSATION = "field."
"""Begins the names of a conversation's own fields, such as `field.case`."""


@lru_cache(maxsize=512)
def of_conversation(name: str) -> Field | None:
    """A field of the conversation's own, compared as a contact's is."""
    own = name.removeprefix(OF_CONVERSATION)
    if own == name or not 0 < len(own) <= 60 or "\x00" in own:
        return None
    return Field(
        name=name, of="conversation", kind="text", means=f"the conversation's field {own!r}",
        get=lambda facts: facts.own_fields.get(own, "").casefold() or None,
    )  # fmt: skip
