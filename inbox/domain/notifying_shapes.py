"""What the outside sees of notifications, of an agent's choice of them, and of the browsers that are called for him."""

from __future__ import annotations

from typing import Any

import msgspec

from inbox.domain.notifying import Digest, Kind, Way
from inbox.domain.shapes import Shape


class NotificationShape(Shape, kw_only=True):
    """Something one agent should know. `text`: words of ours, where there are any (why it was escalated, the note);
    `data`: what its line says beside them; `count`: for how many of the kind it stands.
    """

    id: str
    kind: str
    conversation_id: str | None
    text: str
    at: str
    read: bool
    message_id: str | None = None
    count: int = 1
    data: dict[str, Any] = msgspec.field(default_factory=dict)


class QuietShape(Shape, kw_only=True):
    """Hours in which nothing rings, such as 22:00 to 07:00; they begin on these weekdays, 0 for Monday."""

    begin: str
    end: str
    days: list[int]


class PreferencesShape(Shape, kw_only=True):
    """What an agent is told of, and how. `ways`: every kind with its ways; `usual`: what they are where nothing was
    chosen. `urgent`: kinds that pass quiet hours if `urgent_passes`. `mail`: whether this installation can mail.
    """

    ways: dict[Kind, list[Way]]
    usual: dict[Kind, list[Way]]
    urgent: list[Kind]
    muted_channels: list[str]
    quiet: QuietShape | None
    zone: str
    urgent_passes: bool
    digest: Digest
    digest_at: str
    stars: int
    push_words: bool
    mail: bool
    version: int


class BrowserShape(Shape, kw_only=True):
    """A browser that is called by push. `current`: the one of this session."""

    id: str
    name: str
    created_at: str
    sent_at: str | None
    failing: bool
    current: bool


class PushShape(Shape, kw_only=True):
    """What a page subscribes with (`applicationServerKey`, base64url), and the browsers that are called."""

    key: str
    browsers: list[BrowserShape]


class CalledShape(Shape, kw_only=True):
    """How many browsers are called now."""

    browsers: int
