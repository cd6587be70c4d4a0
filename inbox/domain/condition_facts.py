"""What conditions are asked of: a conversation as it is, one item of it, its contact, and the hour.

Whoever asks fills in what it has; what is costly to work out (folded words, tags, files) is worked out when it is first
asked.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import msgspec

from inbox.clock import SECOND
from inbox.domain import words
from inbox.domain.surveys import Answered
from inbox.domain.written import has_link, only_emoji, only_mentions

_fields: Any = msgspec.json.Decoder(dict[str, str]).decode
_files: Any = msgspec.json.Decoder(list[dict[str, Any]]).decode
_origin: Any = msgspec.json.Decoder(dict[str, Any]).decode


class Facts(msgspec.Struct, kw_only=True, dict=True):
    """Plain values as they are stored; times µs. None: not known."""

    now: int = 0
    conversation_id: int = 0
    status: str = "open"
    priority: str = "normal"
    kind: str = ""
    audience: str = ""
    network: str = ""
    channel: int = 0
    team: int | None = None
    assignee: int | None = None
    tag_text: str = ""
    """Ids joined by commas."""
    language: str | None = None
    rating: int | None = None
    campaign: int | None = None
    post: tuple[int, ...] = ()
    is_ad: bool = False
    spam: bool = False
    escalated: bool = False
    waiting_since: int | None = None
    created_at: int = 0
    last_activity_at: int = 0
    origin_text: str = ""
    """JSON of how the customer came."""
    contact: int = 0
    blocked: bool = False
    fields_text: str = ""
    """JSON of the conversation's own fields."""
    contact_text: str = ""
    """JSON of the contact's own fields."""
    previous_conversations: int | None = None
    verified: bool | None = None
    profile_text: str = ""
    """JSON of what the network says of the author."""
    item_kind: str = ""
    item_mark: str = "live"
    item_automatic: str = ""
    text: str = ""
    file_text: str = ""
    """JSON of the item's files."""
    sentiment: str | None = None
    urgency: str | None = None
    answered: Answered | None = None
    """What was answered to a survey: by what is being told, else the last time in this conversation."""
    inside_hours: bool | None = None
    """Whether business hours are on; None: there is no calendar, it is always open."""

    @cached_property
    def folded(self) -> str:
        """The item's words as they are compared."""
        return words.fold(self.text)

    @cached_property
    def tag(self) -> tuple[int, ...]:
        """Tags of the conversation."""
        return tuple(map(int, self.tag_text.split(","))) if self.tag_text else ()

    @cached_property
    def attachment(self) -> tuple[str, ...]:
        """Kinds of the item's files."""
        return tuple(str(file["kind"]) for file in _files(self.file_text)) if self.file_text else ()

    @cached_property
    def own_fields(self) -> dict[str, str]:
        """The conversation's own fields."""
        found: dict[str, str] = _fields(self.fields_text) if self.fields_text else {}
        return found

    @cached_property
    def contact_fields(self) -> dict[str, str]:
        """The contact's own fields."""
        found: dict[str, str] = _fields(self.contact_text) if self.contact_text else {}
        return found

    @property
    def followers(self) -> int | None:
        """Followers of the author, where the network says."""
        said = _fields(self.profile_text).get("followers", "") if self.profile_text else ""
        return int(said) if said.isdecimal() else None

    @property
    def origin(self) -> str | None:
        """How the customer came: `ad`, `post`, `link`…"""
        return str(_origin(self.origin_text).get("kind", "")) if self.origin_text else None

    @property
    def waiting_seconds(self) -> int | None:
        """For how long somebody waits; None: nobody does."""
        return None if self.waiting_since is None else (self.now - self.waiting_since) // SECOND

    @property
    def age_seconds(self) -> int:
        """How long ago the conversation began."""
        return (self.now - self.created_at) // SECOND

    @property
    def idle_seconds(self) -> int:
        """How long ago anything happened in it."""
        return (self.now - self.last_activity_at) // SECOND

    @property
    def length(self) -> int:
        """Characters of the item."""
        return len(self.text)

    @property
    def word_count(self) -> int:
        """Words of the item."""
        return words.count(self.text)

    @property
    def has_link(self) -> bool:
        """Whether the item has an address of the web."""
        return has_link(self.text)

    @property
    def only_emoji(self) -> bool:
        """Whether the item says nothing but emoji."""
        return only_emoji(self.text)

    @property
    def only_mentions(self) -> bool:
        """Whether the item only names others."""
        return only_mentions(self.text)

    @property
    def survey(self) -> int | None:
        """The survey that was answered."""
        return self.answered.survey_id if self.answered is not None else None

    @property
    def csat(self) -> int | None:
        """The stars given to a survey of satisfaction."""
        return self.answered.score if self.answered is not None and self.answered.scale == "csat" else None

    @property
    def nps(self) -> int | None:
        """The score given to a survey of recommendation."""
        return self.answered.score if self.answered is not None and self.answered.scale == "nps" else None

    @property
    def survey_result(self) -> str | None:
        """The group that the score belongs to."""
        return self.answered.result if self.answered is not None else None

    @property
    def survey_comment(self) -> bool | None:
        """Whether there are words beside the score."""
        return self.answered.commented if self.answered is not None else None

    @property
    def business_hours(self) -> str:
        """`inside` or `outside` the hours of the conversation."""
        return "outside" if self.inside_hours is False else "inside"
